"""Balances: exact, whatever the order in which postings arrive."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.capital import fold

DAY = datetime(2026, 11, 28, 12, tzinfo=UTC)
moments = st.integers(0, 9000).map(lambda days: DAY - timedelta(days=days))
postings = st.lists(st.tuples(st.integers(-100_000, 100_000), moments, st.sampled_from([30, 180, 365])), max_size=30)


def test_half_is_left_after_a_half_life() -> None:
    made = [(600, DAY - timedelta(days=180), 180), (100, DAY, 180), (-800, DAY - timedelta(days=360), 180)]
    assert fold.folded(made, DAY) == 300 + 100 - 200


def test_what_comes_later_does_not_count_yet() -> None:
    assert fold.folded([(600, DAY, 180)], DAY - timedelta(days=1)) == 0


def test_what_was_taken_back_leaves_nothing_on_any_day() -> None:
    taken_back = [(617, DAY - timedelta(days=77), 180), (-617, DAY - timedelta(days=77), 180)]
    assert [fold.folded(taken_back, DAY + timedelta(days=days)) for days in (-80, -77, 0, 1000)] == [0, 0, 0, 0]


@given(postings, st.randoms(use_true_random=False))
def test_any_order_gives_the_same_balance(made: list[tuple[int, datetime, int]], chance: object) -> None:
    shuffled = list(made)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert fold.folded(shuffled, DAY) == fold.folded(made, DAY)


@given(postings)
def test_totals_give_what_postings_give(made: list[tuple[int, datetime, int]]) -> None:
    totals: dict[int, int] = {}
    for amount, at, half_life in made:
        totals[half_life] = totals.get(half_life, 0) + fold.weight(amount, at, half_life)
    assert fold.balance(totals, DAY) == fold.folded(made, DAY)


@given(st.integers(-5_000, 20_000), st.integers(7, 3650))
def test_a_day_weighs_more_than_the_day_before_and_twice_a_half_life_before(day: int, half_life: int) -> None:
    assert fold.factor(day, half_life) <= fold.factor(day + 1, half_life)
    if day > 0:
        assert abs(fold.factor(day + half_life, half_life) - 2 * fold.factor(day, half_life)) <= 2


@pytest.mark.parametrize(("hundredths", "points"), [(4149, 41), (-150, -2), (99_999, 100), (-20_000, -100), (50, 0)])
def test_the_range_bounds_what_is_shown(hundredths: int, points: int) -> None:
    assert fold.shown(hundredths, -100, 100) == points


def test_days_are_those_of_utc() -> None:
    assert fold.day_of(datetime(2000, 1, 2, 1, tzinfo=UTC)) == 1
    assert fold.day_of(date(1999, 12, 31)) == -1
