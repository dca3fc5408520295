"""What an export holds of readiness and clearance: gates and publications whole, and the firm's own lists."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Prefetch

from amends.boundaries.models import (
    ClearanceCheck,
    ClearanceEvidence,
    Gate,
    GateEvidence,
    GateQuestion,
    Publication,
    StartingList,
)
from amends.flows.keep.export.tables import Table, by_key
from amends.flows.keep.export.tables import public_id as _id

_EVIDENCE = ("part", "about", "quote", "words", "said_on", "at", "removed_at")
_QUESTION = ("place", "question", "why", "answer", "told_by", "answered_at", "removed_at", "version")
_CHECK = ("place", "name", "why", "source", "by_when", "state", "reason", "settled_at", "version")
_REST = ("kind", "about", "words", "at", "removed_at")
_PUBLICATION = (
    "what", "where", "goes_on", "kind", "edition", "text", "state", "at", "settled_at", "open_then", "version",
)  # fmt: skip


def _plain(row: Any, *names: str) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def _gates() -> Iterator[dict[str, Any]]:
    within = (
        Prefetch("evidence", GateEvidence.objects.select_related("by").order_by("pk")),
        Prefetch("questions", GateQuestion.objects.select_related("answered_by").order_by("place", "pk")),
    )
    for row in by_key(Gate.objects.select_related("engagement", "by", "settled_by").prefetch_related(*within)):
        yield {
            "id": _id(row), "engagement": _id(row.engagement), "by": _id(row.by), "settled_by": _id(row.settled_by),
            **_plain(row, "industry", "by_hand", "state", "at", "settled_at", "why", "version"),
            "evidence": [
                {"id": _id(one), "by": _id(one.by), **_plain(one, *_EVIDENCE)} for one in row.evidence.all()
            ],
            "questions": [
                {"id": _id(one), "answered_by": _id(one.answered_by), **_plain(one, *_QUESTION)}
                for one in row.questions.all()
            ],
        }  # fmt: skip


def _publications() -> Iterator[dict[str, Any]]:
    rests = Prefetch("evidence", ClearanceEvidence.objects.select_related("by").order_by("pk"))
    checks = ClearanceCheck.objects.select_related("owner", "settled_by").prefetch_related(rests)
    within = Prefetch("checks", checks.order_by("place", "pk"))
    points = ("engagement", "answers", "by", "settled_by")
    for row in by_key(Publication.objects.select_related(*points).prefetch_related(within)):
        yield {
            "id": _id(row), **{name: _id(getattr(row, name)) for name in points}, **_plain(row, *_PUBLICATION),
            "checks": [
                {
                    "id": _id(one), "owner": _id(one.owner), "settled_by": _id(one.settled_by), **_plain(one, *_CHECK),
                    "evidence": [
                        {"id": _id(rest), "by": _id(rest.by), **_plain(rest, *_REST)}
                        for rest in one.evidence.all()
                    ],
                }
                for one in row.checks.all()
            ],
        }  # fmt: skip


def _lists() -> Iterator[dict[str, Any]]:
    for row in by_key(StartingList.objects.select_related("by")):
        yield {"by": _id(row.by), **_plain(row, "kind", "slug", "name", "edition", "content", "retired", "at")}


GATED = (
    Table("gates", "readiness gates: what was agreed before work began, questions and answers", _gates),
    Table("publications", "what went public, and what was looked at before", _publications),
    Table("starting_lists", "editions of the lists that gates and clearances start from", _lists),
)
AT_GATES = {ClearanceCheck, ClearanceEvidence, Gate, GateEvidence, GateQuestion, Publication, StartingList}
"""Models whose rows are in these files."""
