"""What a person may give a client alone: how much at once, by kind of remedy, and how much in a period.

The most at once is the person's own limit (`Member.authority`) where one is set, else that of their role. A firm that
said nothing of a role has that role's line of `DEFAULTS`; once it did, what it left out is not given alone at all.
Of fifty who spend at once, those for whom the budget is enough succeed: what is spent grows by one conditional UPDATE.
Amounts are whole numbers of the smallest unit of the firm's currency (`core.money`).
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_DOWN, Decimal
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.db.models import F, Q

from amends.core.errors import AmendsError
from amends.core.money import Money, digits, of_decimal
from amends.firm.models import Allowance, Budget, BudgetEntry, Firm, Member, Period, Role, Spending
from amends.firm.queries import firm_in_scope

KINDS = ("fix", "redo", "credit", "refund", "replacement", "gesture", "person")
MONEY_BACK = ("credit", "refund")
"""Kinds that a mail can give away by a word; the check of what leaves asks for these."""
ANY: int | None = None
_NOT_ALONE = -1  # beside amounts and ANY, in the table below alone

# Smallest units, at once and by kind in the order of KINDS, then the budget and its period.
DEFAULTS: dict[str, tuple[tuple[int | None, ...], int | None, Period]] = {
    Role.STAFF: ((500_00, 250_00, 100_00, _NOT_ALONE, 100_00, 50_00, _NOT_ALONE), 250_00, Period.QUARTER),
    Role.ACCOUNT_MANAGER: (
        (2_000_00, 2_000_00, 1_000_00, 500_00, 1_000_00, 250_00, ANY), 2_500_00, Period.QUARTER,
    ),
    Role.PARTNER: ((ANY,) * 7, ANY, Period.QUARTER),
    Role.ADMINISTRATOR: ((ANY,) * 7, ANY, Period.QUARTER),
    Role.FINANCE_VIEWER: ((_NOT_ALONE,) * 7, 0, Period.QUARTER),
}  # fmt: skip
GIVING = (Role.STAFF, Role.ACCOUNT_MANAGER, Role.PARTNER, Role.ADMINISTRATOR)
"""Roles that give anything at all."""


class NotEnough(AmendsError):
    """The budget of a period has not so much left."""

    def __init__(self, left: Money, until: date) -> None:
        self.left, self.until = left, until
        super().__init__(f"That is more than the {left} left of this budget until {until:%-d %B}: ask for approval.")


class TakenAlready(AmendsError):
    """It was paid out of a budget before: nothing was taken twice."""


@dataclass(frozen=True, slots=True)
class Limit:
    """The most at once: `alone` False means nothing without an approval; `most` None means any amount."""

    alone: bool
    most: int | None = None

    def covers(self, amount: int) -> bool:
        """May this much be given alone."""
        return self.alone and (self.most is None or amount <= self.most)


@dataclass(frozen=True, slots=True)
class Purse:
    """One person's budget in the period that is on: `amount` None is not bounded."""

    begins_on: date
    ends_on: date  # its last day
    period: Period
    amount: int | None
    spent: int

    @property
    def left(self) -> int | None:
        """What remains; None: not bounded."""
        return None if self.amount is None else max(self.amount - self.spent, 0)

    def covers(self, amount: int) -> bool:
        """Is there so much left."""
        return self.left is None or amount <= self.left


# -- authority ----------------------------------------------------------------------------------------------------


def limits_of_role(role: str) -> dict[str, Limit]:
    """The most at once by kind, for people of this role without a limit of their own."""
    said = dict(Allowance.objects.filter(role=role).values_list("kind", "most"))
    if said:
        return {kind: Limit(kind in said, said.get(kind)) for kind in KINDS}
    given = DEFAULTS[Role(role)][0]
    return {
        kind: Limit(most != _NOT_ALONE, None if most == _NOT_ALONE else most)
        for kind, most in zip(KINDS, given, strict=True)
    }


def limits_of(member: Member) -> dict[str, Limit]:
    """The most at once by kind for this person: their own limit where one is set, else their role's."""
    if member.authority is not None and member.role in GIVING:
        own = Limit(alone=True, most=_units(member.authority, firm_in_scope().currency))
        return dict.fromkeys(KINDS, own)
    return limits_of_role(member.role)


def limit_of(member: Member, kind: str) -> Limit:
    """The most of this kind at once."""
    return limits_of(member)[kind]


def may_give_back(member: Member) -> Decimal | None:
    """The most money that a mail of this person may give a client (a credit or a refund, whichever is more), in the
    firm's currency; None: any amount."""
    limits = [limits for kind, limits in limits_of(member).items() if kind in MONEY_BACK and limits.alone]
    if any(each.most is None for each in limits):
        return None
    return Money(max((each.most or 0 for each in limits), default=0), firm_in_scope().currency).amount


