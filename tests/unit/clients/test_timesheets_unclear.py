"""What a file can mean in two ways: its other rows decide, an option decides, or it stops with both readings."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amends.clients.timesheets import DateOrder, Decimals, Timesheet, Unclear, read_timesheet
from amends.clients.timesheets.amounts import readings as numbers
from amends.clients.timesheets.dates import decide_order, read_date, readings

HARVEST = "Date,Client,Project,Task,Notes,Hours,Billable?,First Name,Last Name,Billable Rate,Billable Amount"


def harvest(
    *rows: tuple[str, str], amount: str = "", dates: DateOrder | None = None, decimals: Decimals | None = None
) -> Timesheet:
    lines = [HARVEST, *(f'{day},Hartwell,Site,Design,x,"{hours}",Yes,Ada,Moss,,"{amount}"' for day, hours in rows)]
    return read_timesheet("\n".join(lines).encode(), dates_as=dates, decimals_as=decimals)


def test_a_date_that_nothing_decides_stops_with_both_readings() -> None:
    with pytest.raises(Unclear) as caught:
        harvest(("05/05/2026", "1"), ("03/04/2026", "1"), ("12/11/2026", "1"))
    assert str(caught.value) == (
        "03/04/2026 is 3 April or 4 March (line 3), and nothing in the file decides: say which with --dates day-first"
        " or --dates month-first."
    )


@pytest.mark.parametrize(
    ("decider", "day"),
    [("13/04/2026", date(2026, 4, 3)), ("04/13/2026", date(2026, 3, 4)), ("31/12/2026", date(2026, 4, 3))],
)
@pytest.mark.parametrize("before", [True, False])
def test_another_row_decides_for_all(decider: str, day: date, before: bool) -> None:
    rows = [("03/04/2026", "1"), (decider, "1")]
    sheet = harvest(*(reversed(rows) if before else rows))
    assert sheet.set_aside == ()
    assert day in {row.day for row in sheet.rows}


@pytest.mark.parametrize(
    ("order", "day"), [(DateOrder.DAY_FIRST, date(2026, 4, 3)), (DateOrder.MONTH_FIRST, date(2026, 3, 4))]
)
def test_the_option_decides(order: DateOrder, day: date) -> None:
    [row] = harvest(("03/04/2026", "1"), dates=order).rows
    assert row.day == day


def test_with_the_option_rows_that_cannot_be_read_so_are_set_aside() -> None:
    sheet = harvest(("03/04/2026", "1"), ("04/13/2026", "1"), dates=DateOrder.DAY_FIRST)
    assert [row.day for row in sheet.rows] == [date(2026, 4, 3)]
    assert [(one.line, one.reason) for one in sheet.set_aside] == [
        (3, "“04/13/2026” is no date that is written day first")
    ]
    assert len(harvest(("03/04/2026", "1"), dates=DateOrder.YEAR_FIRST).set_aside) == 1


def test_rows_that_contradict_each_other_stop_too() -> None:
    with pytest.raises(
        Unclear, match=r"^13/04/2026 \(line 3\) can only be day first, 04/13/2026 \(line 4\) only month"
    ):
        harvest(("03/04/2026", "1"), ("13/04/2026", "1"), ("04/13/2026", "1"))


def test_what_is_no_date_at_all_decides_nothing() -> None:
    with pytest.raises(Unclear, match="03/04/2026"):
        harvest(("99/99/2026", "1"), ("03/04/2026", "1"))
    sheet = harvest(("99/99/2026", "1"), ("03/04/2026", "1"), dates=DateOrder.DAY_FIRST)
    assert (len(sheet.rows), len(sheet.set_aside)) == (1, 1)


def test_dates_that_are_the_same_either_way_need_no_option() -> None:
    assert [row.day for row in harvest(("05/05/2026", "1"), ("06/06/2026", "1")).rows] == [
        date(2026, 5, 5), date(2026, 6, 6),
    ]  # fmt: skip


def test_a_year_of_two_digits_may_stand_at_either_end() -> None:
    with pytest.raises(Unclear, match="3 April 2026 or 4 March 2026 or 26 April 2003"):
        harvest(("03/04/26", "1"))
    [row] = harvest(("03/04/26", "1"), dates=DateOrder.YEAR_FIRST).rows
    assert row.day == date(2003, 4, 26)
    assert [row.day for row in harvest(("99-12-31", "1"), ("26-11-10", "1")).rows][1] == date(2026, 11, 10)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-04-03", date(2026, 4, 3)),
        ("2026/4/3", date(2026, 4, 3)),
        ("2026. 04. 03.", date(2026, 4, 3)),
        ("2026-04-03T09:00:00", date(2026, 4, 3)),
        ("03.04.2026", date(2026, 4, 3)),
        ("3.4.26", date(2026, 4, 3)),
        ("03.04.2026 09:00", date(2026, 4, 3)),
    ],
)
def test_dates_that_are_plain_by_themselves(text: str, day: date) -> None:
    assert decide_order([(1, text)]) in {None, DateOrder.DAY_FIRST}
    assert read_date(text, decide_order([(1, text)])) == day


def test_points_yield_to_an_option() -> None:
    [row] = harvest(("03.04.2026", "1"), dates=DateOrder.MONTH_FIRST).rows
    assert row.day == date(2026, 3, 4)


def test_the_two_readings_stand_on_one_line_whatever_the_cell_holds() -> None:
    with pytest.raises(Unclear, match=r"^03/04/2026 09:00 is 3 April or 4 March \(line 2\)"):
        harvest(('"03/04/2026\n09:00"', "1"))
    with pytest.raises(Unclear, match=r"^1,500 h is 1500 hours or 1\.5 hours"):
        harvest(("2026-03-09", "1,500\n h"))
    assert [one.reason for one in harvest(("03/04/2026 or so", "1")).set_aside] == ["“03/04/2026 or so” is no date"]


def test_korean_points_are_not_taken_for_german_ones() -> None:
    with pytest.raises(Unclear, match="26 April 2003 or 3 April 2026"):
        harvest(("26. 4. 3.", "1"))


def test_other_dates_of_a_row_decide_as_well() -> None:
    header = "Project,Client,Description,User,Start Date,Start Time,End Date,Duration (h),Date of creation"
    data = f"{header}\nSite,Hartwell,x,Ada,03/04/2026,09:00,03/04/2026,01:00:00,17/04/2026\n"
    [row] = read_timesheet(data.encode()).rows
    assert (row.day, row.entered) == (date(2026, 4, 3), date(2026, 4, 17))


@settings(deadline=None)
@given(st.lists(st.dates(date(2000, 1, 1), date(2099, 12, 31)), min_size=1, max_size=20), st.sampled_from("/-"))
def test_a_file_is_never_read_in_an_order_that_it_does_not_have(days: list[date], sign: str) -> None:
    """Whatever is decided without an option is what was written, or makes no difference."""
    for form in (f"%d{sign}%m{sign}%Y", f"%m{sign}%d{sign}%Y", f"%Y{sign}%m{sign}%d"):
        texts = [(number, day.strftime(form)) for number, day in enumerate(days)]
        try:
            order = decide_order(texts)
        except Unclear:
            assert all(len(readings(text)) == 2 for _, text in texts)
            continue
        assert [read_date(text, order) for _, text in texts] == days


# -- numbers ------------------------------------------------------------------------------------------------------


def test_a_number_that_nothing_decides_stops_with_both_readings() -> None:
    with pytest.raises(Unclear) as caught:
        harvest(("2026-03-09", "8"), ("2026-03-09", "1,500"))
    assert str(caught.value) == (
        "1,500 is 1500 hours or 1.5 hours (line 3), and nothing in the file decides: say which with --decimal point or"
        " --decimal comma."
    )


@pytest.mark.parametrize(
    ("hours", "decider", "seconds"),
    [("1,500", "7,5", 5400), ("1.500", "7.5", 5400), ("1,500", "0,125", 5400), ("1.500", ".25", 5400)],
)
def test_another_number_decides_for_all(hours: str, decider: str, seconds: int) -> None:
    assert harvest(("2026-03-09", hours), ("2026-03-09", decider)).rows[0].seconds == seconds


def test_the_money_beside_it_decides_as_well() -> None:
    assert harvest(("2026-03-09", "1.500"), amount="120.00").rows[0].seconds == 5400
    assert harvest(("2026-03-09", "1,500"), amount="1.234,50").rows[0].seconds == 5400


def test_the_option_decides_the_decimal_sign() -> None:
    assert harvest(("2026-03-09", "1,500"), decimals=Decimals.COMMA).rows[0].seconds == 5400
    sheet = harvest(("2026-03-09", "1,500"), ("2026-03-09", "7,5"), decimals=Decimals.POINT)
    assert [one.reason for one in sheet.set_aside] == [
        "“1,500” is more than 31 days in one entry", "“7,5” is no duration with a decimal point",
    ]  # fmt: skip


def test_numbers_that_contradict_each_other_stop_too() -> None:
    with pytest.raises(Unclear, match=r"^7\.5 \(line 3\) has a decimal point, 7,5 \(line 2\) a decimal comma"):
        harvest(("2026-03-09", "7,5"), ("2026-03-09", "7.5"))


def test_hours_and_minutes_know_no_decimal_sign() -> None:
    assert [row.seconds for row in harvest(("2026-03-09", "1:30"), ("2026-03-09", "7,5")).rows] == [5400, 27_000]


@pytest.mark.parametrize(
    ("text", "point", "comma"),
    [
        ("8", 8, 8),
        ("7.5", "7.5", None),
        ("7,5", None, "7.5"),
        ("1,500", 1500, "1.5"),
        ("1,234.50", "1234.5", None),
        ("1.234,50", None, "1234.5"),
        ("0,500", None, "0.5"),
        ("12,34,56", None, None),
        ("1 234,5", None, "1234.5"),
        ("1’234.5", "1234.5", None),
        ("7.5 h", "7.5", None),
        ("", None, None),
        (".", None, None),
        ("٧", None, None),
    ],
)
def test_how_a_number_can_be_read(text: str, point: object, comma: object) -> None:
    found = {sign: str(value.normalize().__format__("f")) for sign, value in numbers(text).items()}
    wanted = {Decimals.POINT: point, Decimals.COMMA: comma}
    assert found == {sign: str(value) for sign, value in wanted.items() if value is not None}


@settings(deadline=None)
@given(st.lists(st.integers(1, 2_000_000), min_size=1, max_size=20), st.integers(1, 4), st.sampled_from(".,"))
def test_hours_are_exact_whatever_the_sign(thousandths: list[int], places: int, sign: str) -> None:
    texts = [f"{value / 1000:.{places}f}".replace(".", sign) for value in thousandths]
    option = Decimals.POINT if sign == "." else Decimals.COMMA
    try:
        sheet = harvest(*(("2026-03-09", text) for text in texts), decimals=None)
    except Unclear:
        assert places == 3
        sheet = harvest(*(("2026-03-09", text) for text in texts), decimals=option)
    for row in sheet.rows:
        exact = round(float(texts[row.line - 2].replace(sign, ".")) * 3600)
        assert abs(timedelta(seconds=row.seconds) - timedelta(seconds=exact)) <= timedelta(seconds=1)
