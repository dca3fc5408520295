"""Remedies, and requests to give more than somebody may alone."""

from __future__ import annotations

import uuid
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router, Status

from amends.api.cursors import key_of
from amends.api.door import Bearer, member_of, now_of, reader_of
from amends.api.v1.parts import Cursor, Limit, answers, paged
from amends.api.v1.schemas.common import Paged
from amends.api.v1.schemas.giving import ApprovalOut, Decided, RemedyChange, RemedyNew, RemedyOut
from amends.firm.rules import Right, Scope
from amends.flows.recovery import approvals, given, remedies
from amends.insights.lists.recoveries import approvals_page, one_approval, one_remedy, remedies_page

router = Router(tags=["Remedies"])
READ, WRITE = Bearer(Scope.READ_RECOVERIES, right=Right.ACT), Bearer(Scope.WRITE_RECOVERIES)
_ALL = "/recoveries/{uuid:recovery_id}/remedies"


@router.get(_ALL, auth=READ, response=answers(Paged[RemedyOut], 404), summary="Remedies")
def list_remedies(request: HttpRequest, recovery_id: uuid.UUID, limit: Limit, cursor: Cursor) -> Any:
    """What was offered, agreed and done, in its order."""
    page = remedies_page(reader_of(request), recovery_id, after=key_of(cursor, int), limit=limit)
    return paged(page, RemedyOut.of)


@router.post(_ALL, auth=WRITE, response=answers(RemedyOut, 400, 404, 409, status=201), summary="Give a remedy")
def give_remedy(request: HttpRequest, recovery_id: uuid.UUID, body: RemedyNew) -> Status[RemedyOut]:
    """Offer it, or agree it: at once within your authority and budget, else by a request (`state` is then `asked`)."""
    reader = reader_of(request)
    typed = remedies.Typed(**body.dict(exclude={"agree"}))
    deed = remedies.give if body.agree else remedies.offer
    made = deed(reader, recovery_id, typed, by=member_of(request), now=now_of(request))
    return Status(201, RemedyOut.of(one_remedy(reader, recovery_id, made.public_id)))


@router.post(
    f"{_ALL}/{{uuid:remedy_id}}", auth=WRITE, response=answers(RemedyOut, 400, 404, 409), summary="Go on with a remedy"
)
def change_remedy(
    request: HttpRequest, recovery_id: uuid.UUID, remedy_id: uuid.UUID, body: RemedyChange
) -> RemedyOut:  # fmt: skip
    """The client takes it, it is done, it is withdrawn, or the last of these was a slip."""
    reader = reader_of(request)
    given.on_remedy(
        reader, remedy_id, recovery_id=recovery_id, do=body.do, due=body.due, because=body.because,
        by=member_of(request), now=now_of(request),
    )  # fmt: skip
    return RemedyOut.of(one_remedy(reader, recovery_id, remedy_id))


@router.get("/approvals", auth=READ, response=answers(Paged[ApprovalOut]), summary="Requests for approval")
def list_approvals(
    request: HttpRequest,
    waiting: Annotated[bool, Query(False, description="Only those that nobody answered")],
    limit: Limit,
    cursor: Cursor,
) -> Any:
    """The newest first: all of them for whoever may decide, else your own."""
    page = approvals_page(reader_of(request), open_only=waiting, after=key_of(cursor, int), limit=limit)
    return paged(page, ApprovalOut.of)


@router.get("/approvals/{uuid:approval_id}", auth=READ, response=answers(ApprovalOut, 404), summary="One request")
def get_approval(request: HttpRequest, approval_id: uuid.UUID) -> ApprovalOut:
    """One request. Looking at it changes nothing."""
    return ApprovalOut.of(one_approval(reader_of(request), approval_id))


@router.post(
    "/approvals/{uuid:approval_id}",
    auth=WRITE,
    response=answers(ApprovalOut, 400, 404, 409),
    summary="Answer a request",
)
def decide_approval(request: HttpRequest, approval_id: uuid.UUID, body: Decided) -> ApprovalOut:
    """Approve it, or not, with a reason; 403 for whoever is not entitled, 409 where somebody answered it before."""
    reader = reader_of(request)
    one_approval(reader, approval_id)
    approvals.decide(approval_id, approve=body.approve, why=body.why, by=member_of(request), now=now_of(request))
    return ApprovalOut.of(one_approval(reader, approval_id))
