"""Reads of what is given and learned: remedies, approvals, what playbooks suggest, the same cause elsewhere."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from amends.core.money import BadAmount, Money, parse
from amends.firm.models import Member
from amends.mail.privacy import Reader, partly_hidden
from amends.recovery.models import (
    Approval,
    Clocks,
    Decision,
    Issue,
    Playbook,
    Recovery,
    RecoveryThread,
    Remedy,
    RemedyKind,
    RemedyState,
)  # fmt: skip

GIVEN = (RemedyState.AGREED, RemedyState.DONE)
LATELY = timedelta(days=365)
"""How far back the same cause is looked for."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A remedy that a playbook names, with what it typically costs."""

    kind: str
    what: str
    cost: Money


def one_recovery(recovery_id: uuid.UUID) -> Recovery:
    """A recovery with its client, engagement and owner. Raises `Recovery.DoesNotExist`."""
    return Recovery.objects.select_related("client", "engagement", "owner", "closed_by").get(public_id=recovery_id)


def one_remedy(recovery_id: uuid.UUID, remedy_id: uuid.UUID) -> Remedy:
    """A remedy of this recovery. Raises `Remedy.DoesNotExist`."""
    rows = Remedy.objects.select_related("recovery__client", "recovery__owner", "by", "issue")
    return rows.get(public_id=remedy_id, recovery__public_id=recovery_id)


def remedies_of(recovery: Recovery) -> list[Remedy]:
    """All remedies of a recovery in the order in which they were offered, with their approvals."""
    rows = Remedy.objects.filter(recovery=recovery)
    rows = rows.select_related("by", "issue__finding", "approval__decided_by", "approval__asked_by")
    return list(rows.order_by("at", "pk"))


def cost_of(remedies: Iterable[Remedy]) -> list[Money]:
    """What was agreed or done costs together, by currency."""
    totals: dict[str, int] = defaultdict(int)
    for remedy in remedies:
        if remedy.state in GIVEN:
            totals[remedy.currency] += remedy.cost
    return [Money(units, currency) for currency, units in sorted(totals.items()) if units]


def one_approval(approval_id: uuid.UUID) -> Approval:
    """A request with all it is about. Raises `Approval.DoesNotExist`."""
    rows = Approval.objects.select_related(
        "remedy__recovery__client", "remedy__recovery__engagement", "remedy__recovery__owner", "remedy__by",
        "remedy__issue", "asked_by", "decided_by",
    )  # fmt: skip
    return rows.get(public_id=approval_id)


def approvals(*, open_only: bool = False, limit: int = 100) -> list[Approval]:
    """Requests, the open ones first, then the newest."""
    rows = Approval.objects.select_related("remedy__recovery__client", "asked_by", "decided_by")
    waiting = list(rows.filter(decision=Decision.OPEN).order_by("-asked_at")[:limit])
    if open_only:
        return waiting
    return waiting + list(rows.exclude(decision=Decision.OPEN).order_by("-decided_at", "-asked_at")[:limit])


def approvals_waiting(*, besides: Member) -> int:
    """How many requests of others nobody has answered."""
    rows = Approval.objects.filter(decision=Decision.OPEN)
    return rows.exclude(asked_by=besides).count()


def standing_issues(recovery: Recovery) -> list[Issue]:
    """The points of a recovery that stand, in their order, with what was found."""
    rows = Issue.objects.filter(recovery=recovery, merged_into=None, removed_at=None)
    return list(rows.select_related("finding", "message").order_by("place", "pk"))


def clocks() -> Clocks:
    """How much time the firm gives itself."""
    return Clocks.objects.first() or Clocks()


# -- playbooks ----------------------------------------------------------------------------------------------------


def playbooks() -> dict[str, Playbook]:
    """The newest edition of each failure mode that the firm has not retired."""
    newest: dict[str, Playbook] = {}
    for row in Playbook.objects.order_by("mode", "edition"):
        newest[row.mode] = row
    return {mode: row for mode, row in newest.items() if not row.retired}


def suggestions(content: dict[str, Any], currency: str) -> list[Suggestion]:
    """The remedies that a playbook's content names; what is no remedy in it is left out."""
    found = []
    for each in content.get("remedies", []):
        kind, what = each.get("kind"), str(each.get("what", "")).strip()
        if kind in RemedyKind.values and what:
            found.append(Suggestion(kind, what[:500], _cost(each.get("cost", 0), currency)))
    return found


def _cost(given: object, currency: str) -> Money:
    """In whole units of the currency; what is no amount costs nothing."""
    try:
        return parse(str(given), currency)
    except BadAmount:
        return Money(0, currency)


def causes() -> list[str]:
    """Failure modes that recoveries of this firm had, by name."""
    rows = Recovery.objects.exclude(failure_mode="").order_by("failure_mode")
    return list(rows.values_list("failure_mode", flat=True).distinct()[:200])


def same_cause(recovery: Recovery, *, now: datetime) -> list[Recovery]:
    """What went wrong in the same way at other clients in the last year, the newest first."""
    if not recovery.failure_mode:
        return []
    rows = Recovery.objects.filter(failure_mode=recovery.failure_mode, opened_at__gte=now - LATELY, opened_at__lte=now)
    rows = rows.exclude(client=recovery.client_id).exclude(closing="mistaken")
    return list(rows.select_related("client", "owner").order_by("-opened_at")[:50])


# -- asking -------------------------------------------------------------------------------------------------------


def to_ask(*, now: datetime) -> QuerySet[Recovery]:
    """Recoveries whose client is to be asked by now whether it is right again."""
    rows = Recovery.objects.filter(ask_at__isnull=False, ask_at__lte=now, closed_at=None)
    return rows.select_related("client", "owner").order_by("ask_at")


# -- who may read -------------------------------------------------------------------------------------------------


def is_open_to(reader: Reader, recovery: Recovery) -> bool:
    """Whether this reader may read all the conversations that a recovery is about."""
    return not closed_to(reader, [recovery])


def closed_to(reader: Reader, recoveries: Sequence[Recovery]) -> Collection[int]:
    """Those (keys) that are about a conversation which this reader may not read whole; at most two queries."""
    if not reader.restricted or not recoveries:
        return set()
    pairs = RecoveryThread.objects.filter(recovery__in=recoveries).values_list("recovery", "thread")
    about: dict[int, list[int]] = defaultdict(list)
    for recovery, thread in pairs:
        about[recovery].append(thread)
    hidden = partly_hidden(reader, {thread for threads in about.values() for thread in threads})
    return {recovery for recovery, threads in about.items() if hidden.intersection(threads)}
