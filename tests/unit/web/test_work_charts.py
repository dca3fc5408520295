"""Charts of hours: geometry, the sentence beside it, the table that says the same."""

from __future__ import annotations

from datetime import date

import pytest

from amends.web.dates import renewal
from amends.web.work_charts import PEOPLE, hour_spark, hours, week_table, work_chart, work_sentence

SUNDAY = date(2026, 3, 22)
HOUR = 3600


def weeks(*hours_a_week: float) -> list[int]:
    return [int(HOUR * one) for one in hours_a_week]


def test_a_row_for_everybody_then_each_by_name_on_one_scale() -> None:
    people = {"Ada": weeks(0, 10, 5), "Bo": weeks(2, 0, 5)}
    chart = work_chart(people, until=SUNDAY, key="wide", shown=3, step=20)
    assert chart is not None
    assert [(row.name, row.said, row.top, row.all) for row in chart.rows] == [
        ("Everybody", "22 h", "10 h", True), ("Ada", "15 h", "10 h", False), ("Bo", "7 h", "5 h", False),
    ]  # fmt: skip
    assert chart.rows[1].bars.count("M") == 2
    assert "v-26.0" in chart.rows[1].bars  # the highest of all persons
    assert "v-13.0" in chart.rows[2].bars  # half of it
    assert (chart.width, chart.height) == (60, 6 + 3 * 46 + 20)


def test_one_person_has_one_row() -> None:
    chart = work_chart({"Ada": weeks(1, 2)}, until=SUNDAY, key="wide", shown=2, step=20)
    assert chart is not None
    assert [row.name for row in chart.rows] == ["Ada"]


def test_many_people_share_the_last_row() -> None:
    people = {f"P{number:02}": weeks(1, 1) for number in range(12)}
    chart = work_chart(people, until=SUNDAY, key="wide", shown=2, step=20)
    assert chart is not None
    assert len(chart.rows) == PEOPLE + 1
    assert (chart.rows[-1].name, chart.rows[-1].said) == ("5 others", "10 h")


def test_nothing_is_no_chart() -> None:
    assert work_chart({}, until=SUNDAY, key="wide", shown=2, step=20) is None
    assert work_chart({"Ada": [0, 0]}, until=SUNDAY, key="wide", shown=2, step=20) is None
    assert work_sentence({}, until=SUNDAY) == "No hours in these weeks."


def test_the_sentence_says_what_the_chart_shows() -> None:
    people = {"Ada": weeks(0, 1, 0, 1, 2, 8, 0, 2.5), "Bo": weeks(0, 0, 0, 0, 0, 4, 0, 0)}
    assert work_sentence(people, until=SUNDAY) == (
        "18.5 h in 8 weeks by 2 people. Most in the week of 2 March, 12 h. The last four weeks hold 16.5 h, up 14.5 h."
    )


def test_the_table_says_the_same_newest_first() -> None:
    [last, first] = week_table({"Ada": weeks(1, 0, 2), "Bo": weeks(0.5, 0, 0)}, until=SUNDAY)
    assert (last.monday, last.seconds, last.people) == (date(2026, 3, 16), 2 * HOUR, [("Ada", 2 * HOUR)])
    assert (first.monday, first.people) == (date(2026, 3, 2), [("Ada", HOUR), ("Bo", 1800)])


def test_a_spark_of_hours() -> None:
    spark = hour_spark(weeks(1, 0, 2, 4))
    assert (spark.width, spark.bars.count("M")) == (16, 3)
    assert spark.sentence == "7 h in 4 weeks; 6 h of it in the last 2, up 5 h"


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0 h"), (60, "0.1 h"), (5400, "1.5 h"), (3600, "1 h"), (3_600_000, "1,000 h")]
)
def test_hours_in_words(seconds: int, text: str) -> None:
    assert hours(seconds) == text


@pytest.mark.parametrize(
    ("day", "text"),
    [
        (date(2026, 3, 12), "renews Thursday 12 March, in 5 weeks"),
        (date(2026, 2, 5), "renews today"),
        (date(2026, 2, 6), "renews tomorrow, Friday 6 February"),
        (date(2026, 2, 15), "renews Sunday 15 February, in 10 days"),
        (date(2026, 2, 2), "was due to renew on Monday 2 February, 3 days ago"),
        (date(2027, 6, 1), "renews Tuesday 1 June 2027, in 16 months"),
        (date(2029, 2, 5), "renews Monday 5 February 2029, in 3 years"),
    ],
)  # fmt: skip
def test_renewals_are_spoken(day: date, text: str) -> None:
    assert renewal(day, today=date(2026, 2, 5)) == text