def _units(amount: Decimal, currency: str) -> int:
    """A limit is kept with two decimals: rounded down where the currency has fewer."""
    return of_decimal(amount.quantize(Decimal(1).scaleb(-digits(currency)), ROUND_DOWN), currency).units


# -- budgets ------------------------------------------------------------------------------------------------------


def period_around(day: date, period: str) -> tuple[date, date]:
    """The first and the last day of the calendar's month, quarter or year that `day` lies in."""
    months = {Period.MONTH: 1, Period.QUARTER: 3, Period.YEAR: 12}[Period(period)]
    first = date(day.year, (day.month - 1) // months * months + 1, 1)
    after = first.month + months
    return first, date(first.year + (after - 1) // 12, (after - 1) % 12 + 1, 1) - timedelta(days=1)


def purse_of(member: Member, *, now: datetime) -> Purse:
    """The budget of one person as it stands; two queries."""
    return purses([member], firm_in_scope(), now=now)[member.pk]


def purses(members: Sequence[Member], firm: Firm, *, now: datetime) -> dict[int, Purse]:
    """The budgets of several people by key; two queries whatever their number."""
    today = now.astimezone(ZoneInfo(firm.timezone)).date()
    rows = list(Budget.objects.filter(Q(member__in=members) | Q(member=None)))
    of_member = {row.member_id: row for row in rows if row.member_id is not None}
    of_role = {row.role: row for row in rows if row.member_id is None}
    bounds: dict[int, tuple[date, date, Period, int | None]] = {}
    for member in members:
        row = of_member.get(member.pk) or of_role.get(member.role)
        _kinds, amount, usual = DEFAULTS[Role(member.role)]
        period = Period(row.period) if row else usual
        bounds[member.pk] = (*period_around(today, period), period, row.amount if row else amount)
    begins = {begin for begin, *_rest in bounds.values()}
    spent = {
        (row.member_id, row.begins_on): row.spent
        for row in Spending.objects.filter(member__in=members, begins_on__in=begins)
    }
    return {
        key: Purse(first, last, period, amount, spent.get((key, first), 0))
        for key, (first, last, period, amount) in bounds.items()
    }


def take(member: Member, amount: int, *, about: uuid.UUID, now: datetime) -> None:
    """Take `amount` out of this person's budget for the remedy `about`, or nothing at all.

    Exact however many do it at once. Raises `NotEnough`, and `TakenAlready` where it was taken and not given back.
    """
    if amount < 0:
        raise ValueError(amount)
    if not amount:
        return
    purse = purse_of(member, now=now)
    mine = {"member": member, "begins_on": purse.begins_on}
    try:
        with transaction.atomic():
            Spending.objects.bulk_create([Spending(**mine)], ignore_conflicts=True)
            rows = Spending.objects.filter(**mine)
            if purse.amount is not None:
                rows = rows.filter(spent__lte=purse.amount - amount)
            if not rows.update(spent=F("spent") + amount):
                left = purse_of(member, now=now).left or 0
                raise NotEnough(Money(left, firm_in_scope().currency), purse.ends_on)
            turn = BudgetEntry.objects.filter(about=about, back=True).count() + 1
            BudgetEntry.objects.create(**mine, amount=amount, about=about, turn=turn, at=now)
    except IntegrityError as error:
        raise TakenAlready("This was paid out of a budget already: nothing was taken twice.") from error


def give_back(about: uuid.UUID, *, now: datetime) -> int:
    """Give back what was last taken for this remedy, into the period that it was taken from; returns how much."""
    taken = BudgetEntry.objects.filter(about=about, back=False).order_by("-turn").first()
    if taken is None:
        return 0
    try:
        with transaction.atomic():
            BudgetEntry.objects.create(
                member=taken.member, begins_on=taken.begins_on, amount=-taken.amount, about=about, back=True,
                turn=taken.turn, at=now,
            )  # fmt: skip
            if taken.member is not None:
                Spending.objects.filter(member=taken.member, begins_on=taken.begins_on).update(
                    spent=F("spent") - taken.amount
                )
    except IntegrityError:  # somebody gave it back already
        return 0
    return taken.amount


def payer_of(about: uuid.UUID) -> Member | None:
    """Whose budget stands charged for this remedy; None where nothing was taken, or it was given back."""
    last = BudgetEntry.objects.filter(about=about).select_related("member").order_by("-turn", "-back").first()
    return last.member if last is not None and not last.back else None


def entries_of(member: Member | None, *, limit: int = 200) -> list[BudgetEntry]:
    """The ledger, newest first: of one person, or of everybody."""
    rows = BudgetEntry.objects.filter(member=member) if member is not None else BudgetEntry.objects.all()
    return list(rows.select_related("member").order_by("-at", "-pk")[:limit])
