"""Recoveries and their points."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field

from amends.api.v1.schemas.clients import ClientRef
from amends.api.v1.schemas.common import NO_NUL, In, Moment, Out
from amends.insights.lists.recoveries import Listed
from amends.insights.recovery.failing import Failing
from amends.recovery.models import (
    Closing,
    Evidence,
    EvidenceKind,
    Finding,
    Issue,
    Recovery,
    Responsibility,
    Stage,
    Sureness,
)
from amends.recovery.shipped import Book

_WORDS = "Null where you may not read what it rests on"
Version = Annotated[
    int | None, Field(ge=0, le=10**8, description="The version that you saw; left out: whatever it is now")
]


class PointFindingOut(Out):
    """What was found about a point."""

    happened: str
    why: str
    responsibility: Responsibility
    sure: Sureness
    we_do: str
    by_when: date | None
    hard_part: str = Field(description="How to say the hard part: for the team alone")
    version: int = Field(description="Send it back to change it")

    @classmethod
    def of(cls, found: Finding) -> PointFindingOut:
        return cls(
            happened=found.happened, why=found.why, responsibility=Responsibility(found.responsibility),
            sure=Sureness(found.sure), we_do=found.we_do, by_when=found.by_when, hard_part=found.hard_part,
            version=found.version,
        )  # fmt: skip


class EvidenceOut(Out):
    """What a finding rests on."""

    id: uuid.UUID
    kind: EvidenceKind
    about: uuid.UUID | None = Field(description="Of the message, promise or earlier issue; of hours, their engagement")
    label: str
    quote: str
    shown: bool = Field(description="Whether the client was shown it")

    @classmethod
    def of(cls, one: Evidence) -> EvidenceOut:
        return cls(
            id=one.public_id, kind=EvidenceKind(one.kind), about=one.about, label=one.label, quote=one.quote,
            shown=one.shown,
        )  # fmt: skip


class Merged(Out):
    """A point that was merged into another."""

    id: uuid.UUID
    quote: str


class PointOut(Out):
    """One thing that the client says is wrong."""

    id: uuid.UUID
    quote: str
    words: str = Field(description="How we put it, where we do")
    feeling: str
    said_at: Moment
    message: uuid.UUID | None
    returns: bool = Field(description="Whether an earlier issue is back")
    version: int = Field(description="Send it back to reword it")
    merged: list[Merged]
    finding: PointFindingOut | None
    evidence: list[EvidenceOut]

    @classmethod
    def of(cls, issue: Issue) -> PointOut:
        found = getattr(issue, "finding", None)
        merged = list(issue.merged.all())
        rests = [each for one in (issue, *merged) for each in one.evidence.all()]
        return cls(
            id=issue.public_id, quote=issue.quote, words=issue.words, feeling=issue.feeling, said_at=issue.said_at,
            message=issue.message.public_id if issue.message else None, returns=issue.recurs_id is not None,
            version=issue.version, merged=[Merged(id=one.public_id, quote=one.quote) for one in merged],
            finding=PointFindingOut.of(found) if found is not None else None,
            evidence=[EvidenceOut.of(one) for one in rests],
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

    root_cause: str | None = Field(description=_WORDS)
    failure_mode: str | None = Field(description=_WORDS)
    kept_word: bool | None = Field(description="Whether we kept our word; null where nobody said. " + _WORDS)
    version: int = Field(description="Send it back to change what was learned, or what they want")
    points: list[PointOut] | None = Field(description=_WORDS)
    undo: str = Field("", description="After a deed on a point: what takes it back, for a quarter of an hour")

    @classmethod
    def of(cls, listed: Listed, *, undo: str = "") -> RecoveryWholeOut:
        points = [PointOut.of(one) for one in listed.points] if listed.whole else None
        one, whole = listed.recovery, listed.whole
        return cls(
            **_fields(listed), points=points, undo=undo, version=one.version,
            root_cause=one.root_cause if whole else None, failure_mode=one.failure_mode if whole else None,
            kept_word=one.kept_word if whole else None,
        )  # fmt: skip


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


class ThreadsNew(In):
    """Further conversations of its client."""

    threads: list[uuid.UUID] = Field(min_length=1, max_length=50)


class RecoveryChange(In):
    """What they want, and what was learned; what is left out stays as it is."""

    wanted: Annotated[str, Field(max_length=20_000, pattern=NO_NUL)] | None = Field(
        None, description="What would put it right, in the client's words"
    )
    root_cause: Annotated[str, Field(max_length=5000, pattern=NO_NUL)] | None = None
    failure_mode: Annotated[str, Field(max_length=80, pattern=NO_NUL)] | None = None
    kept_word: bool | None = None
    version: Version = None


class ModeOut(Out):
    """One failure mode that a playbook is for."""

    mode: str
    trade: str
    name: str

    @classmethod
    def of(cls, book: Book) -> ModeOut:
        return cls(mode=book.mode, trade=book.trade, name=book.name)


class FailingOut(Out):
    """How we failed, as far as it was said, and what may be chosen."""

    mode: str = Field(description="The failure mode that was said, or words of your own; empty where nobody said")
    name: str
    guesses: list[ModeOut] = Field(description="What their words sound like, the likeliest first")
    offered: list[ModeOut]
    own: list[str] = Field(description="Words that were said of other recoveries")
    version: int = Field(description="Send it back to choose")

    @classmethod
    def of(cls, recovery: Recovery, found: Failing) -> FailingOut:
        return cls(
            mode=found.mode, name=found.name, guesses=[ModeOut.of(book) for book in found.guesses],
            offered=[ModeOut.of(book) for _trade, books in found.trades for book in books], own=found.own,
            version=recovery.version,
        )  # fmt: skip


class FailingNew(In):
    """How we failed."""

    mode: Annotated[str, Field(max_length=80, pattern=NO_NUL)] = Field(
        description="A failure mode of `offered`, words of your own, or empty: not known after all"
    )
    version: Version = None


class CloseNew(In):
    """How it ends. `yes` rests on a `message` of theirs, or on who said it on the `phone`."""

    how: Literal["yes", "unconfirmed", "mistaken"]
    message: uuid.UUID | None = None
    phone: Annotated[str, Field(max_length=480, pattern=NO_NUL)] = ""
    why: Annotated[str, Field(max_length=500, pattern=NO_NUL)] = ""


class ReopenNew(In):
    """That it was not over."""

    why: Annotated[str, Field(max_length=500, pattern=NO_NUL)] = ""


class DraftOut(Out):
    """What lies among one's drafts. It leaves when a person sends it."""

    draft: uuid.UUID
    text: str
