"""What an export holds of putting right: recoveries whole, what was given, playbooks, and what who may give."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Prefetch

from amends.firm.models import Allowance, Budget, BudgetEntry, Spending
from amends.flows.keep.export.tables import Table, by_key
from amends.flows.keep.export.tables import public_id as _id
from amends.recovery.models import (
    Approval,
    Brief,
    Call,
    Clocks,
    DrillResult,
    Escalation,
    Evidence,
    Finding,
    Issue,
    Note,
    Playbook,
    Recovery,
    RecoveryStep,
    RecoveryThread,
    Remedy,
)

_RECOVERY = (
    "title", "stage", "began_at", "opened_at", "owned_at", "replied_at", "answered_at", "agreed_at", "made_good_at",
    "first_draft", "wanted", "wanted_at", "root_cause", "failure_mode", "kept_word", "ask_at", "asks", "asked_at",
    "closed_at", "closing", "closed_why", "version",
)  # fmt: skip
_ISSUE = ("place", "quote", "start", "end", "said_at", "feeling", "words", "removed_at", "at", "version")
_FINDING = ("happened", "why", "responsibility", "sure", "we_do", "by_when", "hard_part", "at", "version")
_CALL = ("began_at", "ended_at", "mood_before", "mood_after", "mood_words", "wanted", "summary_draft")
_REMEDY = ("kind", "what", "cost", "currency", "goodwill", "due_on", "state", "at", "changed_at", "promise")


def _plain(row: Any, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def _points(row: Any, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: _id(getattr(row, name)) for name in names}


def _recoveries() -> Iterator[dict[str, Any]]:
    points = ("client", "engagement", "owner", "opened_by", "closed_by", "recurs")
    within = (
        Prefetch("threads", RecoveryThread.objects.select_related("thread").order_by("pk")),
        Prefetch("steps", RecoveryStep.objects.select_related("by").order_by("at", "pk")),
        Prefetch("escalations", Escalation.objects.select_related("to").order_by("pk")),
        Prefetch("briefs", Brief.objects.select_related("by").order_by("pk")),
    )
    for row in by_key(Recovery.objects.select_related(*points).prefetch_related(*within)):
        yield {
            "id": _id(row), **_points(row, points), **_plain(row, _RECOVERY),
            "threads": [_id(one.thread) for one in row.threads.all()],
            "steps": [
                {"from": one.before, "to": one.after, "why": one.why, "by": _id(one.by), "at": one.at.isoformat()}
                for one in row.steps.all()
            ],
            "told_late": [
                {"clock": one.clock, "to": _id(one.to), "at": one.at.isoformat()} for one in row.escalations.all()
            ],
            "briefs": [
                _plain(one, ("whom", "text", "wrote_from", "at", "version", "draft")) | {"by": _id(one.by)}
                for one in row.briefs.all()
            ],
        }  # fmt: skip


def _issues() -> Iterator[dict[str, Any]]:
    points = ("recovery", "message", "engagement", "recurs", "merged_into", "by")
    rests = Prefetch("evidence", Evidence.objects.select_related("by").order_by("pk"))
    for row in by_key(Issue.objects.select_related(*points, "finding__by").prefetch_related(rests)):
        found = getattr(row, "finding", None)
        yield {
            "id": _id(row), **_points(row, points), **_plain(row, _ISSUE),
            "finding": None if found is None else _plain(found, _FINDING) | {"by": _id(found.by)},
            "evidence": [
                {"id": _id(one), "by": _id(one.by)} | _plain(one, ("kind", "about", "label", "quote", "shown", "at"))
                for one in row.evidence.all()
            ],
        }  # fmt: skip


def _calls() -> Iterator[dict[str, Any]]:
    notes = Prefetch("notes", Note.objects.select_related("author", "issue").order_by("at", "pk"))
    for row in by_key(Call.objects.select_related("recovery", "by").prefetch_related(notes)):
        yield {
            "id": _id(row), **_points(row, ("recovery", "by")), **_plain(row, _CALL),
            "notes": [
                {"id": _id(one)} | _points(one, ("issue", "author")) | _plain(one, ("kind", "text", "edition", "at"))
                for one in row.notes.all()
            ],
        }  # fmt: skip


def _remedies() -> Iterator[dict[str, Any]]:
    points = ("recovery", "issue", "by")
    for row in by_key(Remedy.objects.select_related(*points)):
        yield {"id": _id(row), **_points(row, points), **_plain(row, _REMEDY)}


def _approvals() -> Iterator[dict[str, Any]]:
    points = ("remedy", "asked_by", "decided_by")
    for row in by_key(Approval.objects.select_related(*points)):
        yield {
            "id": _id(row), **_points(row, points),
            **_plain(row, ("asked_at", "because", "decision", "decided_at", "why")),
        }  # fmt: skip


def _playbooks() -> Iterator[dict[str, Any]]:
    for row in by_key(Playbook.objects.select_related("by")):
        names = ("mode", "trade", "name", "edition", "content", "retired", "at")
        yield {**_plain(row, names), "by": _id(row.by)}


def _drills() -> Iterator[dict[str, Any]]:
    """Those that were shared: the others are theirs alone who did them."""
    for row in by_key(DrillResult.objects.filter(shared=True).select_related("member")):
        yield {"id": _id(row), "member": _id(row.member), **_plain(row, ("scenario", "turns", "score", "at"))}


def _budget() -> Iterator[dict[str, Any]]:
    for row in by_key(BudgetEntry.objects.select_related("member")):
        yield {
            "id": _id(row), "member": _id(row.member), "begins_on": row.begins_on, "amount": row.amount,
            "remedy": row.about, "back": row.back, "at": row.at,
        }  # fmt: skip


def giving_settings() -> dict[str, Any]:
    """How quick the firm means to be, and what who may give."""
    clocks = Clocks.objects.select_related("escalate_to").first() or Clocks()
    told = clocks.escalate_to
    names = ("to_own", "to_reply", "to_answer", "to_make_good", "ask_after_days")
    return {
        "clocks": {**_plain(clocks, names), "escalate_to": told.email if told else None},
        "allowances": list(Allowance.objects.order_by("pk").values("role", "kind", "most")),
        "budgets": list(Budget.objects.order_by("pk").values("role", "member__email", "amount", "period")),
        "spent": [
            {**one, "begins_on": one["begins_on"].isoformat()}
            for one in Spending.objects.order_by("pk").values("member__email", "begins_on", "spent")
        ],
    }


PUT_RIGHT = (
    Table("approvals", "what was asked for beyond somebody's authority, and what was decided", _approvals,
          ("id", "remedy", "asked_by", "asked_at", "because", "decision", "decided_by", "decided_at", "why")),
    Table("budget", "what was taken of whose budget; amounts in the smallest unit of the firm's currency", _budget,
          ("id", "member", "begins_on", "amount", "remedy", "back", "at")),
    Table("remedies", "what was offered and given; costs in the smallest unit of their currency", _remedies,
          ("id", "recovery", "issue", "by", *_REMEDY)),
    Table("calls", "calls held, and the notes of each author", _calls),
    Table("issues", "what clients say is wrong, what was found, and what that rests on", _issues),
    Table("recoveries", "what was put right: stages, briefs, how it ended", _recoveries),
    Table("playbooks", "editions of playbooks that the firm wrote", _playbooks),
    Table("drills", "results of drills that were shared", _drills),
)  # fmt: skip
GIVEN = {
    Allowance, Approval, Brief, Budget, BudgetEntry, Call, Clocks, DrillResult, Escalation, Evidence, Finding, Issue,
    Note, Playbook, Recovery, RecoveryStep, RecoveryThread, Remedy, Spending,
}  # fmt: skip
"""Models whose rows are in some of these files, or in settings.json."""
