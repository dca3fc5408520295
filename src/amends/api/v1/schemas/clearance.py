"""Clearance before publication, as programs see it."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field

from amends.api.v1.schemas.clients import ClientRef
from amends.api.v1.schemas.common import NO_NUL, Day, In, Moment, Out
from amends.boundaries.models import CheckState, ClearanceEvidenceKind, PublicationState
from amends.boundaries.queries.clearance import Progress
from amends.insights.clearance import ClearancePage, Looked, Rest

Short = Annotated[str, Field(max_length=200, pattern=NO_NUL)]
Why = Annotated[str, Field(max_length=500, pattern=NO_NUL)]


class PublicationRow(Out):
    """Something that goes public, in a list."""

    id: uuid.UUID
    client: ClientRef
    engagement: uuid.UUID
    what: str
    where: str
    goes_on: date | None
    answers: str | None = Field(description="Who answers for it")
    state: PublicationState
    checks: int
    done: int
    stopped: int
    open_then: int | None = Field(description="Of what was published: how many checks were open then")
    settled_at: Moment | None

    @classmethod
    def of(cls, one: Progress) -> PublicationRow:
        return cls(**_row(one))


class RestOut(Out):
    """What a check rests on; without words and message where you may not read that mail."""

    id: uuid.UUID
    kind: ClearanceEvidenceKind
    words: str
    message: uuid.UUID | None
    by: str
    at: Moment
    hidden: bool

    @classmethod
    def of(cls, one: Rest) -> RestOut:
        return cls(
            id=one.evidence, kind=ClearanceEvidenceKind(one.kind), words=one.words, message=one.message, by=one.by,
            at=one.at, hidden=one.hidden,
        )  # fmt: skip


class ClearanceCheckOut(Out):
    """One thing that is looked at."""

    id: uuid.UUID
    name: str
    why: str
    source: str
    owner: str | None
    by_when: date | None
    state: CheckState
    reason: str
    settled_by: str | None
    settled_at: Moment | None
    evidence: list[RestOut]

    @classmethod
    def of(cls, one: Looked) -> ClearanceCheckOut:
        row = one.check
        return cls(
            id=row.public_id, name=row.name, why=row.why, source=row.source,
            owner=row.owner.name if row.owner else None, by_when=row.by_when, state=CheckState(row.state),
            reason=row.reason, settled_by=row.settled_by.name if row.settled_by else None, settled_at=row.settled_at,
            evidence=[RestOut.of(rest) for rest in one.rests],
        )  # fmt: skip


class PublicationOut(PublicationRow):
    """Something that goes public, with its checks."""

    looked_at: list[ClearanceCheckOut] = Field(description="Its checks, in their order")

    @classmethod
    def whole(cls, page: ClearancePage) -> PublicationOut:
        return cls(**_row(page.progress), looked_at=[ClearanceCheckOut.of(one) for one in page.checks])


def _row(one: Progress) -> dict[str, Any]:
    row = one.publication
    client = row.engagement.client
    return {
        "id": row.public_id, "client": ClientRef(id=client.public_id, name=client.name),
        "engagement": row.engagement.public_id, "what": row.what, "where": row.where, "goes_on": row.goes_on,
        "answers": row.answers.name if row.answers else None, "state": PublicationState(row.state),
        "checks": one.checks, "done": one.done, "stopped": one.stopped, "open_then": row.open_then,
        "settled_at": row.settled_at,
    }  # fmt: skip


class PublicationNew(In):
    """What is to go public; `kind` is the slug of a checklist, beside the general one."""

    engagement: uuid.UUID
    what: Annotated[str, Field(min_length=1, max_length=200, pattern=NO_NUL)]
    where: Short = ""
    goes_on: Day | None = None
    kind: Annotated[str, Field(max_length=80, pattern=NO_NUL, examples=["pr"])] = ""


class PublicationStep(In):
    """It went public, it does not, or the last of these was a slip."""

    do: Literal["publish", "drop", "take_back"]


class ClearanceCheckNew(In):
    """A further thing to look at."""

    name: Annotated[str, Field(min_length=1, max_length=300, pattern=NO_NUL)]
    why: Why = ""


class CheckChange(In):
    """How a check stands; `reason` why it is not needed, or what stops it."""

    state: CheckState
    reason: Why = ""


class RestNew(In):
    """What a check rests on: a message, or the words of a link, a note or a document's name."""

    kind: ClearanceEvidenceKind
    words: Annotated[str, Field(max_length=1000, pattern=NO_NUL)] = ""
    message: uuid.UUID | None = None
