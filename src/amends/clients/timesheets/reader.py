"""Reading a whole export: format, date order and decimal sign are decided for the file, then every row for itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from amends.clients.csvfiles import Line
from amends.clients.timesheets import amounts, dates
from amends.clients.timesheets.formats import Layout, currency_code, folded
from amends.clients.timesheets.rows import (
    NAME_MOST,
    BadCell,
    DateOrder,
    Decimals,
    SetAside,
    TimeRow,
    Timesheet,
    TimesheetError,
    flat,
)
from amends.clients.timesheets.text import LARGEST, lines_of

_YES = frozenset({"yes", "y", "true", "1", "x", "ja", "oui", "si", "billable"})
_NO = frozenset({"no", "n", "false", "0", "-", "nein", "non", "nee", "non-billable"})
_DATES = ("day", "end_day", "entered")


def read_timesheet_file(
    path: Path, *, dates_as: DateOrder | None = None, decimals_as: Decimals | None = None
) -> Timesheet:
    """Read an export from disk. Raises `TimesheetError`."""
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        message = f"{path} cannot be read: {error.strerror or error}."
        raise TimesheetError(message) from error
    return read_timesheet(data, dates_as=dates_as, decimals_as=decimals_as)


def read_timesheet(data: bytes, *, dates_as: DateOrder | None = None, decimals_as: Decimals | None = None) -> Timesheet:
    """Read an export. Raises `TimesheetError`: no export that is known, or (`Unclear`) one with two readings.

    Rows that cannot be read are set aside, each with its line and its reason; the others are read.
    """
    layout, found = lines_of(data)
    lines = list(found)
    whole = [line for line in lines if _fits(line, layout)]
    order = dates_as or dates.decide_order(_dated(whole, layout))
    sign = decimals_as or _sign(whole, layout)
    rows: list[TimeRow] = []
    aside: list[SetAside] = []
    for line in lines:
        try:
            rows.append(_row(line, layout, order=order, sign=sign, asked=dates_as))
        except BadCell as problem:
            aside.append(SetAside(line.number, str(problem)))
    return Timesheet(layout.format.name, tuple(rows), tuple(aside))


def _fits(line: Line, layout: Layout) -> bool:
    """Whether a row has no more cells than there are headers; else nobody knows which cell is which."""
    return not any(line.cells[layout.width :])


def _cell(line: Line, layout: Layout, column: str) -> str:
    """What a row says in a column: the first place of it that is not empty."""
    for place in layout.places.get(column, ()):
        if place < len(line.cells) and line.cells[place]:
            return line.cells[place]
    return ""


def _dated(lines: Sequence[Line], layout: Layout) -> Iterator[dates.Dated]:
    for line in lines:
        for column in _DATES:
            text = _cell(line, layout, column)
            if text:
                yield line.number, text


def _sign(lines: Sequence[Line], layout: Layout) -> Decimals | None:
    durations = [(line.number, _cell(line, layout, "duration")) for line in lines]
    wanted = [(number, text) for number, text in durations if text and not amounts.is_clock(text)]
    others = (line.cells[place] for line in lines for place in layout.numbers if place < len(line.cells))
    sign = amounts.decide_sign(wanted, others)
    money = (
        (line.number, line.cells[place]) for line in lines for place in layout.money.values() if place < len(line.cells)
    )
    return sign or amounts.decide_money_sign(money)


def _row(
    line: Line, layout: Layout, *, order: DateOrder | None, sign: Decimals | None, asked: DateOrder | None
) -> TimeRow:
    """One row. Raises `BadCell`."""
    if not _fits(line, layout):
        message = f"it has {len(line.cells)} cells under {layout.width} headers: a comma without quotes?"
        raise BadCell(message)

    def said(column: str) -> str:
        return _cell(line, layout, column)

    email = said("email").lower()
    person = said("person") or said("login") or f"{said('first_name')} {said('last_name')}".strip() or email
    if not person:
        message = "it does not say who worked"
        raise BadCell(message)
    day = dates.read_date(said("day"), order, asked=asked)
    start, end = _span(line, layout, day, order=order, asked=asked)
    entered = said("entered")
    return TimeRow(
        line=line.number, person=_name(person), email=email if "@" in email else "", client=_name(said("client")),
        project=_name(said("project")), task=_name(said("task")), description=said("description"), day=day,
        start=start, end=end, seconds=amounts.read_seconds(said("duration"), sign),
        billable=_billable(said("billable")),
        tags=tuple(tag for part in said("tags").split(",") if (tag := _name(part))),
        entered=dates.read_date(entered, order, asked=asked) if entered else None,
        **_money(line, layout, sign),
    )  # fmt: skip


def _money(line: Line, layout: Layout, sign: Decimals | None) -> dict[str, Any]:
    """What a row says of money, and in which currency."""
    found = {
        column: amounts.read_money(line.cells[place], sign, column=column) if place < len(line.cells) else None
        for column, place in layout.money.items()
    }
    if not any(found.values()):
        return {}
    return {**found, "currency": currency_code(_cell(line, layout, "currency")) or layout.currency}


def _span(
    line: Line, layout: Layout, day: date, *, order: DateOrder | None, asked: DateOrder | None
) -> tuple[datetime | None, datetime | None]:
    """When it began and ended; without a date of its own an end before the beginning is on the next day."""
    start = dates.at(day, dates.read_time(_cell(line, layout, "start")))
    clock = dates.read_time(_cell(line, layout, "end"))
    if start is None or clock is None:
        return start, None
    ends_on = _cell(line, layout, "end_day")
    end = dates.at(dates.read_date(ends_on, order, asked=asked) if ends_on else day, clock)
    if end is not None and end < start:
        if ends_on:
            message = f"it ends before it begins ({start:%H:%M}, {end:%H:%M})"
            raise BadCell(message)
        end += timedelta(days=1)
    return start, end


def _billable(text: str) -> bool | None:
    word = folded(text)
    if not word:
        return None
    if word in _YES or word in _NO:
        return word in _YES
    message = f"“{text}” under Billable is neither yes nor no"
    raise BadCell(message)


def _name(text: str) -> str:
    return flat(text)[:NAME_MOST].rstrip()
