"""What the sections *Agree* and *Make good* of a recovery show, one approval, and the ledger of a budget."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime

from amends.core.money import Money
from amends.firm import budgets
from amends.firm.budgets import Limit, Purse
from amends.firm.models import BudgetEntry, Firm, Member
from amends.firm.queries import firm_in_scope
from amends.firm.rules import Right, may
from amends.goodwill.models import Claim, Gesture
from amends.insights.worth import Worth, worth_now
from amends.mail.queries import Reader
from amends.recovery import giving, queries
from amends.recovery.models import Approval, Finding, Issue, Recovery, Remedy, RemedyKind, Responsibility


@dataclass(frozen=True, slots=True)
class Given:
    """One remedy, and whether whoever looks may agree it alone."""

    remedy: Remedy
    cost: Money
    alone: bool

    @property
    def approval(self) -> Approval | None:
        """Its request, where there was one."""
        return getattr(self.remedy, "approval", None)


@dataclass(frozen=True, slots=True)
class Line:
    """What may be given alone of one kind."""

    kind: str
    label: str
    limit: Limit
    most: Money | None


@dataclass(frozen=True, slots=True)
class Giving:
    """The two sections. `open` False: this reader may not read what the recovery is about, and all else is empty."""

    recovery: Recovery
    open: bool
    given: list[Given] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)
    suggestions: list[giving.Suggestion] = field(default_factory=list)
    failed: str = ""  # the playbook that they are of, by name
    lines: list[Line] = field(default_factory=list)
    purse: Purse | None = None
    left: Money | None = None
    cost: list[Money] = field(default_factory=list)
    worth: Worth | None = None  # what is at risk beside it; None: not for this member

    @property
    def mistaken(self) -> bool:
        """Whether the client was wrong in some point, where what we give is goodwill."""
        return any(self._wrong)

    @property
    def all_mistaken(self) -> bool:
        """Whether they were wrong in every point that was looked at: then all that we give is goodwill."""
        return bool(self._wrong) and all(self._wrong)

    @property
    def _wrong(self) -> list[bool]:
        theirs = {Responsibility.CLIENT, Responsibility.MISUNDERSTANDING}
        findings: list[Finding | None] = [getattr(issue, "finding", None) for issue in self.issues]
        return [finding.responsibility in theirs for finding in findings if finding is not None]

    @property
    def standing(self) -> list[Given]:
        """What is on the table: all but what was withdrawn or not approved."""
        return [each for each in self.given if each.remedy.state not in {"withdrawn", "refused"}]

    @property
    def gone(self) -> list[Given]:
        """What was withdrawn or not approved."""
        return [each for each in self.given if each.remedy.state in {"withdrawn", "refused"}]

    @property
    def to_do(self) -> list[Given]:
        """What is agreed and not done yet."""
        return [each for each in self.given if each.remedy.state == "agreed"]


def giving_of(reader: Reader, recovery: Recovery, *, by: Member, now: datetime) -> Giving:
    """All of it for one member; as many queries whatever is stored."""
    if not queries.may_see(reader, recovery):
        return Giving(recovery, open=False)
    firm, remedies = firm_in_scope(), giving.remedies_of(recovery)
    limits, purse = budgets.limits_of(by), budgets.purse_of(by, now=now)
    book = queries.playbook(recovery.failure_mode) if recovery.failure_mode else None
    return Giving(
        recovery,
        open=True,
        given=[
            Given(
                each, Money(each.cost, each.currency), limits[each.kind].covers(each.cost) and purse.covers(each.cost)
            )
            for each in remedies
        ],
        issues=queries.points(recovery),
        suggestions=giving.suggestions(book, firm.currency) if book else [],
        failed=book.name if book else "",
        lines=lines_of(limits, firm),
        purse=purse,
        left=Money(purse.left, firm.currency) if purse.left is not None else None,
        cost=giving.cost_of(remedies),
        worth=worth_now(recovery.client_id, now=now) if may(by.role, Right.SEE_MONEY) else None,
    )


def lines_of(limits: dict[str, Limit], firm: Firm) -> list[Line]:
    """The most at once, kind by kind."""
    return [
        Line(kind.value, str(kind.label), limits[kind], Money(most, firm.currency) if most is not None else None)
        for kind in RemedyKind
        for most in [limits[kind].most]
    ]


# -- approvals ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Asked:
    """One request with all that it takes to answer it."""

    approval: Approval
    cost: Money
    giving: Giving
    asker_limit: Money | None  # None: not bounded, or nothing alone
    asker_alone: bool
    asker_left: Money | None  # None: not bounded
    mine: Purse  # of whoever looks: where they may approve it, it pays
    mine_left: Money | None  # None: not bounded
    mine_after: Money | None  # what would be left of it; None: not bounded, or it has not so much
    payer: Member | None  # whose budget paid it; None: nobody's so far


def asked(reader: Reader, approval_id: uuid.UUID, *, by: Member, now: datetime) -> Asked:
    """The request as it stands, for whoever may decide and for whoever asked. Raises `Approval.DoesNotExist`."""
    approval = giving.one_approval(approval_id)
    if approval.asked_by != by and not may(by.role, Right.DECIDE):
        raise Approval.DoesNotExist
    remedy, firm = approval.remedy, firm_in_scope()
    limit = budgets.limit_of(approval.asked_by, remedy.kind) if approval.asked_by else Limit(alone=False)
    left = budgets.purse_of(approval.asked_by, now=now).left if approval.asked_by else 0
    mine = budgets.purse_of(by, now=now)
    after = mine.left - remedy.cost if mine.left is not None and mine.covers(remedy.cost) else None
    return Asked(
        approval=approval,
        cost=Money(remedy.cost, remedy.currency),
        giving=giving_of(reader, remedy.recovery, by=by, now=now),
        asker_limit=Money(limit.most, firm.currency) if limit.most is not None else None,
        asker_alone=limit.alone,
        asker_left=Money(left, firm.currency) if left is not None else None,
        mine=mine,
        mine_left=Money(mine.left, firm.currency) if mine.left is not None else None,
        mine_after=Money(after, firm.currency) if after is not None else None,
        payer=budgets.payer_of(remedy.public_id),
    )


def approvals_for(member: Member) -> list[tuple[Approval, Money]]:
    """Requests that this member may look at: all of them for whoever decides, else their own."""
    rows = giving.approvals()
    if not may(member.role, Right.DECIDE):
        rows = [row for row in rows if row.asked_by == member]
    return [(row, Money(row.remedy.cost, row.remedy.currency)) for row in rows]


# -- the ledger ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the ledger; `remedy`, `gesture` or `claim` is what it was for, none of them where it was erased."""

    entry: BudgetEntry
    amount: Money
    remedy: Remedy | None
    gesture: Gesture | None = None
    claim: Claim | None = None


