"""What a reading knows besides the words: when and where the message was written, and when the firm works."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from amends.judgement.due.tense import Tense
from amends.judgement.due.tokens import Tokens
from amends.judgement.due.words import MONTH_NAMES, US_COUNTRIES, US_ZONES, WEEKDAY_NAMES
from amends.judgement.working_time import WorkingTime

FIRST_YEAR, LAST_YEAR = 1900, 2199
NIGHT = time(23, 59, 59)
_ORDINARY = WorkingTime()


@dataclass(frozen=True, slots=True)
class Piece:
    """Part of an expression, read up to the token `stop`: a day, a stretch of days, a time of day, or a moment.

    `first` to `last` are days (the same for one day; `period` where a stretch is meant), `clock` the time by which
    on that day and `opens` when a part of the day begins; `guess` marks an hour that may be of the morning or the
    evening; `moment` is exact; `open` says that nothing fixes it. `or_today` marks a weekday that is
    today's, taken for the next one unless an hour still to come is said.
    """

    stop: int
    why: str
    first: date | None = None
    last: date | None = None
    period: bool = False
    clock: time | None = None
    opens: time | None = None
    guess: bool = False
    part: str = ""
    moment: datetime | None = None
    begins: datetime | None = None
    zone: tzinfo | None = None
    open: bool = False
    bound: bool = False
    firm: bool = False
    or_today: bool = False


@dataclass(frozen=True, slots=True)
class Scene:
    """One window of a message; `today`, `now` and `zone` are the writer's, `desk` is the zone where the firm works."""

    tokens: Tokens
    now: datetime
    zone: tzinfo
    desk: tzinfo
    working: WorkingTime
    day_first: bool
    told: bool
    tense: Tense

    @property
    def today(self) -> date:
        """The writer's date."""
        return self.now.date()

    def is_past(self, index: int) -> bool:
        """Does the sentence speak of what has been, at this token."""
        return self.tense.is_past(index)

    def closes(self, day: date) -> datetime:
        """The end of the firm's working day; for today, when that is over, the end of the day."""
        end = datetime.combine(day, self.working.end, self.desk)
        return datetime.combine(day, NIGHT, self.zone) if day == self.today and end < self.now else end

    def is_working(self, day: date) -> bool:
        """Does the firm work on this day."""
        return self.working.is_working_day(day)

    def last_working(self, first: date, last: date) -> date:
        """The last working day of a stretch, or its last day where the firm does not work at all."""
        for back in range(min((last - first).days, 31) + 1):
            day = last - timedelta(days=back)
            if self.is_working(day):
                return day
        return last

    def working_day(self, day: date, count: int) -> date:
        """The `count`th working day after `day`, or before it where `count` is negative; at most 3000 on, 260 back."""
        if count >= 0:
            return self.working.add_days(day, min(count, 3000))
        left = min(-count, 260)
        while left:
            day -= timedelta(days=1)
            left -= self.is_working(day)
        return day


def make(tokens: Tokens, at: datetime, working: WorkingTime | None, day_first: bool | None, tense: Tense) -> Scene:
    """The scene of a message written at `at`.

    The writer's clock is that of `at`. Where its offset is that of the firm's zone at that moment, or is plain UTC, as
    some mail services write whatever the writer's zone, the firm's zone is meant, which knows when clocks change.
    """
    if at.tzinfo is None or at.utcoffset() is None:
        raise ValueError(f"{at} has no time zone: what is due cannot be counted from it.")
    zone: tzinfo = at.tzinfo
    if working is not None:
        firm = ZoneInfo(working.timezone)
        if (
            at.utcoffset() == at.astimezone(firm).utcoffset()
            or at.tzinfo is UTC
            or str(at.tzinfo) in ("UTC", "UTC+00:00")
        ):
            zone = firm
    told = day_first is not None
    if day_first is None:
        day_first, told = _day_first(zone, working)
    return Scene(
        tokens=tokens,
        now=at.astimezone(zone),
        zone=zone,
        desk=zone if working is None else ZoneInfo(working.timezone),
        working=working or _ORDINARY,
        day_first=day_first,
        told=told,
        tense=tense,
    )


def _day_first(zone: tzinfo, working: WorkingTime | None) -> tuple[bool, bool]:
    """Is the day written first, and does anything say so."""
    if working is not None and working.country is not None:
        return working.country not in US_COUNTRIES, True
    name = str(zone)
    if name in US_ZONES or (working is not None and working.timezone in US_ZONES):
        return False, True
    return True, "/" in name


def make_day(year: int, month: int, day: int) -> date | None:
    """The date, or None where there is none; only years that mail speaks of."""
    if not (FIRST_YEAR <= year <= LAST_YEAR and 1 <= month <= 12 and 1 <= day <= calendar.monthrange(year, month)[1]):
        return None
    return date(year, month, day)


def shift(day: date, months: int) -> date | None:
    """The same day of another month, or that month's last day where it is shorter."""
    number = day.year * 12 + day.month - 1 + months
    year, month = divmod(number, 12)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def plus(day: date, days: float) -> date | None:
    """The day so many days on, or None outside the years that mail speaks of."""
    if abs(days) > 100_000:
        return None
    found = day + timedelta(days=int(days)) if FIRST_YEAR <= day.year <= LAST_YEAR else None
    return found if found is not None and FIRST_YEAR <= found.year <= LAST_YEAR else None


def month_end(day: date) -> date:
    """The last day of the month."""
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def monday(day: date) -> date:
    """The Monday of the week."""
    return day - timedelta(days=day.weekday())


def brief(day: date) -> str:
    """A day in few words: "12 March"."""
    return f"{day.day} {MONTH_NAMES[day.month]}"


def say(day: date) -> str:
    """A day in words: "Thursday 12 March 2026"."""
    return f"{WEEKDAY_NAMES[day.weekday()]} {day.day} {MONTH_NAMES[day.month]} {day.year}"
