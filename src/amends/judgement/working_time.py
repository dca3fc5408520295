"""How long the firm has really had: hours counted only while the firm is at work.

"Not answered for 16 hours" means nothing over a weekend. Everything that measures how long a client
waits (unanswered mail, a silence in working days, when a promise is due) counts in the firm's own
opening hours, without its weekends and public holidays, in its own time zone.

A year is laid out once, as the sorted opening days and the hours opened up to each of them; from then on
every question is two binary searches, however long the span. Hours are elapsed hours, so a night shift
over a change of the clocks counts the hour that really was or was not there.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import accumulate
from zoneinfo import ZoneInfo

WEEKDAYS = frozenset(range(5))
_HORIZON_YEARS = 120


class UnknownHolidays(ValueError):
    """The holiday library knows no such country or subdivision. Trying again does not help."""

    def __init__(self, country: str, subdivision: str | None) -> None:
        place = f"{country}-{subdivision}" if subdivision else country
        super().__init__(
            f"No public holidays are known for {place!r}. Give an ISO 3166 country code such as 'GB' or 'CA' "
            "and, where holidays differ inside it, a subdivision such as 'SCT' or 'BC'; or leave the country "
            "empty to count no holidays."
        )


class BadWorkingTime(ValueError):
    """Opening hours that cannot be kept. Trying again does not help."""


@dataclass(frozen=True)
class WorkingTime:
    """When a firm works: `days` (Monday is 0), from `start` to `end` on the wall clock of `timezone`.

    `country` is an ISO 3166-1 code and `subdivision` an ISO 3166-2 part of it; None means no holidays.
    Raises BadWorkingTime or UnknownHolidays at once, so that a wrong setting never reaches a calculation.
    """

    timezone: str = "UTC"
    days: frozenset[int] = WEEKDAYS
    start: time = time(9)
    end: time = time(17)
    country: str | None = None
    subdivision: str | None = None
    _zone: ZoneInfo = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not self.days or not self.days <= frozenset(range(7)):
            raise BadWorkingTime(f"Working days are numbers from 0 (Monday) to 6 (Sunday), not {set(self.days)}.")
        if self.start >= self.end:
            raise BadWorkingTime(f"Work must start before it ends on the same day: {self.start} to {self.end}.")
        try:
            zone = ZoneInfo(self.timezone)
        except (KeyError, ValueError, OSError) as error:
            raise BadWorkingTime(f"No such time zone: {self.timezone!r}. One is 'Europe/Madrid'.") from error
        object.__setattr__(self, "_zone", zone)
        if self.country is not None:
            holidays_of(self.country, self.subdivision, 2025)

    def hours_between(self, a: datetime, b: datetime) -> float:
        """Working hours from `a` to `b` (both aware); negative where `b` comes first."""
        return self._hours_until(b) - self._hours_until(a, base_year=b.astimezone(self._zone).year)

    def add(self, moment: datetime, hours: float) -> datetime:
        """The earliest moment by which `hours` (0 or more) working hours have passed since `moment`."""
        if hours < 0:
            raise ValueError(f"Only hours to come can be added, not {hours}.")
        local = _aware(moment).astimezone(self._zone)
        if not hours:
            return local
        year = local.year
        wanted = self._hours_until(moment, base_year=year) + hours
        for ahead in range(_HORIZON_YEARS):
            laid = _year(self, year + ahead)
            if wanted <= laid.total:
                at = bisect_left(laid.hours, wanted)
                left = laid.hours[at] - wanted
                return (laid.closes[at] - timedelta(hours=left)).astimezone(self._zone)
            wanted -= laid.total
        raise ValueError(f"{hours} working hours are more than {_HORIZON_YEARS} years of work.")

    def is_working(self, moment: datetime) -> bool:
        """Is the firm open at this (aware) moment; open at `start`, closed again at `end`."""
        local = _aware(moment).astimezone(self._zone)
        return self.is_working_day(local.date()) and self.start <= local.time() < self.end

    def is_working_day(self, day: date) -> bool:
        """Does the firm work on this day at all."""
        laid = _year(self, day.year)
        at = bisect_left(laid.days, day.toordinal())
        return at < len(laid.days) and laid.days[at] == day.toordinal()

    def days_between(self, a: date, b: date) -> int:
        """Working days after `a` up to `b`: Friday to Monday is 1; negative where `b` comes first."""
        if b < a:
            return -self.days_between(b, a)
        count = bisect_right(_year(self, b.year).days, b.toordinal()) - bisect_right(
            _year(self, a.year).days, a.toordinal()
        )
        return count + sum(len(_year(self, year).days) for year in range(a.year, b.year))

    def add_days(self, day: date, count: int) -> date:
        """The `count`th (1 or more) working day after `day`; `day` itself for 0."""
        if count <= 0:
            return day
        year = day.year
        wanted = bisect_right(_year(self, year).days, day.toordinal()) + count
        for ahead in range(_HORIZON_YEARS):
            laid = _year(self, year + ahead)
            if wanted <= len(laid.days):
                return date.fromordinal(laid.days[wanted - 1])
            wanted -= len(laid.days)
        raise ValueError(f"{count} working days are more than {_HORIZON_YEARS} years of work.")

    def local_day(self, moment: datetime) -> date:
        """The firm's own date at this (aware) moment."""
        return _aware(moment).astimezone(self._zone).date()

    def _hours_until(self, moment: datetime, *, base_year: int | None = None) -> float:
        """Working hours from the start of `base_year` (default: its own) to `moment`; may be negative."""
        year = _aware(moment).astimezone(self._zone).year
        laid = _year(self, year)
        at = bisect_right(laid.opens, moment)
        hours = laid.hours[at - 1] if at else 0.0
        if at and moment < laid.closes[at - 1]:
            hours -= (laid.closes[at - 1] - moment) / timedelta(hours=1)
        base = year if base_year is None else base_year
        if year >= base:
            return hours + sum(_year(self, each).total for each in range(base, year))
        return hours - sum(_year(self, each).total for each in range(year, base))


