"""One day, however it is said: "tomorrow", "next Friday", "a week on Monday", "in three working days"."""

from __future__ import annotations

from datetime import date, timedelta

from amends.judgement.due import numbers, written
from amends.judgement.due.feasts import feast, nth_weekday
from amends.judgement.due.scene import Piece, Scene, brief, monday, month_end, plus, say, shift
from amends.judgement.due.spans import Span, moved, span
from amends.judgement.due.words import DOUBTFUL_WEEKDAYS, MONTHS, SEASONS, WEEKDAY_NAMES, WEEKDAYS, WORKING

_TODAY = {
    ("today",): 0,
    ("tdy",): 0,
    ("this", "day"): 0,
    ("this", "very", "day"): 0,
    ("the", "same", "day"): 0,
    ("same", "day"): 0,
    ("tomorrow",): 1,
    ("tomorow",): 1,
    ("tommorow",): 1,
    ("tommorrow",): 1,
    ("tmrw",): 1,
    ("tmr",): 1,
    ("tmw",): 1,
    ("the", "next", "day"): 1,
    ("next", "day"): 1,
    ("the", "following", "day"): 1,
    ("the", "day", "after", "tomorrow"): 2,
    ("day", "after", "tomorrow"): 2,
    ("overmorrow",): 2,
    ("yesterday",): -1,
    ("the", "day", "before", "yesterday"): -2,
    ("day", "before", "yesterday"): -2,
    ("the", "day", "before"): -1,
    ("last", "night"): -1,
}
_TODAY_BY_FIRST: dict[str, list[tuple[tuple[str, ...], int]]] = {}
for _words, _days in sorted(_TODAY.items(), key=lambda item: -len(item[0])):
    _TODAY_BY_FIRST.setdefault(_words[0], []).append((_words, _days))
_THIS = frozenset({"this", "upcoming", "coming", "current"})
_DEPTH = 3


def day(scene: Scene, index: int, depth: int = 0) -> Piece | None:
    """The longest reading of one day from this token on, or None."""
    readings = (
        written.iso(scene, index),
        written.numeric(scene, index),
        written.written(scene, index),
        written.the_nth(scene, index),
        _named(scene, index),
        _nth(scene, index),
        _weekday(scene, index, depth),
        feast(scene, index),
        _counted(scene, index, depth),
    )
    best = max((each for each in readings if each is not None), key=lambda each: each.stop, default=None)
    if best is None or best.first is None or depth >= _DEPTH:
        return best
    return _then(scene, best)


def _then(scene: Scene, piece: Piece) -> Piece:
    """ "tomorrow week", "Friday fortnight"."""
    days = {"week": 7, "fortnight": 14}.get(scene.tokens.word(piece.stop), 0)
    named = scene.tokens.word(piece.stop - 1) in WEEKDAYS or scene.tokens.word(piece.stop - 1) in ("today", "tomorrow")
    found = plus(piece.first, days) if days and named and piece.first else None
    return piece if found is None else Piece(piece.stop + 1, f"{piece.why}, and {days} days", first=found)


def _named(scene: Scene, index: int) -> Piece | None:
    tokens = scene.tokens
    for words, days in _TODAY_BY_FIRST.get(tokens.word(index), ()):
        stop = tokens.reads(index, *words)
        if stop and tokens.word(stop) != "'s":
            found = plus(scene.today, days)
            return None if found is None else Piece(stop, say(found), first=found)
    if tokens.word(index - 1) == "for" and tokens.reads(index, "the", "day"):
        return Piece(index + 2, say(scene.today), first=scene.today)
    stop = tokens.reads(index, "the", "next", "working", "day") or tokens.reads(index, "next", "working", "day")
    stop = (
        stop or tokens.reads(index, "the", "next", "business", "day") or tokens.reads(index, "next", "business", "day")
    )
    stop = stop or tokens.reads(index, "the", "following", "working", "day")
    if stop:
        found = scene.working_day(scene.today, 1)
        return Piece(stop, f"the next working day, {say(found)}", first=found)
    return None


