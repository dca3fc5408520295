"""Who wrote on which days in a public mail archive: real rhythms, of people on lists rather than of clients."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date
from email.parser import BytesHeaderParser
from email.utils import parseaddr, parsedate_to_datetime
from functools import cache
from pathlib import Path

SPANS = (
    (date(2002, 5, 1), date(2002, 8, 19), date(2002, 10, 7)),
    (date(2017, 9, 1), date(2017, 12, 4), date(2018, 1, 1)),
)
"""(learned from, judged from, judged until): where the archive is dense enough to judge anybody at all."""
_MACHINES = re.compile(r"rssfeeds|newsletter|noreply|no-reply|mailer|daemon|^git@|^jira|^root@|bounce|lockergnome")
_SHARED = re.compile(r"^(?:hotmail|yahoo|aol|msn|gmail|netscape|eircom|excite|pobox)\.|taint\.org$|sourceforge")


@cache
def _messages(path: Path) -> tuple[tuple[date, str], ...]:
    return tuple(_read(path))


def _read(path: Path) -> Iterator[tuple[date, str]]:
    parser = BytesHeaderParser()
    for raw in re.split(rb"(?m)^From .*\n", path.read_bytes())[1:]:
        headers = parser.parsebytes(raw)
        try:
            sender = parseaddr(str(headers["From"]))[1].lower()
            sent = parsedate_to_datetime(str(headers["Date"]))
            day = (sent if sent.tzinfo else sent.replace(tzinfo=UTC)).astimezone(UTC).date()
        except (ValueError, TypeError, OverflowError, IndexError):
            continue
        if "@" in sender and not _MACHINES.search(sender):
            yield day, sender


def active_days(path: Path, *, whose: str) -> dict[str, list[date]]:
    """The sorted days on which each `sender`, or each `domain` that is not everybody's, wrote."""
    found: dict[str, set[date]] = defaultdict(set)
    for day, sender in _messages(path):
        name = sender if whose == "sender" else sender.rpartition("@")[2]
        if whose == "sender" or not _SHARED.search(name):
            found[name].add(day)
    return {name: sorted(days) for name, days in found.items()}
