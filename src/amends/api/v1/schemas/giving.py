"""Remedies, and requests to give more than somebody may alone."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from amends.api.v1.schemas.clients import ClientRef
from amends.api.v1.schemas.common import NO_NUL, In, Moment, Out
from amends.core.money import Money
from amends.recovery.models import Approval, Decision, Remedy, RemedyKind, RemedyState

Why = Annotated[str, Field(max_length=500, pattern=NO_NUL)]
Due = Annotated[str, Field(max_length=100, pattern=NO_NUL)]
Cost = Annotated[str, Field(max_length=40, pattern=NO_NUL)]


class RequestOut(Out):
    """What was asked, and how it was answered."""

    id: uuid.UUID
    decision: Decision
    asked_by: str | None
    asked_at: Moment
    because: str
    decided_by: str | None
    decided_at: Moment | None
    why: str

    @classmethod
    def of(cls, one: Approval) -> RequestOut:
        return cls(
            id=one.public_id, decision=Decision(one.decision), asked_by=one.asked_by.name if one.asked_by else None,
            asked_at=one.asked_at, because=one.because, decided_by=one.decided_by.name if one.decided_by else None,
            decided_at=one.decided_at, why=one.why,
        )  # fmt: skip


class RemedyOut(Out):
    """Something that is offered, agreed and done."""

    id: uuid.UUID
    recovery: uuid.UUID
    kind: RemedyKind
    what: str
    cost: str = Field(description="In `currency`", examples=["800.00"])
    currency: str
    goodwill: bool
    due_on: date | None
    state: RemedyState
    by: str | None
    at: Moment
    issue: uuid.UUID | None
    promise: uuid.UUID | None = Field(description="The promise that it became")
    approval: RequestOut | None

    @classmethod
    def of(cls, one: Remedy) -> RemedyOut:
        request: Approval | None = getattr(one, "approval", None)
        return cls(
            id=one.public_id, recovery=one.recovery.public_id, kind=RemedyKind(one.kind), what=one.what,
            cost=str(Money(one.cost, one.currency).amount), currency=one.currency, goodwill=one.goodwill,
            due_on=one.due_on, state=RemedyState(one.state), by=one.by.name if one.by else None, at=one.at,
            issue=one.issue.public_id if one.issue else None, promise=one.promise,
            approval=RequestOut.of(request) if request is not None else None,
        )  # fmt: skip


class ApprovalOut(RequestOut):
    """A request with what it is about."""

    recovery: uuid.UUID
    client: ClientRef
    remedy: uuid.UUID
    kind: RemedyKind
    what: str
    cost: str
    currency: str

    @classmethod
    def of(cls, one: Approval) -> ApprovalOut:
        remedy, client = one.remedy, one.remedy.recovery.client
        return cls(
            **dict(RequestOut.of(one)), recovery=remedy.recovery.public_id,
            client=ClientRef(id=client.public_id, name=client.name), remedy=remedy.public_id,
            kind=RemedyKind(remedy.kind), what=remedy.what, cost=str(Money(remedy.cost, remedy.currency).amount),
            currency=remedy.currency,
        )  # fmt: skip


class RemedyNew(In):
    """A remedy: offered, or agreed at once."""

    kind: RemedyKind
    what: Annotated[str, Field(max_length=500, pattern=NO_NUL)]
    cost: Cost = Field("", description="`500`, `1,500.50`, in the firm's currency; what may be two amounts is refused")
    due: Due = Field("", description="A day (`2026-03-19`) or words (`Thursday`); needed to agree it")
    goodwill: bool = Field(False, description="Given although the fault was not ours")
    issue: uuid.UUID | None = None
    agree: bool = Field(False, description="Agree it now: at once within your authority and budget, else by a request")
    because: Why = Field("", description="For whoever approves it")


class RemedyChange(In):
    """One step of a remedy."""

    do: Literal["agree", "done", "withdraw", "undo"]
    due: Due = Field("", description="For `agree`, where no day was said")
    because: Why = Field("", description="For `agree`: for whoever approves it")


class Decided(In):
    """The answer to a request; not approved, it needs a reason."""

    approve: bool
    why: Why = ""
