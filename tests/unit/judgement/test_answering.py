"""Who waits for an answer, and how long this firm usually takes."""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.judgement.answering import expects_answer, usual_time
from amends.judgement.reading import read_incoming

pytestmark = pytest.mark.usefixtures("rules_alone")

REQUESTS = Path(__file__).parents[3].parent / "shared" / "data" / "requests"
HOURS = st.lists(st.floats(0, 1000), max_size=60)


@pytest.mark.parametrize(
    "text",
    [
        "When can we see the first draft?",
        "Please move the logo to the left.",
        "The lift is broken again.",
        "I am very disappointed.",
        "Thanks for the draft. Could you change the title?",
        "Let me know when the samples arrive.",
        "We'd like to add a second language to the site.",
        "We will not renew the contract.",
        "Können Sie uns die Rechnung noch einmal schicken und die Adresse ändern?",
        "Bitte schicken Sie uns die Rechnung und die neue Adresse, wir haben sie nicht.",
    ],
)
def test_these_wait_for_an_answer(text: str) -> None:
    found = expects_answer(text)
    assert found.expected
    assert text[found.start : found.end] == found.quote


@pytest.mark.parametrize(
    "text",
    [
        "Thanks, all good!",
        "Ok",
        "FYI, the office is closed on Friday.",
        "Great, see you on Monday.",
        "Please find attached the signed form.",
        "If you need anything else, let me know.",
        "We received the parcel.",
        "",
        "   \n",
        "Hi Tom,\n\nperfect, thank you.\n\nAnna",
        "We love the new site.",
    ],
)
def test_these_do_not(text: str) -> None:
    found = expects_answer(text)
    assert not found.expected
    assert found.reason.endswith(".")


def test_it_says_why_and_quotes() -> None:
    text = "Hi Tom,\n\nthanks for the plan. When does the builder start?\n\nAnna"
    found = expects_answer(text)
    assert (found.rule, found.quote, found.reason) == (
        "asks-a-question",
        "When does the builder start?",
        "Asks a question.",
    )
    assert expects_answer(text, off=frozenset({"asks-a-question"})).rule == "closes"


def test_a_reading_given_is_not_made_again() -> None:
    text = "The invoice is wrong."
    reading = read_incoming(text)
    assert expects_answer(text, reading=reading) == expects_answer(text)


def test_a_new_firm_is_held_to_a_working_day() -> None:
    assert usual_time([]) == 8
    assert usual_time([float("nan"), float("inf"), -3]) == 8
    assert usual_time([1.0]) == pytest.approx(7.49, abs=0.01)


def test_an_old_firm_is_held_to_its_own_pace() -> None:
    quick = usual_time([0.5, 1, 2, 3] * 200)
    slow = usual_time([30.0, 60.0, 90.0] * 200)
    assert quick == 4
    assert slow == 24
    assert usual_time([10.0] * 2000) == pytest.approx(10, abs=0.1)


def test_a_few_forgotten_answers_move_little() -> None:
    usual = [4.0 + (each % 5) for each in range(100)]
    assert usual_time([*usual, 900.0, 900.0, 900.0]) - usual_time(usual) < 1


@given(HOURS, st.floats(0, 1000))
def test_it_stays_within_bounds_and_grows_with_delay(samples: list[float], more: float) -> None:
    assert 4 <= usual_time(samples) <= 24
    assert usual_time([each + more for each in samples]) >= usual_time(samples) - 1e-9


def test_requests_of_real_business_mail() -> None:
    path = REQUESTS / "train.txt"
    if not path.exists():
        pytest.skip(f"the shared corpus is not here: {path}")
    with path.open(encoding="utf-8", errors="replace", newline="") as file:
        rows = [row for row in csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE) if len(row) == 2]
    asked = [(row[0] == "Yes", expects_answer(row[1]).expected) for row in rows]
    right = sum(truth == found for truth, found in asked)
    caught = sum(truth and found for truth, found in asked) / sum(truth for truth, _ in asked)
    assert right / len(asked) > 0.7
    assert caught > 0.5
