"""Gestures, reviews, recommendations, guarantees and claims."""

from __future__ import annotations

import uuid
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router, Status

from amends.api.cursors import key_of
from amends.api.door import Bearer, member_of, now_of, reader_of
from amends.api.v1.parts import Cursor, Limit, answers, paged
from amends.api.v1.schemas.common import Paged
from amends.api.v1.schemas.goodwill import (
    ClaimChange,
    ClaimNew,
    ClaimOut,
    GestureChange,
    GestureNew,
    GestureOut,
    GuaranteeOut,
    ReferralNew,
    ReferralOut,
    ReviewChange,
    ReviewNew,
    ReviewOut,
)
from amends.firm.rules import Scope
from amends.flows.goodwill import programs
from amends.insights.lists import goodwill as lists
from amends.insights.lists.goodwill import Shown

router = Router(tags=["Goodwill"])
READ, WRITE = Bearer(Scope.READ_GOODWILL), Bearer(Scope.WRITE_GOODWILL)
Whose = Annotated[uuid.UUID | None, Query(None, description="Only those of this client")]


def _gesture(one: Shown) -> GestureOut:
    return GestureOut.of(one.row, cost=one.money)


def _review(one: Shown) -> ReviewOut:
    return ReviewOut.of(one.row, complaint=one.complaint)


def _claim(one: Shown) -> ClaimOut:
    return ClaimOut.of(one.row, words=one.words, cost=one.money)


@router.get("/gestures", auth=READ, response=answers(Paged[GestureOut], 404), summary="Gestures")
def list_gestures(request: HttpRequest, client: Whose, limit: Limit, cursor: Cursor) -> Any:
    """What was planned and done beyond the contract, the newest first."""
    page = lists.gestures_page(member_of(request), client=client, after=key_of(cursor, int), limit=limit)
    return paged(page, _gesture)


@router.post(
    "/clients/{uuid:client_id}/gestures", auth=WRITE, response=answers(GestureOut, 400, 404, status=201),
    summary="Plan a gesture",
)  # fmt: skip
def plan_gesture(request: HttpRequest, client_id: uuid.UUID, body: GestureNew) -> Status[GestureOut]:
    """Plan it, within your authority and budget; beyond them it is refused, with who may."""
    made = programs.plan(client_id, body.dict(), by=member_of(request), now=now_of(request))
    return Status(201, _gesture(lists.one_gesture(member_of(request), made.public_id)))


@router.post(
    "/gestures/{uuid:gesture_id}", auth=WRITE, response=answers(GestureOut, 400, 404, 409),
    summary="Go on with a gesture",
)  # fmt: skip
def change_gesture(request: HttpRequest, gesture_id: uuid.UUID, body: GestureChange) -> GestureOut:
    """It is done, dropped, followed by what came of it, or the last step was a slip."""
    programs.on_gesture(gesture_id, body.dict(), by=member_of(request), now=now_of(request))
    return _gesture(lists.one_gesture(member_of(request), gesture_id))


@router.get("/reviews", auth=READ, response=answers(Paged[ReviewOut], 404), summary="Reviews")
def list_reviews(request: HttpRequest, client: Whose, limit: Limit, cursor: Cursor) -> Any:
    """What was said of the firm in public, the newest entry first."""
    return paged(lists.reviews_page(client=client, after=key_of(cursor, int), limit=limit), _review)


@router.post("/reviews", auth=WRITE, response=answers(ReviewOut, 400, 404, status=201), summary="Write a review down")
def add_review(request: HttpRequest, body: ReviewNew) -> Status[ReviewOut]:
    """Write it down, once; a public complaint becomes a reason on *Today*."""
    made = programs.add_review(body.dict(), by=member_of(request), now=now_of(request))
    return Status(201, _review(lists.one_review(made.public_id)))


@router.post("/reviews/{uuid:review_id}", auth=WRITE, response=answers(ReviewOut, 400, 404), summary="Say what it is")
def change_review(request: HttpRequest, review_id: uuid.UUID, body: ReviewChange) -> ReviewOut:
    """Take it back or restore it, say whether it is a complaint, whose it is, or that it was answered."""
    programs.on_review(review_id, body.dict(), by=member_of(request), now=now_of(request))
    return _review(lists.one_review(review_id))


@router.get("/referrals", auth=READ, response=answers(Paged[ReferralOut], 404), summary="Recommendations")
def list_referrals(request: HttpRequest, client: Whose, limit: Limit, cursor: Cursor) -> Any:
    """Who recommended us to whom, and what it became."""
    page = lists.referrals_page(member_of(request), client=client, after=key_of(cursor, int), limit=limit)
    return paged(page, lambda one: ReferralOut.of(one.row, worth=one.money))


@router.post(
    "/clients/{uuid:client_id}/referrals", auth=WRITE, response=answers(ReferralOut, 400, 404, status=201),
    summary="Write a recommendation down",
)  # fmt: skip
def add_referral(request: HttpRequest, client_id: uuid.UUID, body: ReferralNew) -> Status[ReferralOut]:
    """This client recommended us to somebody."""
    made = programs.add_referral(client_id, body.dict(), by=member_of(request), now=now_of(request))
    return Status(201, ReferralOut.of(made, worth=None))


@router.get("/guarantees", auth=READ, response=answers(Paged[GuaranteeOut]), summary="Guarantees")
def list_guarantees(request: HttpRequest, limit: Limit, cursor: Cursor) -> Any:
    """What the firm stands by, and stood by."""
    return paged(lists.guarantees_page(after=key_of(cursor, int), limit=limit), GuaranteeOut.of)


@router.get("/claims", auth=READ, response=answers(Paged[ClaimOut], 404), summary="Claims")
def list_claims(request: HttpRequest, client: Whose, limit: Limit, cursor: Cursor) -> Any:
    """Claims on guarantees, the newest entry first."""
    page = lists.claims_page(reader_of(request), client=client, after=key_of(cursor, int), limit=limit)
    return paged(page, _claim)


@router.post(
    "/clients/{uuid:client_id}/claims", auth=WRITE, response=answers(ClaimOut, 400, 404, status=201),
    summary="Record a claim",
)  # fmt: skip
def record_claim(request: HttpRequest, client_id: uuid.UUID, body: ClaimNew) -> Status[ClaimOut]:
    """A client invokes a guarantee."""
    reader = reader_of(request)
    made = programs.record(reader, client_id, body.dict(), by=member_of(request), now=now_of(request))
    return Status(201, _claim(lists.one_claim(reader, made.public_id)))


@router.post(
    "/claims/{uuid:claim_id}", auth=WRITE, response=answers(ClaimOut, 400, 404, 409), summary="Go on with a claim"
)
def change_claim(request: HttpRequest, claim_id: uuid.UUID, body: ClaimChange) -> ClaimOut:
    """Honour it within your authority, refuse it with a reason, make it good, mend its cause, or undo the last step."""
    programs.on_claim(claim_id, body.dict(), by=member_of(request), now=now_of(request))
    return _claim(lists.one_claim(reader_of(request), claim_id))
