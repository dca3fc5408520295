"""Readiness gates as programs see them."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field

from amends.api.v1.schemas.clients import ClientRef
from amends.api.v1.schemas.common import NO_NUL, Day, In, Moment, Out
from amends.boundaries.models import Gate, GatePart, GateQuestion, GateState
from amends.boundaries.readiness import Missing
from amends.insights.gates import GatePage, Proof, Standing

Why = Annotated[str, Field(max_length=500, pattern=NO_NUL)]


class GateRow(Out):
    """A gate in a list."""

    id: uuid.UUID
    client: ClientRef
    engagement: uuid.UUID
    engagement_name: str
    industry: str
    state: GateState
    missing: list[Missing]
    opened_at: Moment
    settled_at: Moment | None
    settled_by: str | None
    why: str

    @classmethod
    def of(cls, one: Standing) -> GateRow:
        return cls(**_row(one.gate, one.missing))


class ProofOut(Out):
    """What shows that something was agreed; without words and message where you may not read that mail."""

    id: uuid.UUID
    part: GatePart
    said_on: date
    by: str
    words: str
    quote: str
    message: uuid.UUID | None
    hidden: bool

    @classmethod
    def of(cls, one: Proof) -> ProofOut:
        return cls(
            id=one.evidence, part=GatePart(one.part), said_on=one.said_on, by=one.by, words=one.words, quote=one.quote,
            message=one.message, hidden=one.hidden,
        )  # fmt: skip


class QuestionOut(Out):
    """A question and its answer, "" where there is none yet."""

    id: uuid.UUID
    question: str
    why: str
    answer: str
    told_by: str
    answered_by: str | None
    answered_at: Moment | None

    @classmethod
    def of(cls, one: GateQuestion) -> QuestionOut:
        return cls(
            id=one.public_id, question=one.question, why=one.why, answer=one.answer, told_by=one.told_by,
            answered_by=one.answered_by.name if one.answered_by else None, answered_at=one.answered_at,
        )  # fmt: skip


class GateOut(GateRow):
    """A gate, whole."""

    evidence: list[ProofOut]
    questions: list[QuestionOut]

    @classmethod
    def whole(cls, page: GatePage) -> GateOut:
        return cls(
            **_row(page.gate, page.missing),
            evidence=[ProofOut.of(one) for ones in page.proofs.values() for one in ones],
            questions=[QuestionOut.of(one) for one in page.questions],
        )


def _row(gate: Gate, missing: list[Missing]) -> dict[str, Any]:
    work = gate.engagement
    return {
        "id": gate.public_id, "client": ClientRef(id=work.client.public_id, name=work.client.name),
        "engagement": work.public_id, "engagement_name": work.name, "industry": gate.industry,
        "state": GateState(gate.state), "missing": missing, "opened_at": gate.at, "settled_at": gate.settled_at,
        "settled_by": gate.settled_by.name if gate.settled_by else None, "why": gate.why,
    }  # fmt: skip


class GateStep(In):
    """What becomes of a gate."""

    do: Literal["pass", "override", "reopen"]
    why: Why = Field("", description="To override it: why work begins all the same")


class ProofNew(In):
    """That something was agreed: a message, or a note with its day."""

    part: GatePart
    message: uuid.UUID | None = None
    quote: Annotated[str, Field(max_length=1000, pattern=NO_NUL)] = Field("", description="Words of that message")
    words: Annotated[str, Field(max_length=1000, pattern=NO_NUL)] = Field("", description="The note")
    said_on: Day | None = Field(None, description="Of a note: on which day it was said")


class Kept(In):
    """Taken away, or put back."""

    do: Literal["remove", "restore"]


class QuestionNew(In):
    """A question to be answered."""

    question: Annotated[str, Field(min_length=1, max_length=300, pattern=NO_NUL)]
    why: Why = ""


class QuestionChange(In):
    """An answer and who knew it; or `do` takes the question out, or puts it back."""

    do: Literal["answer", "remove", "restore"] = "answer"
    answer: Annotated[str, Field(max_length=2000, pattern=NO_NUL)] = ""
    told_by: Annotated[str, Field(max_length=200, pattern=NO_NUL)] = ""
