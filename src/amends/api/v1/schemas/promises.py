"""Promises, and what becomes of them."""

from __future__ import annotations

import uuid
from typing import Annotated, Literal, cast

from pydantic import Field

from amends.api.v1.schemas.clients import ClientRef
from amends.api.v1.schemas.common import NO_NUL, GivenMoment, In, Moment, Out
from amends.insights.promises import Shown
from amends.signals.models import PromiseState

Text = Annotated[str, Field(max_length=1000, pattern=NO_NUL)]
Words = Annotated[str, Field(max_length=200, pattern=NO_NUL)]
Why = Annotated[str, Field(max_length=500, pattern=NO_NUL)]
By = Literal["firm", "client"]
Often = Literal["", "weekly", "monthly", "quarterly"]
Agreed = Literal["", "yes", "no"]
_WORDS = "In words, resolved where the firm is: `Friday noon`, `12 March`; what may be two days is refused"


class PromiseOut(Out):
    """What somebody said they would do."""

    id: uuid.UUID
    state: PromiseState
    by: By = Field(description="Who promised: the firm, or the client (then the firm waits for it)")
    client: ClientRef
    engagement: uuid.UUID | None
    owner: str | None = Field(description="Who sees to it")
    text: str
    due: Moment | None
    due_exact: bool = Field(description="False: the day is meant, and `due` is the end of its work")
    overdue: bool
    no_hours: bool = Field(description="No hours are booked on its engagement since it was made")
    recurs: Often
    made_at: Moment
    origin: str = Field(description="message, person, brief, call_note or remedy")
    quote: str
    message: uuid.UUID | None
    thread: uuid.UUID | None
    confidence: float
    confirmed_at: Moment | None
    settled_at: Moment | None
    settled_by: str | None
    settled_why: str
    evidence: uuid.UUID | None = Field(description="The message that shows that it was kept")
    perhaps_kept_by: uuid.UUID | None = Field(description="A later message that may show it; nobody said so yet")
    replaces: uuid.UUID | None = Field(description="The promise that it came after: renegotiated, or recurring")
    agreed: Agreed = Field(description="What the client said of a renegotiated date")

    @classmethod
    def of(cls, one: Shown) -> PromiseOut:
        return cls(
            id=one.public_id, state=PromiseState(one.state), by=cast(By, one.by),
            client=ClientRef(id=one.client, name=one.client_name),
            engagement=one.engagement, owner=one.owner_name or None, text=one.text, due=one.due,
            due_exact=one.due_exact, overdue=one.overdue, no_hours=one.no_hours, recurs=cast(Often, one.recurs),
            made_at=one.made_at, origin=one.origin, quote=one.quote, message=one.message, thread=one.thread,
            confidence=one.confidence, confirmed_at=one.confirmed_at, settled_at=one.settled_at,
            settled_by=one.settled_by or None, settled_why=one.settled_why, evidence=one.evidence,
            perhaps_kept_by=one.hint.message if one.hint else None, replaces=one.replaces,
            agreed=cast(Agreed, one.agreed),
        )  # fmt: skip


class PromiseNew(In):
    """A promise that no mail holds."""

    client: uuid.UUID
    by: By = "firm"
    text: Text
    due: Words = Field("", description=_WORDS)
    due_at: GivenMoment | None = Field(None, description="The moment itself, instead of `due`")
    owner: uuid.UUID | None = Field(None, description="A member")
    engagement: uuid.UUID | None = None
    recurs: Often = ""


class PromiseSettled(In):
    """One decision on a promise."""

    do: Literal[
        "confirm", "correct", "refuse", "keep", "break", "renegotiate", "answered", "withdraw", "not_it"
    ]  # fmt: skip
    text: Text | None = Field(None, description="For `confirm` and `correct`: as it is right")
    due: Words | None = Field(None, description=f"For `confirm`, `correct` and `renegotiate`. {_WORDS}")
    due_at: GivenMoment | None = Field(None, description="The moment itself, instead of `due`")
    why: Why = ""
    evidence: uuid.UUID | None = Field(None, description="For `keep`: a message of the client's that shows it")
    owner: uuid.UUID | None = Field(None, description="For `confirm` and `correct`: a member")
    no_owner: bool = Field(False, description="For `confirm` and `correct`: nobody sees to it")
    recurs: Often | None = Field(None, description="For `confirm` and `correct`")
    agreed: Agreed = Field("", description="For `renegotiate` and `answered`: what the client says of the new date")
    words: Why = Field("", description="For `answered`: in their words")
