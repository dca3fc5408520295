"""Dates and times of day as exports write them, and which order of day and month a whole file must mean.

A date may be readable in several orders; the file's other dates decide, or nobody does. Two things are no guess: a year
of four digits in front is always followed by month and day, and dates with points (03.04.2026) are written day first
wherever a tracker writes them, unless an option says otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time

from amends.clients.timesheets.rows import BadCell, DateOrder, Unclear, flat

_DATE = re.compile(r"([0-9]{1,4})([./-])( ?)([0-9]{1,2})\2 ?([0-9]{1,4})\.?(?=$|[ T,]+[0-9]{1,2}[:.h][0-9]{2})")
_YEAR_LEADS = re.compile(r"\s*[0-9]{3}")
_TIME = re.compile(r"(?:^|[ T])([0-9]{1,2})[:.h]([0-9]{2})(?:[:.]([0-9]{2}))?(?:\.[0-9]+)? ?([ap])?\.?(?:m\.?)?$", re.I)
_ALL = (DateOrder.DAY_FIRST, DateOrder.MONTH_FIRST, DateOrder.YEAR_FIRST)
_YEARS = range(2000, 2100)

Readings = dict[DateOrder, date]
Dated = tuple[int, str]  # a line, and what stands there


def readings(text: str, *, asked: DateOrder | None = None) -> Readings:
    """Every order in which this is a day, with that day; `asked` is the order that the person gave."""
    found = _DATE.match(flat(text))
    if found is None:
        return {}
    first, sign, blank, second, third = found.groups()
    if _YEAR_LEADS.match(text):
        return _possible({DateOrder.YEAR_FIRST: (first, second, third)})
    orders = {DateOrder.DAY_FIRST: (third, second, first)}
    if sign != "." or asked is DateOrder.MONTH_FIRST:
        orders[DateOrder.MONTH_FIRST] = (third, first, second)
    if len(third) <= 2 and (sign != "." or blank or asked is DateOrder.YEAR_FIRST):  # "26. 4. 3." is Korean
        orders[DateOrder.YEAR_FIRST] = (first, second, third)
    return _possible(orders)


def _possible(orders: dict[DateOrder, tuple[str, str, str]]) -> Readings:
    found = {}
    for order, (year, month, day) in orders.items():
        full = int(year) + (2000 if len(year) <= 2 else 0)
        if full in _YEARS:
            try:
                found[order] = date(full, int(month), int(day))
            except ValueError:
                continue
    return found


def decide_order(values: Iterable[Dated]) -> DateOrder | None:
    """The order in which all these dates can be read; None where it makes no difference. Raises `Unclear`."""
    known = [(line, text, found) for line, text in values if not _YEAR_LEADS.match(text) and (found := readings(text))]
    if not known:
        return None
    orders = [order for order in _ALL if all(order in found for _, _, found in known)]
    if not orders:
        raise _contradiction(known)
    for line, text, found in known:
        days = {found[order]: order for order in reversed(orders)}
        if len(days) > 1:
            raise _doubt(line, text, days)
    return orders[0]


def _doubt(line: int, text: str, days: dict[date, DateOrder]) -> Unclear:
    ways = sorted(days.items(), key=lambda way: _ALL.index(way[1]))
    years = {day.year for day in days}
    said = " or ".join(spoken(day) if len(years) > 1 else _day_and_month(day) for day, _ in ways)
    options = " or ".join(f"--dates {order}" for _, order in ways)
    message = f"{flat(text)} is {said} (line {line}), and nothing in the file decides: say which with {options}."
    return Unclear(
        message, option="dates", line=line, text=flat(text), ways={order.value: spoken(day) for day, order in ways}
    )


def _contradiction(known: Sequence[tuple[int, str, Readings]]) -> Unclear:
    line, text, found = min(known, key=lambda value: len(value[2]))
    others = [value for value in known if set(value[2]) != set(found)]
    other, told, against = min(others, key=lambda value: len(set(value[2]) & set(found)))
    message = (
        f"{flat(text)} (line {line}) can only be {_orders(found)}, {flat(told)} (line {other}) only {_orders(against)}:"
        " say with --dates day-first, month-first or year-first how it is meant; rows that cannot be read so are set"
        " aside."
    )
    ways = {order.value: f"{flat(text)} (line {line}) is meant" for order in _ALL if order in found}
    ways |= {order.value: f"{flat(told)} (line {other}) is meant" for order in _ALL if order in against}
    return Unclear(message, option="dates", line=line, text=flat(text), ways=ways)


def _orders(found: Readings) -> str:
    return " or ".join(order.words for order in _ALL if order in found)


def spoken(day: date) -> str:
    """A day in words that nobody can misread."""
    return f"{_day_and_month(day)} {day.year}"


def _day_and_month(day: date) -> str:
    return f"{day.day} {day:%B}"


def read_date(text: str, order: DateOrder | None, *, asked: DateOrder | None = None) -> date:
    """The day that stands there. Raises `BadCell`."""
    found = readings(text, asked=asked)
    if order is not None and order in found:
        return found[order]
    if found and (order is None or _YEAR_LEADS.match(text)):
        return next(iter(found.values()))
    if not text:
        message = "it has no date"
    elif found and order is not None:
        message = f"“{text}” is no date that is written {order.words}"
    else:
        message = f"“{text}” is no date"
    raise BadCell(message)


def read_time(text: str) -> time | None:
    """The time of day that stands there, perhaps behind a date; None where there is none. Raises `BadCell`."""
    if not text.strip():
        return None
    found = _TIME.search(flat(text))
    if found is None:
        message = f"“{text}” is no time of day"
        raise BadCell(message)
    hour, minute, second = int(found[1]), int(found[2]), int(found[3] or 0)
    half = (found[4] or "").lower()
    if half:
        if not 1 <= hour <= 12:
            message = f"“{text}” is no time of day"
            raise BadCell(message)
        hour = hour % 12 + (12 if half == "p" else 0)
    try:
        return time(hour, minute, second)
    except ValueError as error:
        message = f"“{text}” is no time of day"
        raise BadCell(message) from error


def at(day: date, clock: time | None) -> datetime | None:
    """The local moment of a day and a time of day."""
    return None if clock is None else datetime.combine(day, clock)
