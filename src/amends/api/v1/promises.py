"""Promises: reading them, writing them down, settling them."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router, Status

from amends.api.cursors import key_of
from amends.api.door import Bearer, firm_of, now_of, reader_of
from amends.api.v1.parts import Cursor, Limit, answers, paged
from amends.api.v1.schemas.common import Paged
from amends.api.v1.schemas.promises import By, PromiseNew, PromiseOut, PromiseSettled
from amends.firm.rules import Scope
from amends.flows.promises import programs
from amends.flows.promises.settle import Deed
from amends.insights.lists.promises import promise_page
from amends.insights.promises import one_promise
from amends.signals.models import PromiseState

router = Router(tags=["Promises"])
READ, WRITE = Bearer(Scope.READ_PROMISES), Bearer(Scope.WRITE_PROMISES)


@router.get("/promises", auth=READ, response=answers(Paged[PromiseOut], 404), summary="Promises")
def list_promises(
    request: HttpRequest,
    client: Annotated[uuid.UUID | None, Query(None, description="Only those to and of this client")],
    state: Annotated[PromiseState | None, Query(None, description="Only those that stand so")],
    by: Annotated[By | None, Query(None, description="Only the firm's, or only the clients'")],
    limit: Limit,
    cursor: Cursor,
) -> Any:
    """The latest made first, as far as you may read what they rest on."""
    page = promise_page(
        reader_of(request), firm_of(request), now=now_of(request), client=client, state=state or "", by=by or "",
        after=key_of(cursor, datetime, int), limit=limit,
    )  # fmt: skip
    return paged(page, PromiseOut.of)


@router.post(
    "/promises", auth=WRITE, response=answers(PromiseOut, 400, 404, status=201), summary="Write a promise down"
)
def add_promise(request: HttpRequest, body: PromiseNew) -> Status[PromiseOut]:
    """A promise that no mail holds; it is confirmed with that."""
    made = programs.add(
        body.client, _deed(request), by=body.by, text=body.text, due=body.due, due_at=body.due_at, owner=body.owner,
        engagement=body.engagement, recurs=body.recurs,
    )  # fmt: skip
    return Status(201, _out(request, made))


@router.get("/promises/{uuid:promise_id}", auth=READ, response=answers(PromiseOut, 404), summary="One promise")
def get_promise(request: HttpRequest, promise_id: uuid.UUID) -> PromiseOut:
    """One promise, whatever became of it."""
    return _out(request, promise_id)


@router.post(
    "/promises/{uuid:promise_id}/settle",
    auth=WRITE,
    response=answers(PromiseOut, 400, 404),
    summary="Settle a promise",
)
def settle_promise(request: HttpRequest, promise_id: uuid.UUID, body: PromiseSettled) -> PromiseOut:
    """Confirm or refuse a candidate; say of a confirmed one what became of it, once.

    What is renegotiated is answered with the promise that stands in its place.
    """
    done = programs.settle(promise_id, _deed(request), **body.dict())
    return _out(request, done or promise_id)


def _deed(request: HttpRequest) -> Deed:
    return Deed(reader_of(request), now_of(request))


def _out(request: HttpRequest, promise_id: uuid.UUID) -> PromiseOut:
    return PromiseOut.of(one_promise(reader_of(request), firm_of(request), promise_id, now=now_of(request)))
