"""A draft to be checked, what the check says of it, and what was made of that."""

from __future__ import annotations

import uuid
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from amends.api.v1.schemas.common import NO_NUL, In, Out
from amends.judgement.guard import Family, Finding, Severity, Verdict
from amends.outbox.models import Made, Reason

Name = Annotated[str, Field(max_length=80)]


class Recipient(In):
    """Whom a draft goes to."""

    email: Annotated[str, Field(max_length=320)]
    name: Annotated[str, Field(max_length=200)] = ""


People = Annotated[list[Recipient], Field(max_length=500)]


class CheckNew(In):
    """A draft: one of a whole message as `eml`, and its words as `text` with what is known of it beside them."""

    model_config = ConfigDict(str_strip_whitespace=False)  # offsets count what was sent

    eml: str | None = Field(None, description="The message with its headers; for text alone, `text`")
    text: str | None = Field(None, description="The words; what they quote is told apart as in mail")
    to: People = Field([], description="Only with `text`, as are `cc`, `bcc`, `subject` and `attachments`")
    cc: People = []
    bcc: People = []
    subject: Annotated[str, Field(max_length=1000)] = ""
    attachments: Annotated[list[Annotated[str, Field(max_length=500)]], Field(max_length=200)] = Field(
        [], description="Names of the files that go with it"
    )
    answering: uuid.UUID | None = Field(
        None, description="The message that it answers; left out, In-Reply-To and References of `eml` say it"
    )
    client: uuid.UUID | None = Field(
        None, description="Whom it is for, where it answers nothing; left out, its recipients say it"
    )
    only: Annotated[list[Name], Field(max_length=100)] = Field([], description="Only these rules or families")
    off: Annotated[list[Name], Field(max_length=100)] = Field(
        [], description="Not these, beside those the firm put off"
    )


class FindingOut(Out):
    """One thing that was found; offsets count characters of `new_text`, null where it is about recipients or all."""

    rule: str
    family: Family
    severity: Severity
    quote: str | None
    start: int | None
    end: int | None
    why: str
    suggestion: str = Field(description="Words to put in place of the quote, or what to do")
    mark: str = Field(description="Its rule and its words as one word, wherever they stand; for `/check/reactions`")

    @classmethod
    def of(cls, found: Finding) -> FindingOut:
        return cls(**{name: getattr(found, name) for name in cls.model_fields})


class CheckOut(Out):
    """What the check says: `hold` where something should stop the draft, `warn` where somebody should look again."""

    verdict: Verdict
    new_text: str = Field(description="What was written anew, without quotes, signature and small print")
    findings: list[FindingOut] = Field(description="The strongest first, five at most")
    failed: list[str] = Field(description="Rules that could not be tried; the others were")


class ReactionNew(In):
    """What somebody made of one finding."""

    rule: Annotated[str, Field(max_length=80, pattern=NO_NUL)]
    mark: Annotated[str, Field(pattern="^[0-9a-f]{16}$")]
    made: Literal[Made.ACCEPTED, Made.REWORDED, Made.DISMISSED, Made.SENT]
    reason: Literal[Reason.WRONG, Reason.FITS, Reason.OTHER] | None = Field(
        None, description="Of a dismissal: the rule is wrong here; true, and right here; another"
    )
    why: Annotated[str, Field(max_length=500, pattern=NO_NUL)] = ""


class ReactionsNew(In):
    """What somebody made of findings of one draft; said again of the same finding, the last word counts."""

    draft: uuid.UUID = Field(description="Of your own making: the same for all that is said of one draft")
    reactions: Annotated[list[ReactionNew], Field(min_length=1, max_length=50)]


class ReactionsOut(Out):
    """How many were kept."""

    draft: uuid.UUID
    kept: int
