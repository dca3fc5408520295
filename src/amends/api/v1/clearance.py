"""Clearance: what goes public for a client, and what is looked at before it does."""

from __future__ import annotations

import uuid
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Query, Router, Status

from amends.api.cursors import key_of
from amends.api.door import Bearer, member_of, now_of, reader_of
from amends.api.v1.parts import Cursor, Limit, answers, paged
from amends.api.v1.schemas.clearance import (
    CheckChange,
    ClearanceCheckNew,
    PublicationNew,
    PublicationOut,
    PublicationRow,
    PublicationStep,
    RestNew,
)
from amends.api.v1.schemas.common import Paged
from amends.firm.rules import Scope
from amends.flows.boundaries import clearance as flow
from amends.insights.clearance import clearance_page
from amends.insights.lists.gates import publications_page

router = Router(tags=["Clearance"])
READ, WRITE = Bearer(Scope.READ_BOUNDARIES), Bearer(Scope.WRITE_BOUNDARIES)
_ONE = "/publications/{uuid:publication_id}"
_CHECK = f"{_ONE}/checks/{{uuid:check_id}}"
State = Annotated[
    Literal["", "open", "cleared", "published", "dropped"], Query("open", description="All where it is empty")
]


@router.get("/publications", auth=READ, response=answers(Paged[PublicationRow], 404), summary="What goes public")
def list_publications(
    request: HttpRequest,
    state: State,
    engagement: Annotated[uuid.UUID | None, Query(None, description="Only those of this engagement")],
    limit: Limit,
    cursor: Cursor,
) -> Any:
    """What goes public, with how far its checks are, the newest first."""
    page = publications_page(state=state, engagement=engagement, after=key_of(cursor, int), limit=limit)
    return paged(page, PublicationRow.of)


@router.post(
    "/publications", auth=WRITE, response=answers(PublicationOut, 400, 404, status=201),
    summary="Write down what goes public",
)  # fmt: skip
def announce_publication(request: HttpRequest, body: PublicationNew) -> Status[PublicationOut]:
    """Its checks come along, by its kind of work; you answer for it until somebody else does."""
    values = {"what": body.what, "where": body.where, "goes_on": body.goes_on, "answers": member_of(request)}
    made = flow.announce(body.engagement, values, kind=body.kind, by=member_of(request), now=now_of(request))
    return Status(201, _out(request, made.public_id))


@router.get(_ONE, auth=READ, response=answers(PublicationOut, 404), summary="One publication")
def get_publication(request: HttpRequest, publication_id: uuid.UUID) -> PublicationOut:
    """One with its checks and what they rest on."""
    return _out(request, publication_id)


@router.post(_ONE, auth=WRITE, response=answers(PublicationOut, 400, 404, 409), summary="Publish, or not")
def settle_publication(request: HttpRequest, publication_id: uuid.UUID, body: PublicationStep) -> PublicationOut:
    """Write down that it went public, cleared or not; that it does not; or that the last of these was a slip."""
    deed = {"publish": flow.publish, "drop": flow.drop, "take_back": flow.take_back}[body.do]
    deed(publication_id, by=member_of(request), now=now_of(request))
    return _out(request, publication_id)


@router.post(
    f"{_ONE}/checks", auth=WRITE, response=answers(PublicationOut, 400, 404, status=201), summary="Add a check"
)
def add_clearance_check(
    request: HttpRequest, publication_id: uuid.UUID, body: ClearanceCheckNew
) -> Status[PublicationOut]:  # fmt: skip
    """A further thing to look at."""
    flow.add_check(publication_id, body.name, why=body.why, by=member_of(request), now=now_of(request))
    return Status(201, _out(request, publication_id))


@router.post(_CHECK, auth=WRITE, response=answers(PublicationOut, 400, 404, 409), summary="Settle a check")
def settle_clearance_check(
    request: HttpRequest, publication_id: uuid.UUID, check_id: uuid.UUID, body: CheckChange
) -> PublicationOut:
    """Clear, once it rests on something; not needed, which account managers say; stopped; or open again."""
    flow.settle(
        publication_id, check_id, body.state, reason=body.reason, by=member_of(request), now=now_of(request)
    )  # fmt: skip
    return _out(request, publication_id)


@router.post(
    f"{_CHECK}/evidence", auth=WRITE, response=answers(PublicationOut, 400, 404, status=201),
    summary="Say what a check rests on",
)  # fmt: skip
def show_looked_at(
    request: HttpRequest, publication_id: uuid.UUID, check_id: uuid.UUID, body: RestNew
) -> Status[PublicationOut]:
    """A link, a message of this client's, a note, or the name of a document."""
    flow.rest_on(
        reader_of(request), publication_id, check_id, **body.dict(), by=member_of(request), now=now_of(request)
    )
    return Status(201, _out(request, publication_id))


def _out(request: HttpRequest, publication_id: uuid.UUID) -> PublicationOut:
    return PublicationOut.whole(clearance_page(reader_of(request), publication_id))
