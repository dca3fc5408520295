"""When things happen in the sample: dates said relative to `now`, in the firm's working days.

A moment is written as an anchor, an optional shift and an optional time:
`3b 10:20` three working days ago, `+1b` the next working day, `12w tue 09:15` Tuesday twelve weeks ago,
`last thu 12:00` the latest Thursday that at least one whole working day has followed, `last thu -2b 16:05` two working
days before it. Working days leave out weekends, public holidays and the days between the years.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import holidays

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SPEC = re.compile(
    r"(?:(?P<back>\d+)b|\+(?P<ahead>\d+)b|(?P<weeks>\d+)w (?P<weekday>[a-z]{3})|last (?P<last>[a-z]{3}))"
    r"(?: (?P<shift>[+-]\d+)(?P<unit>[bd]))?(?: (?P<time>\d\d:\d\d))?"
)
_ONE_DAY = timedelta(days=1)


class Clock:
    """Turns the story's relative dates into real ones for one `now`."""

    def __init__(self, now: datetime, tz: str, country: str, subdivision: str) -> None:
        if now.tzinfo is None:
            raise ValueError("now needs a time zone")
        self.zone = ZoneInfo(tz)
        self.now = now.astimezone(self.zone).replace(microsecond=0)
        self.today = self.now.date()
        years = range(self.today.year - 2, self.today.year + 2)
        self._holidays = set(holidays.country_holidays(country, subdiv=subdivision, years=years))

    def is_working(self, day: date) -> bool:
        """Whether the firm works that day."""
        between_the_years = (day.month, day.day) >= (12, 24)
        return day.weekday() < 5 and not between_the_years and day not in self._holidays

    def shift(self, day: date, working_days: int) -> date:
        """The day so many working days later (or earlier, where negative)."""
        step = _ONE_DAY if working_days > 0 else -_ONE_DAY
        left = abs(working_days)
        while left:
            day += step
            left -= self.is_working(day)
        return day

    def day(self, spec: str) -> date:
        """The day a moment falls on."""
        return self._parse(spec)[0]

    def at(self, spec: str) -> datetime:
        """The moment itself, in the firm's time zone."""
        day, at = self._parse(spec)
        return datetime.combine(day, at, self.zone)

    def moment(self, day: date, minutes: int) -> datetime:
        """A day and the minutes since its midnight, as local time."""
        return datetime.combine(day, time(minutes // 60, minutes % 60), self.zone)

    def _parse(self, spec: str) -> tuple[date, time]:
        match = _SPEC.fullmatch(spec.strip())
        if match is None:
            raise ValueError(f"not a moment: {spec!r}")
        day = self._anchor(match)
        if match["shift"]:
            amount = int(match["shift"])
            day = self.shift(day, amount) if match["unit"] == "b" else day + timedelta(days=amount)
        return day, time.fromisoformat(match["time"] or "12:00")

    def _anchor(self, match: re.Match[str]) -> date:
        if match["back"]:
            return self.shift(self.today, -int(match["back"]))
        if match["ahead"]:
            return self.shift(self.today, int(match["ahead"]))
        if match["weeks"]:
            monday = self.today - timedelta(days=self.today.weekday(), weeks=int(match["weeks"]))
            return monday + timedelta(days=_DAYS.index(match["weekday"]))
        day = self.shift(self.today, -2)
        wanted = _DAYS.index(match["last"])
        while day.weekday() != wanted or not self.is_working(day):
            day -= _ONE_DAY
        return day
