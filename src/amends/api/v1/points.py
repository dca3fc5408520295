"""Points of a recovery: adding and changing them, what was found about each, and what that rests on."""

from __future__ import annotations

import uuid

from django.http import HttpRequest
from ninja import Router, Status

from amends.api.door import Bearer, member_of, now_of, reader_of
from amends.api.v1.parts import answers
from amends.api.v1.schemas.points import (
    EvidenceChange,
    EvidenceNew,
    FindingNew,
    MergeNew,
    PointChange,
    PointNew,
    SuggestionOut,
    SuggestionsOut,
    UndoNew,
)
from amends.api.v1.schemas.recoveries import RecoveryWholeOut
from amends.firm.rules import Right, Scope
from amends.flows.recovery import answering, points, programs
from amends.insights.lists.recoveries import one_recovery
from amends.insights.recovery.evidence import Suggestion, Work, suggestions_for
from amends.recovery.actions.issues import Undo

router = Router(tags=["Points"])
READ, WRITE = Bearer(Scope.READ_RECOVERIES, right=Right.ACT), Bearer(Scope.WRITE_RECOVERIES)
_WHOLE = answers(RecoveryWholeOut, 400, 404, 409)
_AT = "/recoveries/{uuid:recovery_id}/points/{uuid:issue_id}"


@router.post(
    "/recoveries/{uuid:recovery_id}/points", auth=WRITE, response=answers(RecoveryWholeOut, 400, 404, status=201),
    summary="Add a point",
)  # fmt: skip
def add_point(request: HttpRequest, recovery_id: uuid.UUID, body: PointNew) -> Status[RecoveryWholeOut]:
    """Add one by hand. What messages say is taken in when a recovery is opened, or by taking a conversation in."""
    now = now_of(request)
    said_at = programs.said_at(body.said_on.isoformat() if body.said_on else "", now=now)
    undo = points.add(
        reader_of(request), recovery_id, quote=body.quote, words=body.words, feeling=body.feeling, said_at=said_at,
        engagement=body.engagement, by=member_of(request), now=now,
    )  # fmt: skip
    return Status(201, _out(request, recovery_id, undo))


@router.post("/recoveries/{uuid:recovery_id}/points/merge", auth=WRITE, response=_WHOLE, summary="Merge points")
def merge_points(request: HttpRequest, recovery_id: uuid.UUID, body: MergeNew) -> RecoveryWholeOut:
    """Make points one: that which stands first stays, and the others can be parted again."""
    undo = points.merge(reader_of(request), recovery_id, body.points, now=now_of(request))
    return _out(request, recovery_id, undo)


@router.post(_AT, auth=WRITE, response=_WHOLE, summary="Change a point")
def change_point(
    request: HttpRequest, recovery_id: uuid.UUID, issue_id: uuid.UUID, body: PointChange
) -> RecoveryWholeOut:
    """Reword, split, part, remove, bring back or move it, or say whether it is an earlier one come back."""
    undo = programs.on_issue(
        reader_of(request), recovery_id, issue_id, programs.OnIssue(**body.dict()), by=member_of(request),
        now=now_of(request),
    )  # fmt: skip
    return _out(request, recovery_id, undo)


@router.post("/recoveries/{uuid:recovery_id}/undo", auth=WRITE, response=_WHOLE, summary="Take back")
def undo_on_points(request: HttpRequest, recovery_id: uuid.UUID, body: UndoNew) -> RecoveryWholeOut:
    """Take back a deed on points, with what it gave as `undo`; 409 where somebody changed one of them since."""
    points.undo(reader_of(request), recovery_id, body.undo)
    return _out(request, recovery_id, Undo())


@router.post(f"{_AT}/finding", auth=WRITE, response=_WHOLE, summary="Answer a point")
def answer_point(
    request: HttpRequest, recovery_id: uuid.UUID, issue_id: uuid.UUID, body: FindingNew
) -> RecoveryWholeOut:
    """What happened, why, whose it was, how sure, what we do and by when; 409 where somebody else wrote meanwhile."""
    said = programs.Said(**body.dict())
    programs.find_out(reader_of(request), recovery_id, issue_id, said, by=member_of(request), now=now_of(request))
    return _out(request, recovery_id, Undo())


@router.get(f"{_AT}/suggestions", auth=READ, response=answers(SuggestionsOut, 404), summary="What it may rest on")
def suggest_evidence(request: HttpRequest, recovery_id: uuid.UUID, issue_id: uuid.UUID) -> SuggestionsOut:
    """Messages, advice that was overruled, documents and hours, by engagement, days and words."""
    found = suggestions_for(reader_of(request), recovery_id, issue_id)
    picks: list[Suggestion | Work] = [*found.messages, *found.advice, *found.documents, *found.hours]
    return SuggestionsOut(items=[SuggestionOut.of(one) for one in picks])


@router.post(
    f"{_AT}/evidence", auth=WRITE, response=answers(RecoveryWholeOut, 400, 404, status=201), summary="Pick evidence"
)
def add_evidence(
    request: HttpRequest, recovery_id: uuid.UUID, issue_id: uuid.UUID, body: EvidenceNew
) -> Status[RecoveryWholeOut]:
    """Say what a finding rests on; what is there already stays as it is."""
    answering.rest_on(
        reader_of(request), recovery_id, issue_id, kind=body.kind, about=body.about, label=body.label, quote=body.quote,
        by=member_of(request), now=now_of(request),
    )  # fmt: skip
    return Status(201, _out(request, recovery_id, Undo()))


@router.post(
    "/recoveries/{uuid:recovery_id}/evidence/{uuid:evidence_id}", auth=WRITE,
    response=answers(RecoveryWholeOut, 400, 404), summary="Change evidence",
)  # fmt: skip
def change_evidence(
    request: HttpRequest, recovery_id: uuid.UUID, evidence_id: uuid.UUID, body: EvidenceChange
) -> RecoveryWholeOut:
    """Take it away, or say whether the client was shown it."""
    if body.do == "drop":
        answering.drop(reader_of(request), recovery_id, evidence_id)
    else:
        answering.show(reader_of(request), recovery_id, evidence_id, shown=body.do == "shown")
    return _out(request, recovery_id, Undo())


def _out(request: HttpRequest, recovery_id: uuid.UUID, undo: Undo) -> RecoveryWholeOut:
    return RecoveryWholeOut.of(one_recovery(reader_of(request), recovery_id), undo=points.sealed(recovery_id, undo))
