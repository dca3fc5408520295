"""When a message was sent: RFC 5322 dates, obsolete and broken forms, and mending of absurd ones.

A date before 1980, or later than two days after the newest Received line (which honest servers wrote) or than the
present, is not believed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_tz
from functools import lru_cache

EARLIEST = datetime(1980, 1, 1, tzinfo=UTC)
LATEST = datetime(2100, 1, 1, tzinfo=UTC)  # bound when no clock was passed in
LEEWAY = timedelta(days=2)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january januar janvier enero gennaio januari stycznia янв",
            "feb february februar février fév fev febrero febbraio februari luty lutego фев",
            "mar march märz mär mrz mars marzo maart mrt marca мар",
            "apr april avril avr abril abr aprile kwietnia апр",
            "may mai mayo mag maggio mei maj maja май",
            "jun june juni juin junio giu giugno czerwca июн",
            "jul july juli juillet juil julio lug luglio lipca июл",
            "aug august août aout agosto ago augustus sierpnia авг",
            "sep sept september septembre septiembre set settembre września сен",
            "oct october okt oktober octobre octubre ott ottobre październik окт",
            "nov november novembre noviembre novembre listopada ноя",
            "dec december dez dezember déc décembre diciembre dic dicembre grudnia дек",
        ),
        start=1,
    )
    for name in names.split()
}
ZONES = {"ut": 0, "gmt": 0, "utc": 0, "z": 0, "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6,
         "pst": -8, "pdt": -7, "cet": 1, "cest": 2, "met": 1, "mest": 2, "bst": 1, "wet": 0, "west": 1, "eet": 2,
         "eest": 3, "msk": 3, "msd": 4, "jst": 9, "kst": 9, "hkt": 8, "ist": 5.5, "aest": 10, "aedt": 11,
         "nzst": 12, "nzdt": 13, "akst": -9, "akdt": -8, "hst": -10}  # fmt: skip
_PLAIN = re.compile(
    r"(?:[A-Z][a-z]{2}, )?(\d{1,2}) ([A-Z][a-z]{2}) ([12]\d{3}) (\d\d):(\d\d)(?::(\d\d))? ([+-]\d{4})(?: \([^()]*\))?\Z"
)
_RFC = re.compile(
    r"(?:[^\W\d]{2,12}\.?\s*,?\s*)?(\d{1,2})[\s-]+([^\W\d]{3,10})\.?,?[\s-]+(\d{2,4})[\s,]+"
    r"(\d{1,2})[:.](\d{2})(?:[:.](\d{2})(?:\.\d+)?)?\s*([AaPp][Mm])?\s*(?:GMT|UTC)?([+-]\d{1,2}:?\d{2}|[A-Za-z]{1,5})?"
)
_CTIME = re.compile(
    r"(?:[^\W\d]{2,12}\.?\s*,?\s*)?([^\W\d]{3,10})\.?\s+(\d{1,2}),?\s+(?:(\d{4})\s+)?(\d{1,2}):(\d{2})(?::(\d{2}))?"
    r"\s*([AaPp][Mm])?\s*([A-Za-z]{1,5}|[+-]\d{4})?\s*(\d{4})?(?:\s+([+-]\d{4}))?"
)
_ISO = re.compile(
    r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})[T\s]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*(Z|[+-]\d{2}:?\d{2})?"
)
_COMMENT = re.compile(r"\([^()]*\)")
_UNIX = re.compile(r"\d{9,10}\Z")


def parse_date(value: str) -> datetime | None:
    """An aware datetime from a Date field, or None. A zone that is unknown or missing counts as UTC (RFC 5322 4.3)."""
    value = value.strip()[:200]
    try:
        return _forms(value)
    except (ValueError, OverflowError):
        return None


def _forms(value: str) -> datetime | None:
    if (m := _PLAIN.match(value)) and (month := MONTHS.get(m[2].lower())):
        return datetime(int(m[3]), month, int(m[1]), int(m[4]), int(m[5]), min(int(m[6] or 0), 59), tzinfo=_zone(m[7]))
    if m := _RFC.match(value):
        month = _month(m[2])
        if month:
            return _made(int(m[3]), month, int(m[1]), (m[4], m[5], m[6]), zone=m[8], half=m[7])
    if "(" in value:
        value = _COMMENT.sub(" ", value).strip()
        if m := _RFC.match(value):
            month = _month(m[2])
            if month:
                return _made(int(m[3]), month, int(m[1]), (m[4], m[5], m[6]), zone=m[8], half=m[7])
    if m := _ISO.search(value):
        return _made(int(m[1]), int(m[2]), int(m[3]), (m[4], m[5], m[6]), zone=m[7])
    if (m := _CTIME.match(value)) and (month := _month(m[1])) and (m[3] or m[9]):
        return _made(int(m[3] or m[9]), month, int(m[2]), (m[4], m[5], m[6]), zone=m[10] or m[8], half=m[7])
    if _UNIX.match(value):
        return datetime.fromtimestamp(int(value), UTC)
    parsed = parsedate_tz(value)
    if parsed is None:
        return None
    return datetime(*parsed[:5], min(parsed[5], 59), tzinfo=UTC) - timedelta(seconds=parsed[9] or 0)


def _month(name: str) -> int:
    low = name.lower()
    return MONTHS.get(low) or MONTHS.get(low[:3], 0)


def _made(year: int, month: int, day: int, time: tuple[str, str, str | None], *, zone: str | None = None,
          half: str | None = None) -> datetime:  # fmt: skip
    if year < 100:
        year += 2000 if year < 50 else 1900  # RFC 5322 4.3
    elif year < 1000:
        year += 1900
    hour = int(time[0])
    if half and hour <= 12:
        hour = hour % 12 + (12 if half.lower() == "pm" else 0)
    return datetime(year, month, day, hour, int(time[1]), min(int(time[2] or 0), 59), tzinfo=_zone(zone))


@lru_cache(maxsize=256)
def _zone(zone: str | None) -> timezone:
    if not zone:
        return UTC
    if zone[0] in "+-":
        digits = zone[1:].replace(":", "").rjust(4, "0")
        minutes = int(digits[:2]) * 60 + int(digits[2:])
        if minutes >= 1440 or not minutes:
            return UTC
        return timezone(timedelta(minutes=-minutes if zone[0] == "-" else minutes))
    hours = ZONES.get(zone.lower(), 0)
    return timezone(timedelta(hours=hours)) if hours else UTC


def received_date(value: str) -> datetime | None:
    """The time in a Received line: what follows its last semicolon (RFC 5321 4.4)."""
    head, semicolon, tail = value.rpartition(";")
    return parse_date(tail) if semicolon else (parse_date(m[0]) if (m := _RFC.search(head or tail)) else None)


def envelope_date(line: bytes) -> datetime | None:
    """The time in an mbox separator line ("From someone Thu Aug 22 12:36:23 2002")."""
    words = line.decode("latin-1").split(None, 2)
    return parse_date(words[2]) if len(words) > 2 else None


def sent_at(
    date: str, *, received: Iterable[str], envelope: bytes | None = None, now: datetime | None = None
) -> tuple[datetime, str, str]:
    """When a message was sent: (aware datetime, source, defect sentence or "").

    The source is "date", "received", "envelope" or "none" as in `ParsedMessage`. `received` holds the unfolded
    Received lines, newest first as in the head.
    """
    ceiling = now + LEEWAY if now else LATEST
    own = parse_date(date) if date else None
    newest: datetime | None = None
    for line in received:
        when = received_date(line)
        if when and EARLIEST <= when <= ceiling and (newest is None or when > newest):
            newest = when
            if own and own <= newest + LEEWAY:
                break  # already enough to believe the date
    if own and EARLIEST <= own <= (min(ceiling, newest + LEEWAY) if newest else ceiling):
        return own, "date", ""
    said = _said(date, own)
    if newest:
        return newest, "received", f"{said}; taken from the Received line."
    posted = envelope_date(envelope) if envelope else None
    if posted and EARLIEST <= posted <= ceiling:
        return posted, "envelope", f"{said}; taken from the mailbox's separator line."
    return EPOCH, "none", f"{said}, and nothing else in the message tells when it was sent."


def _said(date: str, own: datetime | None) -> str:
    if own:
        return f"The date {own:%Y-%m-%d} was not believable"
    return "The date cannot be read" if date.strip() else "There is no date"