def weekday_at(scene: Scene, index: int) -> int | None:
    """The weekday named at this token, Monday being 0; "sat" and "sun" only where they look like days."""
    tokens = scene.tokens
    word = tokens.word(index)
    found = WEEKDAYS.get(word)
    if found is None or word not in DOUBTFUL_WEEKDAYS:
        return found
    before = tokens.word(index - 1)
    clear = (
        before in ("on", "by", "next", "this", "until", "before", "last", "coming", "from", "every")
        or tokens.number(index + 1) >= 0
    )
    return (
        found
        if clear
        or (tokens.capital(index) and index and not tokens.capital(index - 1))
        or tokens.text[tokens.at(index).start :][:3].isupper()
        else None
    )


def _weekday(scene: Scene, index: int, depth: int) -> Piece | None:
    """A weekday with what says which: "this", "next", "last", "next week", "Friday week"."""
    tokens = scene.tokens
    at = tokens.skip(index, "the")
    which = _which(scene, at)
    weekday = weekday_at(scene, which[1])
    if weekday is not None:
        return _after_weekday(scene, which[0], weekday, which[1] + 1, depth)
    week = {"next": 1, "this": 0, "last": -1, "following": 1}.get(tokens.word(at))
    if week is not None and tokens.word(at + 1) == "week":
        on = tokens.skip(at + 2, "on", ",", "'s")
        weekday = weekday_at(scene, on)
        if weekday is not None:
            found = plus(monday(scene.today), 7 * week + weekday)
            return None if found is None else Piece(on + 1, say(found), first=found)
    return None


def _which(scene: Scene, at: int) -> tuple[str, int]:
    """What says which weekday is meant, and the index of the weekday."""
    tokens, said = scene.tokens, ""
    for _ in range(2):
        word = tokens.word(at)
        if word in _THIS or word in ("next", "last", "previous", "past", "following"):
            said, at = (word if said in ("", "this", "this very") else said), at + 1
    return said, at


def _after_weekday(scene: Scene, which: str, weekday: int, stop: int, depth: int) -> Piece | None:
    tokens = scene.tokens
    name = WEEKDAY_NAMES[weekday]
    stop = (
        tokens.skip(stop, ".")
        if len(tokens.word(stop - 1)) <= 4
        and tokens.word(stop + 1).isalnum()
        and tokens.word(stop) == "."
        and not tokens.capital(stop + 1)
        else stop
    )
    later = _weeks_after(scene, weekday, stop, depth) if depth < _DEPTH else None
    if later is not None:
        return later
    if tokens.word(stop) in ("mornings", "afternoons", "evenings", "nights"):
        return None
    after_next = tokens.reads(stop, "after", "next")
    if after_next and not which:
        found = monday(scene.today) + timedelta(days=14 + weekday)
        return Piece(after_next, f"{name} of the week after next, {say(found)}", first=found)
    week = _week(scene, tokens.skip(tokens.skip(stop, "of", ","), "the"), stop)
    if week is not None and not which:
        first, stop = week
        found = first + timedelta(days=weekday)
        return Piece(stop, say(found), first=found)
    past = scene.is_past(stop - 1) and not written.is_due(scene, stop - 1)
    found_day, why = _pick(scene.today, which, weekday, past=past)
    if found_day is None:
        return None
    same = not which and weekday == scene.today.weekday() and found_day > scene.today
    return Piece(stop, why or f"{name} after {brief(scene.today)}", first=found_day, or_today=same)


