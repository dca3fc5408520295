"""Gestures, reviews, recommendations, guarantees and claims."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from amends.api.v1.schemas.clients import ClientRef
from amends.api.v1.schemas.common import NO_NUL, In, Moment, Out
from amends.api.v1.schemas.giving import Cost, Why
from amends.clients.models import Client
from amends.core.money import Money
from amends.goodwill.models import Became, Claim, ClaimState, Gesture, GestureState, Guarantee, Referral, Review
from amends.recovery.models import RemedyKind

Given = Annotated[str, Field(max_length=10, pattern=NO_NUL, description="2026-03-20; empty: today", examples=[""])]
Line = Annotated[str, Field(max_length=500, pattern=NO_NUL)]
Words = Annotated[str, Field(max_length=5000, pattern=NO_NUL)]
Version = Annotated[int, Field(ge=0, le=10**8, description="As it was read")]
_HIDDEN = "Null where your role sees no money"


def _ref(client: Client) -> ClientRef:
    return ClientRef(id=client.public_id, name=client.name)


def _amount(money: Money | None) -> str | None:
    return f"{money.amount:f}" if money is not None else None


class GestureOut(Out):
    """Going the extra mile for a client."""

    id: uuid.UUID
    client: ClientRef
    what: str
    why: str
    cost: str | None = Field(description=f"In `currency`. {_HIDDEN}, unless it is yours")
    currency: str
    planned_for: date | None
    state: GestureState
    by: str | None
    at: Moment
    done_at: Moment | None
    came_of: str
    version: int

    @classmethod
    def of(cls, one: Gesture, *, cost: Money | None) -> GestureOut:
        return cls(
            id=one.public_id, client=_ref(one.client), what=one.what, why=one.why, cost=_amount(cost),
            currency=one.currency, planned_for=one.planned_for, state=GestureState(one.state),
            by=one.by.name if one.by else None, at=one.at, done_at=one.done_at, came_of=one.came_of,
            version=one.version,
        )  # fmt: skip


class GestureNew(In):
    """A gesture to plan. Its cost is set aside out of your budget."""

    what: Annotated[str, Field(min_length=1, max_length=500, pattern=NO_NUL)]
    why: Why = ""
    cost: Cost = ""
    planned_for: Given = ""
    engagement: uuid.UUID | None = None


class GestureChange(In):
    """What became of it; `on` and `cost` go with *done*, `words` with *came*."""

    do: Literal["done", "drop", "undo", "came"]
    on: Given = ""
    cost: Cost = ""
    words: Words = ""
    version: Version = 0


class ReviewOut(Out):
    """What somebody said of the firm in public."""

    id: uuid.UUID
    client: ClientRef | None = Field(description="Null where nobody said whose it is")
    place: str
    link: str
    said_on: date
    author: str
    stars: str | None = Field(examples=["4.5"])
    words: str
    complaint: bool = Field(description="By its stars, unless a person says otherwise")
    answered_at: Moment | None
    removed: bool

    @classmethod
    def of(cls, one: Review, *, complaint: bool) -> ReviewOut:
        return cls(
            id=one.public_id, client=_ref(one.client) if one.client else None, place=one.place, link=one.link,
            said_on=one.said_on, author=one.author, stars=f"{one.stars:.1f}" if one.stars is not None else None,
            words=one.words, complaint=complaint, answered_at=one.answered_at, removed=one.removed_at is not None,
        )  # fmt: skip


class ReviewNew(In):
    """A review to write down. The same words at the same place on the same day are the same review."""

    place: Annotated[str, Field(min_length=1, max_length=100, pattern=NO_NUL)]
    client: uuid.UUID | None = None
    on: Given = ""
    stars: Annotated[str, Field(max_length=10, pattern=NO_NUL, description="1 to 5, in halves")] = ""
    words: Words = ""
    author: Annotated[str, Field(max_length=200, pattern=NO_NUL)] = ""
    link: Annotated[str, Field(max_length=1000, pattern=NO_NUL)] = ""
    complaint: Literal["", "yes", "no"] = ""


class ReviewChange(In):
    """What is to be said of it; `client` goes with *whose*."""

    do: Literal["remove", "restore", "complaint", "none", "answered", "open", "whose"]
    client: uuid.UUID | None = None


class ReferralOut(Out):
    """That a client recommended us, and what it became."""

    id: uuid.UUID
    client: ClientRef
    who: str
    whom: str
    said_on: date
    became: Became
    new_client: ClientRef | None
    worth: str | None = Field(description=f"In `currency`. {_HIDDEN}")
    currency: str
    version: int

    @classmethod
    def of(cls, one: Referral, *, worth: Money | None) -> ReferralOut:
        return cls(
            id=one.public_id, client=_ref(one.client), who=one.who, whom=one.whom, said_on=one.said_on,
            became=Became(one.became), new_client=_ref(one.new_client) if one.new_client else None,
            worth=_amount(worth), currency=one.currency, version=one.version,
        )  # fmt: skip


class ReferralNew(In):
    """A recommendation to write down."""

    whom: Annotated[str, Field(min_length=1, max_length=200, pattern=NO_NUL)]
    who: Annotated[str, Field(max_length=200, pattern=NO_NUL)] = ""
    on: Given = ""
    words: Annotated[str, Field(max_length=2000, pattern=NO_NUL)] = ""
    became: Became = Became.OPEN
    new_client: uuid.UUID | None = None
    worth: Cost = ""


class GuaranteeOut(Out):
    """What the firm stands by."""

    id: uuid.UUID
    name: str
    words: str
    kind: RemedyKind
    until: date | None
    ended_at: Moment | None
    engagement: uuid.UUID | None

    @classmethod
    def of(cls, one: Guarantee) -> GuaranteeOut:
        return cls(
            id=one.public_id, name=one.name, words=one.words, kind=RemedyKind(one.kind), until=one.until,
            ended_at=one.ended_at, engagement=one.engagement.public_id if one.engagement else None,
        )  # fmt: skip


class ClaimOut(Out):
    """A client invokes a guarantee."""

    id: uuid.UUID
    guarantee: uuid.UUID
    client: ClientRef
    claimed_on: date
    words: str | None = Field(description="Null where it rests on mail that you may not read")
    state: ClaimState
    gives: str
    cost: str | None = Field(description=f"In `currency`. {_HIDDEN}, unless you decided it")
    currency: str
    why: str
    cause: str
    mended: str
    version: int

    @classmethod
    def of(cls, one: Claim, *, words: str | None, cost: Money | None) -> ClaimOut:
        return cls(
            id=one.public_id, guarantee=one.guarantee.public_id, client=_ref(one.client), claimed_on=one.claimed_on,
            words=words, state=ClaimState(one.state), gives=one.gives, cost=_amount(cost), currency=one.currency,
            why=one.why, cause=one.failure_mode, mended=one.mended, version=one.version,
        )  # fmt: skip


class ClaimNew(In):
    """A claim to record."""

    guarantee: uuid.UUID
    words: Annotated[str, Field(min_length=1, max_length=5000, pattern=NO_NUL)]
    who: Annotated[str, Field(max_length=200, pattern=NO_NUL)] = ""
    on: Given = ""
    engagement: uuid.UUID | None = None
    evidence: Annotated[uuid.UUID | None, Field(description="The message in which they say so")] = None


class ClaimChange(In):
    """What is decided: *honour* takes `gives`, `cost`, `kind`; *refuse* and *withdraw* take `why`; *learn* takes
    `cause`, `mended` and `version`."""

    do: Literal["honour", "refuse", "withdraw", "made_good", "undo", "learn"]
    gives: Line = ""
    cost: Cost = ""
    kind: RemedyKind | None = None
    why: Why = ""
    cause: Annotated[str, Field(max_length=80, pattern=NO_NUL)] = ""
    mended: Words = ""
    version: Version = 0