@dataclass(frozen=True, slots=True)
class Ledger:
    """What one person may give, what is left of their budget, and what was taken from it; or everybody's lines."""

    whose: Member | None
    lines: list[Line]
    purse: Purse | None
    left: Money | None
    budget: Money | None
    spent: Money | None
    entries: list[Entry]


def ledger(whose: Member | None, *, now: datetime) -> Ledger:
    """The ledger of one person, or (None) of everybody."""
    firm = firm_in_scope()
    rows = budgets.entries_of(whose)
    about = {row.about for row in rows}
    found = Remedy.objects.filter(public_id__in=about).select_related("recovery__client")
    remedies = {remedy.public_id: remedy for remedy in found}
    gestures = {one.public_id: one for one in Gesture.objects.filter(public_id__in=about).select_related("client")}
    claims = {one.public_id: one for one in Claim.objects.filter(public_id__in=about).select_related("client")}
    entries = [
        Entry(
            row, Money(row.amount, firm.currency), remedies.get(row.about), gestures.get(row.about),
            claims.get(row.about),
        )
        for row in rows
    ]  # fmt: skip
    if whose is None:
        return Ledger(None, [], None, None, None, None, entries)
    purse = budgets.purse_of(whose, now=now)
    return Ledger(
        whose=whose,
        lines=lines_of(budgets.limits_of(whose), firm),
        purse=purse,
        left=Money(purse.left, firm.currency) if purse.left is not None else None,
        budget=Money(purse.amount, firm.currency) if purse.amount is not None else None,
        spent=Money(purse.spent, firm.currency),
        entries=entries,
    )