def _pick(today: date, which: str, weekday: int, *, past: bool) -> tuple[date | None, str]:
    ahead = (weekday - today.weekday()) % 7
    name = WEEKDAY_NAMES[weekday]
    if which == "next":
        return plus(monday(today), 7 + weekday), f"{name} of next week"
    if which in ("last", "previous", "past"):
        back = plus(monday(today), weekday - 7)
        return back, f"{name} of last week"
    if which == "following":
        return plus(today, ahead or 7), ""
    if which in _THIS:
        return plus(today, ahead if which == "this" else ahead or 7), f"the coming {name}"
    if past:
        return plus(today, -((today.weekday() - weekday) % 7 or 7)), f"{name} before {brief(today)}"
    return plus(today, ahead or 7), ""


def _week(scene: Scene, index: int, stop: int) -> tuple[date, int] | None:
    """ "next week", "this week", "last week" after a weekday: its Monday, and the index after it."""
    tokens = scene.tokens
    weeks = {"next": 1, "following": 1, "coming": 1, "this": 0, "last": -1}.get(tokens.word(index))
    if weeks is not None and tokens.word(index + 1) == "week" and tokens.word(stop) != "'s":
        return monday(scene.today) + timedelta(days=7 * weeks), index + 2
    after_next = tokens.reads(index, "week", "after", "next")
    return (monday(scene.today) + timedelta(days=14), after_next) if after_next else None


def _weeks_after(scene: Scene, weekday: int, stop: int, depth: int) -> Piece | None:
    """ "Sunday 3 weeks after January 15th": the third Sunday after it."""
    found = span(scene, stop)
    if found is None or set(found.parts) != {"week"} or scene.tokens.word(found.stop) not in ("after", "from"):
        return None
    base = day(scene, found.stop + 1, depth + 1)
    if base is None or base.first is None:
        return None
    weeks = int(found.parts["week"])
    target = plus(base.first, ((weekday - base.first.weekday()) % 7 or 7) + 7 * (weeks - 1))
    return None if target is None else Piece(base.stop, say(target), first=target)


def _nth(scene: Scene, index: int) -> Piece | None:
    """ "the second Monday of next month", "the last working day of March", "first Friday in May 2027"."""
    tokens = scene.tokens
    at = tokens.skip(index, "the")
    penultimate = tokens.word(at) in ("penultimate",)
    number = (
        numbers.ordinal(tokens, at) if tokens.word(at) not in ("last", "penultimate") else numbers.Number(-1, at + 1)
    )
    if number is None or not -1 <= number.value <= 31:
        return None
    working = tokens.word(number.stop) in WORKING and tokens.word(number.stop + 1) in ("day", "days")
    plain = tokens.word(number.stop) == "day"
    weekday = weekday_at(scene, number.stop)
    if weekday is None and not working and not plain:
        return None
    after = number.stop + (2 if working else 1)
    month = month_named(scene, after)
    if month is None:
        lone = weekday is not None and number.value > 0 and tokens.word(after) != "of"
        if not lone:
            return None
        month = scene.today.replace(day=1), after
    found = _count_in(scene, month[0], int(number.value) - penultimate, weekday, working=working)
    return None if found is None else Piece(month[1], say(found), first=found)


def _count_in(scene: Scene, first: date, nth: int, weekday: int | None, *, working: bool) -> date | None:
    if weekday is not None:
        return nth_weekday(first.year, first.month, weekday, nth) if -1 <= nth <= 5 else None
    end = month_end(first)
    if working:
        found = (
            scene.working_day(first - timedelta(days=1), nth)
            if nth > 0
            else scene.working_day(end + timedelta(days=1), nth)
        )
    else:
        found = first + timedelta(days=nth - 1) if nth > 0 else end + timedelta(days=nth + 1)
    return found if (found.year, found.month) == (first.year, first.month) else None


