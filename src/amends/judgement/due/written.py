"""Dates written out: "12/03", "2026-03-12", "12 March", "Thursday, March 12th, 2026", "the 15th"."""

from __future__ import annotations

import re
from datetime import date, timedelta

from amends.judgement.due import numbers
from amends.judgement.due.scene import Piece, Scene, make_day, plus, say, shift
from amends.judgement.due.words import MONTHS, WEEKDAY_NAMES, WEEKDAYS, bag

UNTOLD = "nothing says which"
"""How a reading says that day and month could be the other way round."""
_ISO = re.compile(r"([12][0-9]{3})([-/.])([0-9]{1,2})\2([0-9]{1,2})(?![0-9])(?:(?=t[0-9])t)?")
_PACKED = re.compile(r"(20[0-9]{2})(0[1-9]|1[0-2])([0-3][0-9])(?![0-9])")
_NUMERIC = re.compile(
    r"([0-9]{1,2})\s?([-/.])\s?([0-9]{1,2})(?:(?:\s?\2\s?|,\s?(?=[0-9]{4}))([0-9]{4}|[0-9]{2}|'[0-9]{2})(?![0-9]|[/:.][0-9])|(?![0-9]|[/:.-][0-9]))"
)
_BEFORE_DAYS = bag("before_days")
_COUNTED = bag("counted")
_FOLLOWS = bag("after_a_day")
_DAYS_BACK = 10
"""A mere mention of a day at most so many days ago is taken for that day, not for next year's."""


def iso(scene: Scene, index: int) -> Piece | None:
    """ "2026-03-12", "2026/3/12", "20260312"."""
    found = scene.tokens.match(_ISO, index) or scene.tokens.match(_PACKED, index)
    if found is None:
        return None
    match, stop = found
    year, month, day_ = (int(match[at]) for at in ((1, 3, 4) if len(match.groups()) == 4 else (1, 2, 3)))
    day = make_day(year, month, day_) or make_day(year, day_, month)
    return None if day is None else Piece(stop, say(day), first=day)


def numeric(scene: Scene, index: int) -> Piece | None:
    """ "12/03", "12.03.2026", "3-7-27": the day first or the month, as the place has it."""
    tokens = scene.tokens
    found = tokens.match(_NUMERIC, index)
    if found is None or (
        tokens.glued(index) and tokens.word(index - 1) in (".", "/", ":", "-", "$", "€", "£", "#", "+")
    ):
        return None
    match, stop = found
    one, two, year = int(match[1]), int(match[3]), match[4]
    if year is None and not _plausible(scene, index, match, stop):
        return None
    first, second = (one, two) if scene.day_first else (two, one)
    number = numbers.short_year(int(year.lstrip("'")), scene.today.year) if year else None
    mine, other = _resolve(scene, index, second, first, number), _resolve(scene, index, first, second, number)
    day = mine or other
    if day is None:
        return None
    why = say(day)
    if mine and other and mine != other:
        order = "day first" if scene.day_first else "month first"
        reason = f"read {order}; the other way round it would be {say(other)}"
        why = f"{why}, {reason}" if scene.told else f"{why}, {UNTOLD}: {reason}"
    return Piece(stop, why, first=day)


def _plausible(scene: Scene, index: int, match: re.Match[str], stop: int) -> bool:
    """Is a pair of numbers a date, rather than a fraction, a score, a range or a price."""
    tokens = scene.tokens
    before = tokens.word(index - 1)
    if tokens.word(stop) in (
        "%",
        "am",
        "pm",
        "h",
        "hours",
        "days",
        "weeks",
        "months",
        "years",
        "minutes",
        "of",
        "inch",
        "percent",
        "cm",
        "mm",
        "kg",
        "m",
    ):
        return False
    if match[0] in ("24/7", "9/11", "50/50", "7/7") and before not in _BEFORE_DAYS:
        return False
    if match[2] == "/":
        return (
            before in _BEFORE_DAYS
            or before in WEEKDAYS
            or before == ","
            or (match[1], match[3]) not in (("1", "2"), ("1", "3"), ("1", "4"), ("2", "3"), ("3", "4"))
        ) and " " not in match[0]
    if match[2] == "-":
        return (before in ("on", "dated") or before in WEEKDAYS) and " " not in match[0]
    return (
        before in ("on", "dated", "due")
        or before in WEEKDAYS
        or (before in ("by", "until") and len(match[1]) == len(match[3]) == 2)
    ) and " " not in match[0]


def _resolve(scene: Scene, index: int, month: int, day: int, year: int | None) -> date | None:
    return make_day(year, month, day) if year is not None else nearest(scene, index, month, day)


