"""What somebody forwarded: the messages inside a message, with their own senders. Pure.

Attached whole (message/rfc822) they are taken byte for byte. Quoted below a forward's header block they are put
together again from it, as far as the block names the sender's address; the `Comments` header of such a message says so.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr

from amends.mail.parsing import ParsedMessage, Role, SegmentKind, parse
from amends.mail.parsing.addresses import addresses
from amends.mail.parsing.dates import MONTHS, parse_date
from amends.mail.parsing.patterns import FIELDS
from amends.mail.parsing.tree import leaves, read
from amends.mail.rules import base_subject, sender

_MESSAGES = frozenset({"message/rfc822", "message/global", "message/news"})
_ROLES = {name: role for role, names in reversed(FIELDS.items()) for name in names}
_FIELD = re.compile(r"[\s>*_|]*([^:：\n]{1,28}?)[\s*_]*[:：][\s*_]*(\S.*)?\Z")
_FORGED = re.compile(r"\bdmarc\s*=\s*fail", re.IGNORECASE)
_DAY = re.compile(r"(?<![\d:.])(\d{1,2})(?![\d:])")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_TIME = re.compile(r"(?<!\d)(\d{1,2})[:.h](\d{2})(?:[:.]\d{2})?\s*(?:([ap])\.?m\b)?", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]{3,}")
_TUESDAYS = frozenset({"mardi", "martes", "martedì"})  # whose first letters are March's
_MOST = 50  # messages in one forward


def forwarder(data: bytes, *, now: datetime) -> str:
    """The address of whoever forwarded; "" where the receiving server says that it is forged (DMARC)."""
    head = read(data).value("authentication-results")  # the topmost is that of the server that keeps the mailbox
    return "" if _FORGED.search(head) else sender(parse(data, envelope=b"", now=now))[1]


def unpacked(data: bytes, *, now: datetime) -> list[bytes]:
    """The messages that were forwarded inside this one, attached or quoted; empty where there are none."""
    found = []
    for _, part in leaves(read(data)):
        if part.content_type in _MESSAGES and part.children:
            inner = part.children[0]
            whole = part.decoded().data if inner.buf is not part.buf else part.raw()
            if b":" in whole[:1000]:
                found.append(whole)
    if found:
        return found[:_MOST]
    quoted = _quoted(parse(data, envelope=b"", now=now))
    return [quoted] if quoted else []


def _quoted(parsed: ParsedMessage) -> bytes | None:
    """The message below a forward's header block, put together again; None where it names no sender's address."""
    kinds = {SegmentKind.FORWARD, SegmentKind.QUOTE}
    start = next((part.start for part in parsed.segments if part.kind in kinds), None)
    if start is None:
        return None
    fields, body = _block(parsed.text[start:].splitlines())
    written = addresses(fields.get("from", ""), role=Role.FROM)
    if not written or "@" not in written[0].email:
        return None
    made = EmailMessage(policy=SMTP)
    made["From"] = formataddr((_one_line(written[0].name), written[0].email))
    to = [each for each in addresses(fields.get("to", ""), role=Role.TO) if "@" in each.email]
    name, email = sender(parsed)
    made["To"] = ", ".join(formataddr((_one_line(each.name), each.email)) for each in to) or formataddr((name, email))
    made["Subject"] = _one_line(fields.get("subject", "")) or base_subject(parsed.subject)
    made["Date"] = format_datetime(_when(fields.get("date", "")) or parsed.sent_at)
    made["Comments"] = _one_line(f"Put together by Amends from what {email} forwarded.")
    made.set_content("\n".join(body).strip("\n") + "\n")
    return made.as_bytes()


def _block(lines: list[str]) -> tuple[dict[str, str], list[str]]:
    """The fields of the first header block, by role, and the lines below it, without the quote marks that all have."""
    fields: dict[str, str] = {}
    for number, line in enumerate(lines):
        match = _FIELD.match(line)
        role = _ROLES.get(match[1].strip("*_ \u00a0").lower()) if match else None
        if match and role:
            fields.setdefault(role, (match[2] or "").strip("* "))
        elif "from" in fields:
            if line.strip(" >"):
                continue  # a long field goes on, or one that is none of ours
            below = lines[number + 1 :]
            if all(each.startswith(">") for each in below if each.strip()):
                below = [each.removeprefix(">").removeprefix(" ") for each in below]
            return fields, below
    return fields, []


def _when(text: str) -> datetime | None:
    """The date of a header block: a Date field, or as mail programs write it for people, without a zone."""
    if found := parse_date(text):
        return found
    day, month, year, time = _DAY.search(text), _month(text), _YEAR.search(text), _TIME.search(text)
    if day is None or not month or year is None:
        return None
    hour, minute = (int(time[1]), int(time[2])) if time else (12, 0)
    if time and time[3] and hour <= 12:
        hour = hour % 12 + (12 if time[3].lower() == "p" else 0)
    try:
        return datetime(int(year[0]), month, int(day[1]), hour, minute, tzinfo=UTC)
    except ValueError:
        return None


def _month(text: str) -> int:
    """The month whose name stands in a date, in the languages that the reader of headers knows; whole words first."""
    words = [word.lower() for word in _WORD.findall(text)]
    cut = [word[:3] for word in words if word not in _TUESDAYS]
    return next((MONTHS[word] for word in (*words, *cut) if word in MONTHS), 0)


def _one_line(text: str) -> str:
    return " ".join("".join(each if each.isprintable() else " " for each in text).split())[:500]
