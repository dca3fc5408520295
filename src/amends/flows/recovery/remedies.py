"""Agreeing what is given, and giving it: inside one's authority and budget at once, above it by one approval."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from amends.core.errors import AmendsError
from amends.core.money import Money
from amends.firm import budgets
from amends.firm.models import Firm, Member
from amends.firm.queries import firm_in_scope
from amends.firm.rules import Right, may
from amends.flows.capital.posting import settle
from amends.flows.capital.sources.recoveries import of_remedies
from amends.flows.recovery import agreeing, approvals, mended, promising
from amends.flows.recovery.reading import BadRemedy, cost_of, day_of
from amends.flows.recovery.within import within
from amends.mail.queries import Reader
from amends.recovery import giving
from amends.recovery.actions import remedies as actions
from amends.recovery.actions.remedies import Moved, Offer
from amends.recovery.models import Approval, Decision, Issue, Recovery, Remedy, RemedyKind, RemedyState, Responsibility

MISTAKEN = (Responsibility.CLIENT, Responsibility.MISUNDERSTANDING)
"""Where the client was wrong, what is given is goodwill."""


AMOUNTS = (RemedyKind.CREDIT, RemedyKind.REFUND)


class NotYours(AmendsError):
    """This member gives nothing at all."""


@dataclass(frozen=True, slots=True)
class Typed:
    """A remedy as a person typed it."""

    kind: str
    what: str
    cost: str = ""
    due: str = ""
    goodwill: bool = False
    issue: uuid.UUID | None = None
    because: str = ""  # for whoever approves


def offer(reader: Reader, recovery_id: uuid.UUID, typed: Typed, *, by: Member, now: datetime) -> Remedy:
    """Write down what could be given; nothing is agreed or spent.

    Raises `Recovery.DoesNotExist` where the reader may not read what it is about, `BadRemedy`, `BadAmount`, `NotYours`.
    """
    recovery = _in_hand(reader, recovery_id, by=by)
    with transaction.atomic():
        remedy = actions.add(recovery, _read(recovery, typed, now=now), by=by, now=now)
        agreeing.noted("offered", remedy, by=by, now=now)
    return remedy


def give(reader: Reader, recovery_id: uuid.UUID, typed: Typed, *, by: Member, now: datetime) -> Remedy:
    """Agree a remedy: at once where it is within the authority and the budget of `by`, else by asking for approval.

    Returns it in state *agreed* or *asked*. Raises as `offer`, and `NobodyMay` where nobody could approve it.
    """
    recovery = _in_hand(reader, recovery_id, by=by)
    given = _read(recovery, typed, now=now)
    with transaction.atomic():
        remedy = actions.add(recovery, given, by=by, now=now)
        _agree(remedy, because=typed.because, by=by, now=now)
    return remedy


def agree(
    reader: Reader, recovery_id: uuid.UUID, remedy_id: uuid.UUID, *, due: str = "", because: str = "", by: Member,
    now: datetime,
) -> Remedy:  # fmt: skip
    """The client takes what was offered. Raises as `give`, and `Moved`."""
    _in_hand(reader, recovery_id, by=by)
    remedy = giving.one_remedy(recovery_id, remedy_id)
    day = day_of(due, firm_in_scope(), now=now)
    with transaction.atomic():
        if day is not None:
            Remedy.objects.filter(pk=remedy.pk, state=RemedyState.OFFERED).update(due_on=day)
            remedy.due_on = day
        _agree(remedy, because=because, by=by, now=now)
    return remedy


def _agree(remedy: Remedy, *, because: str, by: Member, now: datetime) -> None:
    """In one transaction: agreed and paid out of the budget, or asked."""
    if remedy.due_on is None:
        raise BadRemedy("Say by when: what is agreed becomes a promise with a date.")
    if remedy.currency != firm_in_scope().currency:
        raise BadRemedy("The firm counts in another currency now: withdraw this one and offer it anew.")
    if may_alone(remedy.kind, remedy.cost, by=by, now=now):
        try:
            with transaction.atomic():
                agreeing.settle_agreed(remedy, payer=by, by=by, now=now)
        except budgets.NotEnough:  # somebody spent it at the same moment
            remedy.refresh_from_db(fields=["state", "changed_at"])
        else:
            return
    approvals.ask(remedy, because=because, by=by, now=now)


def may_alone(kind: str, cost: int, *, by: Member, now: datetime) -> bool:
    """Whether this may be given by `by` alone, as their budget stands."""
    return budgets.limit_of(by, kind).covers(cost) and budgets.purse_of(by, now=now).covers(cost)


def done(reader: Reader, recovery_id: uuid.UUID, remedy_id: uuid.UUID, *, by: Member, now: datetime) -> Remedy:
    """It was given as agreed; with the last one the recovery is made good. Raises `Moved`."""
    _in_hand(reader, recovery_id, by=by)
    remedy = giving.one_remedy(recovery_id, remedy_id)
    with transaction.atomic():
        actions.step(remedy, RemedyState.DONE, now=now)
        promising.kept(remedy.promise, by=by, now=now)
        mended.perhaps_made_good(remedy.recovery, now=now)
        settle(of_remedies([remedy.pk]), now=now)
        agreeing.noted("done", remedy, by=by, now=now)
    return remedy


def withdraw(reader: Reader, recovery_id: uuid.UUID, remedy_id: uuid.UUID, *, by: Member, now: datetime) -> Remedy:
    """Take it off the table: what it took from a budget goes back, an open request is withdrawn. Raises `Moved`."""
    _in_hand(reader, recovery_id, by=by)
    remedy = giving.one_remedy(recovery_id, remedy_id)
    with transaction.atomic():
        asked = remedy.state == RemedyState.ASKED
        actions.step(remedy, RemedyState.WITHDRAWN, now=now)
        if asked:
            approval = Approval.objects.get(remedy=remedy)
            if not actions.settle(approval, Decision.WITHDRAWN, why="", by=by, now=now):
                raise Moved
        agreeing.unspend(remedy, by=by, now=now)
        mended.perhaps_made_good(remedy.recovery, now=now)
        agreeing.noted("withdrawn", remedy, by=by, now=now)
    return remedy


UNDOES = {
    ("agreed", "offered"), ("done", "agreed"), ("withdrawn", "offered"), ("withdrawn", "agreed"),
}  # fmt: skip
"""Steps back that are offered for some seconds: from, to."""


def undo(
    reader: Reader, recovery_id: uuid.UUID, remedy_id: uuid.UUID, *, before: str, back_to: str, by: Member,
    now: datetime,
) -> Remedy:  # fmt: skip
    """The last step was a slip. Raises `Moved` where the remedy is no longer in state `before`, and `NotEnough`."""
    _in_hand(reader, recovery_id, by=by)
    remedy = giving.one_remedy(recovery_id, remedy_id)
    if (before, back_to) not in UNDOES or remedy.state != before:
        raise Moved
    payer = _paid_by(remedy, by=by, now=now) if (before, back_to) == ("withdrawn", "agreed") else None
    if (before, back_to) == ("withdrawn", "agreed") and payer is None:
        back_to = RemedyState.OFFERED
    with transaction.atomic():
        if before == RemedyState.DONE:
            mended.not_made_good(remedy.recovery, since=remedy.changed_at)
            promising.open_again(remedy.promise, by=by, now=now)
        if payer is not None:
            agreeing.settle_agreed(remedy, payer=payer, by=by, now=now)
        else:
            actions.step(remedy, back_to, now=now)
            if before == RemedyState.AGREED:
                agreeing.unspend(remedy, by=by, now=now)
            agreeing.noted("undone", remedy, by=by, now=now)
        settle(of_remedies([remedy.pk]), now=now)
    return remedy


def _paid_by(remedy: Remedy, *, by: Member, now: datetime) -> Member | None:
    """Whose budget pays what is agreed once more: whoever approved it, whose word stands; else `by`, where they may
    alone. None where nobody's does."""
    approved = Approval.objects.select_related("decided_by").filter(remedy=remedy, decision=Decision.APPROVED).first()
    if approved is not None and approved.decided_by is not None:
        return approved.decided_by if budgets.purse_of(approved.decided_by, now=now).covers(remedy.cost) else None
    return by if may_alone(remedy.kind, remedy.cost, by=by, now=now) else None