def nearest(scene: Scene, index: int, month: int, day: int, weekday: int | None = None) -> date | None:
    """The day of the year that is meant where no year is said: the one that falls on the weekday named with it, else
    the next one, or the last one in what is past."""
    today = scene.today
    years = range(today.year - 4, today.year + 5)  # 29 February
    days = [each for year in years if (each := make_day(year, month, day)) is not None]
    back = max((each for each in days if each < today), default=None)
    ahead = min((each for each in days if each >= today), default=None)
    named = [each for each in (back, ahead) if each is not None and each.weekday() == weekday]
    if len(named) == 1:
        return named[0]
    if back is not None and index >= 0:
        recent = today - back <= timedelta(days=_DAYS_BACK) and not scene.tense.is_future(index)
        if recent or (scene.is_past(index) and not is_due(scene, index)):
            return back
    return ahead or back


def is_due(scene: Scene, index: int) -> bool:
    """Does "by", "until" or "due" stand before this token."""
    return any(
        scene.tokens.word(index - back) in ("by", "until", "till", "before", "due", "deadline", "than")
        for back in (1, 2)
    )


def month_at(scene: Scene, index: int) -> int:
    """The month named at this token, 1 to 12, or 0."""
    return MONTHS.get(scene.tokens.word(index), 0)


def written(scene: Scene, index: int) -> Piece | None:
    """A day with its month in words, in either order, with a year or without, after a weekday or not."""
    tokens = scene.tokens
    start, weekday = index, WEEKDAYS.get(tokens.word(index))
    if weekday is not None:
        index = tokens.skip(index + 1, ".")
        index = tokens.skip(tokens.skip(index, ",", "("), "the", "-")
    index = tokens.skip(index, "the")
    found = _year_first(scene, index) or _day_first(scene, index) or _month_first(scene, index)
    if found is None:
        return None
    day_, month, stop = found
    year, stop = _year(scene, stop)
    day = make_day(year, month, day_) if year else nearest(scene, start, month, day_, weekday)
    if day is None:
        return None
    if tokens.word(stop) == "(" and tokens.word(stop + 1) in WEEKDAYS and tokens.word(stop + 2) == ")":
        weekday, stop = WEEKDAYS[tokens.word(stop + 1)], stop + 3
    if weekday is not None:
        stop = tokens.skip(stop, ")")
    why = say(day)
    if weekday is not None and weekday != day.weekday():
        why += f", though the text calls it a {WEEKDAY_NAMES[weekday]}"
    return Piece(stop, why, first=day)


def _year_first(scene: Scene, index: int) -> tuple[int, int, int] | None:
    """ "2020/23/Sep", "2019-sep-01"; the year is read where it stands, so it is left out here."""
    tokens = scene.tokens
    year = numbers.year(tokens, index)
    if year is None or tokens.word(index + 1) not in ("/", "-", "."):
        return None
    for day_at, month_at_ in ((index + 2, index + 4), (index + 4, index + 2)):
        month, day = month_at(scene, month_at_), tokens.number(day_at)
        if month and make_day(int(year.value), month, day) and tokens.word(index + 3) == tokens.word(index + 1):
            return day, month, index + 5
    return None


def _day_first(scene: Scene, index: int) -> tuple[int, int, int] | None:
    tokens = scene.tokens
    day = numbers.day_of_month(tokens, index)
    if day is None or (tokens.word(index - 1) in ("$", "€", "£", "#") and tokens.glued(index)):
        return None
    at = tokens.skip(day.stop, "day")
    at = tokens.skip(tokens.skip(at, "of", "-", "/", "."), "the")
    month = month_at(scene, at)
    if not month or (tokens.word(at) in ("may", "march") and not _month_like(scene, at)):
        return None
    return int(day.value), month, tokens.skip(at + 1, ".") if _dotted(scene, at) else at + 1


def _month_like(scene: Scene, at: int) -> bool:
    """Is "may" or "march" after a number a month: "12 may", but not "the first may come"."""
    tokens = scene.tokens
    return (
        tokens.capital(at)
        or tokens.number(at - 1) >= 0
        or tokens.word(at - 1) in ("of", "-", "/", "th", "st", "nd", "rd")
    )


def _dotted(scene: Scene, at: int) -> bool:
    tokens = scene.tokens
    return (
        len(tokens.word(at)) <= 4
        and tokens.word(at + 1) == "."
        and tokens.glued(at + 1)
        and (tokens.number(at + 2) >= 0)
    )


def _month_first(scene: Scene, index: int) -> tuple[int, int, int] | None:
    tokens = scene.tokens
    month = month_at(scene, index)
    if not month:
        return None
    at = tokens.skip(index + 1, ".", ",", "-", "/")
    at = tokens.skip(at, "the")
    day = numbers.day_of_month(tokens, at)
    if day is None or (
        tokens.word(index) == "may" and day.value < 20 and tokens.number(at) < 0 and not numbers.ordinal(tokens, at)
    ):
        return None
    if tokens.word(at) in ("a", "an") or (tokens.word(day.stop) == ":" and tokens.glued(day.stop)):
        return None
    return int(day.value), month, day.stop


