"""Slow weeks are learned from the years before, and a silence that spans them is given more time."""

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from amends.judgement.rhythm import WEEKDAYS, Prior, State, unusual_after
from amends.judgement.season import in_season, slow_weeks

MONDAY = date(2023, 1, 2)
SEASON = tuple(0.25 if week in (31, 32, 33) else 1.0 for week in range(1, 54))


def _years(*, quiet: bool) -> list[list[date]]:
    """Twenty clients who write every Tuesday for two years; in August not, where it is quiet."""
    days = [date(2022, 1, 4) + timedelta(weeks=number) for number in range(104)]
    return [[day for day in days if not (quiet and day.month == 8)] for _ in range(20)]


def test_a_quiet_august_is_learned_and_an_ordinary_year_teaches_nothing() -> None:
    assert slow_weeks(_years(quiet=False), calendar=WEEKDAYS) == ()
    found = slow_weeks(_years(quiet=True), calendar=WEEKDAYS)
    assert len(found) == 53
    assert {number + 1 for number, weight in enumerate(found) if weight < 1} == {31, 32, 33, 34, 35}
    assert min(found) > 0


def test_few_letters_teach_nothing() -> None:
    assert slow_weeks([], calendar=WEEKDAYS) == ()
    assert slow_weeks([[MONDAY]], calendar=WEEKDAYS) == ()
    assert slow_weeks(_years(quiet=True)[:1], calendar=WEEKDAYS) == ()


def test_days_of_slow_weeks_count_for_less() -> None:
    before = date(2024, 7, 26)  # a Friday; the three slow weeks begin on the Monday after
    assert in_season(before, 3, (), calendar=WEEKDAYS) == date(2024, 7, 31)
    assert in_season(before, 1, SEASON, calendar=WEEKDAYS) == date(2024, 8, 1)
    assert in_season(before, 5, SEASON, calendar=WEEKDAYS) == date(2024, 8, 20)
    assert in_season(date(2024, 3, 1), 5, SEASON, calendar=WEEKDAYS) == date(2024, 3, 8)


@settings(deadline=None)
@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.floats(0.1, 400))
def test_a_season_never_makes_it_sooner(day: date, days: float) -> None:
    plain, slow = (in_season(day, days, season, calendar=WEEKDAYS) for season in ((), SEASON))
    assert day < plain <= slow <= plain + timedelta(days=40)


def test_a_silence_over_a_quiet_august_is_given_time() -> None:
    state = State()
    for number in range(30):
        state = state.observe(date(2023, 12, 28) + timedelta(weeks=number))
    assert state.last == date(2024, 7, 18)
    plain, slow = (unusual_after(state, Prior(season=season), clients=20) for season in ((), SEASON))
    assert plain is not None
    assert slow is not None
    assert plain < slow
