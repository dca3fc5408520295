"""Recoveries: reading, opening, owning and moving them."""

from __future__ import annotations

import uuid
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router, Status

from amends.api.cursors import key_of
from amends.api.door import Bearer, member_of, now_of, reader_of
from amends.api.v1.parts import Cursor, Limit, answers, paged
from amends.api.v1.schemas.common import Paged
from amends.api.v1.schemas.recoveries import (
    CloseNew,
    DraftOut,
    FailingNew,
    FailingOut,
    OwnNew,
    RecoveryChange,
    RecoveryNew,
    RecoveryOut,
    RecoveryWholeOut,
    ReopenNew,
    StepNew,
    ThreadsNew,
)
from amends.firm.rules import Scope
from amends.flows.recovery import asking, failing, owning, programs, stages
from amends.flows.recovery.opening import Asked, open_recovery, take_in
from amends.insights.lists.recoveries import one_recovery, recovery_list_page
from amends.insights.recovery.failing import failing_for

router = Router(tags=["Recoveries"])
READ, WRITE = Bearer(Scope.READ_RECOVERIES), Bearer(Scope.WRITE_RECOVERIES)


@router.get("/recoveries", auth=READ, response=answers(Paged[RecoveryOut], 404), summary="Recoveries")
def list_recoveries(
    request: HttpRequest,
    client: Annotated[uuid.UUID | None, Query(None, description="Only those for this client")],
    closed: Annotated[bool, Query(False, description="The closed ones instead of the open ones")],
    limit: Limit,
    cursor: Cursor,
) -> Any:
    """What is being put right, the latest opened first; without its words where you may not read what it rests on."""
    after = key_of(cursor, int)
    page = recovery_list_page(reader_of(request), closed=closed, client=client, after=after, limit=limit)
    return paged(page, RecoveryOut.of)


@router.post(
    "/recoveries", auth=WRITE, response=answers(RecoveryWholeOut, 400, 404, 409, status=201), summary="Open a recovery"
)
def open_a_recovery(request: HttpRequest, body: RecoveryNew) -> Status[RecoveryWholeOut]:
    """Open one, with what the client says is wrong as its points; 409 where one is open for the same conversation."""
    member, reader = member_of(request), reader_of(request)
    asked = Asked(
        client=body.client, threads=body.threads, signals=body.signals, engagement=body.engagement, title=body.title,
        owner=member if body.own else None,
    )  # fmt: skip
    made = open_recovery(reader, asked, by=member, now=now_of(request))
    return Status(201, RecoveryWholeOut.of(one_recovery(reader, made.public_id)))


@router.get(
    "/recoveries/{uuid:recovery_id}", auth=READ, response=answers(RecoveryWholeOut, 404), summary="One recovery"
)
def get_recovery(request: HttpRequest, recovery_id: uuid.UUID) -> RecoveryWholeOut:
    """One recovery with its points, as far as you may read what it rests on."""
    return RecoveryWholeOut.of(one_recovery(reader_of(request), recovery_id))


@router.post(
    "/recoveries/{uuid:recovery_id}/own", auth=WRITE, response=answers(RecoveryWholeOut, 400, 404, 409),
    summary="Own a recovery",
)  # fmt: skip
def own_recovery(request: HttpRequest, recovery_id: uuid.UUID, body: OwnNew) -> RecoveryWholeOut:
    """Take it on, or give it to somebody."""
    reader, member = reader_of(request), member_of(request)
    owning.take(reader, recovery_id, to=body.member, by=member, now=now_of(request))
    return RecoveryWholeOut.of(one_recovery(reader, recovery_id))


@router.post(
    "/recoveries/{uuid:recovery_id}/replied", auth=WRITE, response=answers(RecoveryWholeOut, 400, 404, 409),
    summary="Note the first reply",
)  # fmt: skip
def note_first_reply(request: HttpRequest, recovery_id: uuid.UUID) -> RecoveryWholeOut:
    """You answered them past Amends, from another mail program or by telephone; 409 where that is noted already."""
    reader = reader_of(request)
    owning.replied(reader, recovery_id, by=member_of(request), now=now_of(request))
    return RecoveryWholeOut.of(one_recovery(reader, recovery_id))


@router.get(
    "/recoveries/{uuid:recovery_id}/failing", auth=READ, response=answers(FailingOut, 404), summary="How we failed"
)
def get_failing(request: HttpRequest, recovery_id: uuid.UUID) -> FailingOut:
    """Which failure mode it is a case of, and what may be chosen."""
    return FailingOut.of(*failing_for(reader_of(request), recovery_id))


