"""What the firm does and doesn't, suppliers, and requests for more than agreed."""

from __future__ import annotations

import uuid
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router, Status

from amends.api.cursors import key_of
from amends.api.door import Bearer, member_of, now_of, reader_of
from amends.api.v1.parts import Cursor, Limit, answers, paged
from amends.api.v1.schemas.common import Paged
from amends.api.v1.schemas.limits import (
    ReferralOutcome,
    ReferralOutOut,
    ScopeAnswerNew,
    ScopeAnswerOut,
    ServiceIn,
    ServiceOut,
    SupplierIn,
    SupplierOut,
    WorkScopeIn,
    WorkScopeOut,
)
from amends.boundaries.actions.limits import (
    ServiceTyped,
    SupplierTyped,
    add_service,
    add_supplier,
    change_supplier,
    say_scope,
)
from amends.boundaries.queries.limits import scope_of
from amends.firm.rules import Right, Scope, may
from amends.flows.boundaries import referrals, scope
from amends.insights.lists.boundaries import (
    answer_page,
    one_answer,
    one_referral,
    one_supplier,
    referral_page,
    service_page,
    supplier_page,
)
from amends.insights.lists.clients import one_engagement

router = Router(tags=["Boundaries"])
READ, WRITE = Bearer(Scope.READ_BOUNDARIES, right=Right.ACT), Bearer(Scope.WRITE_BOUNDARIES)
CURATE = Bearer(Scope.WRITE_BOUNDARIES, right=Right.CURATE)
_SCOPE = "/engagements/{uuid:engagement_id}/scope"


@router.get("/suppliers", auth=READ, response=answers(Paged[SupplierOut]), summary="Suppliers")
def list_suppliers(request: HttpRequest, limit: Limit, cursor: Cursor) -> Any:
    """Whom clients are sent to for what the firm does not do."""
    return paged(supplier_page(after=key_of(cursor, int), limit=limit), SupplierOut.of)


@router.post("/suppliers", auth=CURATE, response=answers(SupplierOut, 400, status=201), summary="Add a supplier")
def create_supplier(request: HttpRequest, body: SupplierIn) -> Status[SupplierOut]:
    """Put somebody into the directory."""
    made = add_supplier(SupplierTyped(**body.dict()), by=member_of(request), now=now_of(request))
    return Status(201, SupplierOut.of(one_supplier(made.public_id)))


@router.get("/suppliers/{uuid:supplier_id}", auth=READ, response=answers(SupplierOut, 404), summary="One supplier")
def get_supplier(request: HttpRequest, supplier_id: uuid.UUID) -> SupplierOut:
    """One supplier."""
    return SupplierOut.of(one_supplier(supplier_id))


@router.put(
    "/suppliers/{uuid:supplier_id}", auth=CURATE, response=answers(SupplierOut, 400, 404, 409),
    summary="Change a supplier",
)  # fmt: skip
def put_supplier(request: HttpRequest, supplier_id: uuid.UUID, body: SupplierIn) -> SupplierOut:
    """Say anew what is known of them."""
    found = one_supplier(supplier_id).supplier
    change_supplier(found, SupplierTyped(**body.dict()), version=None, by=member_of(request), now=now_of(request))
    return SupplierOut.of(one_supplier(supplier_id))


@router.get("/services", auth=READ, response=answers(Paged[ServiceOut]), summary="What the firm does and doesn't")
def list_services(request: HttpRequest, limit: Limit, cursor: Cursor) -> Any:
    """Kinds of work, and who does them instead."""
    return paged(service_page(after=key_of(cursor, int), limit=limit), ServiceOut.of)


@router.post("/services", auth=CURATE, response=answers(ServiceOut, 400, status=201), summary="Say it of one")
def create_service(request: HttpRequest, body: ServiceIn) -> Status[ServiceOut]:
    """Say of a kind of work whether the firm does it."""
    made = add_service(ServiceTyped(**body.dict()), by=member_of(request), now=now_of(request))
    return Status(201, ServiceOut.of(made))


