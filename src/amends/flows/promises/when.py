"""A date that somebody types, in words: "Friday noon", "12 March", "in two weeks". What may be two days is refused."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from amends.core.errors import AmendsError
from amends.firm.models import Firm
from amends.firm.queries import working_time
from amends.judgement.due import When, due, find

FARTHEST = timedelta(days=3 * 366)
_LONGEST = 200  # characters
_ISO_DAY = re.compile(r"(?<![0-9])[0-9]{4}-[0-9]{2}-[0-9]{2}(?![0-9])")
_HOUR = re.compile(r"(?<![0-9:])([0-9]{1,2}):([0-9]{2})(?![0-9:])")


class DateRefused(AmendsError):
    """A date that names no day to come, or two; the sentence says how to write it."""


@dataclass(frozen=True, slots=True)
class Due:
    """The moment by which something is due; not `exact` where a day is meant, and the moment is the end of its work."""

    at: datetime
    exact: bool


def due_in_words(words: str, *, firm: Firm, now: datetime) -> Due | None:
    """The moment that `words` name where the firm is; None for no words. Raises `DateRefused`."""
    words = " ".join(words.split())
    if not words:
        return None
    if len(words) > _LONGEST:
        raise DateRefused("That is too long for a date: write it as in “Friday noon” or “12 March”.")
    _refuse_impossible(words)
    readings = _readings(words, firm, now)
    if len(readings) > 1:
        first, second = (_spoken(one) for one in readings[:2])
        raise DateRefused(f"“{words}” may be {first} or {second}: write the day with its month, as in “12 March”.")
    if not readings:
        raise DateRefused(_why_none(words, firm, now))
    found = readings[0]
    if found.at > now + FARTHEST:
        raise DateRefused(f"{_spoken(found)} is more than three years ahead: choose an earlier date.")
    return found


def _refuse_impossible(words: str) -> None:
    """What is written as a day or an hour and is none must not be read as something else that stands in it."""
    for found in _ISO_DAY.finditer(words):
        try:
            date.fromisoformat(found[0])
        except ValueError:
            raise DateRefused(f"There is no day {found[0]}: write it as in “12 March” or “2027-03-12”.") from None
    for found in _HOUR.finditer(words):
        if int(found[1]) > 24 or int(found[2]) > 59:
            raise DateRefused(f"There is no hour {found[0]}: write it as in “Friday at 14:00”.")


def moment_given(at: datetime, *, firm: Firm, now: datetime) -> Due:
    """A moment that a program gives; raises `DateRefused`."""
    local = at.astimezone(ZoneInfo(firm.timezone))
    if local <= now:
        raise DateRefused(f"{_spoken(Due(local, exact=True))} lies in the past: choose a date to come.")
    if local > now + FARTHEST:
        raise DateRefused(f"{_spoken(Due(local, exact=True))} is more than three years ahead: choose an earlier date.")
    return Due(local, exact=local.time().replace(second=0, microsecond=0) != firm.day_end)


def _readings(words: str, firm: Firm, now: datetime) -> list[Due]:
    """Every moment to come that the words may name."""
    at, working = now.astimezone(ZoneInfo(firm.timezone)), working_time(firm)
    orders = (True, False) if _numeric(words) else (None,)
    found: dict[datetime, Due] = {}
    for day_first in orders:
        for one in _to_come(find(words, at=at, working=working, day_first=day_first), at):
            found.setdefault(one.at, one)
    if len(found) < 2 and (best := due(words, at=at, working=working)) is not None:
        for one in _to_come([best], at):
            found.setdefault(one.at, one)
            if (nearer := _nearer(words, one, at)) is not None:
                found.setdefault(nearer.at, nearer)
    return sorted(found.values(), key=lambda one: one.at)


def _to_come(found: list[When], now: datetime) -> Iterator[Due]:
    for one in found:
        if one.at is not None and one.at > now:
            yield Due(one.at, exact=not one.whole_day)


def _numeric(words: str) -> bool:
    """Whether day and month may be numbers alone, of which nobody knows the order."""
    return any(sign in words for sign in "/.-") and sum(letter.isdigit() for letter in words) > 1


def _nearer(words: str, found: Due, now: datetime) -> Due | None:
    """ "Next Friday" may be the one that comes first: people mean either."""
    said = words.lower().split()
    weekday = any(one == "next" and _is_weekday(after) for one, after in pairwise(said))
    earlier = found.at - timedelta(weeks=1)
    return Due(earlier, found.exact) if weekday and earlier > now + timedelta(days=1) else None


def _is_weekday(word: str) -> bool:
    word = word.strip(".,")
    return len(word) >= 3 and any(day.startswith(word) for day in _WEEKDAYS)


_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def _why_none(words: str, firm: Firm, now: datetime) -> str:
    at = now.astimezone(ZoneInfo(firm.timezone))
    past = [one for one in find(words, at=at, working=working_time(firm)) if one.at is not None]
    if past and past[0].at is not None:
        return f"{_spoken(Due(past[0].at, exact=not past[0].whole_day))} lies in the past: choose a date to come."
    return f"“{words}” names no day: write it as in “Friday noon”, “12 March” or “in two weeks”."


def _spoken(due: Due) -> str:
    day = f"{due.at:%A} {due.at.day} {due.at:%B %Y}"
    return f"{day} at {due.at:%H:%M}" if due.exact else day