def _year(scene: Scene, index: int) -> tuple[int, int]:
    """The year after a day and a month, and the index after it; 0 where none is said."""
    tokens = scene.tokens
    if (
        tokens.word(index - 5)
        and tokens.word(index - 4) in ("/", "-", ".")
        and (early := numbers.year(tokens, index - 5))
    ):
        return int(early.value), index
    at = tokens.skip(index, ",", "of", "-", "/", ".")
    at = tokens.skip(at, "in") if at == index else at
    year = numbers.year(tokens, at)
    if year is not None and tokens.word(year.stop) not in (":",):
        return int(year.value), year.stop
    if tokens.word(index) == "'" or tokens.word(at - 1) in ("-", "/"):
        short = tokens.number(at)
        if 0 <= short <= 99 and len(tokens.word(at)) == 2:
            return numbers.short_year(short, scene.today.year), at + 1
    if tokens.reads(index, "this", "year"):
        return scene.today.year, index + 2
    if tokens.reads(index, "next", "year"):
        return scene.today.year + 1, index + 2
    if tokens.reads(index, "last", "year"):
        return scene.today.year - 1, index + 2
    # a time of day between the day and the year: "Oct 26 15:50:06 2016"
    if tokens.number(index) >= 0 and tokens.word(index + 1) == ":" and tokens.word(index + 3) == ":":
        late = numbers.year(tokens, index + 5)
        if late is not None:
            return int(late.value), index
    return 0, index


def the_nth(scene: Scene, index: int) -> Piece | None:
    """ "the 15th", "Friday the 15th", "the 20th of next month", "on the 3rd"."""
    tokens = scene.tokens
    weekday = WEEKDAYS.get(tokens.word(index))
    at = index if weekday is None else tokens.skip(index + 1, ",")
    after = tokens.skip(at, "the")
    article = after > at
    before = tokens.word(index - 1)
    day = numbers.ordinal(tokens, after)
    if day is None and (article or (before == "on" and weekday is None)):
        day = numbers.cardinal(tokens, after)
        lonely = tokens.word(day.stop) if day else ""
        if day and (
            lonely.isalpha() and lonely not in ("at", "and", "for", "or", "before", "by", "six", "to") and not weekday
        ):
            day = None
    if (
        day is None
        or not 1 <= day.value <= 31
        or (tokens.word(day.stop) in ("%", ".", ":", "/") and tokens.glued(day.stop + 1))
    ):
        return None
    spelled = tokens.number(after) < 0
    month = _month_after(scene, day.stop)
    if not (article or before in _BEFORE_DAYS or weekday is not None or month is not None):
        return None
    if month is None and spelled and (weekday is None or day.value < 4):
        return None
    if month is None and weekday is None and not _lone(tokens.word(day.stop), before):
        return None
    if month is not None:
        found = make_day(month[0].year, month[0].month, int(day.value))
        stop = month[1]
    else:
        found, stop = _roll(scene, index, int(day.value), weekday), day.stop
    return None if found is None else Piece(stop, say(found), first=found)


def _lone(word: str, before: str) -> bool:
    """May this word follow "the 15th" where that is a day: a noun may not ("the 15th floor")."""
    if before in ("on", "by", "until", "till", "before"):
        return word not in _COUNTED
    return not word.isalpha() or word in _FOLLOWS


def _month_after(scene: Scene, index: int) -> tuple[date, int] | None:
    tokens = scene.tokens
    at = tokens.skip(index, "of", "in")
    which, word = tokens.word(at), tokens.word(at + 1)
    if word == "month" and which in ("the", "this", "next", "last", "coming", "following", "current"):
        months = {"next": 1, "coming": 1, "following": 1, "last": -1}.get(which, 0)
        if which == "the" and tokens.word(at + 2) in ("after", "following"):
            return None
        day = shift(scene.today.replace(day=1), months)
        return None if day is None else (day, at + 2)
    if tokens.reads(at, "each", "month") or tokens.reads(at, "every", "month"):
        return None
    return None


def _roll(scene: Scene, index: int, day: int, weekday: int | None) -> date | None:
    """The nearest month in which that day comes; on that weekday where one is said."""
    today = scene.today
    past = scene.is_past(index) and not is_due(scene, index)
    months = range(0, -13, -1) if past else range(13)
    for months_on in months:
        base = shift(today.replace(day=1), months_on)
        found = make_day(base.year, base.month, day) if base is not None else None
        if found is None or (weekday is not None and found.weekday() != weekday):
            continue
        if (found <= today) if past else (found >= today):
            return found
    return plus(today, 0) if day == today.day and weekday is None else None