# -- the parts ----------------------------------------------------------------------------------------------------


def _in_hand(reader: Reader, recovery_id: uuid.UUID, *, by: Member) -> Recovery:
    """The recovery, where `by` may give something in it."""
    if not may(by.role, Right.ACT):
        raise NotYours("Your role looks on and gives nothing: ask somebody of the team.")
    return within(reader, recovery_id)


def _read(recovery: Recovery, typed: Typed, *, now: datetime) -> Offer:
    firm: Firm = firm_in_scope()
    if typed.kind not in RemedyKind.values:
        raise BadRemedy("Choose what is given: a fix, doing it again, credit, refund, replacement, gesture or person.")
    what = " ".join(typed.what.split())
    if not what:
        raise BadRemedy("Say what you give, as the client would put it.")
    if len(what) > 500:
        raise BadRemedy("That is too long to be clear: say it in 500 characters.")
    issue = _issue(recovery, typed.issue)
    finding = getattr(issue, "finding", None)
    goodwill = typed.goodwill or (finding is not None and finding.responsibility in MISTAKEN)
    if typed.kind in AMOUNTS and not typed.cost.strip():
        raise BadRemedy("Say how much: a credit or a refund is an amount.")
    cost: Money = cost_of(typed.cost, firm)
    return Offer(typed.kind, what, cost, goodwill, day_of(typed.due, firm, now=now), issue)


def _issue(recovery: Recovery, issue_id: uuid.UUID | None) -> Issue | None:
    if issue_id is None:
        return None
    rows = Issue.objects.select_related("finding").filter(recovery=recovery, merged_into=None, removed_at=None)
    found = rows.filter(public_id=issue_id).first()
    if found is None:
        raise BadRemedy("That point is no longer there: choose another, or none.")
    return found
