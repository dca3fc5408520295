"""Lengths of time: "3 days", "1 month and 21 days", "half an hour", "five working days"."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from amends.judgement.due import numbers
from amends.judgement.due.scene import FIRST_YEAR, LAST_YEAR, Piece, Scene, plus, say, shift
from amends.judgement.due.tokens import Tokens
from amends.judgement.due.words import UNITS, WORKING

_MONTHS = {"month": 1, "quarter": 3, "year": 12}
_DAYS = {"day": 1, "week": 7, "fortnight": 14}
_SECONDS = {"second": 1, "minute": 60, "hour": 3600}
_MOST_PARTS = 6


@dataclass(frozen=True, slots=True)
class Span:
    """So much of each unit, and the index after it; `working` where working days or hours are meant."""

    parts: dict[str, float]
    stop: int
    working: bool = False
    exact: bool = True


def span(scene: Scene, index: int) -> Span | None:
    """A length of time from this token on, or None; of "two to three days" the longer."""
    tokens = scene.tokens
    parts: dict[str, float] = {}
    working, exact, stop = False, True, 0
    at = _at_most(tokens, index)
    for _ in range(_MOST_PARTS):
        count = _upper(tokens, at)
        if count is None:
            break
        after = tokens.skip(count.stop, "-")
        works = tokens.word(after) in WORKING
        unit = _unit(tokens, after + works)
        if unit is None or unit in parts or (works and unit not in ("day", "hour", "week")):
            break
        if unit == "second" and tokens.word(after) == "second":
            break
        parts[unit] = count.value
        working, exact, stop = working or (works and unit != "week"), exact and count.exact, after + works + 1
        parts[unit], stop = _more(tokens, count.value, stop)
        at = tokens.skip(tokens.skip(stop, ","), "and")
    if not parts:
        return None
    stop = tokens.skip(stop, "'") if tokens.word(stop + 1) in ("time", "notice") else stop
    return Span(parts, stop, working, exact)


def _at_most(tokens: Tokens, index: int) -> int:
    """The index after "less than", "no more than", "up to"."""
    for words in (
        ("less", "than"),
        ("no", "more", "than"),
        ("not", "more", "than"),
        ("at", "most"),
        ("up", "to"),
        ("under",),
        ("max",),
    ):
        stop = tokens.reads(index, *words)
        if stop:
            return stop
    return index


def _unit(tokens: Tokens, index: int) -> str | None:
    """The unit at this token; "week's" where "time" or "notice" follows."""
    word = tokens.word(index)
    if word.endswith("'s") and tokens.word(index + 1) in ("time", "notice"):
        word = word[:-2]
    return UNITS.get(word)


def _upper(tokens: Tokens, index: int) -> numbers.Number | None:
    """A count, or the upper of two: "2-3", "two to three", "one or two"."""
    count = numbers.count(tokens, index)
    if count is None or tokens.word(count.stop) not in ("-", "–", "to", "or"):
        return count
    upper = numbers.cardinal(tokens, count.stop + 1)
    return upper if upper is not None and upper.value > count.value else count


def _more(tokens: Tokens, count: float, stop: int) -> tuple[float, int]:
    """What follows the unit: "and a half", "or two", "or so"."""
    half = tokens.reads(stop, "and", "a", "half")
    if half:
        return count + 0.5, half
    upper = numbers.cardinal(tokens, stop + 1) if tokens.word(stop) == "or" else None
    if upper is not None and upper.value == count + 1:
        return upper.value, upper.stop
    return count, tokens.reads(stop, "or", "so") or tokens.reads(stop, "or", "thereabouts") or tokens.reads(
        stop, "max"
    ) or stop


def moved(scene: Scene, found: Span, stop: int, sign: int, *, base: date | None = None) -> Piece | None:
    """The day or moment so long after `base` (default: now), or before it."""
    fine = sum(_SECONDS[unit] * count for unit, count in found.parts.items() if unit in _SECONDS)
    way = "on" if sign > 0 else "back"
    if found.working and set(found.parts) <= {"hour"} and base is None and sign > 0:
        try:
            moment = scene.working.add(scene.now, min(found.parts["hour"], 20_000)).astimezone(scene.zone)
        except ValueError:  # a firm that hardly works
            return None
        return Piece(stop, f"{_spoken(found)} on", moment=moment)
    day = _day(scene, found, sign, base or scene.today)
    if day is None:
        return None
    if not fine or base is not None:
        return Piece(stop, f"{say(day)}, {_spoken(found)} {way}", first=day)
    if fine > 100_000 * 86_400:
        return None
    moment = datetime.combine(day, scene.now.timetz()) if day != scene.today else scene.now
    if found.parts.keys() <= _SECONDS.keys():
        moment = (scene.now.astimezone(UTC) + sign * timedelta(seconds=fine)).astimezone(scene.zone)
    else:
        moment += sign * timedelta(seconds=fine)
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        return None
    return Piece(stop, f"{_spoken(found)} {way}", moment=moment)


def _spoken(found: Span) -> str:
    """ "3 working days", "1 month 21 days"; "taken for 3 days" where it was said vaguely."""
    kind = "working " if found.working else ""
    said = " ".join(f"{count:g} {kind}{unit}{'' if count == 1 else 's'}" for unit, count in found.parts.items())
    return said if found.exact else f"taken for {said}"


def _day(scene: Scene, found: Span, sign: int, base: date) -> date | None:
    if found.working:
        return scene.working_day(base, sign * int(min(found.parts.get("day", 0), 3000)))
    months = sum(_MONTHS[unit] * count for unit, count in found.parts.items() if unit in _MONTHS)
    if months > 12 * (LAST_YEAR - FIRST_YEAR):
        return None
    day = shift(base, sign * int(months))
    days = sum(_DAYS[unit] * count for unit, count in found.parts.items() if unit in _DAYS) + 30 * (months % 1)
    return None if day is None else plus(day, sign * round(days + 0.01))
