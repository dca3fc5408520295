"""Recoveries and their points."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field

from amends.api.v1.schemas.clients import ClientRef
from amends.api.v1.schemas.common import NO_NUL, In, Moment, Out
from amends.insights.lists.recoveries import Listed
from amends.recovery.models import Closing, Issue, Responsibility, Stage

_WORDS = "Null where you may not read what it rests on"


class FindingOut(Out):
    """What was found about a point."""

    happened: str
    why: str
    responsibility: Responsibility
    we_do: str
    by_when: date | None


class PointOut(Out):
    """One thing that the client says is wrong."""

    id: uuid.UUID
    quote: str
    words: str = Field(description="How we put it, where we do")
    feeling: str
    said_at: Moment
    message: uuid.UUID | None
    returns: bool = Field(description="Whether an earlier issue is back")
    finding: FindingOut | None

    @classmethod
    def of(cls, issue: Issue) -> PointOut:
        found = getattr(issue, "finding", None)
        return cls(
            id=issue.public_id, quote=issue.quote, words=issue.words, feeling=issue.feeling, said_at=issue.said_at,
            message=issue.message.public_id if issue.message else None, returns=issue.recurs_id is not None,
            finding=None if found is None else FindingOut(
                happened=found.happened, why=found.why, responsibility=Responsibility(found.responsibility),
                we_do=found.we_do, by_when=found.by_when,
            ),
        )  # fmt: skip


class RecoveryOut(Out):
    """The work of putting something right."""

    id: uuid.UUID
    client: ClientRef
    stage: Stage
    owner: str | None
    began_at: Moment = Field(description="When the client first said so; the clocks count from here")
    opened_at: Moment
    closed_at: Moment | None
    closing: Closing | None
    title: str | None = Field(description=_WORDS)
    wanted: str | None = Field(description="What would put it right, in the client's words. " + _WORDS)
    missing: list[str] | None = Field(description="What is still missing in its stage. " + _WORDS)

    @classmethod
    def of(cls, listed: Listed) -> RecoveryOut:
        return cls(**_fields(listed))


class RecoveryWholeOut(RecoveryOut):
    """One recovery with its points."""

    points: list[PointOut] | None = Field(description=_WORDS)

    @classmethod
    def of(cls, listed: Listed) -> RecoveryWholeOut:
        points = [PointOut.of(one) for one in listed.points] if listed.whole else None
        return cls(**_fields(listed), points=points)


def _fields(listed: Listed) -> dict[str, Any]:
    one, whole = listed.recovery, listed.whole
    return {
        "id": one.public_id, "client": ClientRef(id=one.client.public_id, name=one.client.name),
        "stage": Stage(one.stage), "owner": one.owner.name if one.owner else None, "began_at": one.began_at,
        "opened_at": one.opened_at, "closed_at": one.closed_at,
        "closing": Closing(one.closing) if one.closing else None, "title": one.title if whole else None,
        "wanted": one.wanted if whole else None, "missing": listed.missing if whole else None,
    }  # fmt: skip


class RecoveryNew(In):
    """What to open one for: conversations, reasons of Today, or a client."""

    client: uuid.UUID | None = None
    threads: list[uuid.UUID] = Field(default_factory=list, max_length=50)
    signals: list[uuid.UUID] = Field(default_factory=list, max_length=200)
    engagement: uuid.UUID | None = None
    title: Annotated[str, Field(max_length=200, pattern=NO_NUL)] = ""
    own: bool = Field(True, description="Whether it is yours at once")


class OwnNew(In):
    """Who owns it: you, or the member named."""

    member: uuid.UUID | None = Field(None, description="Public id of a member; you where left out")


class StepNew(In):
    """From the stage that you saw to another one; back asks why."""

    before: Literal["own", "listen", "answer", "agree", "make_good", "learn"]
    after: Literal["own", "listen", "answer", "agree", "make_good", "learn"]
    why: Annotated[str, Field(max_length=500, pattern=NO_NUL)] = ""
