"""Briefs, calls and notes."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from amends.api.v1.schemas.common import NO_NUL, In, Moment, Out
from amends.api.v1.schemas.recoveries import Version
from amends.insights.lists.recoveries import CallTold
from amends.insights.recovery.brief_page import BriefPage
from amends.recovery.models import BriefFor, Call, Note

Kind = Literal["note", "point", "promise", "wanted", "before", "after", "feeling"]
Mood = Annotated[int, Field(ge=1, le=5)] | None


class BriefOut(Out):
    """A version of a brief as it stands."""

    recovery: uuid.UUID
    whom: BriefFor
    text: str = Field(description="Markdown")
    version: int = Field(description="0 where nobody edited it. Send it back to change it")
    edited: bool
    moved_on: bool = Field(description="Whether findings moved on since somebody edited it")
    sent: str | None = Field(description="The state of the draft that it was sent with")

    @classmethod
    def of(cls, found: BriefPage) -> BriefOut:
        return cls(
            recovery=found.recovery.public_id, whom=BriefFor(found.whom), text=found.text, version=found.version,
            edited=found.edited is not None, moved_on=found.moved, sent=found.draft.state if found.draft else None,
        )  # fmt: skip


class BriefNew(In):
    """A brief as somebody wrote it, or, without `text`, that it writes itself again."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=False)

    whom: BriefFor = BriefFor.CLIENT
    text: Annotated[str, Field(max_length=100_000, pattern=NO_NUL)] | None = None
    version: Version = None


class CallOut(Out):
    """A live conversation."""

    id: uuid.UUID
    began_at: Moment
    ended_at: Moment | None
    mood_before: Mood = Field(description="From 1 (furious) to 5 (warm)")
    mood_after: Mood
    mood_words: str
    wanted: str
    by: str | None

    @classmethod
    def of(cls, call: Call) -> CallOut:
        return cls(
            id=call.public_id, began_at=call.began_at, ended_at=call.ended_at, mood_before=call.mood_before,
            mood_after=call.mood_after, mood_words=call.mood_words, wanted=call.wanted,
            by=call.by.name if call.by else None,
        )  # fmt: skip


class NoteOut(Out):
    """What one author wrote; `promised` is what became a promise."""

    id: uuid.UUID
    kind: Kind | Literal["promised"]
    text: str
    edition: int
    issue: uuid.UUID | None
    author: str | None
    at: Moment

    @classmethod
    def of(cls, note: Note) -> NoteOut:
        return cls.model_validate({
            "id": note.public_id, "kind": note.kind, "text": note.text, "edition": note.edition,
            "issue": note.issue.public_id if note.issue else None, "author": note.author.name if note.author else None,
            "at": note.at,
        })  # fmt: skip


class HeardOut(Out):
    """A promise that stands in a note, and that nobody confirmed."""

    note: uuid.UUID
    quote: str
    due_on: date | None


class CallWholeOut(CallOut):
    """A call with its notes."""

    notes: list[NoteOut]
    heard: list[HeardOut]

    @classmethod
    def whole(cls, told: CallTold) -> CallWholeOut:
        heard = [HeardOut(note=one.note.public_id, quote=one.heard.quote, due_on=one.heard.day) for one in told.heard]
        return cls(**dict(CallOut.of(told.call)), notes=[NoteOut.of(one) for one in told.notes], heard=heard)


class NoteNew(In):
    """A note. To write on in one of yours, give its `id` and the next edition."""

    text: Annotated[str, Field(max_length=20_000, pattern=NO_NUL)]
    kind: Kind = Field("note", description="`before` and `after` are moods: a number from 1 (furious) to 5 (warm)")
    issue: uuid.UUID | None = Field(None, description="The point that it stands beside")
    id: uuid.UUID | None = None
    edition: Annotated[int, Field(ge=1, lt=10**9)] = 1


class NoteMade(In):
    """What becomes of a note: a promise by a day, or a point of the recovery."""

    do: Literal["promise", "point"]
    text: Annotated[str, Field(max_length=4000, pattern=NO_NUL)] = Field("", description="Else the words of the note")
    due: Annotated[str, Field(max_length=100, pattern=NO_NUL)] = Field("", description="For `promise`: a day, or words")
    owner: uuid.UUID | None = Field(None, description="For `promise`: who keeps it; you where left out")
