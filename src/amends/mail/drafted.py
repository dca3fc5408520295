"""From bytes to what the guard judges: a draft, the thread it answers. Pure: no Django, no database.

The new text is told from quotes, signature and small print by `mail.parsing`; offsets of findings count its characters.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from amends.judgement.guard import Draft, Earlier, Mailbox
from amends.mail.parsing import Kind, Role, SegmentKind, new_text, parse, segments

if TYPE_CHECKING:
    from datetime import datetime

    from amends.mail.parsing import ParsedMessage, Segment

_BELOW = (SegmentKind.QUOTE, SegmentKind.FORWARD)
_MBOX = re.compile(rb"(?:\A|(?<=\n\n)|(?<=\n\r\n))From [^\r\n]*\d{4}[^\r\n]*\r?\n")


def draft_of(raw: bytes) -> Draft:
    """The draft that an EML holds."""
    message = parse(raw)
    return Draft(
        new_text=message.new_text,
        sender=next(iter(_people(message, Role.FROM)), None),
        to=_people(message, Role.TO),
        cc=_people(message, Role.CC),
        bcc=_people(message, Role.BCC),
        subject=message.subject,
        attachments=tuple(each.name or each.content_type for each in message.attachments if not each.inline),
        below=_below(message.text, message.segments),
        at=_date(message),
    )


def draft_of_text(text: str) -> Draft:
    """The draft that plain text is; what it quotes is told apart, as in mail."""
    parts = segments(text)
    return Draft(new_text=new_text(text, parts), below=_below(text, parts))


def thread_of(raw: bytes) -> tuple[Earlier, ...]:
    """The messages of an EML or an mbox, the oldest first by their dates, else as they stand."""
    starts = list(_MBOX.finditer(raw))
    ends = [each.start() for each in starts[1:]] + [len(raw)]
    parts = [raw[each.end() : end] for each, end in zip(starts, ends, strict=True)] if starts else [raw]
    found = [_earlier(parse(part)) for part in parts]
    dated = [each.at for each in found if each.at is not None]
    return tuple(sorted(found, key=lambda each: each.at or dated[0]) if len(dated) == len(found) else found)


def _earlier(message: ParsedMessage) -> Earlier:
    return Earlier(
        text=message.new_text,
        sender=next(iter(_people(message, Role.FROM)), None),
        to=_people(message, Role.TO),
        cc=_people(message, Role.CC),
        at=_date(message),
        listed=message.kind == Kind.BULK,
    )


def _people(message: ParsedMessage, role: Role) -> tuple[Mailbox, ...]:
    return tuple(Mailbox(each.email, each.name) for each in message.addresses if each.role == role and each.email)


def _date(message: ParsedMessage) -> datetime | None:
    return None if message.date_source == "none" else message.sent_at


def _below(text: str, parts: tuple[Segment, ...]) -> tuple[str, ...]:
    """The quoted and forwarded parts, those that touch each other as one."""
    found: list[str] = []
    last = -1
    for part in parts:
        if part.kind in _BELOW:
            piece = text[part.start : part.end]
            if found and last == part.start:
                found[-1] += piece
            else:
                found.append(piece)
            last = part.end
    return tuple(each for each in found if each.strip())
