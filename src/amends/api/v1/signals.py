"""Today, signals, and answering them."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Query, Router, Status

from amends.api.cursors import key_of
from amends.api.door import Bearer, firm_of, member_of, now_of, reader_of
from amends.api.v1.parts import Cursor, Limit, answers, paged
from amends.api.v1.schemas.common import GivenMoment, Paged
from amends.api.v1.schemas.signals import (
    AnswerNew,
    AnswerOut,
    NeedOut,
    SignalOut,
    TodayOut,
    UndoneOut,
    kinds_of,
)
from amends.firm.rules import Scope
from amends.flows import answering
from amends.insights.lists.signals import one_signal, signal_page
from amends.insights.today import today
from amends.signals.models import Action, SignalKind

router = Router(tags=["Signals"])
READ, WRITE = Bearer(Scope.READ_SIGNALS), Bearer(Scope.WRITE_SIGNALS)
Kind = Annotated[SignalKind | None, Query(None, description="Only those of this kind")]


@router.get("/today", auth=READ, response=answers(TodayOut), summary="Who needs us now, and why")
def get_today(
    request: HttpRequest,
    kind: Kind,
    owner: Annotated[Literal["nobody", "me"] | None, Query(None)],
    at: Annotated[GivenMoment | None, Query(None, description="As it stood then")],
    limit: Annotated[int, Query(50, ge=1, le=200)],
) -> TodayOut:
    """Relationships that need us, strongest reason first, in the client's own words. Ranked by need, never by money."""
    found = today(
        reader_of(request), firm_of(request), now=now_of(request), at=at, limit=limit, kinds=[kind] if kind else [],
        owner=member_of(request).name if owner == "me" else owner or "",
    )  # fmt: skip
    return TodayOut(
        as_of=found.as_of, moved=found.moved, total=found.total, unowned=found.unowned, kinds=kinds_of(found.kinds),
        items=[NeedOut.of(row) for row in found.rows],
    )  # fmt: skip


@router.get("/signals", auth=READ, response=answers(Paged[SignalOut], 404), summary="Signals")
def list_signals(
    request: HttpRequest,
    client: Annotated[uuid.UUID | None, Query(None, description="Only those about this client")],
    kind: Kind,
    open: Annotated[bool, Query(False, description="Only those that are still true")],  # noqa: A002 (its public name)
    limit: Limit,
    cursor: Cursor,
) -> Any:
    """What was noticed, the latest first, as far as you may read what it rests on; of the rest Today tells.

    What people called read wrongly is left out.
    """
    page = signal_page(
        reader_of(request), now=now_of(request), client=client, kind=kind or "", open_only=open,
        after=key_of(cursor, datetime, int), limit=limit,
    )  # fmt: skip
    return paged(page, SignalOut.of)


@router.get("/signals/{uuid:signal_id}", auth=READ, response=answers(SignalOut, 404), summary="One signal")
def get_signal(request: HttpRequest, signal_id: uuid.UUID) -> SignalOut:
    """One signal, with its evidence where you may read it."""
    return SignalOut.of(one_signal(reader_of(request), signal_id, now=now_of(request)))


@router.post("/answers", auth=WRITE, response=answers(AnswerOut, 400, 404, status=201), summary="Answer signals")
def answer_signals(request: HttpRequest, body: AnswerNew) -> Status[AnswerOut]:
    """Own them, call them no issue, or put them off: all together, and taken back together by the `batch`.

    Where one of them is not there, none is answered (404).
    """
    batch = answering.answer(
        reader_of(request), body.signals, action=Action(body.answer), member=member_of(request), now=now_of(request),
        why=body.why, until=body.until, misread=body.misread,
    )  # fmt: skip
    return Status(201, AnswerOut(batch=batch, answer=body.answer, signals=body.signals))


@router.post("/answers/{uuid:batch}/undo", auth=WRITE, response=answers(UndoneOut, 404), summary="Take answers back")
def undo_answers(request: HttpRequest, batch: uuid.UUID) -> UndoneOut:
    """Take back what one request, or one click, answered."""
    return UndoneOut(undone=answering.undo(batch, member=member_of(request), now=now_of(request)))
