"""Reads of readiness gates: whether an industry is new to the firm, and what a gate still misses."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import date

from django.db.models import Count, Q

from amends.boundaries.models import Gate, GateEvidence, GatePart, GateQuestion, GateState
from amends.boundaries.readiness import KNOWN_AFTER, Facts, Missing, folded, missing
from amends.clients.models import Client, Engagement, GlossaryTerm

_WITH = ("engagement__client", "by", "settled_by")


def begun_on(engagement: Engagement) -> date:
    """The day on which an engagement began, as far as anybody said."""
    return engagement.starts_on or engagement.created_at.date()


def served_since(industry: str, *, but: Engagement | None = None) -> date | None:
    """Since when the firm serves clients of this industry; None where it never did. `but` one engagement."""
    wanted = folded(industry)
    names = Client.objects.exclude(industry="").values_list("industry", flat=True).distinct()
    same = [name for name in names if folded(name) == wanted]
    if not wanted or not same:
        return None
    rows = Engagement.objects.filter(client__industry__in=same)
    rows = rows.exclude(pk=but.pk) if but is not None else rows
    return min((starts or at.date() for starts, at in rows.values_list("starts_on", "created_at")), default=None)


def is_new(engagement: Engagement) -> bool:
    """Whether an engagement is for an industry that the firm has not served before. An unsaid one is not known."""
    industry = engagement.client.industry
    if not folded(industry):
        return False
    since = served_since(industry, but=engagement)
    return since is None or since > begun_on(engagement) - KNOWN_AFTER


def find_gate(gate_id: uuid.UUID) -> Gate:
    """One gate with its engagement and client. Raises `Gate.DoesNotExist`."""
    return Gate.objects.select_related(*_WITH).get(public_id=gate_id)


def gate_of(engagement: Engagement) -> Gate | None:
    """The gate of an engagement, where there is one."""
    return Gate.objects.select_related(*_WITH).filter(engagement=engagement).first()


def gates(*, state: str = GateState.OPEN, limit: int = 200) -> list[Gate]:
    """Gates in one state ("" for all) of engagements that go on, the newest first."""
    rows = Gate.objects.select_related(*_WITH).filter(engagement__closed_at=None)
    rows = rows.filter(state=state) if state else rows
    return list(rows.order_by("-at", "-pk")[:limit])


def open_gates_of(client: Client) -> list[Gate]:
    """What is open for one client."""
    rows = Gate.objects.select_related(*_WITH).filter(state=GateState.OPEN, engagement__closed_at=None)
    return list(rows.filter(engagement__client=client).order_by("at", "pk"))


def missing_in(found: Sequence[Gate]) -> dict[int, list[Missing]]:
    """What each gate still misses, by its key; three queries, however many."""
    return {key: missing(facts) for key, facts in facts_of(found).items()}


def facts_of(found: Sequence[Gate]) -> dict[int, Facts]:
    """What is known of each gate, by its key."""
    keys = [one.pk for one in found]
    clients = {one.engagement.client_id for one in found}
    terms = _counted(GlossaryTerm.objects.filter(client__in=clients).values_list("client"))
    questions = GateQuestion.objects.filter(gate__in=keys, removed_at=None).order_by()
    asked = {
        key: (count, bare)
        for key, count, bare in questions.values_list("gate").annotate(
            count=Count("pk"), bare=Count("pk", filter=Q(answer=""))
        )
    }
    shown = set(GateEvidence.objects.filter(gate__in=keys, removed_at=None).values_list("gate", "part"))
    return {
        one.pk: Facts(
            terms=terms.get(one.engagement.client_id, 0),
            glossary_agreed=(one.pk, GatePart.GLOSSARY) in shown,
            questions=asked.get(one.pk, (0, 0))[0],
            unanswered=asked.get(one.pk, (0, 0))[1],
            pace_agreed=(one.pk, GatePart.PACE) in shown,
        )
        for one in found
    }


def questions_of(gate: Gate) -> list[GateQuestion]:
    """Its questions in their order."""
    rows = GateQuestion.objects.filter(gate=gate, removed_at=None).select_related("answered_by")
    return list(rows.order_by("place", "pk"))


def evidence_of(gate: Gate) -> list[GateEvidence]:
    """What shows that something was agreed, in the order in which it was added."""
    return list(GateEvidence.objects.filter(gate=gate, removed_at=None).select_related("by").order_by("at", "pk"))


def _counted(rows: Iterable[tuple[int]]) -> dict[int, int]:
    found: dict[int, int] = {}
    for (key,) in rows:
        found[key] = found.get(key, 0) + 1
    return found
