"""Whole stretches of days: "next week", "March 2027", "Q2", "the weekend", "the summer"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from amends.judgement.due import numbers
from amends.judgement.due.days import season
from amends.judgement.due.scene import LAST_YEAR, Scene, monday, month_end, plus, say, shift
from amends.judgement.due.words import DOUBTFUL_MONTHS, MONTH_NAMES, MONTHS, PERIODS, bag

_QUARTER = re.compile(r"q([1-4])(?![0-9])(?:\s?[/'-]?\s?(20[0-9]{2}|[0-9]{2})(?![0-9:/]|\.[0-9]))?")
_HALF = re.compile(r"h([12])(?![0-9])(?:\s?[/'-]?\s?(20[0-9]{2}|[0-9]{2})(?![0-9:/]|\.[0-9]))?")
_WHICH = {
    "this": 0,
    "current": 0,
    "the": 0,
    "next": 1,
    "coming": 1,
    "following": 1,
    "last": -1,
    "previous": -1,
    "past": -1,
}
_BEFORE_MONTHS = bag("before_months")


@dataclass(frozen=True, slots=True)
class Stretch:
    """From `first` to `last`, of the kind `unit`, up to the token `stop`."""

    first: date
    last: date
    stop: int
    unit: str
    name: str


def stretch(scene: Scene, index: int, *, cut: str = "") -> Stretch | None:
    """A whole stretch: a week, month, quarter, year, weekend, season, or one with a name."""
    return (
        _which(scene, index, cut)
        or _coded(scene, index)
        or _month(scene, index, cut)
        or _year(scene, index, cut)
        or _season(scene, index)
        or _ordinal_quarter(scene, index)
    )


def _which(scene: Scene, index: int, cut: str) -> Stretch | None:
    """ "next week", "the month" after "end of", "the week after next"."""
    tokens = scene.tokens
    after_next = tokens.skip(index, "the")
    word = tokens.word(after_next)
    if (
        word in PERIODS
        and tokens.word(after_next + 1) in ("after", "following")
        and tokens.word(after_next + 2) in ("next", "that")
    ):
        return relative(scene, word, 2 if tokens.word(after_next + 2) == "next" else 1, after_next + 3)
    which, at = "", index
    while tokens.word(at) in _WHICH and at < index + 3:
        which, at = tokens.word(at), at + 1
    at = tokens.skip(at, "calendar", "financial", "fiscal", "tax", "working")
    word = tokens.word(at)
    if word not in PERIODS or word in ("decade", "fortnight"):
        return None
    if word == "weekend":
        bare = (
            tokens.word(index - 1) in ("at", "over", "by", "this", "before", "until", "on", "during", "after")
            or which != ""
        )
        return relative(scene, word, _WHICH.get(which, 0), at + 1) if bare else None
    if which == "" or (which == "the" and not cut):
        lone = (
            (which in ("", "the") and tokens.word(index - 1) == "within")
            or (which == "" and cut and tokens.word(at + 1) != "of")
            or (which == "the" and tokens.word(index - 1) in ("during", "in") and cut)
        )
        if not lone:
            return None
    if tokens.word(at + 1) == "'s" or (word == "year" and tokens.word(at + 1) == "'"):
        return None
    return relative(scene, word, _WHICH.get(which, 0), at + 1)


def relative(scene: Scene, unit: str, count: int, stop: int) -> Stretch | None:
    """The stretch `count` of its kind after the present one."""
    today = scene.today
    unit = "week" if unit == "wk" else unit
    if unit == "week":
        first = plus(monday(today), 7 * count)
        return (
            None
            if first is None
            else Stretch(first, first + timedelta(days=6), stop, unit, f"the week of {say(first)}")
        )
    if unit == "weekend":
        first = plus(monday(today), 5 + 7 * count)
        return (
            None
            if first is None
            else Stretch(first, first + timedelta(days=1), stop, unit, f"the weekend of {say(first)}")
        )
    months = {"month": 1, "quarter": 3, "year": 12}[unit]
    start = today.replace(day=1, month=today.month - (today.month - 1) % months)
    first, end = shift(start, months * count), shift(start, months * (count + 1) - 1)
    if first is None or end is None:
        return None
    name = {"month": f"{MONTH_NAMES[first.month]} {first.year}", "year": str(first.year)}.get(unit)
    return Stretch(first, month_end(end), stop, unit, name or f"Q{(first.month + 2) // 3} {first.year}")


def _coded(scene: Scene, index: int) -> Stretch | None:
    """ "Q2", "Q2 2027", "H1", "H2/27"."""
    tokens = scene.tokens
    early = numbers.year(tokens, index)
    if early is not None:
        index = tokens.skip(early.stop, "-", "/")
    found, months = (tokens.match(_QUARTER, index), 3) if tokens.word(index) == "q" else (tokens.match(_HALF, index), 6)
    if found is None or (months == 6 and tokens.word(index) != "h"):
        return None
    match, stop = found
    year = int(match[2]) if match[2] else int(early.value) if early else 0
    year += 2000 if 0 < year < 100 else 0
    for which, count in (("this", 0), ("next", 1), ("last", -1)):
        at = tokens.skip(stop, "of")
        if not year and tokens.word(at) == which and tokens.word(at + 1) == "year":
            year, stop = scene.today.year + count, at + 2
    return _months(scene, (int(match[1]) - 1) * months + 1, months, year, stop)


def _ordinal_quarter(scene: Scene, index: int) -> Stretch | None:
    """ "the second quarter of 2027"."""
    tokens = scene.tokens
    number = numbers.ordinal(tokens, tokens.skip(index, "the"))
    if number is None or not 1 <= number.value <= 4 or tokens.word(number.stop) != "quarter":
        return None
    at = tokens.skip(number.stop + 1, "of")
    year = numbers.year(tokens, at)
    stop = year.stop if year else number.stop + 1
    value = int(year.value) if year else 0
    for which, count in (("this", 0), ("next", 1), ("last", -1), ("the", 0)):
        if tokens.word(at) == which and tokens.word(at + 1) == "year":
            value, stop = scene.today.year + count, at + 2
    return _months(scene, int(number.value) * 3 - 2, 3, value, stop)


def _months(scene: Scene, month: int, months: int, year: int, stop: int) -> Stretch | None:
    first = date(year or scene.today.year, month, 1)
    end = shift(first, months - 1)
    if end is not None and not year and month_end(end) < scene.today:
        first, end = first.replace(year=first.year + 1), end.replace(year=end.year + 1)
    if end is None or end.year > LAST_YEAR:
        return None
    unit = {3: "quarter", 6: "half", 1: "month"}[months]
    name = {3: f"Q{(month + 2) // 3}", 6: f"half {(month + 5) // 6}", 1: MONTH_NAMES[month]}[months]
    return Stretch(first, month_end(end), stop, unit, f"{name} {first.year}")


def _month(scene: Scene, index: int, cut: str) -> Stretch | None:
    """A month alone or with a year; "may" and "march" only where they cannot be verbs."""
    tokens = scene.tokens
    at = tokens.skip(index, "this", "next", "last", "coming")
    month = MONTHS.get(tokens.word(at), 0)
    if not month:
        return None
    before = tokens.word(index - 1)
    year = numbers.year(tokens, tokens.skip(at + 1, ",", "of", "-"))
    clear = cut or year or at > index or before in _BEFORE_MONTHS or _ranged(scene, index)
    if not clear or (
        tokens.word(at) in DOUBTFUL_MONTHS and not (tokens.capital(at) or cut or before in ("in", "by", "during"))
    ):
        return None
    value = int(year.value) if year else 0
    stop = year.stop if year else at + 1
    if not year:
        for which, count in (("this", 0), ("next", 1), ("last", -1)):
            skipped = tokens.skip(stop, "of")
            if tokens.word(skipped) == which and tokens.word(skipped + 1) == "year":
                value, stop = scene.today.year + count, skipped + 2
    if not value and (tokens.word(index) == "last" or (scene.is_past(index) and before in ("in", "since", "during"))):
        value = scene.today.year - (month >= scene.today.month)
    return _months(scene, month, 1, value, stop)


def _ranged(scene: Scene, index: int) -> bool:
    """Is this the second month of "April to June", "between April and June"."""
    word = scene.tokens.word(index - 1)
    return (word in ("to", "-", "–", "through") and scene.tokens.word(index - 2) in MONTHS) or (
        word == "and" and scene.tokens.word(index - 3) == "between"
    )


def _year(scene: Scene, index: int, cut: str) -> Stretch | None:
    year = numbers.year(scene.tokens, index)
    fits = cut or scene.tokens.word(index - 1) in ("in", "by", "during", "until", "before", "since", "than")
    if (
        year is None
        or not fits
        or (scene.tokens.number(index) < 0 and scene.tokens.word(index) != "'")
        or scene.tokens.word(year.stop) in ("h", "hrs", "hours", "€", "eur", "%")
    ):
        return None
    if not cut and not 1990 <= year.value <= scene.today.year + 30:
        return None
    first = date(int(year.value), 1, 1)
    return Stretch(first, first.replace(month=12, day=31), year.stop, "year", str(first.year))


def _season(scene: Scene, index: int) -> Stretch | None:
    tokens = scene.tokens
    at = tokens.skip(index, "the", "this", "next")
    if at == index and tokens.word(index - 1) not in (
        "in",
        "by",
        "before",
        "during",
        "of",
        "until",
        "early",
        "late",
        "mid",
        "-",
    ):
        return None
    if tokens.word(at) in ("spring", "fall") and tokens.word(at + 1) in (
        "festival",
        "back",
        "behind",
        "through",
        "into",
        "to",
        "for",
    ):
        return None
    found = season(scene, at)
    return None if found is None else Stretch(found[0], found[1], found[2], "season", tokens.word(at))
