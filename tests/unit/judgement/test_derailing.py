"""Derailing: the course of a thread in a number and in words, steady against anything that may stand in a message."""

import math
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amends.judgement import rulebook
from amends.judgement.derailing import (
    AGAINST,
    FEATURES,
    RULE_FILE,
    Turn,
    at_base,
    derailing,
    features,
    shipped,
)
from amends.judgement.rulebook import Rule
from amends.judgement.sentences import split

MORNING = datetime(2026, 3, 2, 9, tzinfo=UTC)
EIGHT = ("anger", "frustration", "disappointment", "worry", "confusion", "gratitude", "joy", "neutral")
RULES = rulebook.load(RULE_FILE)
ACCUSATIONS = [text for rule in RULES if rule.kind == "accusation" for text in rule.fires]


def _feels(**shares: float) -> Mapping[str, float]:
    return dict.fromkeys(EIGHT, 0.0) | shares | {"neutral": 1 - sum(shares.values())}


CALM, ANGRY, THANKFUL = _feels(), _feels(anger=0.9), _feels(gratitude=0.8)


def _turn(
    text: str,
    *,
    by: Literal["firm", "client"] = "client",
    feelings: Mapping[str, float] = CALM,
    complaint: float = 0.0,
    day: int = 0,
) -> Turn:
    return Turn(MORNING + timedelta(days=day), by, len(text.split()), feelings, complaint, text)


def _firm(text: str) -> Turn:
    return _turn(text, by="firm")


ASKED = _turn("The stair in the plan is still 85 cm wide, the officer asked for 100.", complaint=0.8)
EXCUSED = _firm("With respect, this is stated in our terms.")
OWNED = _firm("You're right, that was our mistake. The new plan is attached.")
ACCUSED = _turn(
    "You never read what we write. I'm copying our director.", feelings=ANGRY, complaint=0.9
)  # and goes over their heads


def _found(rule: Rule, text: str) -> list[str]:
    return [each.text for each in split(text) if rule.find(rulebook.plain(each.text)) is not None]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_rule_keeps_to_its_examples(rule: Rule) -> None:
    assert [text for text in rule.fires if not _found(rule, text)] == []
    assert [text for text in rule.quiet if _found(rule, text)] == []
    assert min(len(rule.fires), len(rule.quiet)) >= 5
    assert 0.5 <= rule.confidence <= 0.95


def test_the_weights_have_the_signs_that_they_must() -> None:
    assert list(shipped().by_feature) == list(FEATURES)
    for name, weight in shipped().by_feature.items():
        assert weight <= 0 if name in AGAINST else weight >= 0


def test_nothing_said_is_nothing_known() -> None:
    for turns in ([], [_firm("The draft is attached.")], [_turn("Could we have the draft on Friday?")]):
        found = derailing(turns)
        assert found.p < 0.5
        assert (found.drivers, found.turn, found.quote) == ((), None, "")
        assert "cannot be seen" in found.why


def test_a_thread_that_goes_wrong_says_why_and_where() -> None:
    turns = [ASKED, EXCUSED, ASKED, EXCUSED, ACCUSED]
    found = derailing(turns)
    assert found.p > 0.8
    assert found.turn == 4
    assert ACCUSED.text[found.start : found.end] == found.quote != ""
    assert "the third message in a row that says something is wrong" in found.drivers
    assert "speaks of you and no longer of the matter" in found.drivers
    assert "speaks of your manager or theirs" in found.drivers
    assert found.why.startswith("More such conversations go wrong than not")


def test_owning_it_speaks_against_derailing_and_excusing_for_it() -> None:
    excused, owned = derailing([ASKED, EXCUSED]), derailing([ASKED, OWNED])
    assert owned.p < derailing([ASKED]).p < excused.p
    assert "our answer explains rather than owns" in excused.drivers
    assert features([ASKED, OWNED])["owning"] == 1.0


def test_what_was_said_stays_until_something_kinder_follows() -> None:
    hot = [ASKED, EXCUSED, ACCUSED, OWNED]
    calm, kind = _turn("We meet on Monday then, at the office."), _turn("Thank you, that is lovely.", feelings=THANKFUL)
    assert derailing([*hot, kind]).p < derailing([*hot, calm]).p < derailing([*hot, ACCUSED]).p
    assert features([*hot, kind])["kindness"] == pytest.approx(0.8)


