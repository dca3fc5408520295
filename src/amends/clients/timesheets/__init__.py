"""Exports of time trackers: which tool wrote the file, what each row says, and what stands out in it. Pure.

Nothing about a format is guessed: what the whole file cannot decide stops with both readings (`Unclear`).
"""

from amends.clients.timesheets.reader import read_timesheet, read_timesheet_file
from amends.clients.timesheets.remarks import Remark, remarks
from amends.clients.timesheets.rows import DateOrder, Decimals, SetAside, TimeRow, Timesheet, TimesheetError, Unclear

__all__ = [
    "DateOrder",
    "Decimals",
    "Remark",
    "SetAside",
    "TimeRow",
    "Timesheet",
    "TimesheetError",
    "Unclear",
    "read_timesheet",
    "read_timesheet_file",
    "remarks",
]
