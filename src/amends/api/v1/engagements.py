"""Engagements: reading, making and changing them."""

from __future__ import annotations

import uuid
from decimal import Decimal
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Header, Query, Router, Status

from amends.api.cursors import key_of
from amends.api.door import Bearer, firm_of, member_of, now_of
from amends.api.v1.parts import Cursor, Limit, answers, paged
from amends.api.v1.schemas.clients import EngagementChange, EngagementNew, EngagementOut
from amends.api.v1.schemas.common import Paged
from amends.clients.models import Engagement
from amends.firm.rules import Right, Scope, may
from amends.flows import engagements
from amends.insights.lists.clients import engagement_page, one_engagement

router = Router(tags=["Engagements"])
READ, WRITE = Bearer(Scope.READ_ENGAGEMENTS), Bearer(Scope.WRITE_ENGAGEMENTS)
_ETAG = {"headers": {"ETag": {"schema": {"type": "string"}, "description": "Send it back as If-Match to change it"}}}


@router.get("/engagements", auth=READ, response=answers(Paged[EngagementOut], 404), summary="Engagements")
def list_engagements(
    request: HttpRequest,
    client: Annotated[uuid.UUID | None, Query(None, description="Only those with this client")],
    limit: Limit,
    cursor: Cursor,
) -> Any:
    """Projects and retainers, oldest entry first."""
    page = engagement_page(client=client, after=key_of(cursor, int), limit=limit)
    return paged(page, lambda work: _out(request, work))


@router.post(
    "/engagements", auth=WRITE, response=answers(EngagementOut, 400, 404, status=201),
    openapi_extra={"responses": {201: _ETAG}}, summary="Make an engagement",
)  # fmt: skip
def create_engagement(request: HttpRequest, body: EngagementNew, response: HttpResponse) -> Status[EngagementOut]:
    """Attach a project or retainer to a client."""
    made = engagements.begin_with(body.client, _fields(body), member=member_of(request), now=now_of(request))
    return Status(201, _answered(request, made, response))


@router.get(
    "/engagements/{uuid:engagement_id}", auth=READ, response=answers(EngagementOut, 404),
    openapi_extra={"responses": {200: _ETAG}}, summary="One engagement",
)  # fmt: skip
def get_engagement(request: HttpRequest, engagement_id: uuid.UUID, response: HttpResponse) -> EngagementOut:
    """One engagement; its `ETag` is what a change must name."""
    return _answered(request, one_engagement(engagement_id), response)


@router.patch(
    "/engagements/{uuid:engagement_id}", auth=WRITE, response=answers(EngagementOut, 400, 404, 412),
    openapi_extra={"responses": {200: _ETAG}}, summary="Change an engagement",
)  # fmt: skip
def change_engagement(
    request: HttpRequest,
    engagement_id: uuid.UUID,
    body: EngagementChange,
    if_match: Annotated[
        str, Header(alias="If-Match", max_length=100, description="The ETag that was read, or * whatever it is now")
    ],
    response: HttpResponse,
) -> EngagementOut:
    """Change what is given; refused with 412 where somebody else has changed it since it was read."""
    made = engagements.change_by_id(
        engagement_id, _fields(body), version=_version(if_match), member=member_of(request),
        now=now_of(request),
    )  # fmt: skip
    return _answered(request, made, response)


def _fields(body: EngagementNew | EngagementChange) -> dict[str, Any]:
    """What was given, with money as the numbers that its text stands for."""
    fields = body.dict(exclude={"client"}, exclude_unset=True)
    for name in ("yearly_value", "value"):
        if fields.get(name) is not None:
            fields[name] = Decimal(fields[name])
    return fields


def _version(if_match: str) -> int | None:
    """The version that an ETag names: None for any, and one that never was where it names none."""
    named = if_match.strip().removeprefix("W/").strip('"')
    if named == "*":
        return None
    return int(named) if named.isascii() and named.isdigit() and len(named) < 10 else 0


def _answered(request: HttpRequest, work: Engagement, response: HttpResponse) -> EngagementOut:
    response["ETag"] = f'"{work.version}"'
    return _out(request, work)


def _out(request: HttpRequest, work: Engagement) -> EngagementOut:
    money = may(member_of(request).role, Right.SEE_MONEY)
    return EngagementOut.of(work, currency=firm_of(request).currency, money=money)
