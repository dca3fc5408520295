"""Read one message, whatever its bytes: the entry of this package.

The tree is read by `tree`, which loses no part; charsets, dates and addresses are mended on the way and each mend
is told in a sentence. `parse` never raises.
"""

from __future__ import annotations

import csv
import mmap
import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from amends.mail.parsing import dates, tree
from amends.mail.parsing.addresses import addresses
from amends.mail.parsing.body import Body, assemble, gather, tidy
from amends.mail.parsing.charsets import decode
from amends.mail.parsing.headers import unfold, words
from amends.mail.parsing.kinds import kind_of
from amends.mail.parsing.types import Address, Kind, ParsedMessage, Role, Segment, SegmentKind

_ROLES = (("from", Role.FROM), ("sender", Role.SENDER), ("reply-to", Role.REPLY_TO), ("to", Role.TO), ("cc", Role.CC),
          ("bcc", Role.BCC))  # fmt: skip
_ID = re.compile(r"<([^<>]{1,1000})>")
_BARE_ID = re.compile(r"[^\s<>,;()\"]+@[^\s<>,;()\"]+")
_FORWARDED = re.compile(
    r"\s*(?:(?:re|aw|sv)\s*:\s*)?\[?(?:fwd?|wg|tr|i|rv|enc|doorst|vs|vb|pd|továbbítás|转发|轉寄)\s*:", re.I
)
MAX_IDS = 300
MAX_DEFECTS = 12


def parse(
    raw: bytes | mmap.mmap, *, envelope: bytes | None = None, now: datetime | None = None, start: int = 0,
    end: int | None = None,
) -> ParsedMessage:  # fmt: skip
    """Read the message in `raw[start:end]`. Never raises, for any bytes; time and memory are bounded.

    `raw` may be an mmap: attachments are not copied from it, so extra memory is that of the structure, the text
    (at most 2 MB of each text part) and one chunk. `envelope` is the mbox separator line, a last source of the date;
    `now` is the present (aware), later than which no date is believed.
    """
    stop = len(raw) if end is None else end
    try:
        return _parse(raw, start, stop, envelope, now)
    except Exception as error:  # a bad message is set aside, and the next one goes on
        return _unread(bytes(raw[start : min(stop, start + 200_000)]), error, envelope, now)


def parse_file(
    path: Path, *, start: int = 0, end: int | None = None, envelope: bytes | None = None, now: datetime | None = None
) -> ParsedMessage:
    """Read the message at `start` to `end` of a file without copying it into memory. Raises OSError only."""
    with path.open("rb") as file:
        if path.stat().st_size == 0:
            return parse(b"", envelope=envelope, now=now)
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as view:
            return parse(view, envelope=envelope, now=now, start=start, end=end)


def _parse(raw: bytes | mmap.mmap, start: int, end: int, envelope: bytes | None, now: datetime | None) -> ParsedMessage:
    root = tree.read(raw, start=start, end=end)
    get = root.value
    charset = root.params.get("charset")
    body = gather(root)
    subject = tidy(words(unfold((root.fields.get("subject") or [b""])[0], charset=charset)))
    people = _people(root, charset)
    sender = next((a.email for a in people if a.role is Role.FROM and a.email), "")
    received = (unfold(value) for value in root.fields.get("received", ())[:20])
    posted = envelope or root.envelope or None
    when, source, date_defect = dates.sent_at(get("date"), received=received, envelope=posted, now=now)
    has_words = any(piece.text.strip() for piece in body.pieces)
    kind, reason = kind_of(
        get,
        present=root.fields,
        subject=subject,
        sender=sender or get("from"),
        content_type="multipart/report" if "report-type" in root.params else root.content_type,
        report_type=root.params.get("report-type", ""),
        method=body.method,
        words=has_words and not body.calendar,
    )
    text, segments = assemble(body, forwarded=_FORWARDED.match(subject) is not None)
    defects = [d for d in (date_defect, *body.defects) if d]
    whole = body.whole
    if not root.fields:
        defects.insert(0, "The message has no head: nobody can tell whom it is from.")
        whole = False
    elif not people and not subject:
        defects.insert(0, "The message names no sender, no recipient and no subject.")
    references = _ids(get("references"))
    return ParsedMessage(
        message_id=next(iter(_ids(get("message-id"))), ""),
        in_reply_to=_ids(get("in-reply-to"), strict=True),
        references=references,
        subject=subject,
        sent_at=when,
        date_source=source,
        addresses=tuple(people),
        kind=kind,
        kind_reason=reason,
        text=text,
        segments=segments,
        has_html=body.has_html,
        attachments=tuple(body.attachments),
        labels=_labels(get("x-gmail-labels")),
        defects=tuple(dict.fromkeys(defects))[:MAX_DEFECTS],
        whole=whole,
        list_id=_list_id(get("list-id")),
        extra=_extra(get, body),
    )


def _people(root: tree.Part, charset: str | None) -> list[Address]:
    out: list[Address] = []
    for name, role in _ROLES:
        for value in root.fields.get(name, ())[:20]:
            out.extend(addresses(unfold(value, charset=charset), role=role))
    return out


def _ids(value: str, *, strict: bool = False) -> tuple[str, ...]:
    """Message ids in order, without brackets and doubles. Ids without brackets count unless text stands beside them."""
    if not value:
        return ()
    found = _ID.findall(value)
    if not found and not (strict and len(value.split()) > 3):
        found = _BARE_ID.findall(value[:4000] if "@" in value else "") or (
            [value.strip()[:990]] if len(value.split()) == 1 else []
        )
    if strict:
        found = [i for i in found if "@" in i or len(found) == 1]
    ids = ("".join(i.split()) for i in found[-MAX_IDS:])
    return tuple(dict.fromkeys(i for i in ids if i))


def _labels(value: str) -> tuple[str, ...]:
    """Labels of Gmail Takeout: encoded words, then commas with quotes as in CSV."""
    if not value:
        return ()
    row = next(csv.reader([words(value)[:50_000]], skipinitialspace=True), [])
    return tuple(label.strip() for label in row if label.strip())


def _list_id(value: str) -> str:
    inner = value.rpartition("<")[2].partition(">")[0] if "<" in value else value
    return inner.strip().lower()[:255]


def _extra(get: Callable[[str], str], body: Body) -> dict[str, str]:
    out = {"method": body.method.lower()} if body.method else {}
    for name in ("thread-topic", "thread-index", "x-gm-thrid"):
        value = get(name)
        if value:
            out[name] = words(value)[:500]
    return out


def _unread(data: bytes, error: Exception, envelope: bytes | None, now: datetime | None) -> ParsedMessage:
    text = tidy(decode(data, None)[0])
    posted = dates.envelope_date(envelope) if envelope else None
    believable = posted is not None and dates.EARLIEST <= posted <= (now or dates.LATEST)
    return ParsedMessage(
        message_id="", in_reply_to=(), references=(), subject="",
        sent_at=posted if posted and believable else dates.EPOCH, date_source="envelope" if believable else "none",
        addresses=(), kind=Kind.PERSONAL, kind_reason="", text=text,
        segments=(Segment(SegmentKind.NEW, 0, len(text)),) if text else (), has_html=False,
        defects=(f"The message could not be read ({type(error).__name__}); its raw text is shown.",), whole=False,
    )  # fmt: skip
