"""What is told beside a quote, how dates that lie ahead are said, how tones and figures are drawn."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from amends.insights.facts import NO_FACTS, Earlier
from amends.insights.model import Figure
from amends.insights.tones import TOLD, Tones
from amends.web import dates, words
from amends.web.bands import bands, sentence
from amends.web.model.figures import calibration, groups, labels
from amends.web.model.names import named_thresholds
from amends.web.tales import Tale, tale

NOW = datetime(2026, 3, 17, 10, 0, tzinfo=UTC)  # a Tuesday
ZONE = ZoneInfo("Europe/London")
THURSDAY = datetime(2026, 3, 19, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        (THURSDAY, "Thursday noon, in 2 days"),
        (THURSDAY.replace(hour=17, minute=30), "Thursday, in 2 days"),
        (THURSDAY.replace(hour=17), "Thursday at 17:00, in 2 days"),
        (THURSDAY.replace(hour=14), "Thursday at 14:00, in 2 days"),
        (NOW.replace(hour=23, minute=59), "today"),
        (NOW + timedelta(days=1, hours=2), "tomorrow noon"),
        (NOW - timedelta(days=3, hours=-7.5), "Saturday, 3 days ago"),
        (NOW + timedelta(days=12, hours=6.5), "29 March, in 12 days"),
    ],
)
def test_a_due_date_says_how_far_it_is(moment: datetime, said: str) -> None:
    assert dates.due(moment, now=NOW, zone=ZONE, day_end=time(17, 30)) == said


def test_promises_say_that_nobody_confirmed_them() -> None:
    facts = replace(NO_FACTS, due=THURSDAY, unconfirmed=True)
    ours, theirs = (tale(kind, facts, now=NOW, zone=ZONE) for kind in ("promise_due", "waiting_on_client"))
    assert ours == Tale("promised by Thursday noon, in 2 days (not confirmed)")
    assert theirs == Tale("they said by Thursday noon, in 2 days (not confirmed)")


def test_an_issue_that_is_back_leads_to_where_it_was_said_first() -> None:
    message, thread, at = uuid.uuid4(), uuid.uuid4(), datetime(2026, 3, 3, 9, 0, tzinfo=UTC)
    hidden = replace(NO_FACTS, first_at=at)
    assert tale("returning_issue", hidden, now=NOW, zone=ZONE) == Tale("first on 3 March")
    facts = replace(hidden, times=3, earlier=Earlier("The invoice is wrong.", at, message, thread))
    assert tale("returning_issue", facts, now=NOW, zone=ZONE) == Tale(
        "“The invoice is wrong.” (3 times by now),", "first on 3 March", thread, message
    )
    long = replace(facts, earlier=Earlier("x" * 400, at, message, thread))
    assert len((tale("returning_issue", long, now=NOW, zone=ZONE) or Tale()).text) < 180


def test_complaints_say_how_often_and_what_would_put_them_right() -> None:
    facts = replace(NO_FACTS, again=3, wanted="Redo the cover.")
    assert tale("complaint", facts, now=NOW, zone=ZONE) == Tale(
        "(said 3 times in this conversation) would put it right: “Redo the cover.”", joint=""
    )
    assert tale("complaint", NO_FACTS, now=NOW, zone=ZONE) is None


def test_a_derailing_names_its_drivers_and_a_leak_speaks_gently() -> None:
    facts = replace(NO_FACTS, drivers=("sounds frustrated", "asks the same again", "sets a last date", "more"))
    assert tale("derailing", facts, now=NOW, zone=ZONE) == Tale(
        "sounds frustrated, asks the same again, sets a last date"
    )
    assert "meant for us alone" in (tale("internal_leak", NO_FACTS, now=NOW, zone=ZONE) or Tale()).text


def test_every_shown_feeling_has_a_sound_and_neutral_has_none() -> None:
    from amends.judgement.model.outputs import FEELINGS

    sounds = {name: words.sound(name) for name in FEELINGS}
    assert sounds.pop("neutral") is None
    assert all(one is not None and one.tone in words.TONES for one in sounds.values())
    assert len({(one.icon, one.word) for one in sounds.values() if one}) == len(sounds)  # never colour alone


def _tones(**last: float) -> Tones:
    shares = {name: [0.0] * 51 + [last.get(name, 0.0)] for name in TOLD}
    return Tones([0] * 51 + [2], shares)


def test_bands_show_only_what_speaks() -> None:
    assert (
        bands(Tones([0] * 52, {name: [0.0] * 52 for name in TOLD}), until=date(2026, 3, 17), key="w", shown=52, step=14)
        is None
    )
    assert bands(_tones(anger=0.1), until=date(2026, 3, 17), key="w", shown=52, step=14) is None
    found = bands(_tones(anger=0.6, gratitude=0.3), until=date(2026, 3, 17), key="w", shown=52, step=14)
    assert found is not None
    assert [(band.word, band.tone) for band in found.bands] == [("Anger", "rust"), ("Gratitude", "moss")]
    assert found.bands[0].bars.startswith("M744 38v-20.0")


def test_the_sentence_compares_two_quarters() -> None:
    heard = [0] * 26 + [1] * 26
    shares = {name: [0.0] * 52 for name in TOLD}
    shares["frustration"] = [0.0] * 26 + [0.1] * 13 + [0.4] * 13
    assert sentence(Tones(heard, shares)) == (
        "In the last three months they wrote 13 messages. Frustration makes up 40% (up from 10%) of their tone."
    )
    assert sentence(_tones()) == "In the last three months they wrote 2 messages, and none of them sounds of much."
    assert "have not written" in sentence(Tones([1] + [0] * 51, shares))


def test_figures_are_told_by_matter_with_their_place_on_a_line() -> None:
    figures = [
        Figure("complaint", 0.5, "held letters", 0.4, 0.6, 210, precision=0.9, recall=0.86, peers=(("them", 1.0),)),
        Figure("goemotions", 0.5), Figure("label.grief", 0.1), Figure("feelings.calibration", 0.02),
        Figure("odd.one", 2.0),
    ]  # fmt: skip
    found = groups(figures)
    assert [[line.title for line in group.lines] for group in found] == [
        ["Letters that complain"], ["28 feelings"], ["Odd, one"]
    ]  # fmt: skip
    first = found[0].lines[0]
    assert (first.strip.dot, first.strip.low, first.strip.span, first.strip.peers) == (160, 129.6, 60.8, [312])
    assert first.rates == "It finds 86 of 100; of 100 that it names, 90 are right."
    assert found[2].lines[0].strip.dot == 312  # what lies beyond the line stands at its end
    assert [line.title for line in labels(figures)] == ["Grief"]
    assert [line.title for line in calibration(figures)] == ["The eight feelings shown"]


def test_thresholds_have_plain_words() -> None:
    assert named_thresholds([("label.grief", 0.1), ("flag.issue", 0.41)]) == [("Something is wrong", 0.41)]
