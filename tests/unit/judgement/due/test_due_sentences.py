"""The business sentences of `tests/data/due.tsv`, one by one."""

from __future__ import annotations

import csv
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from amends.judgement.due import due
from amends.judgement.working_time import WorkingTime

FILE = Path(__file__).parents[3] / "data" / "due.tsv"
FIRMS = {
    "Europe/London": WorkingTime(timezone="Europe/London", country="GB", subdivision="ENG"),
    "America/New_York": WorkingTime(timezone="America/New_York", country="US"),
}


def rows() -> list[tuple[str, str, str]]:
    """Sentence, when it was written, what is expected."""
    lines = [line for line in FILE.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    return [(text, at, expected) for text, at, expected in csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)]


def test_there_are_enough_of_them_and_none_twice() -> None:
    every = rows()
    assert len(every) >= 200
    assert len({(text, at) for text, at, _ in every}) == len(every)


@pytest.mark.parametrize(("text", "at", "expected"), rows())
def test_what_is_due(text: str, at: str, expected: str) -> None:
    moment, zone = at.split()
    found = due(text, at=datetime.fromisoformat(moment).replace(tzinfo=ZoneInfo(zone)), working=FIRMS.get(zone))
    if found is None:
        assert expected == "none"
    elif found.at is None:
        assert expected == "open"
    else:
        local = found.at.astimezone(ZoneInfo(zone))
        assert local.strftime("%Y-%m-%d" if found.whole_day else "%Y-%m-%dT%H:%M") == expected
