"""Dates as people say them, charts as plain numbers, excerpts, and messages cut at what was noticed."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.insights.conversation import Noticed
from amends.judgement.working_time import WorkingTime
from amends.mail.parsing import Segment, SegmentKind, new_text
from amends.web import charts, dates, words
from amends.web.finding.excerpts import excerpt, marked
from amends.web.thread.passages import passages

NOW = datetime(2026, 3, 18, 10, 0, tzinfo=UTC)  # a Wednesday
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        (NOW, "today at 11:00"),
        (NOW - timedelta(hours=12), "yesterday at 23:00"),
        (NOW - timedelta(days=3), "Sunday, 3 days ago"),
        (NOW + timedelta(days=1), "tomorrow at 11:00"),
        (NOW + timedelta(days=2), "Friday, in 2 days"),
        (NOW - timedelta(days=30), "16 February"),
        (NOW.replace(year=2003), "18 March 2003"),
    ],
)
def test_dates_are_spoken_in_the_firms_time_zone(moment: datetime, said: str) -> None:
    assert dates.spoken(moment, now=NOW, zone=BERLIN) == said


@pytest.mark.parametrize(
    ("hours", "said"),
    [
        (0.4, "24 min"),
        (4.9, "4 h"),
        (24, "1 d"),
        (52.5, "2 d 4 h"),
        (24 * 9, "9 days"),
        (24 * 40, "5 weeks"),
        (-1, "0 min"),
    ],
)
def test_spans_are_short(hours: float, said: str) -> None:
    assert dates.lasting(hours) == said


def test_the_exact_date_names_its_zone() -> None:
    assert dates.exact(NOW, zone=BERLIN) == "Wednesday 18 March 2026, 11:00 CET"


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (date(2026, 12, 24), ""),
        (date(2026, 12, 25), "a holiday: we do not work then"),
        (date(2026, 12, 26), "a Saturday: we do not work then"),
        (date(2026, 12, 27), "a Sunday: we do not work then"),
    ],
)
def test_a_day_on_which_nobody_works_is_remarked_on(day: date, said: str) -> None:
    assert dates.day_off(day, WorkingTime(timezone="Europe/Berlin", country="DE")) == said


def test_every_kind_of_reason_has_a_look() -> None:
    from amends.signals.models import SignalKind

    looks = [words.feeling(kind) for kind in SignalKind.values]
    assert all(look.tone in words.TONES and look.word for look in looks)
    assert words.feeling("unheard of").tone == "plain"


def test_a_silence_is_told_by_its_numbers() -> None:
    assert words.silence_sentence({"every_days": 6.0}, days=35) == "Quiet for 5 weeks; usually every 6 days."
    assert words.silence_sentence({}, days=35) == "Quiet for 5 weeks, which is unusual for them."


def test_a_sparkline_says_what_it_shows() -> None:
    spark = charts.sparkline([(1, 0)] * 13 + [(2, 1)] * 13)
    assert (spark.total, spark.change) == (39, 26)
    assert spark.sentence == (
        "52 messages in 26 weeks, 39 received and 13 sent; 39 of them in the last 13 weeks, up 26"
    )


def test_a_chart_marks_months_and_events() -> None:
    weeks = [(0, 0)] * 51 + [(7, 3)]
    chart = charts.correspondence(
        weeks, until=date(2026, 3, 18), events=[(51, "rust", "Anger"), (3, "moss", "Praise")],
        key="narrow", shown=26, step=10, height=170,
    )  # fmt: skip
    assert [mark.title for mark in chart.marks] == ["Anger"]
    assert [level.text for level in chart.levels] == ["10", "10"]
    assert chart.months[-1].text == "Mar"
    assert charts.year_sentence([(0, 0)] * 52) == "Nothing was written in these weeks."
    assert "Nothing came from them in the last 4 weeks." in charts.year_sentence([(2, 1)] * 48 + [(0, 1)] * 4)


@given(st.lists(st.tuples(st.integers(0, 9999), st.integers(0, 9999)), max_size=60))
def test_charts_take_any_numbers(weeks: list[tuple[int, int]]) -> None:
    charts.sparkline(weeks)
    charts.correspondence(weeks, until=date(2026, 3, 18), events=[], key="wide", shown=52, step=14, height=190)


def test_excerpts_show_the_words_around_a_hit() -> None:
    text = "word " * 100 + "the third invoice & its error " + "word " * 100
    found = excerpt(text, "invoice")
    assert "third <mark>invoice</mark> &amp; its" in found
    assert found.startswith("… ")
    assert len(found) < 300
    assert excerpt("nothing", "zebra", fallback="<b>") == "&lt;b&gt;"
    assert marked("Invoices and <i>", "invoi*") == "<mark>Invoices</mark> and &lt;i&gt;"


@given(st.text(max_size=300), st.text(max_size=60))
def test_excerpts_never_let_markup_through(text: str, query: str) -> None:
    found = excerpt(text, query, fallback=text).replace("<mark>", "").replace("</mark>", "")
    assert "<" not in found
    assert ">" not in found


def _noticed(start: int, end: int, kind: str = "complaint") -> Noticed:
    return Noticed(uuid.uuid4(), kind, "", start, end, "rule", "", 0.9, dismissed=False, owner="")


TEXT = "\n\nDear Ada,\nall is wrong.\n> old\nStill wrong.\n-- \nPetra\n"
PARTS = (
    Segment(SegmentKind.NEW, 0, 26),
    Segment(SegmentKind.QUOTE, 26, 32),
    Segment(SegmentKind.NEW, 32, 45),
    Segment(SegmentKind.SIGNATURE, 45, len(TEXT)),
)


def test_what_was_noticed_is_found_again_between_quotes() -> None:
    words_only = new_text(TEXT, PARTS)
    spans = [(words_only.index(said), said) for said in ("all is wrong.", "Still wrong.")]
    found = passages(TEXT, PARTS, [_noticed(at, at + len(said)) for at, said in spans])
    assert [passage.kind for passage in found] == ["new", "quote", "new", "signature"]
    assert [passage.folded for passage in found] == [False, True, False, True]
    assert [run.text for passage in found for run in passage.runs if run.noticed] == ["all is wrong.", "Still wrong."]


def test_every_sentence_knows_its_place_in_the_new_text() -> None:
    words_only = new_text(TEXT, PARTS)
    at = words_only.index("is wrong")
    found = passages(TEXT, PARTS, [_noticed(at, at + len("is wrong"))])
    runs = [run for passage in found for run in passage.runs if run.start is not None]
    assert [run.text for run in runs] == ["Dear Ada,", "all", "is wrong", "Still wrong."]
    assert [words_only[run.start : run.end] for run in runs] == [run.text for run in runs]
    assert [bool(run.noticed) for run in runs] == [False, False, True, False]


@given(st.lists(st.tuples(st.integers(0, 45), st.integers(0, 45)), max_size=6))
def test_no_word_is_lost_wherever_something_was_noticed(places: list[tuple[int, int]]) -> None:
    plain = passages(TEXT, PARTS, [])
    found = passages(TEXT, PARTS, [_noticed(*place) for place in places])
    assert [passage.text for passage in found] == [passage.text for passage in plain]


def test_excerpts_end_with_a_whole_word() -> None:
    text = "the third invoice " + "is wrong and we are disappointed " * 20
    found = excerpt(text, "invoice")
    assert found.endswith(" …")
    assert set(found.replace("<mark>", "").replace("</mark>", "").strip(" …").split()) <= set(text.split())
    cut = excerpt("nothing", "zebra", fallback=text)
    assert cut.endswith(" …")
    assert cut.strip(" …").split()[-1] in text.split()
    assert len(excerpt("x" * 500, "zebra", fallback="y" * 500)) == 202, "one word without end is cut within"
