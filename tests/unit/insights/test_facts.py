"""What signals hold beside their quote is read as it comes, and never breaks a page."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

import pytest

from amends.insights.facts import NO_FACTS, Facts, facts_of
from amends.insights.tones import loudest

MESSAGE, THREAD = uuid.uuid4(), uuid.uuid4()


def test_an_empty_detail_holds_nothing() -> None:
    assert facts_of({}) == NO_FACTS


@pytest.mark.parametrize(
    "detail",
    [
        {"drivers": "sharp", "due": 3, "again": "many", "times": True, "wanted": None, "earlier_message": 7},
        {"drivers": None, "due": "soon", "again": -4, "earlier_message": "x", "earlier_at": "", "unconfirmed": "yes"},
    ],
)
def test_what_is_no_fact_is_left_out(detail: dict[str, object]) -> None:
    assert facts_of(detail) == NO_FACTS


def test_facts_of_a_promise_and_a_complaint() -> None:
    facts = facts_of({"due": "2026-03-19T12:00:00+00:00", "unconfirmed": True, "again": 3, "wanted": "a  credit\nnote"})
    assert facts.due == datetime(2026, 3, 19, 12, tzinfo=UTC)
    assert (facts.unconfirmed, facts.again, facts.wanted) == (True, 3, "a credit note")
    assert facts_of({"due": "2026-03-19T12:00:00"}).due == facts.due  # a moment without a zone is read as UTC


def test_what_was_said_before_is_told_only_where_it_may_be_read() -> None:
    detail = {
        "earlier_message": str(MESSAGE), "earlier_quote": "It is wrong.", "earlier_at": "2026-03-03T09:00:00+00:00"
    }  # fmt: skip
    hidden, shown = facts_of(detail), facts_of(detail, {MESSAGE: THREAD})
    assert hidden == Facts()
    assert shown.earlier is not None
    assert shown.first_at == datetime(2026, 3, 3, 9, tzinfo=UTC)
    assert (shown.earlier.quote, shown.earlier.thread) == ("It is wrong.", THREAD)


@pytest.mark.parametrize(
    ("feelings", "found"),
    [
        ({"anger": 0.6, "neutral": 0.4}, ("anger", 0.6)),
        ({"anger": 0.3, "neutral": 0.7}, None),
        ({"anger": 0.3, "joy": 0.28, "neutral": 0.2}, None),  # it sounds like nothing much
        ({}, None),
        ("angry", None),
        ({"anger": "very"}, None),
    ],
)
def test_a_message_sounds_like_its_loudest_feeling(feelings: object, found: object) -> None:
    assert loudest(feelings) == found
