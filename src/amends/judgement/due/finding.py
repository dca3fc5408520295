"""What stands around a date and tells what it is for: "by", "until", "between … and …", "at the latest".

Expressions are read from left to right; each begins where a word may begin one, so a sentence without such words
costs little more than cutting it into tokens.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

from amends.judgement.due import clock as clocks
from amends.judgement.due import events, feasts, numbers, written
from amends.judgement.due.clock import clock
from amends.judgement.due.joining import moment
from amends.judgement.due.scene import Piece, Scene, make_day, say
from amends.judgement.due.words import (
    MONTHS,
    ONES,
    ORDINALS,
    PERIODS,
    SEASONS,
    TENS,
    UNITS,
    VAGUE,
    WEEKDAYS,
    bag,
    phrases,
    prefixes,
)

_BY_FIRST: dict[str, list[tuple[tuple[str, ...], str]]] = {}
for _phrase, _kind in prefixes():
    _BY_FIRST.setdefault(_phrase[0], []).append((_phrase, _kind))
_BARE = frozenset({"by", "until", "before", "after", "at", "from", "between", "since"})
_LATEST = phrases("latest")
_TO = frozenset({"to", "-", "–", "—", "until", "till", "through", "thru", "and", "til"})
_MOVED = bag("moved")
_STARTS = (
    frozenset(_BY_FIRST)
    | frozenset(MONTHS)
    | frozenset(WEEKDAYS)
    | frozenset(ONES)
    | frozenset(TENS)
    | frozenset(ORDINALS)
    | frozenset(VAGUE)
    | frozenset(SEASONS)
    | feasts.STARTS
    | events.STARTS
    | bag("starts")
)
_HOT = (
    (_STARTS - frozenset(_BY_FIRST) - events.STARTS)
    | frozenset(UNITS)
    | PERIODS
    | clocks.STARTS
    | {"present", "time", "moment", "now", "bank", "public"}
) - bag("cold")
"""Every dated expression has one of these, or a number, among its first tokens; what has none near is passed over."""
_NEAR = 7
_AFTER_NUMBERS = bag("after_numbers")
_PACKED = 8
_MOST = 200
"""Expressions found in one text; a list of a thousand dates is no letter."""


@dataclass(frozen=True, slots=True)
class Found:
    """An expression from token `index` on: its piece, what stands before it, whether "at the latest" follows."""

    index: int
    piece: Piece
    prefix: str
    latest: bool = False


def expressions(scene: Scene) -> Iterator[Found]:
    """The expressions of the window, in order, none inside another."""
    tokens = scene.tokens
    hot = _next_hot(scene)
    index = found_so_far = 0
    while index < len(tokens) and found_so_far < _MOST:
        found = None
        number = tokens.number(index) >= 0
        if _promising(scene, index) if number else tokens.word(index) in _STARTS:
            found = _expression(scene, index, dated=hot[index] - index <= _NEAR)
        if found is None:
            index += 1
            continue
        index = max(found.piece.stop, index + 1)
        if found.prefix != "every":
            found_so_far += 1
            yield found


def _promising(scene: Scene, index: int) -> bool:
    """Does anything near a number make a date or an hour of it; most numbers are none."""
    tokens = scene.tokens
    if len(tokens.word(index)) == _PACKED:
        return True
    return any((word := tokens.word(at)) in _AFTER_NUMBERS or word in _HOT for at in range(index + 1, index + 5))


def _next_hot(scene: Scene) -> list[int]:
    """For each token the index of the next one that a date may hang on."""
    tokens = scene.tokens
    nearest = len(tokens) + _NEAR + 1
    found = [nearest] * len(tokens)
    for index in range(len(tokens) - 1, -1, -1):
        if tokens.number(index) >= 0 or tokens.word(index) in _HOT:
            nearest = index
        found[index] = nearest
    return found


def _expression(scene: Scene, index: int, *, dated: bool) -> Found | None:
    open_ = events.event(scene, index)
    read = _dated(scene, index) if dated else None
    if open_ is not None and (read is None or read.piece.stop < open_.stop):
        return Found(index, open_, "open")
    return read


def _dated(scene: Scene, index: int) -> Found | None:
    for kind, after in _prefixes(scene, index):
        if kind in ("in", "within", "over") and (found := _plain(scene, index, "in" if kind == "in" else "within")):
            return found
        found = _longer(_plain(scene, index, kind, after), _ranged(scene, index, after, kind))
        if found is not None and not (kind == "latest" and after == found.piece.stop):
            return found
    return _longer(_plain(scene, index, ""), _ranged(scene, index, index, ""))


def _longer(one: Found | None, other: Found | None) -> Found | None:
    return max((each for each in (one, other) if each is not None), key=lambda each: each.piece.stop, default=None)


def _prefixes(scene: Scene, index: int) -> Iterator[tuple[str, int]]:
    """What may stand before a date, the longest first, and the index after it."""
    for phrase, kind in _BY_FIRST.get(scene.tokens.word(index), ()):
        stop = scene.tokens.reads(index, *phrase)
        if stop:
            yield kind, stop


def _plain(scene: Scene, index: int, kind: str, after: int | None = None) -> Found | None:
    piece = moment(scene, index if after is None else after, bare=kind in _BARE)
    if piece is None:
        return None
    tokens = scene.tokens
    if (
        piece.first is None
        and piece.moment is None
        and kind not in _BARE
        and piece.guess
        and not piece.part
        and _loose(scene, index, piece)
    ):
        return None
    piece = _hours_of(scene, piece)
    stop = next((stop for words in _LATEST if (stop := tokens.reads(piece.stop, *words))), 0)
    if stop:
        piece = replace(piece, stop=stop)
    return Found(index, piece, kind, latest=bool(stop))


def _hours_of(scene: Scene, piece: Piece) -> Piece:
    """ "Monday 11-4", "Friday between 8am and 2pm": the hours that follow a day."""
    tokens = scene.tokens
    if piece.first is None or piece.clock is not None or piece.period or piece.moment is not None:
        return piece
    at = tokens.skip(piece.stop, ",", "(")
    after = tokens.skip(at, "from", "between")
    hours = _hours(scene, after, tokens.word(at) if after > at else "from")
    if hours is None or hours.first is not None:
        return piece
    stop = tokens.skip(hours.stop, ")") if tokens.word(piece.stop) == "(" else hours.stop
    return replace(hours, stop=stop, first=piece.first, why=f"{hours.why}, {piece.why}")


def _loose(scene: Scene, index: int, piece: Piece) -> bool:
    """Is an hour that says neither morning nor evening a mere number: "11.30" euros."""
    words = scene.tokens.plain(index, piece.stop)
    return not any(sign in words for sign in (":", "clock", "past", " to "))


def _ranged(scene: Scene, index: int, after: int, kind: str) -> Found | None:
    """Two ends: "between 3 and 5 May", "from Monday to Wednesday", "2-4pm on Friday"."""
    if kind not in ("", "between", "from", "on", "for", "in", "at", "by", "over", "of"):
        return None
    if kind == "from" and any(scene.tokens.word(after - back) in _MOVED for back in range(2, 6)):
        return _moved_to(scene, index, after)
    piece = _numbers(scene, after) or _hours(scene, after, kind) or _days(scene, after, kind)
    return None if piece is None else Found(index, piece, kind if kind not in ("from", "between") else "on")


def _moved_to(scene: Scene, index: int, after: int) -> Found | None:
    """ "postponed from Thursday to Friday": the day it was moved to."""
    old = moment(scene, after, bare=False)
    if old is None or scene.tokens.word(old.stop) != "to":
        return None
    new = moment(scene, old.stop + 1, bare=True)
    return None if new is None else Found(index, new, "on")


def _numbers(scene: Scene, index: int) -> Piece | None:
    """ "3 to 5 May", "3rd-5th of May", "May 3-5"."""
    tokens = scene.tokens
    at = tokens.skip(index, "the")
    low = numbers.day_of_month(tokens, at) if tokens.number(at) >= 0 else None
    if low is not None and tokens.word(low.stop) in _TO:
        high = written.written(scene, low.stop + 1)
        if (
            high is not None
            and high.first is not None
            and tokens.word(low.stop + 1) not in WEEKDAYS
            and low.value < high.first.day
        ):
            return _between(scene, high.stop, high.first.replace(day=int(low.value)), high)
    if tokens.word(at) not in MONTHS:
        return None
    first = written.written(scene, at)
    if first is None or first.first is None or tokens.word(first.stop) not in _TO or tokens.number(first.stop + 1) < 0:
        return None
    last = numbers.day_of_month(tokens, first.stop + 1)
    if last is None or last.value <= first.first.day:
        return None
    year = numbers.year(tokens, tokens.skip(last.stop, ","))
    day = make_day(int(year.value) if year else first.first.year, first.first.month, int(last.value))
    if day is None:
        return None
    begin = first.first.replace(year=day.year)
    return _between(scene, year.stop if year else last.stop, begin, Piece(0, "", first=day))


def _between(scene: Scene, stop: int, first: object, last: Piece) -> Piece | None:
    from datetime import date

    if not isinstance(first, date) or last.first is None or first > last.first:
        return None
    return Piece(
        stop,
        f"{say(first)} to {say(last.first)}",
        first=first,
        last=last.first,
        period=True,
        clock=last.clock,
        zone=last.zone,
    )


def _hours(scene: Scene, index: int, kind: str) -> Piece | None:
    """ "2-4pm", "between 10 and 12 on Friday", "10:00 to 11:30", and with the day before them."""
    tokens = scene.tokens
    start = clock(scene, index, bare=True)
    if start is None or start.clock is None or tokens.word(start.stop) not in _TO:
        return None
    if tokens.word(start.stop) == "and" and kind != "between":
        return None
    end = clock(scene, start.stop + 1, bare=True)
    sure = (
        kind in ("between", "from")
        or not start.guess
        or (end is not None and not end.guess)
        or ":" in tokens.plain(index, start.stop)
    )
    if end is None or end.clock is None or not sure or written.written(scene, start.stop + 1) is not None:
        return None
    if (
        start.guess
        and not end.guess
        and start.clock.hour < 12 <= end.clock.hour
        and start.clock.hour + 12 <= end.clock.hour
    ):
        start = replace(start, clock=start.clock.replace(hour=start.clock.hour + 12))
    whole = moment(scene, start.stop + 1, bare=True)
    if whole is None or whole.clock is None or whole.period or start.clock is None:
        return None
    opens = start.clock if start.clock <= whole.clock else None
    return replace(whole, opens=opens, why=f"{start.clock:%H:%M} to {whole.clock:%H:%M}, {whole.why}".rstrip(", "))


def _days(scene: Scene, index: int, kind: str) -> Piece | None:
    """ "Monday to Wednesday", "from 28 February until 3 March", "between Easter and Whitsun"."""
    tokens = scene.tokens
    first = moment(scene, index, bare=False)
    if first is None or first.first is None or tokens.word(first.stop) not in _TO or first.moment is not None:
        return None
    word = tokens.word(first.stop)
    if (word == "and" and kind != "between") or (
        word in ("until", "till", "til", "to") and kind not in ("from", "between", "", "on", "for")
    ):
        return None
    last = moment(scene, first.stop + 1, bare=False)
    if last is None or last.first is None or last.moment is not None:
        return None
    end = last.last or last.first
    if end < first.first and tokens.word(first.stop + 1) in WEEKDAYS:
        end += timedelta(days=7 * (((first.first - end).days + 6) // 7))
    if first.clock is not None and end == first.first:
        return None
    return _between(scene, last.stop, first.first, replace(last, first=end))
