"""Briefs, calls and notes. Nothing is sent from here: what goes to a client is read and sent by a person."""

from __future__ import annotations

import uuid
from typing import Annotated, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Status

from amends.api.cursors import key_of
from amends.api.door import Bearer, firm_of, member_of, now_of, reader_of
from amends.api.v1.parts import Cursor, Limit, answers, paged
from amends.api.v1.schemas.common import Paged
from amends.api.v1.schemas.talking import BriefNew, BriefOut, CallOut, CallWholeOut, NoteMade, NoteNew
from amends.core.ids import uuid7
from amends.firm.rules import Right, Scope
from amends.flows.recovery import briefs, calls, given
from amends.insights.lists.recoveries import call_told, calls_page
from amends.insights.recovery import pdf
from amends.insights.recovery.brief_page import brief_page
from amends.recovery.models import BriefFor

router = Router(tags=["Briefs and calls"])
READ, WRITE = Bearer(Scope.READ_RECOVERIES), Bearer(Scope.WRITE_RECOVERIES)
_HELD = Bearer(Scope.READ_RECOVERIES, right=Right.ACT)
_BRIEF = "/recoveries/{uuid:recovery_id}/brief"
_CALL = "/recoveries/{uuid:recovery_id}/calls/{uuid:call_id}"
_FILES = {"md": "text/markdown", "html": "text/html", "pdf": "application/pdf"}
_FILE = {
    "responses": {
        200: {
            "content": {
                _FILES["md"]: {"schema": {"type": "string"}},
                _FILES["html"]: {"schema": {"type": "string"}},
                _FILES["pdf"]: {"schema": {"type": "string", "format": "binary"}},
            }
        }
    }
}
Whom = Annotated[BriefFor, Query(BriefFor.CLIENT, alias="for", description="Whom it is for")]


@router.get(_BRIEF, auth=READ, response=answers(BriefOut, 404), summary="The brief")
def get_brief(request: HttpRequest, recovery_id: uuid.UUID, whom: Whom) -> BriefOut:
    """A version of the brief as it stands: as somebody left it, else written from the findings now."""
    return BriefOut.of(brief_page(reader_of(request), recovery_id, whom))


@router.get(
    f"{_BRIEF}/file", auth=READ, response=answers(None, 404), openapi_extra=_FILE, summary="The brief as a file"
)  # fmt: skip
def get_brief_file(
    request: HttpRequest,
    recovery_id: uuid.UUID,
    whom: Whom,
    form: Annotated[Literal["md", "html", "pdf"], Query("md", alias="format")],
) -> HttpResponse:
    """The same as Markdown, as one page of HTML, or as PDF."""
    found = brief_page(reader_of(request), recovery_id, whom)
    if form == "pdf":
        made = pdf.pdf(found.text, found.sheet)
    else:
        made = (found.text if form == "md" else pdf.page(found.text, found.sheet)).encode()
    kind = _FILES[form] if form == "pdf" else f"{_FILES[form]}; charset=utf-8"
    headers = {"Content-Disposition": "attachment", "X-Content-Type-Options": "nosniff"}
    return HttpResponse(made, content_type=kind, headers=headers)


@router.post(_BRIEF, auth=WRITE, response=answers(BriefOut, 400, 404, 409), summary="Edit the brief")
def edit_brief(request: HttpRequest, recovery_id: uuid.UUID, body: BriefNew) -> BriefOut:
    """Keep it as it was written, or have it write itself again; 409 where somebody else changed it meanwhile."""
    reader, by, now = reader_of(request), member_of(request), now_of(request)
    briefs.put(reader, recovery_id, body.whom, body.text, version=body.version, by=by, now=now)
    return BriefOut.of(brief_page(reader, recovery_id, body.whom))


@router.get("/recoveries/{uuid:recovery_id}/calls", auth=_HELD, response=answers(Paged[CallOut], 404), summary="Calls")
def list_calls(request: HttpRequest, recovery_id: uuid.UUID, limit: Limit, cursor: Cursor) -> object:
    """The calls of a recovery, the newest first."""
    page = calls_page(reader_of(request), recovery_id, after=key_of(cursor, int), limit=limit)
    return paged(page, CallOut.of)


@router.post(
    "/recoveries/{uuid:recovery_id}/calls", auth=WRITE, response=answers(CallWholeOut, 400, 404, status=201),
    summary="Begin a call",
)  # fmt: skip
def begin_call(request: HttpRequest, recovery_id: uuid.UUID) -> Status[CallWholeOut]:
    """Begin one, or take part in the one that is being held."""
    call = calls.begin(reader_of(request), recovery_id, by=member_of(request), now=now_of(request))
    return Status(201, _whole(request, recovery_id, call.public_id))


@router.get(_CALL, auth=_HELD, response=answers(CallWholeOut, 404), summary="One call")
def get_call(request: HttpRequest, recovery_id: uuid.UUID, call_id: uuid.UUID) -> CallWholeOut:
    """A call with everybody's notes, and the promises that were heard in them."""
    return _whole(request, recovery_id, call_id)


@router.post(
    f"{_CALL}/notes", auth=WRITE, response=answers(CallWholeOut, 400, 404, status=201), summary="Take a note"
)  # fmt: skip
def take_note(request: HttpRequest, recovery_id: uuid.UUID, call_id: uuid.UUID, body: NoteNew) -> Status[CallWholeOut]:
    """Write a note down, or write on in one of yours. Nobody writes into another's."""
    noted = given.Noted(body.text, kind=body.kind, issue=body.issue, note_id=body.id, edition=body.edition)
    given.take_note(
        reader_of(request), recovery_id, call_id, noted, key=uuid7(), firm=firm_of(request), by=member_of(request),
        now=now_of(request),
    )  # fmt: skip
    return Status(201, _whole(request, recovery_id, call_id))


@router.post(
    f"{_CALL}/notes/{{uuid:note_id}}", auth=WRITE, response=answers(CallWholeOut, 400, 404, 409),
    summary="Make something of a note",
)  # fmt: skip
def make_of_note(
    request: HttpRequest, recovery_id: uuid.UUID, call_id: uuid.UUID, note_id: uuid.UUID, body: NoteMade
) -> CallWholeOut:
    """A promise by a day, or a point of the recovery; 409 where it is one already."""
    given.make_of_note(
        reader_of(request), recovery_id, call_id, note_id, do=body.do, text=body.text, due=body.due, owner=body.owner,
        by=member_of(request), now=now_of(request),
    )  # fmt: skip
    return _whole(request, recovery_id, call_id)


@router.post(f"{_CALL}/end", auth=WRITE, response=answers(CallWholeOut, 404), summary="End a call")
def end_call(request: HttpRequest, recovery_id: uuid.UUID, call_id: uuid.UUID) -> CallWholeOut:
    """End it: with it the client has been answered. Ended before, nothing changes."""
    calls.end(reader_of(request), recovery_id, call_id, by=member_of(request), now=now_of(request))
    return _whole(request, recovery_id, call_id)


def _whole(request: HttpRequest, recovery_id: uuid.UUID, call_id: uuid.UUID) -> CallWholeOut:
    return CallWholeOut.whole(call_told(reader_of(request), recovery_id, call_id))
