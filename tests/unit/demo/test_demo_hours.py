"""The sample agency's hours: an export like any other, with three slips to be pointed out."""

from __future__ import annotations

from datetime import date

from tests.conftest import NOW

from amends.clients.timesheets import read_timesheet, remarks
from amends.demo.agency import ENGAGEMENTS, FIRM
from amends.demo.hours import Job, time_sheet

JOBS = [Job(one.client, one.name, one.starts_on(FIRM.clock(NOW))) for one in ENGAGEMENTS]


def test_the_same_moment_gives_the_same_sheet_and_all_of_it_can_be_read() -> None:
    data = time_sheet(JOBS, now=NOW)
    assert data == time_sheet(JOBS, now=NOW)
    sheet = read_timesheet(data)
    assert (sheet.format, sheet.set_aside) == ("clockify", ())
    assert len(sheet.rows) > 500
    assert {row.client for row in sheet.rows} == {job.client for job in JOBS}
    assert all(row.currency == "GBP" and row.amount for row in sheet.rows)
    assert max(row.day for row in sheet.rows) <= NOW.date()


def test_it_holds_three_slips_and_no_other() -> None:
    sheet = read_timesheet(time_sheet(JOBS, now=NOW))
    kinds = [one.kind for one in remarks(sheet.rows, works=lambda day: False)]
    assert (kinds.count("overlap"), kinds.count("late")) == (1, 1)
    [twice] = [one for one in remarks(sheet.rows, works=lambda day: False) if "autumn catalogue" in one.says]
    assert twice.kind == "elsewhere"


def test_no_job_no_hours() -> None:
    assert read_timesheet(time_sheet([], now=NOW)).rows == ()
    assert len(read_timesheet(time_sheet([Job("A", "B", date(2030, 1, 1))], now=NOW)).rows) == 0
