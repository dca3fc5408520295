"""The identity of a message: the same over two routes, another when a Message-ID is reused."""

from __future__ import annotations

import hashlib
import re

from amends.mail.parsing.types import ParsedMessage, Role, Segment, SegmentKind

_SPACE = re.compile(r"\s+")
_TAG = re.compile(r"^(?:\s*\[[^\]]{1,60}\])+\s*|\s+(?=\s)")
_RE = re.compile(r"^(?:\s*(?:re|fwd?|aw|wg)\s*:\s*)+", re.I)
HEX_DIGITS = 32


def fingerprint(parsed: ParsedMessage) -> str:
    """128 bits of SHA-256 in 32 hex digits, equal for two copies of one message and hardly ever otherwise.

    Made from Message-ID, From address, the second it was sent, the text without any white space and without the
    small print at its end, and the names of the attachments. Received lines, transfer encodings, charsets, line
    ends, added list headers and list footers do not count, so that a copy through a list, an archive or another
    mailbox is the same message. A reused Message-ID with another text, sender, time or attachment is another one.
    Without a Message-ID the subject counts too, without list tags and reply prefixes.

    Limits: a list or gateway that rewrites the text (other than by a footer at its end or a banner above it), the
    From address (as DMARC makes lists do) or the names of attachments makes another message; two messages without
    Message-ID, equal in sender, second, subject and text, are one. A date that had to be mended from Received
    lines differs by route and is left out when there is a Message-ID.
    """
    sender = next((a.email or a.name for a in parsed.addresses if a.role is Role.FROM), "")
    dated = parsed.date_source == "date" or not parsed.message_id
    parts = [
        parsed.message_id,
        sender,
        str(int(parsed.sent_at.timestamp())) if dated else "",
        "" if parsed.message_id else _SPACE.sub("", _RE.sub("", _TAG.sub("", parsed.subject))).lower(),
        _SPACE.sub("", _without_small_print(parsed)),
        *sorted(_SPACE.sub("", a.name) for a in parsed.attachments if a.name),
    ]
    joined = "\x1f".join(parts).encode("utf-8", "replace")
    return hashlib.sha256(joined).hexdigest()[:HEX_DIGITS]


def _without_small_print(parsed: ParsedMessage) -> str:
    """The text without signatures and disclaimers at its end, where lists and gateways add theirs, nor banners."""
    kept: list[Segment] = [s for s in parsed.segments if s.kind not in (SegmentKind.SIGNATURE, SegmentKind.DISCLAIMER)]
    text = "".join(parsed.text[s.start : s.end] for s in kept)
    return text or parsed.text
