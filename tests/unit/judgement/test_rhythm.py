"""Silence: calibrated on invented firms, quick to learn, blind to the future, and quiet about the rare."""

import random
from collections.abc import Sequence
from datetime import date, timedelta
from statistics import median

import pytest
from bench.silence import CAUGHT, END, KINDS, LEARNED, Client, Tally, firm, judge, model, priors, thirty_days
from hypothesis import given, settings
from hypothesis import strategies as st

from amends.judgement.rhythm import (
    BURST_DAYS,
    FADES,
    FEWEST_GAPS,
    WEEKDAYS,
    Prior,
    State,
    explain,
    fades_after,
    unusual_after,
)
from amends.judgement.student import t_quantile, t_share
from amends.judgement.working_time import WorkingTime

MONDAY = date(2025, 1, 6)
WEEKS = (END - LEARNED).days / 7
DAYS = st.lists(st.dates(date(2020, 1, 1), date(2026, 12, 31)), max_size=60).map(lambda days: sorted(set(days)))


def _dice(name: str) -> random.Random:
    return random.Random(name)  # noqa: S311 - invented firms, no secrets


def _state(days: Sequence[date]) -> State:
    state = State()
    for day in days:
        state = state.observe(day)
    return state


def _every(days: int, count: int) -> list[date]:
    return [MONDAY + timedelta(days=days * each) for each in range(count)]


def _play(clients: Sequence[Client]) -> Tally:
    return judge(clients, model, priors(clients))


@pytest.mark.parametrize(("size", "firms"), [(10, 8), (50, 3), (200, 1)])
def test_at_most_one_false_silence_a_firm_and_week(size: int, firms: int) -> None:
    tallies = [_play(firm(_dice(f"calibration {size} {each}"), size)) for each in range(firms)]
    assert max(tally.false / WEEKS for tally in tallies) <= 1
    delays = [delay for tally in tallies for delay in tally.delays]
    assert len(delays) >= 0.6 * sum(tally.left for tally in tallies)
    assert median(delays) < CAUGHT.days * 0.7


@pytest.mark.parametrize("kind", list(KINDS))
def test_it_is_calibrated_on_each_kind_of_firm_alone(kind: str) -> None:
    tally = _play(firm(_dice(f"alone {kind}"), 50, (kind,)))
    assert tally.false / WEEKS <= 1


def test_it_cries_wolf_less_than_a_fixed_rule() -> None:
    clients = firm(_dice("wolf"), 100)
    known = priors(clients)
    ours, fixed = judge(clients, model, known), judge(clients, thirty_days, known)
    assert ours.false < fixed.false / 3


def test_a_weekly_caller_is_missed_within_weeks() -> None:
    state = _state(_every(7, 30))
    after = unusual_after(state, Prior(), clients=20)
    assert after is not None
    assert timedelta(days=10) < after < timedelta(days=35)
    usual = explain(state, Prior(), clients=20)
    assert usual is not None
    assert (usual.every_days, usual.gaps) == (7, 29)
    assert usual.quantile >= 0.9


def test_who_was_always_rare_is_left_in_peace() -> None:
    for count in range(5):
        assert unusual_after(_state(_every(200, count)), Prior(), clients=20) is None
    long = unusual_after(_state(_every(60, 10)), Prior(), clients=20)
    assert long is None or long > timedelta(days=120)


def test_it_is_quicker_after_an_unanswered_complaint() -> None:
    state = _state(_every(14, 20))
    calm = unusual_after(state, Prior(), clients=50)
    after_complaint = unusual_after(state, Prior(), clients=50, faster=True)
    assert calm is not None
    assert after_complaint is not None
    assert after_complaint < calm
    assert unusual_after(_state(_every(14, 2)), Prior(), clients=50) is None
    assert unusual_after(_state(_every(14, 2)), Prior(), clients=50, faster=True) is not None


def test_more_clients_ask_for_more_patience() -> None:
    state = _state(_every(7, 30))
    few, many = (unusual_after(state, Prior(), clients=clients) for clients in (5, 500))
    assert few is not None
    assert many is not None
    assert few < many


def test_days_of_one_conversation_are_no_gaps() -> None:
    state = _state([MONDAY, MONDAY + timedelta(days=1), MONDAY + timedelta(days=2), MONDAY + timedelta(days=4)])
    assert (state.gaps, state.days, state.last) == (0, 4, MONDAY + timedelta(days=4))
    assert explain(state, Prior(), clients=5) is None
    assert explain(State(), Prior(), clients=5) is None


def test_holidays_are_nobodys_silence() -> None:
    office = WorkingTime("Europe/London", country="GB", subdivision="ENG")
    before = date(2025, 12, 23)
    assert office.days_between(before, date(2025, 12, 29)) == BURST_DAYS
    assert State(first=before, last=before).observe(date(2025, 12, 29), calendar=office).gaps == 0
    assert State(first=before, last=before).observe(date(2025, 12, 29)).gaps == 1


