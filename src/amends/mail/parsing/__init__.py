"""Reading mail: bytes in, plain values out. No Django, no database, no clock of its own.

`parse` reads one message; `segments` splits a text into the sender's own words, quotes, signature and small print;
`fingerprint` tells the same message over two routes; `html_body`, `sanitise` and `attachment` serve its display.
"""

from amends.mail.parsing.html import attachment, cid_map, html_body, sanitise
from amends.mail.parsing.identity import fingerprint
from amends.mail.parsing.message import parse, parse_file
from amends.mail.parsing.quotes import segments
from amends.mail.parsing.types import (
    Address,
    Attachment,
    Kind,
    ParsedMessage,
    Role,
    Segment,
    SegmentKind,
    new_text,
)

__all__ = [
    "Address",
    "Attachment",
    "Kind",
    "ParsedMessage",
    "Role",
    "Segment",
    "SegmentKind",
    "attachment",
    "cid_map",
    "fingerprint",
    "html_body",
    "new_text",
    "parse",
    "parse_file",
    "sanitise",
    "segments",
]
