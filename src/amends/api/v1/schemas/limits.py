"""What the firm does and doesn't, suppliers, requests for more than agreed, introductions, partings."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Annotated, Any

from pydantic import Field

from amends.api.v1.schemas.clients import ClientRef
from amends.api.v1.schemas.common import NO_NUL, In, Moment, Out
from amends.boundaries.models import (
    Helped,
    HowWell,
    Parting,
    PartingState,
    ReferralOut,
    ScopeAnswer,
    ScopeKind,
    Service,
    Whose,
    WorkScope,
)
from amends.boundaries.queries.limits import Listed
from amends.core.money import Money
from amends.insights.boundaries import referrals, requests

Name = Annotated[str, Field(min_length=1, max_length=120, pattern=NO_NUL)]
Line = Annotated[str, Field(max_length=500, pattern=NO_NUL)]
Short = Annotated[str, Field(max_length=40, pattern=NO_NUL)]
Text = Annotated[str, Field(max_length=5000, pattern=NO_NUL)]


class SupplierIn(In):
    """A supplier of the directory."""

    name: Annotated[str, Field(min_length=1, max_length=200, pattern=NO_NUL)]
    contact: Annotated[str, Field(max_length=200, pattern=NO_NUL)] = ""
    email: Annotated[str, Field(max_length=320, pattern=NO_NUL)] = ""
    phone: Annotated[str, Field(max_length=100, pattern=NO_NUL)] = ""
    does: Line = ""
    experience: Text = ""
    active: bool = True


class SupplierOut(Out):
    """A supplier, with what came of sending clients there: counted for the supplier, never for a member."""

    id: uuid.UUID
    name: str
    contact: str
    email: str
    phone: str
    does: str
    experience: str
    active: bool
    version: int
    sent: int = Field(description="Clients sent there")
    helped: int
    not_helped: int
    not_known: int

    @classmethod
    def of(cls, listed: Listed) -> SupplierOut:
        one, tally = listed.supplier, listed.tally
        return cls(
            id=one.public_id, name=one.name, contact=one.contact, email=one.email, phone=one.phone, does=one.does,
            experience=one.experience, active=one.active, version=one.version, sent=tally.sent, helped=tally.helped,
            not_helped=tally.not_helped, not_known=tally.unknown,
        )  # fmt: skip


class ServiceIn(In):
    """A kind of work, and whether the firm does it."""

    name: Name
    how: HowWell
    sentence: Line = ""
    suppliers: Annotated[list[uuid.UUID], Field(max_length=50, description="Who does it instead")] = []


class ServiceOut(Out):
    """A kind of work, and whether the firm does it."""

    id: uuid.UUID
    name: str
    how: HowWell
    sentence: str
    suppliers: list[uuid.UUID]
    version: int

    @classmethod
    def of(cls, one: Service) -> ServiceOut:
        return cls(
            id=one.public_id, name=one.name, how=HowWell(one.how), sentence=one.sentence, version=one.version,
            suppliers=[row.supplier.public_id for row in one.done_by.all()],
        )  # fmt: skip


class WorkScopeIn(In):
    """What an engagement includes, and what not."""

    inside: Text = ""
    outside: Text = ""


class WorkScopeOut(Out):
    """What an engagement includes, and what not; both empty where nothing is said."""

    inside: str
    outside: str
    version: int

    @classmethod
    def of(cls, one: WorkScope | None) -> WorkScopeOut:
        if one is None:
            return cls(inside="", outside="", version=0)
        return cls(inside=one.inside, outside=one.outside, version=one.version)


class ScopeAnswerNew(In):
    """How a request for more than agreed is answered: that of a `message`, or what a `client` asked for elsewhere."""

    kind: ScopeKind
    message: uuid.UUID | None = None
    client: uuid.UUID | None = None
    engagement: uuid.UUID | None = None
    words: Line = Field("", description="What it is about, in your own words")
    hours: Short = Field("", description="Of work, where it is done all the same", examples=["2.5"])
    cost: Short = Field("", description="In the firm's currency, for whoever may see money")
    price: Short = Field("", description="Of an offer")
    supplier: uuid.UUID | None = Field(None, description="Who is better suited")


class ScopeAnswerOut(Out):
    """How a request was answered. `words` is null where it rests on mail that you may not read."""

    id: uuid.UUID
    kind: ScopeKind
    client: ClientRef
    engagement: uuid.UUID | None
    message: uuid.UUID | None
    words: str | None
    minutes: int | None
    cost: str | None = Field(description="Null where you may not see money")
    price: str | None
    currency: str
    referral: uuid.UUID | None
    draft: uuid.UUID | None = Field(description="The draft that says so; a person sends it")
    by: str | None
    at: Moment

    @classmethod
    def of(cls, told: requests.Told, *, money: bool) -> ScopeAnswerOut:
        one: ScopeAnswer = told.answer
        referral: ReferralOut | None = getattr(one, "referral", None)
        return cls(
            id=one.public_id, kind=ScopeKind(one.kind), client=_client(one),
            engagement=one.engagement.public_id if one.engagement else None,
            message=one.message if told.open else None, words=one.words if told.open else None, minutes=one.minutes,
            cost=_amount(one.cost, one.currency) if money else None, price=_amount(one.price, one.currency),
            currency=one.currency, referral=referral.public_id if referral else None,
            draft=one.draft if told.open else None, by=one.by.name if one.by else None, at=one.at,
        )  # fmt: skip


class ReferralOutcome(In):
    """What came of an introduction."""

    helped: Helped
    words: Line = ""


class ReferralOutOut(Out):
    """A client sent to a supplier. `what` and `words` are null where they rest on mail that you may not read."""

    id: uuid.UUID
    client: ClientRef
    supplier: uuid.UUID
    what: str | None
    helped: Helped
    words: str | None
    helped_at: Moment | None
    by: str | None
    at: Moment

    @classmethod
    def of(cls, told: referrals.Told) -> ReferralOutOut:
        one = told.referral
        return cls(
            id=one.public_id, client=_client(one), supplier=one.supplier.public_id,
            what=one.what if told.open else None, helped=Helped(one.helped),
            words=one.helped_words if told.open else None, helped_at=one.helped_at,
            by=one.by.name if one.by else None, at=one.at,
        )  # fmt: skip


class PartingOut(Out):
    """How a relationship is ended, or was."""

    id: uuid.UUID
    client: ClientRef
    whose: Whose
    state: PartingState
    reasons: str
    why_they_left: str
    until: date | None
    invoice: str
    invoiced_on: date | None
    opened_at: Moment
    decided_by: str | None
    decided_at: Moment | None
    ended_at: Moment | None

    @classmethod
    def of(cls, one: Parting) -> PartingOut:
        return cls(
            id=one.public_id, client=_client(one), whose=Whose(one.whose), state=PartingState(one.state),
            reasons=one.reasons, why_they_left=one.why_they_left, until=one.until, invoice=one.invoice,
            invoiced_on=one.invoiced_on, opened_at=one.opened_at,
            decided_by=one.decided_by.name if one.decided_by else None, decided_at=one.decided_at,
            ended_at=one.ended_at,
        )  # fmt: skip


def _client(row: Any) -> ClientRef:
    return ClientRef(id=row.client.public_id, name=row.client.name)


def _amount(units: int | None, currency: str) -> str | None:
    return None if units is None else str(Money(units, currency).amount)
