"""Clients and their people."""

from __future__ import annotations

import uuid
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router

from amends.api.cursors import key_of
from amends.api.door import Bearer, member_of, now_of, reader_of
from amends.api.v1.parts import Cursor, Limit, Words, answers, paged
from amends.api.v1.schemas.clients import ClientChange, ClientOut, ContactOut
from amends.api.v1.schemas.common import Paged
from amends.clients.models import Standing
from amends.firm.rules import Right, Scope
from amends.flows.boundaries.gates import say_industry
from amends.insights.lists.clients import client_page, contact_page, one_client

router = Router(tags=["Clients"])
READ = Bearer(Scope.READ_CLIENTS)


@router.get("/clients", auth=READ, response=answers(Paged[ClientOut]), summary="Clients")
def list_clients(
    request: HttpRequest,
    standing: Annotated[Standing | None, Query(None, description="Only those that are this to us")],
    q: Words,
    limit: Limit,
    cursor: Cursor,
) -> Any:
    """Everybody outside the firm, oldest entry first; `q` is looked for in names and domains."""
    page = client_page(reader_of(request), standing=standing or "", words=q, after=key_of(cursor, int), limit=limit)
    return paged(page, ClientOut.of)


@router.get("/clients/{uuid:client_id}", auth=READ, response=answers(ClientOut, 404), summary="One client")
def get_client(request: HttpRequest, client_id: uuid.UUID) -> ClientOut:
    """One client; one that was merged says into which."""
    return ClientOut.of(one_client(reader_of(request), client_id))


@router.patch(
    "/clients/{uuid:client_id}", auth=Bearer(Scope.WRITE_BOUNDARIES, right=Right.CURATE),
    response=answers(ClientOut, 404), summary="Say what a client is",
)  # fmt: skip
def change_client(request: HttpRequest, client_id: uuid.UUID, body: ClientChange) -> ClientOut:
    """Say in which industry a client works; work in one that is new to the firm begins with a gate."""
    found = one_client(reader_of(request), client_id)
    say_industry(found.client, body.industry, member=member_of(request), now=now_of(request))
    return ClientOut.of(found)


@router.get(
    "/clients/{uuid:client_id}/contacts", auth=Bearer(Scope.READ_CLIENTS, right=Right.READ_MAIL),
    response=answers(Paged[ContactOut], 404), summary="A client's people",
)  # fmt: skip
def list_contacts(request: HttpRequest, client_id: uuid.UUID, limit: Limit, cursor: Cursor) -> Any:
    """The people who write from a client's addresses, or are written to there."""
    return paged(contact_page(reader_of(request), client_id, after=key_of(cursor, int), limit=limit), ContactOut.of)
