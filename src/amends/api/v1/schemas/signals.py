"""Today, signals, and what people make of them."""

from __future__ import annotations

import uuid
from typing import Annotated, Any, Literal

from pydantic import Field

from amends.api.v1.schemas.clients import ClientRef
from amends.api.v1.schemas.common import NO_NUL, GivenMoment, In, Moment, Out
from amends.insights.lists.signals import Seen
from amends.insights.today import Reason, Row
from amends.signals.models import SignalKind

_EVIDENCE = "Null where you may not read the message that it rests on"


class SignalOut(Out):
    """One thing noticed about a client, with its evidence."""

    id: uuid.UUID
    kind: SignalKind
    client: ClientRef
    said_at: Moment = Field(description="When the evidence was sent")
    raised_at: Moment = Field(description="When it came true; a silence comes true by the clock")
    cleared_at: Moment | None = Field(description="When it stopped being true; may lie ahead")
    answered_at: Moment | None = Field(description="Our first reply after it")
    owner: str | None = Field(description="Who has taken it on")
    dismissed: bool = Field(description="Somebody said that it is no issue")
    put_off_until: Moment | None
    quote: str | None = Field(description=_EVIDENCE)
    message: uuid.UUID | None = Field(description=_EVIDENCE)
    thread: uuid.UUID | None = Field(description=_EVIDENCE)
    confidence: float | None = Field(description="0 to 1")
    rule: str | None = Field(description="What found it: a rule, the model, or a person")

    @classmethod
    def of(cls, seen: Seen) -> SignalOut:
        return cls(
            id=seen.signal, kind=SignalKind(seen.kind), client=ClientRef(id=seen.client, name=seen.client_name),
            said_at=seen.said_at, raised_at=seen.raised_at, cleared_at=seen.cleared_at,
            answered_at=seen.answered_at, owner=seen.owner, dismissed=seen.dismissed,
            put_off_until=seen.put_off_until, quote=seen.quote, message=seen.message, thread=seen.thread,
            confidence=seen.confidence, rule=seen.rule,
        )  # fmt: skip


class ReasonOut(Out):
    """Why a client needs us."""

    signals: list[uuid.UUID] = Field(description="What to answer: the strongest first, then others like it")
    kind: SignalKind
    quote: str | None = Field(description=_EVIDENCE)
    message: uuid.UUID | None = Field(description=_EVIDENCE)
    thread: uuid.UUID | None = Field(description=_EVIDENCE)
    at: Moment = Field(description="When the evidence was sent")
    since: Moment = Field(description="When it became a reason")
    confidence: float | None
    owner: str | None

    @classmethod
    def of(cls, reason: Reason) -> ReasonOut:
        return cls(
            signals=list(reason.signals), kind=SignalKind(reason.kind),
            quote=None if reason.hidden else reason.quote, message=reason.message, thread=reason.thread, at=reason.at,
            since=reason.since, confidence=None if reason.hidden else reason.confidence, owner=reason.owner,
        )  # fmt: skip


class NeedOut(Out):
    """One client on Today, its reasons strongest first."""

    client: ClientRef
    domains: list[str]
    owner: str | None
    unowned_for_hours: float | None
    next_step: str
    reasons: list[ReasonOut]

    @classmethod
    def of(cls, row: Row) -> NeedOut:
        return cls(
            client=ClientRef(id=row.public_id, name=row.name), domains=row.domains, owner=row.owner,
            unowned_for_hours=row.unowned_for_hours, next_step=row.next_step,
            reasons=[ReasonOut.of(reason) for reason in row.reasons],
        )  # fmt: skip


class TodayOut(Out):
    """Who needs us now, and why, whoever needs us most first."""

    as_of: Moment
    moved: bool = Field(description="True where it looks from the newest message's day, because nothing is newer")
    total: int = Field(description="Clients that need us, also those beyond `limit`")
    unowned: int
    kinds: dict[str, int] = Field(description="How many clients have such a reason, before any filter")
    items: list[NeedOut]


class AnswerNew(In):
    """An answer to one or more signals."""

    signals: Annotated[list[uuid.UUID], Field(min_length=1, max_length=100)]
    answer: Literal["own", "not_an_issue", "later"]
    why: Annotated[str, Field(max_length=500, pattern=NO_NUL)] = ""
    until: GivenMoment | None = Field(None, description="For `later`: until when; must lie ahead")
    misread: bool = Field(False, description="For `not_an_issue`: the words were read wrongly, learn from it")


class AnswerOut(Out):
    """An answer that was given; its `batch` takes it back."""

    batch: uuid.UUID
    answer: Literal["own", "not_an_issue", "later"]
    signals: list[uuid.UUID]


class UndoneOut(Out):
    """How many answers were taken back; none where they were taken back before."""

    undone: int


def kinds_of(counts: Any) -> dict[str, int]:
    """Counts by kind as they go out."""
    return {str(kind): int(count) for kind, count in counts.items()}