@dataclass(frozen=True, slots=True)
class _Year:
    """One year: opening days as ordinals, their moments in UTC, hours worked up to each day's end."""

    days: tuple[int, ...]
    opens: tuple[datetime, ...]
    closes: tuple[datetime, ...]
    hours: tuple[float, ...]

    @property
    def total(self) -> float:
        return self.hours[-1] if self.hours else 0.0


@lru_cache(maxsize=512)
def _year(working: WorkingTime, year: int) -> _Year:
    free = holidays_of(working.country, working.subdivision, year) if working.country else {}
    zone = working._zone  # noqa: SLF001 - the same module's own cache
    first = date(year, 1, 1).toordinal()
    last = date(year, 12, 31).toordinal()
    each = (date.fromordinal(number) for number in range(first, last + 1))
    days = [day for day in each if day.weekday() in working.days and day not in free]
    opens = [datetime.combine(day, working.start, zone).astimezone(UTC) for day in days]
    closes = [datetime.combine(day, working.end, zone).astimezone(UTC) for day in days]
    worked = [(close - open_) / timedelta(hours=1) for open_, close in zip(opens, closes, strict=True)]
    return _Year(
        days=tuple(day.toordinal() for day in days),
        opens=tuple(opens),
        closes=tuple(closes),
        hours=tuple(accumulate(worked)),
    )


@lru_cache(maxsize=512)
def holidays_of(country: str, subdivision: str | None, year: int) -> dict[date, str]:
    """The public holidays of a year in order, with their names in English where they are known. Raises UnknownHolidays.

    Kept for the next to ask, so not to be changed.
    """
    import holidays  # here, so that only firms with a country pay for loading it

    try:
        found = holidays.country_holidays(country, subdiv=subdivision, years=year, language="en_US")
    except (NotImplementedError, KeyError) as error:  # the library's ways of saying that it knows no such country
        raise UnknownHolidays(country, subdivision) from error
    return dict(sorted(found.items()))


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError(f"{moment} has no time zone: a moment without one cannot be compared.")
    return moment
