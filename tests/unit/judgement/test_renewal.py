"""How likely a client renews: bounds, monotone in the balance, learned only from enough, without hindsight."""

from __future__ import annotations

import math
import random
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.judgement.renewal import (
    ENOUGH,
    PRIOR,
    Forecast,
    Known,
    Model,
    Outcome,
    assumed,
    brier,
    fitted,
    forecasts,
    reliability,
)

DAY = date(2024, 1, 31)
TRUE = (2.2, math.log(0.6), -1.5, -0.5)
POINTS = st.floats(-5000, 5000)


def invented(count: int, *, seed: int = 1, truth: tuple[float, ...] = TRUE) -> list[Outcome]:
    dice = random.Random(seed)  # noqa: S311
    found = []
    for number in range(count):
        known = Known(dice.gauss(-5, 30), dice.random() < 0.15, dice.random() < 0.2)
        odds = truth[0] + math.exp(truth[1]) * known.points / 10 + truth[2] * known.leaving + truth[3] * known.silent
        asked = DAY + timedelta(days=3 * number)
        renewed = dice.random() < 1 / (1 + math.exp(-odds))
        found.append(Outcome(asked, asked + timedelta(days=45), renewed, known))
    return found


MODELS = (assumed(), fitted(invented(20)), fitted(invented(150, seed=3)))


@pytest.mark.parametrize("model", MODELS)
@given(low=POINTS, high=POINTS, leaving=st.booleans(), silent=st.booleans())
def test_it_lies_between_nothing_and_one_and_never_falls_with_the_balance(
    model: Model, low: float, high: float, leaving: bool, silent: bool
) -> None:
    low, high = sorted((low, high))
    one, other = (model.chance(Known(points, leaving, silent)) for points in (low, high))
    for chance in (one, other):
        assert 0 < chance.low <= chance.p <= chance.high < 1
    assert one.p <= other.p


@given(points=POINTS, leaving=st.booleans(), silent=st.booleans())
def test_its_steps_end_at_what_is_told(points: float, leaving: bool, silent: bool) -> None:
    known = Known(points, leaving, silent)
    for model in MODELS:
        assert model.steps(known)[-1].p == pytest.approx(model.chance(known).p)


def test_the_assumption_is_what_the_page_says() -> None:
    said = {points: round(assumed().chance(Known(points)).p, 2) for points in (-50, 0, 50)}
    assert said == {-50: 0.6, 0: 0.8, 50: 0.92}
    at_zero = assumed().chance(Known())
    assert (round(at_zero.low, 2), round(at_zero.high, 2)) == (0.6, 0.91)
    assert round(assumed().chance(Known(leaving=True)).p, 2) == 0.6


def test_too_few_outcomes_teach_nothing() -> None:
    few = invented(ENOUGH - 1)
    assert fitted(few) == assumed(len(few))
    assert fitted([]) == assumed()
    enough = fitted(invented(ENOUGH))
    assert (enough.learned, enough.own) == (True, ENOUGH)


@pytest.mark.parametrize("seed", range(5))
def test_what_outcomes_were_made_of_is_found_again(seed: int) -> None:
    model = fitted(invented(3000, seed=seed))
    for number, truth in enumerate(TRUE):
        assert abs(model.weights[number] - truth) < 3.5 * math.sqrt(model.covariance[number][number])
        assert model.covariance[number][number] < PRIOR[number][1] ** 2


def test_more_outcomes_leave_less_doubt() -> None:
    widths = [
        fitted(invented(count)).chance(Known()).high - fitted(invented(count)).chance(Known()).low
        for count in (0, 30, 300, 3000)
    ]
    assert widths == sorted(widths, reverse=True)


@pytest.mark.parametrize("renewed", [True, False])
def test_where_everybody_did_the_same_it_stays_within_reason(renewed: bool) -> None:
    rows = [Outcome(each.asked_on, each.day, renewed, Known(30.0 if renewed else -900.0)) for each in invented(200)]
    chance = fitted(rows).chance(Known())
    assert 0.02 < chance.p < 0.999
    assert chance.low < chance.p < chance.high


def test_forecasts_know_nothing_that_came_later() -> None:
    rows = invented(60)
    made = forecasts(rows)
    for at in (10, 30, 59):
        changed = [
            each if each.day <= rows[at].asked_on else Outcome(each.asked_on, each.day, not each.renewed, each.known)
            for each in rows
        ]
        assert [one.p for one in forecasts(changed)][: at + 1] == [one.p for one in made][: at + 1]
    assert made[0].p == assumed().chance(rows[0].known).p
    assert made[-1].p != assumed().chance(rows[-1].known).p


def test_forecasts_stand_beside_what_came_true() -> None:
    made = [Forecast(DAY, 0.6, True), Forecast(DAY, 0.6, False), Forecast(DAY, 0.95, True)]
    groups = reliability(made)
    assert [(one.count, round(one.said, 2), one.came) for one in groups] == [(2, 0.6, 0.5), (1, 0.95, 1.0)]
    assert all(0 <= one.least <= one.came <= one.most <= 1 for one in groups)
    assert brier(made) == pytest.approx(((0.16 + 0.36 + 0.0025) / 3, 2 / 9))
    assert reliability([]) == []
    assert brier([]) is None


def test_on_what_it_was_made_for_it_is_calibrated() -> None:
    made = forecasts(invented(2500, seed=9))[500:]
    for group in reliability(made):
        assert abs(group.said - group.came) < 0.06
    found = brier(made)
    assert found is not None
    assert found[0] < found[1]
