"""How each kind of expression is read; written on Thursday 12 March 2026, 10:30, in London unless said."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from amends.judgement.due import due, find
from amends.judgement.working_time import WorkingTime

LONDON = ZoneInfo("Europe/London")
NEW_YORK = ZoneInfo("America/New_York")
AT = datetime(2026, 3, 12, 10, 30, tzinfo=LONDON)
FIRM = WorkingTime(timezone="Europe/London", country="GB", subdivision="ENG")


def day(text: str, at: datetime = AT, working: WorkingTime | None = FIRM) -> str:
    """The deadline: a date where no hour is said, else to the minute; "open" or "none"."""
    found = due(text, at=at, working=working)
    if found is None or found.at is None:
        return "none" if found is None else "open"
    return f"{found.at:%Y-%m-%d}" if found.whole_day else f"{found.at:%Y-%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("EOD Thursday", "2026-03-19 17:00"),
        ("COB tomorrow", "2026-03-13 17:00"),
        ("close of play", "2026-03-12 17:00"),
        ("first thing Monday", "2026-03-16 09:00"),
        ("by noon", "2026-03-12 12:00"),
        ("in a fortnight", "2026-03-26"),
        ("in a fortnight's time", "2026-03-26"),
        ("within 48 hours", "2026-03-14 10:30"),
        ("in 2-3 weeks", "2026-04-02"),
        ("in a day or two", "2026-03-14"),
        ("end of next week", "2026-03-20"),
        ("mid-March", "2026-03-15"),
        ("early next week", "2026-03-17"),
        ("the week of the 12th", "2026-03-13"),
        ("this afternoon", "2026-03-12 17:00"),
        ("by the end of the month", "2026-03-31"),
        ("by the end of the quarter", "2026-03-31"),
        ("by the end of the year", "2026-12-31"),
        ("no later than Q2", "2026-06-30"),
        ("over the weekend", "2026-03-15"),
        ("by Easter", "2026-04-05"),
        ("before Christmas", "2026-12-24"),
        ("on New Year's Eve", "2026-12-31"),
        ("between 3 and 5 May", "2026-05-05"),
        ("2026-04-02", "2026-04-02"),
        ("by return", "open"),
        ("ASAP", "open"),
        ("before the launch", "open"),
        ("within 30 days of receipt", "open"),
        ("last Tuesday", "none"),
        ("every Friday", "none"),
        ("May I ask?", "none"),
    ],
)
def test_business_phrases(text: str, expected: str) -> None:
    assert day(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Friday", "2026-03-13"),
        ("this Friday", "2026-03-13"),
        ("next Friday", "2026-03-20"),
        ("Friday week", "2026-03-20"),
        ("a week on Friday", "2026-03-20"),
        ("Friday after next", "2026-03-27"),
        ("Thursday", "2026-03-19"),
        ("Thursday at 3pm", "2026-03-12 15:00"),
        ("Thursday at 9am", "2026-03-19 09:00"),
        ("Tuesday next week", "2026-03-17"),
        ("next week Wednesday", "2026-03-18"),
    ],
)
def test_which_weekday(text: str, expected: str) -> None:
    assert day(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("by 12 March", "2026-03-12"),
        ("by the 12th", "2026-03-12"),
        ("by the 11th", "2026-04-11"),
        ("on 11 January", "2027-01-11"),
        ("on January 11th, 2028", "2028-01-11"),
        ("on the twenty-first of June", "2026-06-21"),
        ("Friday the thirteenth", "2026-03-13"),
        ("29 February", "2028-02-29"),
        ("31 April", "none"),
        ("20.03.2026", "2026-03-20"),
        ("3 weeks after Easter Monday", "2026-04-27"),
        ("the second Monday of next month", "2026-04-13"),
        ("the last working day of the month", "2026-03-31"),
        ("Sunday 3 weeks after 15 March", "2026-04-05"),
    ],
)
def test_dates(text: str, expected: str) -> None:
    assert day(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("tomorrow at 3", "2026-03-13 15:00"),
        ("tomorrow at 7", "2026-03-13 07:00"),
        ("tomorrow at 03:00", "2026-03-13 03:00"),
        ("tomorrow at half past four", "2026-03-13 16:30"),
        ("tomorrow at quarter to ten", "2026-03-13 09:45"),
        ("at 8.30pm today", "2026-03-12 20:30"),
        ("7 this evening", "2026-03-12 19:00"),
        ("by 9", "2026-03-13 09:00"),
        ("14h00 tomorrow", "2026-03-13 14:00"),
        ("by midnight on Saturday", "2026-03-14 23:59"),
        ("for 3 hours", "none"),
        ("for 10 minutes", "none"),
    ],
)
def test_times(text: str, expected: str) -> None:
    assert day(text) == expected


def test_a_zone_that_is_said_counts() -> None:
    found = due("tomorrow 3pm CET", at=AT)
    assert found is not None
    assert found.at == datetime(2026, 3, 13, 14, tzinfo=UTC)


def test_the_day_first_or_the_month() -> None:
    american = WorkingTime(timezone="America/New_York", country="US")
    at = datetime(2026, 1, 5, 9, tzinfo=NEW_YORK)
    assert day("by 12/03") == "2026-03-12"
    assert day("by 03/12", at, american) == "2026-03-12"
    assert day("by 03/12", at, None) == "2026-03-12"
    assert day("by 25/03", at, american) == "2026-03-25"
    told = due("by 03/12", at=at, day_first=True)
    assert told is not None
    assert told.at is not None
    assert told.at.date() == date(2026, 12, 3)


def test_both_readings_are_said_where_nothing_tells_which() -> None:
    found = due("by 04/05", at=datetime(2026, 3, 12, 10, tzinfo=timezone(timedelta(hours=-3))))
    assert found is not None
    assert "nothing says which" in found.why
    assert "Monday 4 May 2026" in found.why
    assert "Sunday 5 April 2026" in found.why


def test_working_days_are_those_of_the_firm() -> None:
    before_easter = datetime(2026, 4, 2, 12, tzinfo=LONDON)
    assert day("in two working days", before_easter) == "2026-04-08"
    assert day("in two working days", before_easter, None) == "2026-04-06"
    sundays = WorkingTime(timezone="Europe/London", days=frozenset({6, 0, 1, 2, 3}), start=time(8), end=time(15, 30))
    assert day("by the end of the week", AT, sundays) == "2026-03-15"
    found = due("by Tuesday", at=AT, working=sundays)
    assert found is not None
    assert found.at == datetime(2026, 3, 17, 15, 30, tzinfo=LONDON)
    assert day("within 4 working hours") == "2026-03-12 14:30"
    assert day("within 8 working hours") == "2026-03-13 10:30"


def test_a_whole_day_ends_when_the_firm_closes_wherever_the_writer_is() -> None:
    found = due("by Friday", at=datetime(2026, 3, 12, 9, tzinfo=NEW_YORK), working=FIRM)
    assert found is not None
    assert found.at == datetime(2026, 3, 13, 17, tzinfo=LONDON)
    assert found.whole_day


def test_a_plain_offset_of_the_firms_own_knows_when_clocks_change() -> None:
    winter = datetime(2026, 3, 27, 12, tzinfo=timezone(timedelta(0)))
    found = due("on Monday at 10:00", at=winter, working=FIRM)
    assert found is not None
    assert found.at == datetime(2026, 3, 30, 9, tzinfo=UTC)


def test_today_after_hours_ends_at_midnight() -> None:
    late = datetime(2026, 3, 12, 18, 40, tzinfo=LONDON)
    assert day("today", late) == "2026-03-12"
    found = due("today", at=late, working=FIRM)
    assert found is not None
    assert found.at == datetime(2026, 3, 12, 23, 59, 59, tzinfo=LONDON)


def test_periods_say_when_they_begin() -> None:
    (week,) = find("next week", at=AT)
    assert week.begins == datetime(2026, 3, 16, tzinfo=LONDON)
    assert week.at == datetime(2026, 3, 20, 17, tzinfo=LONDON)
    (hours,) = find("2-4pm on Friday", at=AT)
    assert hours.begins == datetime(2026, 3, 13, 14, tzinfo=LONDON)
    assert hours.at == datetime(2026, 3, 13, 16, tzinfo=LONDON)
    (after,) = find("after 20 March", at=AT)
    assert (after.begins, after.at) == (datetime(2026, 3, 21, tzinfo=LONDON), None)


def test_the_moon_is_looked_up() -> None:
    assert day("by Eid al-Fitr") == "2026-03-20"
    assert day("before Diwali", AT, None)[:7] == "2026-11"


def test_a_year_is_said_for_feasts() -> None:
    assert day("by Thanksgiving 2027") == "2027-11-25"
    assert day("Easter 2030") == "2030-04-21"


def test_the_bank_holiday_is_that_of_the_country() -> None:
    assert day("after Easter we close until the next bank holiday") == "2026-04-03"


@pytest.mark.parametrize(
    "text",
    [
        "On 3 March we sent you the quote.",
        "We met on Tuesday.",
        "The work was due on 6 March.",
        "It was paid two weeks ago.",
        "As agreed on Monday, the fee stays.",
    ],
)
def test_what_is_past_is_found_and_is_not_due(text: str) -> None:
    (found,) = find(text, at=AT)
    assert found.at is not None
    assert found.at < AT
    assert due(text, at=AT) is None


def test_the_tense_is_that_of_the_nearest_verb() -> None:
    text = "We sent the draft on 3 March and will send the final version on 20 March."
    assert [each.at.date() for each in find(text, at=AT) if each.at] == [date(2026, 3, 3), date(2026, 3, 20)]


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("For the meeting on 25 March we need your slides by 20 March.", "by 20 March"),
        ("Ideally on Tuesday, but by Wednesday at the latest, please.", "by Wednesday at the latest"),
        ("Thanks for your email of 16 March; we answer on 19 March.", "on 19 March"),
        ("ASAP, by Friday in any case.", "by Friday"),
        ("He is away this week, so Monday 16th it is.", "Monday 16th"),
        ("It was moved from Thursday to Friday.", "from Thursday to Friday"),
    ],
)
def test_the_deadline_among_several(text: str, quote: str) -> None:
    found = due(text, at=AT)
    assert found is not None
    assert found.quote == quote


def test_a_reading_is_explained() -> None:
    found = due("by Friday", at=AT)
    assert found is not None
    assert found.why == "Friday after 12 March, Friday 13 March 2026"
    mismatch = due("by Monday 20 March", at=AT)
    assert mismatch is not None
    assert "though the text calls it a Monday" in mismatch.why


def test_the_weekday_tells_the_year() -> None:
    found = due("You will have three cleared names by 5 pm on Monday 16 March.", at=AT)
    assert found is not None
    assert f"{found.at:%Y-%m-%d}" == "2026-03-16"


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        due("by Friday", at=datetime(2026, 3, 12))  # noqa: DTZ001 - that is the point