@pytest.mark.parametrize(
    ("text", "feature", "phrase"),
    [
        ("Our solicitor will be in touch.", "escalating", "speaks of lawyers, courts or authorities"),
        ("I'll post a review about this.", "escalating", "speaks of making it public"),
        ("For the third time: when does it ship?", "repeating", "says it was said before"),
        ("This is my last reminder.", "ultimatum", "sets a last date"),
        ("We are looking at other agencies.", "doubting", "thinks of ending the work"),
        ("We won't be paying the last invoice.", "doubting", "holds back money or trust"),
        ("Your incompetence has cost us a week.", "accusing", "speaks of you and no longer of the matter"),
    ],
)
def test_each_kind_of_phrase_is_heard(text: str, feature: str, phrase: str) -> None:
    found = derailing([_turn(text)])
    assert features([_turn(text)])[feature] >= 0.5
    assert phrase in found.drivers
    assert found.quote == text
    assert found.p > derailing([_turn("The draft reads well so far, on to the next page.")]).p


def test_asking_the_same_again_is_heard_without_its_usual_words() -> None:
    first = _turn("When will the balcony drawings be sent to the planning office?")
    second = _turn("Hello. When will the balcony drawings be sent to the planning office?")
    assert features([first, _firm("Hello!"), second])["repeating"] == 1.0
    assert "asks the same again" in derailing([first, _firm("Hello!"), second]).drivers
    assert features([first, _firm("Hello!"), _turn("Which colour has the door in the hall now?")])["repeating"] == 0


def test_shorter_answers_tell_more_once_something_is_wrong() -> None:
    long, short = "The gate on the second floor does not close since you painted it on Monday.", "I see."
    calm = features([_turn(long), _firm("Thursday?"), _turn(short)])["shorter"]
    troubled = features([_turn(long, complaint=0.8), _firm("Thursday?"), _turn(short)])["shorter"]
    assert 0 < calm < troubled
    assert features([_turn(long), _firm("Thursday?"), _turn("Perfect!", feelings=THANKFUL)])["shorter"] == 0


def test_writing_again_before_we_answered_counts_while_something_is_wrong() -> None:
    assert features([ASKED, ASKED])["waiting"] == 0.5
    assert features([ASKED, _turn("The photos are attached.")])["waiting"] == 0
    assert features([ASKED, ASKED, OWNED])["waiting"] == 0


def test_the_firms_own_words_are_not_the_clients() -> None:
    assert features([_firm("You never read it. Our solicitor will be in touch.")])["escalating"] == 0
    assert features([_turn("With respect, this is stated in our terms.")])["defensive"] == 0


def test_a_rule_can_be_switched_off() -> None:
    everything = frozenset(rule.id for rule in RULES)
    assert features([ACCUSED], off=everything)["accusing"] == 0
    assert features([ACCUSED], off=everything - {"you-never"})["accusing"] > 0


def test_where_fewer_threads_derail_the_same_signs_mean_less() -> None:
    assert at_base(0.8, 0.4) == pytest.approx(0.8)
    assert at_base(0.8, 0.05, fitted=0.5) == pytest.approx(0.8 * 0.05 / (0.8 * 0.05 + 0.2 * 0.95))


ANY_NUMBER = st.floats(allow_nan=True, allow_infinity=True)
PHRASES = st.sampled_from([text for rule in RULES for text in (*rule.fires, *rule.quiet)])
TEXTS = st.one_of(st.text(max_size=200), st.lists(PHRASES, max_size=4).map(" ".join))
TURNS = st.builds(
    Turn,
    st.datetimes(timezones=st.none() | st.just(UTC)),
    st.sampled_from(["firm", "client"]),
    st.integers(-5, 2000),
    st.dictionaries(st.sampled_from([*EIGHT, "other"]), ANY_NUMBER),
    ANY_NUMBER,
    TEXTS,
)
ORDERLY = st.builds(
    lambda by, text, anger, thanks, complaint: _turn(
        text, by=by, feelings=_feels(anger=anger / 2, gratitude=thanks / 2), complaint=complaint
    ),
    st.sampled_from(["firm", "client"]),
    TEXTS,
    st.floats(0, 1),
    st.floats(0, 1),
    st.floats(0, 1),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(TURNS, max_size=8))
def test_it_judges_anything(turns: Sequence[Turn]) -> None:
    found = derailing(turns)
    assert 0 < found.p < 1
    assert all(0 <= value <= 1 and math.isfinite(value) for value in features(turns).values())
    assert found == derailing(turns)
    if found.turn is None:
        assert (found.start, found.end, found.quote) == (0, 0, "")
    else:
        assert found.turn == max(place for place, turn in enumerate(turns) if turn.by == "client")
        assert turns[found.turn].text[found.start : found.end] == found.quote != ""


@settings(max_examples=150, deadline=None)
@given(st.lists(st.one_of(ORDERLY, TURNS), max_size=8), st.sampled_from(ACCUSATIONS), st.floats(0.5, 1))
def test_an_added_angry_accusation_never_lowers_it(turns: Sequence[Turn], text: str, anger: float) -> None:
    added = _turn(text, feelings=_feels(anger=anger), complaint=0.9)
    assert derailing([*turns, added]).p >= derailing(turns).p
