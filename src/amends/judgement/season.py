"""The weeks in which a firm's clients write less, year after year, and time that runs slower in them.

A firm's own holidays are in its calendar (`working_time`). Its clients' are not: half of them are away in August, all
of them are late in January. Where the same week of earlier years brought fewer letters a working day than the weeks
around it, a working day in that week counts for that much less of a silence.
"""

from __future__ import annotations

import math
from collections import Counter
from datetime import date, timedelta
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

AROUND = 6
"""A week is compared with so many on either side."""
FEW = 15.0
"""Active days that a week is credited with as if it had been ordinary."""
SLOW = 0.8
"""A week that brought more than this share of what is ordinary is ordinary."""
_WEEKS = 53
_WORKED = 5.0


class Days(Protocol):
    """Working days; `working_time.WorkingTime` is one."""

    def days_between(self, a: date, b: date) -> int:
        """Working days after `a`, up to and including `b`."""
        ...

    def add_days(self, day: date, count: int) -> date:
        """The `count`th working day after `day`."""
        ...


def slow_weeks(histories: Iterable[Sequence[date]], *, calendar: Days) -> tuple[float, ...]:
    """For each ISO week (1 to 53, at place 0 to 52) what a working day in it counts, up to 1; empty: all the same.

    `histories` are the clients' active days. Only weeks seen with `AROUND` weeks on both sides count.
    """
    active: Counter[date] = Counter()
    for history in histories:
        active.update(_monday(day) for day in history)
    if not active:
        return ()
    first, last = min(active), max(active)
    count = (last - first).days // 7 + 1
    weeks = [first + timedelta(weeks=number) for number in range(count)]
    worked = [calendar.days_between(week - timedelta(days=1), week + timedelta(days=6)) for week in weeks]
    seen = [0.0] * _WEEKS
    ordinary = [0.0] * _WEEKS
    for place in range(AROUND, count - AROUND):
        near = [each for each in range(place - AROUND, place + AROUND + 1) if abs(each - place) > 2]
        days = sum(worked[each] for each in near)
        if days:
            number = weeks[place].isocalendar().week - 1
            seen[number] += active[weeks[place]]
            ordinary[number] += sum(active[weeks[each]] for each in near) / days * worked[place]
    found = tuple(round((a + FEW) / (b + FEW), 3) for a, b in zip(seen, ordinary, strict=True))
    return tuple(each if each < SLOW else 1.0 for each in found) if min(found) < SLOW else ()


def in_season(last: date, days: float, season: Sequence[float], *, calendar: Days) -> date:
    """The working day by which `days` working days have passed since `last`, those of slow weeks counting for less."""
    if not season:
        return calendar.add_days(last, math.ceil(days))
    left, day = days, last
    while True:
        end = _monday(day + timedelta(days=1)) + timedelta(days=6)
        worked = calendar.days_between(day, end)
        weight = season[end.isocalendar().week - 1]
        if worked * weight >= left - 1e-9:
            return calendar.add_days(day, max(1, math.ceil(left / weight - 1e-9)))
        left -= worked * weight
        day = end


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
