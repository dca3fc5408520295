"""What people type about a remedy, read without guessing: what can be meant in two ways is refused with both."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from amends.core.errors import AmendsError
from amends.core.money import Money, parse
from amends.firm.models import Firm
from amends.firm.queries import working_time
from amends.judgement.due import due

MOST = 10**9
"""Smallest units that one remedy may cost: beyond, it is a slip of the keyboard."""
FURTHEST = timedelta(days=2 * 366)
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")
_NUMBERS = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{2}|\d{4})\.?")


class BadRemedy(AmendsError):
    """A remedy that cannot be as it was given; the text says what to change."""


def cost_of(text: str, firm: Firm) -> Money:
    """What it costs; nothing typed is nothing. Raises `BadAmount` and `BadRemedy`."""
    if not text.strip():
        return Money(0, firm.currency)
    cost = parse(text, firm.currency)
    if cost.units > MOST:
        raise BadRemedy(f"{cost} is more than one remedy can cost: look at the zeros.")
    return cost


def day_of(text: str, firm: Firm, *, now: datetime) -> date | None:
    """By when: a date, or words like "Thursday" as the firm means them; None where nothing is typed. Raises
    `BadRemedy` for what is past, far away, or can be read in two ways."""
    said = text.strip()
    if not said:
        return None
    today = now.astimezone(ZoneInfo(firm.timezone)).date()
    day = _day(said, firm, now)
    if day < today:
        raise BadRemedy(f"{day:%-d %B %Y} is over: choose today or a later day.")
    if day - today > FURTHEST:
        raise BadRemedy(f"{day:%-d %B %Y} is years away: choose a day within two years.")
    return day


def _day(said: str, firm: Firm, now: datetime) -> date:
    if _ISO.fullmatch(said):
        try:
            return date.fromisoformat(said)
        except ValueError:
            raise BadRemedy(f"{said} is no day of the calendar: write it as 2026-03-20.") from None
    numbers = _NUMBERS.fullmatch(said)
    if numbers:
        return _of_numbers(said, *(int(part) for part in numbers.groups()))
    found = due(said, at=now, working=working_time(firm))
    if found is None or found.at is None:
        raise BadRemedy(f"{said[:40]!r} names no day: write it as 2026-03-20.")
    if found.ambiguous:
        raise BadRemedy(f"{said[:40]!r} can be meant in two ways, {found.why}: write it as 2026-03-20.")
    return found.at.astimezone(ZoneInfo(firm.timezone)).date()


def _of_numbers(said: str, first: int, second: int, year: int) -> date:
    year += 2000 if year < 100 else 0
    ways = ((first, second),) if "." in said else ((first, second), (second, first))  # with dots, the day is first
    days = [date(year, month, day) for day, month in ways if _exists(year, month, day)]
    if not days:
        raise BadRemedy(f"{said} is no day of the calendar: write it as 2026-03-20.")
    if len(set(days)) == 2:
        one, other = (f"{day:%-d %B %Y}" for day in days)
        raise BadRemedy(f"{said} can be {one} or {other}: write it as {days[0]} or {days[1]}.")
    return days[0]


def _exists(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True