def month_named(scene: Scene, index: int) -> tuple[date, int] | None:
    """ "of next month", "in March", "of the month", "of March 2027": its first day, and the index after it."""
    tokens = scene.tokens
    at = tokens.skip(index, "of", "in")
    if at == index:
        return None
    which = tokens.word(at)
    if tokens.word(at + 1) == "month" and which in ("the", "this", "next", "last", "coming", "following", "current"):
        first = shift(scene.today.replace(day=1), {"next": 1, "coming": 1, "following": 1, "last": -1}.get(which, 0))
        return None if first is None else (first, at + 2)
    at = tokens.skip(at, "next", "this", "coming")
    month = MONTHS.get(tokens.word(at), 0)
    if not month:
        return None
    year = numbers.year(tokens, tokens.skip(at + 1, ",", "of"))
    if year is not None:
        return date(int(year.value), month, 1), year.stop
    today = scene.today
    return date(today.year + (month < today.month), month, 1), at + 1


def _counted(scene: Scene, index: int, depth: int) -> Piece | None:
    """ "in 3 days", "two weeks from now", "a week on Friday", "3 days before Easter", "two months ago"."""
    tokens = scene.tokens
    inside = tokens.skip(index, "in", "within")
    found = span(scene, inside)
    if found is None or depth >= _DEPTH:
        return None
    at = found.stop
    word = tokens.word(at)
    if (
        word in ("after", "from", "following", "before", "on", "prior", "tomorrow", "today", "since")
        or weekday_at(scene, at) is not None
    ):
        counted = _from(scene, found, at, depth)
        if counted is not None:
            return _on(scene, counted, depth)
    for words, sign in (
        (("ago",), -1),
        (("earlier",), -1),
        (("later",), 1),
        (("hence",), 1),
        (("from", "now"), 1),
        (("from", "today"), 1),
        (("'", "time"), 1),
        (("time",), 1),
    ):
        stop = tokens.reads(at, *words)
        if stop and (inside > index or words not in (("time",), ("'", "time"))):
            return _on(scene, moved(scene, found, stop, sign), depth)
    if inside == index or word in ("or", "of", "'s", "-"):
        return None
    piece = moved(scene, found, at, 1)
    if piece is not None and tokens.word(index) == "within":
        return Piece(piece.stop, piece.why, first=piece.first, moment=piece.moment, begins=scene.now, bound=True)
    return _on(scene, piece, depth)


def _on(scene: Scene, piece: Piece | None, depth: int) -> Piece | None:
    """ "two months from today on Tuesday": that weekday, on the day reached or after it."""
    if piece is None or piece.first is None or scene.tokens.word(piece.stop) != "on" or depth:
        return piece
    weekday = weekday_at(scene, piece.stop + 1)
    found = plus(piece.first, (weekday - piece.first.weekday()) % 7) if weekday is not None else None
    return piece if found is None else Piece(piece.stop + 2, say(found), first=found)


def _from(scene: Scene, found: Span, at: int, depth: int) -> Piece | None:
    tokens = scene.tokens
    word = tokens.word(at)
    back = word in ("before", "prior")
    start = at + 1 if word in ("after", "from", "following", "before", "on", "prior", "since") else at
    start = tokens.skip(start, "to") if word == "prior" else start
    if tokens.word(start) in ("now",):
        return None
    base = day(scene, start, depth + 1)
    if base is None or base.first is None:
        return None
    if word == "on" and not ({"week", "fortnight"} >= set(found.parts) or found.working):
        return None
    if not ({"week", "fortnight"} >= set(found.parts)) and start == at:
        return None
    target = moved(scene, found, base.stop, -1 if back else 1, base=base.first)
    if target is None or target.first is None:
        return None
    return Piece(target.stop, f"{say(target.first)}, counted from {brief(base.first)}", first=target.first)


def season(scene: Scene, index: int) -> tuple[date, date, int] | None:
    """The three months of a season in the north, from its month to come."""
    month = SEASONS.get(scene.tokens.word(index))
    if month is None:
        return None
    year = numbers.year(scene.tokens, index + 1)
    number = int(year.value) if year else scene.today.year
    first = date(number, month, 1)
    last = shift(first, 2)
    if last is None:
        return None
    if year is None and month_end(last) < scene.today:
        first, last = first.replace(year=number + 1), last.replace(year=last.year + 1)
    return first, month_end(last), year.stop if year else index + 1
