"""Writes of remedies and approvals. Each step is one conditional UPDATE: of two who take it at once, one does."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from amends.core.errors import AmendsError
from amends.core.money import Money
from amends.firm.models import Member
from amends.recovery.models import Approval, Decision, Issue, Recovery, Remedy, RemedyState

STEPS: dict[str, frozenset[str]] = {
    RemedyState.OFFERED: frozenset({RemedyState.AGREED, RemedyState.ASKED, RemedyState.WITHDRAWN}),
    RemedyState.ASKED: frozenset({RemedyState.AGREED, RemedyState.REFUSED, RemedyState.WITHDRAWN}),
    RemedyState.AGREED: frozenset({RemedyState.DONE, RemedyState.WITHDRAWN, RemedyState.OFFERED}),
    RemedyState.DONE: frozenset({RemedyState.AGREED}),
    RemedyState.REFUSED: frozenset(),
    RemedyState.WITHDRAWN: frozenset({RemedyState.OFFERED, RemedyState.AGREED}),
}


class Moved(AmendsError):
    """Somebody was quicker."""

    def __init__(self) -> None:
        super().__init__("Somebody was quicker, and it stands otherwise now: look at it again.")


@dataclass(frozen=True, slots=True)
class Offer:
    """A remedy as it was read: everything in it is possible."""

    kind: str
    what: str
    cost: Money
    goodwill: bool = False
    due_on: date | None = None
    issue: Issue | None = None


def add(recovery: Recovery, offer: Offer, *, by: Member | None, now: datetime) -> Remedy:
    """Write down what is offered; nothing is spent."""
    return Remedy.objects.create(
        recovery=recovery, issue=offer.issue, kind=offer.kind, what=offer.what, cost=offer.cost.units,
        currency=offer.cost.currency, goodwill=offer.goodwill, due_on=offer.due_on, by=by, at=now, changed_at=now,
    )  # fmt: skip


def step(remedy: Remedy, after: str, *, now: datetime) -> None:
    """Move a remedy on from the state that it was read in. Raises `Moved`."""
    if after not in STEPS[remedy.state]:
        raise Moved
    if not Remedy.objects.filter(pk=remedy.pk, state=remedy.state).update(state=after, changed_at=now):
        raise Moved
    remedy.state, remedy.changed_at = after, now


def request(remedy: Remedy, *, because: str, by: Member, now: datetime) -> Approval:
    """Ask for an approval, anew where one was settled before. The remedy is in state *asked* already."""
    fresh = {"decision": Decision.OPEN, "decided_by": None, "decided_at": None, "why": ""}
    given = {"asked_by": by, "asked_at": now, "because": because[:500]}
    made, _new = Approval.objects.update_or_create(remedy=remedy, defaults={**given, **fresh})
    return made


def settle(approval: Approval, decision: str, *, why: str, by: Member, now: datetime) -> bool:
    """Write down what was decided; False where it was settled before."""
    rows = Approval.objects.filter(pk=approval.pk, decision=Decision.OPEN)
    return bool(rows.update(decision=decision, decided_by=by, decided_at=now, why=why[:500]))
