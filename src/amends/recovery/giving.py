"""Reads of what is given and learned: remedies, approvals, what playbooks suggest, the same cause elsewhere."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet

from amends.core.money import Money, digits
from amends.firm.models import Member
from amends.recovery.models import Approval, Decision, Recovery, Remedy, RemedyState
from amends.recovery.shipped import Book

GIVEN = (RemedyState.AGREED, RemedyState.DONE)
LATELY = timedelta(days=365)
"""How far back the same cause is looked for."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A remedy that a playbook names, with what it typically costs."""

    kind: str
    what: str
    cost: Money


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


# -- playbooks ----------------------------------------------------------------------------------------------------


def suggestions(book: Book, currency: str) -> list[Suggestion]:
    """The remedies that a playbook names, each with its typical cost in the firm's currency."""
    scale = 10 ** digits(currency)
    return [Suggestion(one.kind, one.what[:500], Money(one.cost * scale, currency)) for one in book.remedies]


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