@router.get(_SCOPE, auth=READ, response=answers(WorkScopeOut, 404), summary="What an engagement includes")
def get_scope(request: HttpRequest, engagement_id: uuid.UUID) -> WorkScopeOut:
    """What is included, and what not."""
    return WorkScopeOut.of(scope_of(one_engagement(engagement_id)))


@router.put(_SCOPE, auth=CURATE, response=answers(WorkScopeOut, 400, 404, 409), summary="Say what it includes")
def put_scope(request: HttpRequest, engagement_id: uuid.UUID, body: WorkScopeIn) -> WorkScopeOut:
    """Say what is included, and what not."""
    work = one_engagement(engagement_id)
    made = say_scope(work, **body.dict(), version=None, by=member_of(request), now=now_of(request))
    return WorkScopeOut.of(made)


@router.get(
    "/scope-answers", auth=READ, response=answers(Paged[ScopeAnswerOut], 404), summary="Requests that were answered"
)
def list_scope_answers(
    request: HttpRequest,
    client: Annotated[uuid.UUID | None, Query(None, description="Only those of this client")],
    limit: Limit,
    cursor: Cursor,
) -> Any:
    """How requests for more than agreed were answered, the newest first."""
    page = answer_page(reader_of(request), client=client, after=key_of(cursor, int), limit=limit)
    return paged(page, lambda told: ScopeAnswerOut.of(told, money=_sees_money(request)))


@router.post(
    "/scope-answers", auth=WRITE, response=answers(ScopeAnswerOut, 400, 404, status=201), summary="Answer a request"
)
def create_scope_answer(request: HttpRequest, body: ScopeAnswerNew) -> Status[ScopeAnswerOut]:
    """Within the agreement, done all the same, at a price, or by somebody better suited; what is said to the client is
    prepared as a draft."""
    typed = scope.Typed(**body.dict(exclude={"message", "client"}))
    reader = reader_of(request)
    done = scope.answer(
        reader, typed, message=body.message, client=body.client, by=member_of(request), now=now_of(request)
    )
    return Status(201, ScopeAnswerOut.of(one_answer(reader, done.answer.public_id), money=_sees_money(request)))


@router.post(
    "/scope-answers/{uuid:answer_id}/undo", auth=WRITE, response=answers(ScopeAnswerOut, 404, 409),
    summary="Take an answer back",
)  # fmt: skip
def undo_scope_answer(request: HttpRequest, answer_id: uuid.UUID) -> ScopeAnswerOut:
    """It was not answered so after all; a draft that has not left goes."""
    reader = reader_of(request)
    before = one_answer(reader, answer_id)
    scope.take_back(reader, answer_id, by=member_of(request), now=now_of(request))
    return ScopeAnswerOut.of(before, money=_sees_money(request))


@router.get("/referrals-out", auth=READ, response=answers(Paged[ReferralOutOut], 404), summary="Introductions")
def list_referrals_out(
    request: HttpRequest,
    supplier: Annotated[uuid.UUID | None, Query(None, description="Only those to this supplier")],
    limit: Limit,
    cursor: Cursor,
) -> Any:
    """Clients sent to suppliers, the newest first."""
    page = referral_page(reader_of(request), supplier=supplier, after=key_of(cursor, int), limit=limit)
    return paged(page, ReferralOutOut.of)


@router.post(
    "/referrals-out/{uuid:referral_out_id}", auth=WRITE, response=answers(ReferralOutOut, 400, 404, 409),
    summary="What came of it",
)  # fmt: skip
def settle_referral_out(request: HttpRequest, referral_out_id: uuid.UUID, body: ReferralOutcome) -> ReferralOutOut:
    """Say whether it helped."""
    reader = reader_of(request)
    referrals.say_helped(
        reader, referral_out_id, body.helped, words=body.words, by=member_of(request), now=now_of(request)
    )
    return ReferralOutOut.of(one_referral(reader, referral_out_id))


def _sees_money(request: HttpRequest) -> bool:
    return may(member_of(request).role, Right.SEE_MONEY)
