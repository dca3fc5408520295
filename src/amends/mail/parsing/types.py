"""What a parsed message is: plain values, no Django, so that a worker process or `amends read` can use them.

All text is normalised: Unicode, line ends are a single LF, no NUL and no lone surrogates.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple


class Role(StrEnum):
    """What an address was on the message."""

    FROM = "from"
    SENDER = "sender"
    REPLY_TO = "reply_to"
    TO = "to"
    CC = "cc"
    BCC = "bcc"


class Kind(StrEnum):
    """What sort of message it is, told by its headers. Only PERSONAL is ever judged."""

    PERSONAL = "personal"
    BULK = "bulk"  # newsletters and lists: List-Id, List-Unsubscribe, Precedence: bulk
    AUTOMATIC = "automatic"  # RFC 3834 Auto-Submitted, out-of-office, ticket acknowledgements
    BOUNCE = "bounce"  # RFC 3464 delivery reports, null return path from a mailer daemon
    CALENDAR = "calendar"  # an invitation or its answer (RFC 5546) without words of its own
    REVIEW = "review"  # said of us in public, and written down here by a person


class SegmentKind(StrEnum):
    """What a stretch of the text is."""

    NEW = "new"
    QUOTE = "quote"
    SIGNATURE = "signature"
    DISCLAIMER = "disclaimer"
    FORWARD = "forward"  # forwarded history below a forward marker


class Address(NamedTuple):
    """One mailbox of a header: `email` lower-cased, "" where the header held only a name."""

    role: Role
    name: str
    email: str


class Segment(NamedTuple):
    """Half-open range of characters [start, end) of `ParsedMessage.text`; segments cover the text in order."""

    kind: SegmentKind
    start: int
    end: int


class Attachment(NamedTuple):
    """A part that is not the text: `index` is its place among the leaves of the MIME tree, depth first."""

    index: int  # type: ignore[assignment]  # hides tuple.index
    name: str
    content_type: str
    size: int  # bytes after transfer decoding
    content_id: str = ""
    inline: bool = False


@dataclass(frozen=True, slots=True)
class ParsedMessage:
    """One message, read.

    `message_id`, `in_reply_to` and `references` hold ids without angle brackets, oldest first.
    `sent_at` is aware; `date_source` says where it came from: "date", "received" (mended from the
    newest believable Received line), "envelope" (the mbox separator) or "none" (nothing believable: 1970-01-01 UTC).
    `defects` are sentences for a person, one for each thing that was wrong; `whole` is False where some of
    the message could not be read, and then it is set aside with `defects` as the reason.
    """

    message_id: str
    in_reply_to: tuple[str, ...]
    references: tuple[str, ...]
    subject: str
    sent_at: datetime
    date_source: str
    addresses: tuple[Address, ...]
    kind: Kind
    kind_reason: str  # the header that told, "" for PERSONAL
    text: str
    segments: tuple[Segment, ...]
    has_html: bool
    attachments: tuple[Attachment, ...] = ()
    labels: tuple[str, ...] = ()  # X-Gmail-Labels
    defects: tuple[str, ...] = ()
    whole: bool = True
    list_id: str = ""
    extra: dict[str, str] = field(default_factory=dict)

    def __reduce__(self) -> tuple[type[ParsedMessage], tuple[Any, ...]]:
        """Cross a process boundary as a plain tuple, many times faster than dataclasses do by themselves."""
        return ParsedMessage, tuple(getattr(self, name) for name in self.__slots__)

    @property
    def new_text(self) -> str:
        """The sender's own words: the NEW segments, joined; every offset of a finding counts its characters."""
        return new_text(self.text, self.segments)


def new_text(text: str, segments: tuple[Segment, ...]) -> str:
    """Join the NEW segments of `text`, without blank lines at either end of the whole."""
    return "".join(text[s.start : s.end] for s in segments if s.kind is SegmentKind.NEW).strip("\n")
