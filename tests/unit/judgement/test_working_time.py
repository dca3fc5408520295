"""Working time is checked against a slow, obvious count, over changes of the clocks and holidays."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amends.judgement.working_time import BadWorkingTime, UnknownHolidays, WorkingTime

LONDON = ZoneInfo("Europe/London")
OFFICE = WorkingTime("Europe/London", country="GB", subdivision="ENG")
PLAIN = WorkingTime()
MOMENTS = st.datetimes(datetime(2019, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001


def _slow_hours(working: WorkingTime, a: datetime, b: datetime) -> float:
    """Count in steps of a quarter of an hour: right for moments on a quarter."""
    step, moment, quarters = timedelta(minutes=15), a, 0
    while moment < b:
        quarters += working.is_working(moment)
        moment += step
    return quarters / 4


def test_a_weekend_does_not_count() -> None:
    friday = datetime(2025, 6, 6, 16, tzinfo=LONDON)
    monday = datetime(2025, 6, 9, 10, tzinfo=LONDON)
    assert OFFICE.hours_between(friday, monday) == 2
    assert OFFICE.hours_between(monday, friday) == -2
    assert OFFICE.add(friday, 2) == monday


def test_a_holiday_does_not_count_in_its_own_country_only() -> None:
    before = datetime(2025, 12, 24, 12, tzinfo=LONDON)
    after = datetime(2025, 12, 29, 12, tzinfo=LONDON)
    assert OFFICE.hours_between(before, after) == 8
    assert WorkingTime("Europe/London").hours_between(before, after) == 24


def test_subdivisions_differ() -> None:
    scotland = WorkingTime("Europe/London", country="GB", subdivision="SCT")
    assert scotland.is_working_day(date(2025, 4, 21))
    assert not OFFICE.is_working_day(date(2025, 4, 21))


def test_a_night_shift_loses_the_hour_that_the_clocks_skip() -> None:
    nights = WorkingTime("Europe/London", days=frozenset(range(7)), start=time(0), end=time(6))
    spring = datetime(2025, 3, 30, tzinfo=LONDON)
    autumn = datetime(2025, 10, 26, tzinfo=LONDON)
    assert nights.hours_between(spring, spring + timedelta(days=1)) == 5
    assert nights.hours_between(autumn, autumn + timedelta(days=1)) == 7


def test_the_end_of_the_day_counts_to_that_day() -> None:
    start = datetime(2025, 6, 6, 9, tzinfo=LONDON)
    assert OFFICE.add(start, 8) == datetime(2025, 6, 6, 17, tzinfo=LONDON)
    assert OFFICE.add(start, 0) == start
    assert OFFICE.is_working(start)
    assert not OFFICE.is_working(datetime(2025, 6, 6, 17, tzinfo=LONDON))


@settings(max_examples=30, deadline=None)
@given(MOMENTS, st.integers(0, 4 * 24 * 30))
def test_hours_equal_a_slow_count(moment: datetime, quarters: int) -> None:
    a = moment.replace(minute=moment.minute // 15 * 15, second=0, microsecond=0)
    b = a + timedelta(minutes=15 * quarters)
    assert OFFICE.hours_between(a, b) == pytest.approx(_slow_hours(OFFICE, a, b))


@settings(max_examples=200, deadline=None)
@given(MOMENTS, st.floats(0.01, 5000))
def test_adding_and_measuring_agree(moment: datetime, hours: float) -> None:
    later = OFFICE.add(moment, hours)
    assert OFFICE.hours_between(moment, later) == pytest.approx(hours, abs=1e-6)
    assert OFFICE.hours_between(moment, later - timedelta(seconds=1)) < hours


@settings(max_examples=200, deadline=None)
@given(MOMENTS, MOMENTS, MOMENTS)
def test_hours_add_up(a: datetime, b: datetime, c: datetime) -> None:
    whole = OFFICE.hours_between(a, c)
    assert OFFICE.hours_between(a, b) + OFFICE.hours_between(b, c) == pytest.approx(whole, abs=1e-6)


@settings(max_examples=200, deadline=None)
@given(st.dates(date(2019, 1, 1), date(2027, 12, 31)), st.integers(1, 900))
def test_days_add_and_measure(day: date, count: int) -> None:
    later = OFFICE.add_days(day, count)
    assert OFFICE.is_working_day(later)
    assert OFFICE.days_between(day, later) == count
    assert OFFICE.days_between(later, day) == -count


def test_days_skip_the_weekend() -> None:
    friday, monday = date(2025, 6, 6), date(2025, 6, 9)
    assert PLAIN.days_between(friday, monday) == 1
    assert PLAIN.days_between(friday, date(2025, 6, 8)) == 0
    assert PLAIN.add_days(friday, 1) == monday
    assert PLAIN.add_days(friday, 0) == friday
    assert PLAIN.local_day(datetime(2025, 6, 6, 23, 59, tzinfo=UTC)) == friday


def test_what_cannot_be_kept_says_how_to_mend_it() -> None:
    with pytest.raises(UnknownHolidays, match="ISO 3166"):
        WorkingTime(country="XX")
    with pytest.raises(UnknownHolidays, match="GB-YY"):
        WorkingTime(country="GB", subdivision="YY")
    with pytest.raises(BadWorkingTime, match="Europe/Madrid"):
        WorkingTime("Nowhere/Else")
    with pytest.raises(BadWorkingTime, match="Monday"):
        WorkingTime(days=frozenset())
    with pytest.raises(BadWorkingTime, match="start before"):
        WorkingTime(start=time(17), end=time(9))


def test_moments_need_a_time_zone() -> None:
    with pytest.raises(ValueError, match="time zone"):
        PLAIN.is_working(datetime(2025, 6, 6, 12))  # noqa: DTZ001
    with pytest.raises(ValueError, match="hours to come"):
        PLAIN.add(datetime(2025, 6, 6, 12, tzinfo=UTC), -1)
