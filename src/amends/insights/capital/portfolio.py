"""The portfolio: every client by value and balance, how each account moves, and which renewals are near.

From totals and engagements, in a fixed number of queries; no mail is read. It ranks clients, never people.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from amends.capital.queries import Balance, balances, policy_in_force
from amends.clients.models import Client, Engagement, Standing
from amends.core.money import digits
from amends.firm.models import Firm

PAGE = 100
AHEAD = timedelta(days=90)
_PAST = timedelta(days=31)  # a renewal so long ago is a date that nobody brought up to date
SORTS = ("value", "balance", "trend", "renewal", "name")
_MONEY = ("value",)


@dataclass(frozen=True, slots=True)
class Held:
    """One client: their account (None: nothing was ever posted), what they are worth a year in the smallest unit of
    the firm's currency (None: not known, or not for this reader), and when an engagement of theirs renews next."""

    id: int
    public_id: uuid.UUID
    name: str
    points: int | None
    trend: int | None
    value: int | None
    elsewhere: bool  # whether some of their value is in another currency, and not in `value`
    renews_on: date | None


@dataclass(frozen=True, slots=True)
class Portfolio:
    """All clients in the order that was asked for; `range` bounds the points that are shown, `since` is what trends
    are against (None: no account yet)."""

    rows: list[Held]
    range: tuple[int, int]
    since: date | None
    currency: str
    today: date
    sort: str

    @property
    def ahead(self) -> list[Held]:
        """Those with a renewal within `AHEAD`, the nearest first."""
        near = [one for one in self.rows if one.renews_on is not None and one.renews_on <= self.today + AHEAD]
        return sorted(near, key=lambda one: (one.renews_on or date.max, one.name))

    @property
    def value(self) -> int:
        """What all are worth a year, as far as it is known."""
        return sum(one.value or 0 for one in self.rows)

    @property
    def moved(self) -> tuple[int, int]:
        """How many accounts went up, and down."""
        return sum((one.trend or 0) > 0 for one in self.rows), sum((one.trend or 0) < 0 for one in self.rows)


def portfolio(firm: Firm, *, now: datetime, see_money: bool, sort: str = "") -> Portfolio:
    """Every client (and whoever may be one and has an account). Five queries."""
    today = now.astimezone(ZoneInfo(firm.timezone)).date()
    accounts = balances(None, at=now, now=now)
    values, others, renewals = _work(firm, today) if see_money else ({}, set(), _renewals(today))
    rows = [
        _held(row, accounts.get(row[0]), values, others, renewals)
        for row in Client.objects.filter(
            merged_into=None, standing__in=(Standing.CLIENT, Standing.UNSURE)
        ).order_by("name", "pk").values_list("pk", "public_id", "name", "standing")
        if row[3] == Standing.CLIENT or row[0] in accounts
    ]  # fmt: skip
    allowed = SORTS if see_money else tuple(name for name in SORTS if name not in _MONEY)
    chosen = sort if sort in allowed else allowed[0]
    policy = policy_in_force()
    return Portfolio(
        rows=_sorted(rows, chosen), range=(policy.lowest, policy.highest) if policy else (-100, 100),
        since=next(iter(accounts.values())).since if accounts else None, currency=firm.currency, today=today,
        sort=chosen,
    )  # fmt: skip


def _held(
    row: tuple[int, uuid.UUID, str, str], account: Balance | None, values: dict[int, int], others: set[int],
    renewals: dict[int, date],
) -> Held:  # fmt: skip
    pk, public_id, name, _standing = row
    return Held(
        pk, public_id, name, account.points if account else None, account.trend if account else None,
        values.get(pk), pk in others, renewals.get(pk),
    )  # fmt: skip


def _work(firm: Firm, today: date) -> tuple[dict[int, int], set[int], dict[int, date]]:
    """What the open engagements of each client are worth a year, whose are in other currencies too, and renewals."""
    scale = Decimal(10) ** digits(firm.currency)
    values: dict[int, int] = {}
    others: set[int] = set()
    renewals: dict[int, date] = {}
    rows = Engagement.objects.filter(closed_at=None).values_list("client_id", "yearly_value", "currency", "renews_on")
    for client, yearly, currency, renews in rows:
        if yearly is not None and currency in {"", firm.currency}:
            values[client] = values.get(client, 0) + int(yearly * scale)
        elif yearly is not None:
            others.add(client)
        _nearest(renewals, client, renews, today)
    return values, others, renewals


def _renewals(today: date) -> dict[int, date]:
    found: dict[int, date] = {}
    rows = Engagement.objects.filter(closed_at=None, renews_on__gte=today - _PAST)
    for client, renews in rows.values_list("client_id", "renews_on"):
        _nearest(found, client, renews, today)
    return found


def _nearest(found: dict[int, date], client: int, renews: date | None, today: date) -> None:
    if renews is not None and renews >= today - _PAST and (client not in found or renews < found[client]):
        found[client] = renews


def _sorted(rows: Sequence[Held], sort: str) -> list[Held]:
    """By what was asked for; what is not known comes last. Rows come by name, which settles what is equal."""
    if sort == "name":
        return list(rows)
    if sort == "renewal":
        return sorted(rows, key=lambda one: one.renews_on or date.max)
    if sort == "value":
        return sorted(rows, key=lambda one: (one.value is None, -(one.value or 0)))
    if sort == "trend":
        return sorted(rows, key=lambda one: (one.trend is None, one.trend or 0))
    return sorted(rows, key=lambda one: (one.points is None, one.points or 0))