@router.post(
    "/recoveries/{uuid:recovery_id}/failing", auth=WRITE, response=answers(FailingOut, 400, 404, 409),
    summary="Say how we failed",
)  # fmt: skip
def say_failing(request: HttpRequest, recovery_id: uuid.UUID, body: FailingNew) -> FailingOut:
    """Choose a failure mode as soon as it is known: its questions and remedies are offered from then on."""
    reader = reader_of(request)
    failing.fail_as(
        reader, recovery_id, body.mode, version=body.version, by=member_of(request), now=now_of(request)
    )  # fmt: skip
    return FailingOut.of(*failing_for(reader, recovery_id))


@router.post(
    "/recoveries/{uuid:recovery_id}/step", auth=WRITE, response=answers(RecoveryWholeOut, 400, 404, 409),
    summary="Move a recovery",
)  # fmt: skip
def step_recovery(request: HttpRequest, recovery_id: uuid.UUID, body: StepNew) -> RecoveryWholeOut:
    """Go on to a stage, or back with a reason; 409 where somebody else moved it since you saw it."""
    reader, now = reader_of(request), now_of(request)
    stages.step(reader, recovery_id, before=body.before, after=body.after, why=body.why, by=member_of(request), now=now)
    return RecoveryWholeOut.of(one_recovery(reader, recovery_id))


@router.post(
    "/recoveries/{uuid:recovery_id}/listen", auth=WRITE, response=answers(RecoveryWholeOut, 400, 404, 409),
    summary="Take conversations in",
)  # fmt: skip
def listen_to_threads(request: HttpRequest, recovery_id: uuid.UUID, body: ThreadsNew) -> RecoveryWholeOut:
    """Take further conversations of its client in, with what they say is wrong there."""
    reader = reader_of(request)
    take_in(reader, recovery_id, body.threads, by=member_of(request), now=now_of(request))
    return RecoveryWholeOut.of(one_recovery(reader, recovery_id))


@router.patch(
    "/recoveries/{uuid:recovery_id}", auth=WRITE, response=answers(RecoveryWholeOut, 400, 404, 409),
    summary="Change a recovery",
)  # fmt: skip
def change_recovery(request: HttpRequest, recovery_id: uuid.UUID, body: RecoveryChange) -> RecoveryWholeOut:
    """What would put it right, and what was learned; 409 where somebody else changed it since `version`."""
    reader = reader_of(request)
    programs.change(reader, recovery_id, **body.dict(), by=member_of(request), now=now_of(request))
    return RecoveryWholeOut.of(one_recovery(reader, recovery_id))


@router.post(
    "/recoveries/{uuid:recovery_id}/ask", auth=WRITE, response=answers(DraftOut, 404, status=201),
    summary="Prepare the question",
)  # fmt: skip
def prepare_question(request: HttpRequest, recovery_id: uuid.UUID) -> Status[DraftOut]:
    """Put the question whether it is right now among your drafts. It leaves when a person sends it."""
    draft = asking.prepare_ask(reader_of(request), recovery_id, by=member_of(request), now=now_of(request))
    return Status(201, DraftOut(draft=draft.public_id, text=draft.text))


@router.post(
    "/recoveries/{uuid:recovery_id}/close", auth=WRITE, response=answers(RecoveryWholeOut, 400, 404, 409),
    summary="Close a recovery",
)  # fmt: skip
def close_recovery(request: HttpRequest, recovery_id: uuid.UUID, body: CloseNew) -> RecoveryWholeOut:
    """With the client's yes, unconfirmed after two asks, or as opened by mistake."""
    reader = reader_of(request)
    programs.close(reader, recovery_id, **body.dict(), by=member_of(request), now=now_of(request))
    return RecoveryWholeOut.of(one_recovery(reader, recovery_id))


@router.post(
    "/recoveries/{uuid:recovery_id}/reopen", auth=WRITE, response=answers(RecoveryWholeOut, 400, 404, 409),
    summary="Open a recovery again",
)  # fmt: skip
def reopen_recovery(request: HttpRequest, recovery_id: uuid.UUID, body: ReopenNew) -> RecoveryWholeOut:
    """It was not over; 409 where it is open."""
    reader = reader_of(request)
    programs.reopen(reader, recovery_id, why=body.why, by=member_of(request), now=now_of(request))
    return RecoveryWholeOut.of(one_recovery(reader, recovery_id))
