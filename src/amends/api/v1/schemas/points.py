"""Points of a recovery, what was found about them, and what that rests on."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from amends.api.v1.schemas.common import NO_NUL, Day, In, Moment, Out
from amends.api.v1.schemas.recoveries import Version
from amends.insights.recovery.evidence import Suggestion, Work
from amends.recovery.models import EvidenceKind, Responsibility, Sureness

Text = Annotated[str, Field(max_length=4000, pattern=NO_NUL)]
LongText = Annotated[str, Field(max_length=10_000, pattern=NO_NUL)]
Feeling = Literal["", "anger", "frustration", "disappointment", "worry", "confusion", "gratitude", "joy", "neutral"]


class PointNew(In):
    """A point that no message holds: what they said on the telephone, perhaps."""

    quote: Text = Field(description="What is wrong, in their words")
    words: Text = Field("", description="How we put it")
    feeling: Feeling = ""
    said_on: Day | None = Field(None, description="The day on which they said it; today where left out")
    engagement: uuid.UUID | None = None


class MergeNew(In):
    """Points that are one; that which stands first stays."""

    points: list[uuid.UUID] = Field(min_length=2, max_length=200)


class PointChange(In):
    """One deed on a point."""

    do: Literal["reword", "split", "part", "remove", "back", "place", "same", "other"]
    words: Text | None = Field(None, description="For `reword`")
    feeling: Feeling | None = Field(None, description="For `reword`")
    engagement: uuid.UUID | None = Field(None, description="For `reword`")
    no_engagement: bool = Field(False, description="For `reword`: it is about none")
    version: Version = None
    at: Annotated[int, Field(ge=0, le=10_000)] | None = Field(None, description="For `split`: after so many characters")
    number: Annotated[int, Field(ge=1, le=1000)] | None = Field(None, description="For `place`: from 1")
    earlier: uuid.UUID | None = Field(None, description="For `same`: the earlier issue that came back")


class FindingNew(In):
    """What was found about a point; what is left out stays as it is."""

    happened: LongText | None = None
    why: LongText | None = None
    responsibility: Responsibility | None = None
    sure: Sureness | None = None
    we_do: LongText | None = None
    by_when: Annotated[str, Field(max_length=100, pattern=NO_NUL)] | None = Field(
        None, description="A day (`2026-03-19`) or words (`Thursday`); empty for none. What may be two days is refused"
    )
    hard_part: LongText | None = None
    version: Version = None


class EvidenceNew(In):
    """What a finding rests on. A document needs a label; everything else the id of what it is."""

    kind: EvidenceKind
    about: uuid.UUID | None = None
    label: Annotated[str, Field(max_length=300, pattern=NO_NUL)] = ""
    quote: Text = ""


class EvidenceChange(In):
    """Taken away, or whether the client was shown it."""

    do: Literal["drop", "shown", "not_shown"]


class UndoNew(In):
    """What a deed gave as `undo`."""

    undo: Annotated[str, Field(max_length=20_000, pattern=NO_NUL)]


class SuggestionOut(Out):
    """Something that a finding may rest on: send it as evidence to pick it."""

    kind: EvidenceKind
    about: uuid.UUID
    label: str
    quote: str
    at: Moment | None
    who: str
    hours: float | None = Field(description="Only of hours")
    first: date | None = None
    last: date | None = None

    @classmethod
    def of(cls, one: Suggestion | Work) -> SuggestionOut:
        if isinstance(one, Work):
            return cls(
                kind=EvidenceKind.TIME, about=one.engagement.public_id, label=one.label, quote="", at=None, who="",
                hours=round(one.seconds / 3600, 2), first=one.first, last=one.last,
            )  # fmt: skip
        return cls(
            kind=EvidenceKind(one.kind), about=one.about, label=one.label, quote=one.quote, at=one.at, who=one.who,
            hours=None,
        )  # fmt: skip


class SuggestionsOut(Out):
    """Messages, advice that was overruled, documents and hours."""

    items: list[SuggestionOut]
