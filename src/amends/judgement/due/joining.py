"""Days and times of day joined into one: "5pm on Friday", "tomorrow morning", "Thursday (12/03) by noon"."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from amends.judgement.due.clock import clock, joined, part_of_day, zone
from amends.judgement.due.days import day, weekday_at
from amends.judgement.due.periods import period
from amends.judgement.due.scene import NIGHT, Piece, Scene, say, shift
from amends.judgement.due.words import MONTHS, WEEKDAYS

_BEFORE_TIME = frozenset(
    {
        "at",
        "@",
        "by",
        "around",
        "about",
        "for",
        "before",
        "till",
        "until",
        "no",
        "not",
        "after",
        "approximately",
        "approx",
        "circa",
        "latest",
    }
)
_EASY = frozenset({"tomorrow", "today", "tonight", "next", "this", "coming", "the", "tmrw", "tmr"}) | frozenset(
    WEEKDAYS
)
_NIGHTS = ("tonight", "tonite")


def moment(scene: Scene, index: int, *, bare: bool) -> Piece | None:
    """The longest reading of a day, a time of day or both, from this token on.

    `bare` says that a number alone may be an hour, as it may after "by" or "at".
    """
    readings = (
        _day_then_time(scene, index),
        _same_time(scene, index),
        _time_then_day(scene, index, bare=bare),
        _now(scene, index),
    )
    return max((each for each in readings if each is not None), key=lambda each: each.stop, default=None)


def _now(scene: Scene, index: int) -> Piece | None:
    tokens = scene.tokens
    for words in (
        ("right", "now"),
        ("just", "now"),
        ("now",),
        ("at", "present"),
        ("at", "this", "time"),
        ("at", "the", "moment"),
        ("at", "this", "moment"),
        ("as", "of", "now"),
    ):
        stop = tokens.reads(index, *words)
        if stop and tokens.word(stop) == "and":
            return None
        if stop and not (
            words == ("now",) and tokens.word(index - 1) in ("until", "till", "by", "from", "before", "for", "since")
        ):
            return Piece(stop, "now", moment=scene.now, part="now")
    return None


def _same_time(scene: Scene, index: int) -> Piece | None:
    """ "this time tomorrow", "the same time next week"."""
    tokens = scene.tokens
    at = (
        tokens.reads(index, "this", "time")
        or tokens.reads(index, "the", "same", "time")
        or tokens.reads(index, "same", "time")
    )
    found = day(scene, at) if at else None
    if at and found is None and (tokens.reads(at, "next", "week") or tokens.reads(at, "next", "month")):
        first = scene.today + timedelta(days=7) if tokens.word(at + 1) == "week" else shift(scene.today, 1)
        found = None if first is None else Piece(at + 2, say(first), first=first)
    return (
        None
        if found is None or found.first is None
        else replace(found, clock=scene.now.time().replace(second=0, microsecond=0))
    )


def _this_part(scene: Scene, index: int) -> Piece | None:
    """ "tonight", "this afternoon", "last night": a part of one day."""
    tokens = scene.tokens
    word = tokens.word(index)
    days = {"last": -1, "this": 0, "tomorrow": 1, "yesterday": -1, "today": 0}.get(word)
    if word in _NIGHTS:
        found, days = part_of_day(scene, index), 0
    elif word in ("later", "early", "late", "earlier") and tokens.word(index + 1) in (
        "this",
        "tonight",
        "tomorrow",
        "today",
    ):
        found = _this_part(scene, index + 1)
        if found is None or word not in ("early",) or found.part not in ("morning", "afternoon"):
            return found
        early = part_of_day(scene, found.stop - 1)
        limit = {"morning": 10, "afternoon": 14}[found.part]
        return (
            found
            if early is None or early.clock is None
            else replace(found, clock=early.clock.replace(hour=limit, minute=0))
        )
    elif days is None or tokens.word(index + 1) in ("in", "during", "the"):
        return None
    else:
        found = part_of_day(scene, index + 1)
        if found is not None and word == "last" and found.part not in ("night", "evening"):
            return None
    if found is None or days is None:
        return None
    today = scene.today + timedelta(days=days)
    return replace(found, first=today, why=f"{found.why}, {say(today)}")


def _day_then_time(scene: Scene, index: int) -> Piece | None:
    tokens = scene.tokens
    later = tokens.skip(index, "later", "earlier") if tokens.word(index + 1) in ("today", "tomorrow", "on") else index
    readings = (day(scene, later), period(scene, index), _this_part(scene, index), _end_of_day(scene, index))
    found = max((each for each in readings if each is not None), key=lambda each: each.stop, default=None)
    if found is None or found.moment is not None or found.first is None or found.period:
        return found
    found = _apposed(scene, index, found)
    return _with_time(scene, found)


def _with_time(scene: Scene, found: Piece) -> Piece:
    """The day with the part of the day and the time that follow it."""
    tokens = scene.tokens
    if not found.part and tokens.word(found.stop) not in ("at", "by"):
        part = part_of_day(scene, tokens.skip(found.stop, ","))
        if part is not None:
            found = replace(part, first=found.first, why=f"{part.why}, {found.why}")
    at = tokens.skip(found.stop, ",", "(", "-", "–", "—", ";")
    connected = tokens.word(at) in _BEFORE_TIME
    after = at + 1 if connected else at
    after = tokens.skip(tokens.skip(after, "later"), "than") if tokens.word(at) in ("no", "not") else after
    if tokens.word(at) in ("before", "for", "about", "after") and day(scene, after, 2) is not None:
        return found
    time_ = clock(scene, after, bare=connected or (found.part == "" and tokens.word(at) == "six"))
    if time_ is None or (time_.stop < len(tokens) and _is_day(scene, time_, after)):
        zoned = zone(tokens, found.stop) if found.part else None
        return found if zoned is None else replace(found, zone=zoned[0], stop=zoned[1])
    if found.part and not time_.part:
        time_ = joined(time_, Piece(found.stop, "", part=found.part))
    stop = tokens.skip(time_.stop, ")") if tokens.word(at - 1) == "(" else time_.stop
    stop = _trailing_year(scene, found, stop)
    why = f"{time_.why}, {found.why}" if time_.why and not found.part else found.why
    return replace(time_, stop=stop, first=_same_day(scene, found, time_), why=why)


def _same_day(scene: Scene, found: Piece, time_: Piece) -> date | None:
    """ "Monday at noon", written on a Monday morning, is today."""
    if found.or_today and not time_.firm and time_.clock is not None and time_.clock > scene.now.time():
        return scene.today
    return found.first


def _trailing_year(scene: Scene, found: Piece, stop: int) -> int:
    """The year of "Oct 26 15:50:06 2016" has been read with the day; here it is passed over."""
    return stop + 1 if found.first is not None and scene.tokens.number(stop) == found.first.year else stop


def _is_day(scene: Scene, time_: Piece, index: int) -> bool:
    """Is what looks like an hour the beginning of a day: "tomorrow, 12 March"."""
    other = day(scene, index, 2)
    return other is not None and other.stop > time_.stop


def _apposed(scene: Scene, index: int, found: Piece) -> Piece:
    """The day said twice: "tomorrow, 13/04/21", "Friday (13 March)", "tomorrow (Thursday)"."""
    tokens = scene.tokens
    at = tokens.skip(found.stop, ",", "(", "-", "–")
    direct = at == found.stop and (tokens.word(at - 1) in WEEKDAYS or tokens.word(at - 1) in ("tomorrow", "today"))
    if tokens.word(index) not in _EASY or not (direct or at > found.stop):
        return found
    opened = tokens.word(found.stop) == "("
    start = tokens.skip(at, "on")
    other = day(scene, start, 2)
    if other is None or other.first is None:
        return found
    numbered = any(tokens.number(each) >= 0 or tokens.word(each) in MONTHS for each in range(start, other.stop))
    if (other.first != found.first or direct) and not numbered:
        return found
    if other.first != found.first and not (
        opened or tokens.word(index) in ("tomorrow", "today") or tokens.word(index) in WEEKDAYS
    ):
        return found
    return replace(other, stop=tokens.skip(other.stop, ")") if opened else other.stop)


def _end_of_day(scene: Scene, index: int) -> Piece | None:
    """ "end of Friday", "the end of tomorrow", "close of Thursday"."""
    tokens = scene.tokens
    at = tokens.skip(index, "the")
    if tokens.word(at) not in ("end", "close") or tokens.word(at + 1) not in ("of", "on"):
        return None
    found = day(scene, tokens.skip(at + 2, "the"), 1)
    if found is None or found.first is None:
        return None
    return replace(found, clock=scene.working.end, part="close", firm=True, why=f"the end of {found.why}")


def _time_then_day(scene: Scene, index: int, *, bare: bool) -> Piece | None:
    tokens = scene.tokens
    time_ = clock(scene, index, bare=True)
    if time_ is None:
        part = part_of_day(scene, index) if tokens.word(index) in ("the", "early", "late", "mid", "in") else None
        return None if part is None else _part_of(scene, part, index)
    strict = bare or clock(scene, index, bare=False) is not None
    at = tokens.skip(time_.stop, ",", "-", "–", "(")
    at = tokens.skip(at, "on", "of")
    tonight = _this_part(scene, at)
    found = tonight or day(scene, at)
    if not strict and (tonight is None or found is None or tokens.word(index - 1) in ("the", "than")):
        return None
    if found is None or found.first is None:
        return time_ if strict else None
    if tokens.word(at) in ("a", "an", "1", "2", "3", "4") and found.moment is not None:
        return time_
    if tonight is not None and not time_.part:
        time_ = joined(time_, tonight)
    found = _apposed(scene, at, found) if not found.part else found
    stop = tokens.skip(found.stop, ")") if tokens.word(time_.stop) == "(" else found.stop
    zoned = zone(tokens, stop)
    if zoned is not None and time_.zone is None:
        time_, stop = replace(time_, zone=zoned[0]), zoned[1]
    first = _same_day(scene, found, time_)
    return replace(time_, stop=stop, first=first, why=f"{time_.why}, {found.why}" if time_.why else found.why)


def _part_of(scene: Scene, part: Piece, index: int) -> Piece | None:
    """ "the morning of the 12th", "early afternoon on Friday", "in the morning"."""
    tokens = scene.tokens
    at = tokens.skip(part.stop, "of", "on")
    found = (
        day(scene, at)
        if at > part.stop or weekday_at(scene, at) is not None or tokens.word(at) in ("today", "tomorrow")
        else None
    )
    if found is not None and found.first is not None:
        return replace(part, stop=found.stop, first=found.first, why=f"{part.why}, {found.why}")
    lone = tokens.word(index) == "in" or tokens.word(index - 1) in ("in", "by", "until", "before", "during")
    return part if lone else None


def small_hours(piece: Piece) -> bool:
    """Is this an hour after midnight that "tonight" reaches."""
    return (
        piece.part in ("night", *_NIGHTS) and piece.clock is not None and piece.clock < NIGHT and piece.clock.hour < 5
    )


def next_day(day_: date) -> date:
    """The day after."""
    return day_ + timedelta(days=1)
