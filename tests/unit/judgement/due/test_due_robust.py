"""No text makes the reader raise, lie about where it found something, or take long."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amends.judgement import sentences
from amends.judgement.due import due, find
from amends.judgement.due.finding import expressions
from amends.judgement.due.scene import make
from amends.judgement.due.tense import Tense
from amends.judgement.due.tokens import Tokens
from amends.judgement.due.words import MONTHS, UNITS, WEEKDAYS
from amends.judgement.working_time import WorkingTime

AT = datetime(2026, 3, 12, 10, 30, tzinfo=ZoneInfo("Europe/London"))
HARDLY = WorkingTime(timezone="Europe/London", days=frozenset({2}), country="GB")
MORE = """
the a of in on by at to and from between before after until next this last end mid early late week weekend first second
twenty half quarter past noon tonight tomorrow today morning eod close play business working days later ago now soon
launch easter christmas eid holiday q h 1 2 3 12 15 31 99 2026 1999 12/03 31/12/99 9:30 25:61 3pm 99999999999 utc +2
time new year's eve w/c - – ( ) , . : ; ' / th st bank the 16
"""
WORDS = sorted({*MONTHS, *WEEKDAYS, *UNITS, *MORE.split()})
PHRASES = st.lists(st.sampled_from(WORDS), max_size=14).map(" ".join)
MOMENTS = st.datetimes(min_value=datetime(1, 1, 1), max_value=datetime(9999, 12, 31)).map(  # noqa: DTZ001
    lambda moment: moment.replace(tzinfo=timezone(timedelta(hours=1)))
)


def holds(text: str, at: datetime, working: WorkingTime | None = None) -> None:
    end = 0
    for each in find(text, at=at, working=working):
        assert text[each.start : each.end] == each.quote
        assert each.quote.strip() == each.quote != ""
        assert each.start >= end
        assert each.why
        assert each.at is None or each.at.tzinfo is not None
        assert each.begins is None or each.begins.tzinfo is not None
        end = each.end
    chosen = due(text, at=at, working=working)
    assert chosen is None or chosen.at is None or chosen.at >= at


@settings(deadline=None)
@given(st.text(max_size=200))
def test_any_text(text: str) -> None:
    holds(text, AT)


@settings(max_examples=150, deadline=None)
@given(PHRASES)
def test_any_heap_of_calendar_words(text: str) -> None:
    holds(text, AT)
    holds(text, AT, HARDLY)


@settings(deadline=None)
@given(PHRASES, MOMENTS)
def test_any_moment(text: str, at: datetime) -> None:
    holds(text, at)


@pytest.mark.parametrize("piece", ["a", "1", " ", "\n", "é", "’", "12/", "may ", "in 3 days "])
def test_ten_megabytes_are_read_no_further_than_sentences_do(piece: str) -> None:
    text = (piece * (10_000_000 // len(piece) + 1))[:10_000_000]
    read = find(text, at=AT)
    assert all(each.end <= sentences.HEAD or each.start >= len(text) - sentences.TAIL for each in read)


def test_a_hundred_thousand_digits_are_no_date() -> None:
    assert find("by " + "9" * 100_000, at=AT) == []


def looks(text: str) -> int:
    """How many times the grammar looks at a token of this text."""
    tokens = Counting(text, 0, len(text))
    list(expressions(make(tokens, AT, None, None, Tense(tokens))))
    return tokens.looks


class Counting(Tokens):
    """Tokens that count how often one is looked at."""

    __slots__ = ("looks",)

    def __init__(self, text: str, low: int, high: int) -> None:
        super().__init__(text, low, high)
        self.looks = 0

    def word(self, index: int) -> str:
        self.looks += 1
        return super().word(index)


@pytest.mark.parametrize(
    "piece",
    [
        *(
            "may ",
            "two ",
            "12/",
            "1-",
            "12.03.",
            "1 day ",
            "a week on ",
            "end of the ",
            "by the end of ",
            "Sunday 3 weeks after ",
        ),
        *(
            "between 3 and ",
            "the first week of ",
            "within 3 days of the ",
            "two weeks from ",
            "tomorrow (",
            "at the latest by ",
        ),
    ],
)
def test_the_work_grows_no_faster_than_the_text(piece: str) -> None:
    once, eight_times = looks(piece * 40), looks(piece * 320)
    assert eight_times <= 8.5 * once


def test_offsets_are_those_of_the_whole_text() -> None:
    text = "x " * 20_000 + "Please reply by Friday."
    (found,) = find(text, at=AT)
    assert text[found.start : found.end] == found.quote == "by Friday"
    assert found.at is not None
    assert found.at.astimezone(UTC) == datetime(2026, 3, 13, 17, tzinfo=UTC)