def test_who_always_writes_on_mondays_is_given_the_tuesday_after_a_bank_holiday() -> None:
    office = WorkingTime("Europe/London", country="GB", subdivision="ENG")
    state = State()
    for day in _every(7, 30):
        if office.is_working_day(day):
            state = state.observe(day, calendar=office)
    assert state.last is not None
    assert state.last.weekday() == 0
    free, office_time = (
        unusual_after(state, Prior(), clients=20, calendar=calendar) for calendar in (WEEKDAYS, office)
    )
    assert free is not None
    assert office_time is not None
    assert timedelta(days=14) < free <= office_time  # one Monday missed is never news, nor a holiday


def test_only_who_ever_came_back_shares_the_budget() -> None:
    regulars, strangers = [_every(14, 20) for _ in range(10)], [_every(1, 1) for _ in range(90)]
    alone, crowded = Prior.fit(regulars), Prior.fit([*regulars, *strangers])
    assert alone.ready == 1.0
    assert crowded.ready == pytest.approx(14 / 104)
    assert unusual_after(_state(_every(14, 20)), alone, clients=10) == unusual_after(
        _state(_every(14, 20)), crowded, clients=round(10 / crowded.ready)
    )


@given(DAYS)
def test_old_or_repeated_days_change_nothing(days: list[date]) -> None:
    state = _state(days)
    assert _state([day for day in days for _ in range(2)]) == state
    for day in days:
        assert state.observe(day) == state


@settings(max_examples=60, deadline=None)
@given(DAYS, DAYS, st.integers(1, 300))
def test_nothing_later_is_known(days: list[date], more: list[date], clients: int) -> None:
    cut = days[len(days) // 2] if days else MONDAY
    early = [day for day in days if day <= cut]
    late = [*early, *(day for day in more if day > cut)]
    prior = Prior.fit([early])
    assert Prior.fit([[day for day in late if day <= cut]]) == prior
    seen = [unusual_after(_state(early[: each + 1]), prior, clients=clients) for each in range(len(early))]
    again = [unusual_after(_state(late[: each + 1]), prior, clients=clients) for each in range(len(early))]
    assert seen == again


@settings(max_examples=60, deadline=None)
@given(DAYS, st.integers(1, 1000), st.booleans())
def test_a_silence_is_after_the_burst_and_before_it_fades(days: list[date], clients: int, faster: bool) -> None:
    prior = Prior.fit([days, days[::2], days[::3]])
    state = _state(days)
    after = unusual_after(state, prior, clients=clients, faster=faster)
    if state.gaps < FEWEST_GAPS and not faster:
        assert after is None
    if after is not None:
        assert timedelta(days=BURST_DAYS) < after < FADES
        assert after < fades_after(after) <= FADES + timedelta(days=30)


def test_a_firm_without_a_past_starts_from_the_default() -> None:
    assert Prior.fit([]) == Prior.fit([[MONDAY]]) == Prior()
    assert Prior().allowed(10) == pytest.approx(0.08)
    assert Prior().allowed(0) == pytest.approx(0.8)


@given(st.dates(date(2000, 1, 1), date(2030, 1, 1)), st.integers(1, 2000))
def test_weekdays_add_and_measure(day: date, count: int) -> None:
    later = WEEKDAYS.add_days(day, count)
    assert later.weekday() < 5
    assert WEEKDAYS.days_between(day, later) == count


@pytest.mark.parametrize(
    ("share", "freedom", "value"),
    [(0.95, 6, 1.94318), (0.99, 8, 2.89646), (0.999, 20, 3.55181), (0.975, 60, 2.00030), (0.05, 6, -1.94318)],
)
def test_students_t_agrees_with_its_tables(share: float, freedom: float, value: float) -> None:
    assert t_quantile(share, freedom) == pytest.approx(value, abs=2e-4)
    assert t_share(value, freedom) == pytest.approx(share, abs=1e-3)


def test_a_quantile_needs_a_share() -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        t_quantile(1.0, 5)


@pytest.mark.parametrize("every", [1, 2])
def test_a_client_who_never_pauses_is_missed_within_weeks(every: int) -> None:
    state = _state([MONDAY + timedelta(days=every * number) for number in range(60)])
    assert state.gaps == 0
    after = unusual_after(state, Prior(), clients=20)
    assert after is not None
    assert timedelta(days=7) < after < timedelta(days=35)
    usual = explain(state, Prior(), clients=20)
    assert usual is not None
    assert usual.every_days == every


def test_a_short_exchange_is_no_rhythm() -> None:
    state = _state([MONDAY + timedelta(days=number) for number in range(8)])
    assert unusual_after(state, Prior(), clients=20) is None
