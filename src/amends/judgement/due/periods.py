"""Stretches of days: "next week", "mid-March", "the end of the quarter", "the week of the 12th", "Q2 2027"."""

from __future__ import annotations

from datetime import timedelta

from amends.judgement.due.days import day
from amends.judgement.due.scene import Piece, Scene, monday, month_end, plus, say, shift
from amends.judgement.due.spans import moved, span
from amends.judgement.due.stretches import Stretch, relative, stretch

_SHORT = {"eow": "week", "eom": "month", "eoq": "quarter", "eoy": "year"}
_PARTS = {
    "end": "end",
    "close": "end",
    "start": "start",
    "beginning": "start",
    "top": "start",
    "middle": "mid",
    "mid": "mid",
    "early": "early",
    "earlier": "early",
    "late": "late",
    "later": "late",
    "latter": "late",
    "rest": "rest",
    "remainder": "rest",
}
_HALVES = {("first", "half"): "first half", ("second", "half"): "second half", ("latter", "half"): "second half"}
_FIRST_WEEK = {"first": 0, "second": 1, "third": 2, "fourth": 3, "last": -1}
_SAID = {"early": "the early part", "mid": "the middle", "late": "the late part"}
_STRETCHES = {
    "week": {"early": (0, 1), "mid": (1, 2), "late": (3, 4), "first half": (0, 2), "second half": (2, 4)},
}


def period(scene: Scene, index: int) -> Piece | None:
    """A stretch of days, or the part of one that is meant."""
    tokens = scene.tokens
    word = tokens.word(index)
    if word in _SHORT:
        base = relative(scene, _SHORT[word], 0, index + 1)
        return None if base is None else _cut(scene, base, "end")
    for each in (_next_days, _week_of, _nth_week, _ends):
        found = each(scene, index)
        if found is not None:
            return found
    cut, at = _part(scene, index)
    base = stretch(scene, at, cut=cut)
    if base is None:
        return None
    return _cut(scene, base, cut)


def _part(scene: Scene, index: int) -> tuple[str, int]:
    """What part of a stretch is meant, and the index of the stretch itself."""
    tokens = scene.tokens
    at = tokens.skip(index, "the")
    at = tokens.skip(at, "very")
    half = _HALVES.get((tokens.word(at), tokens.word(at + 1)))
    if half is not None:
        stop = tokens.skip(at + 2, "of")
        return (half, stop) if stop > at + 2 else ("", index)
    part = _PARTS.get(tokens.word(at))
    if part is None:
        return "", index
    after = tokens.skip(at + 1, "part", "-")
    after = tokens.skip(tokens.skip(after, "of", "in"), "-")
    if (
        tokens.word(at) in ("early", "late")
        and tokens.word(after) == "to"
        and tokens.word(after + 1) in ("mid", "middle")
    ):
        part, after = ("first half" if part == "early" else part), tokens.skip(after + 2, "-", "of")
    if tokens.word(at) == "mid" and tokens.word(after) == "to" and tokens.word(after + 1) == "late":
        part, after = "second half", tokens.skip(after + 2, "-", "of")
    return part, after


def _cut(scene: Scene, base: Stretch, cut: str) -> Piece | None:
    """The part of the stretch that is meant: "early" its first days, "end" its last."""
    first, last, name = base.first, base.last, base.name
    if base.unit == "week":
        last = scene.last_working(first, last)
        if cut == "end" and first <= scene.today and last < scene.today:
            last = scene.last_working(first + timedelta(days=7), last + timedelta(days=7))
    if cut == "end":
        return Piece(base.stop, f"the end of {name}, {say(last)}", first=last)
    if cut == "start":
        return Piece(base.stop, f"the start of {name}, {say(first)}", first=first)
    if cut == "rest":
        return Piece(
            base.stop,
            f"the rest of {name}, up to {say(last)}",
            first=max(first, scene.today),
            last=max(last, scene.today),
            period=True,
        )
    if not cut:
        return Piece(base.stop, f"{name}, up to {say(last)}", first=first, last=last, period=True)
    length = (last - first).days
    if base.unit == "week":
        low, high = _STRETCHES["week"][cut]
    elif base.unit == "weekend":
        low, high = 0, 1
    elif base.unit == "month":
        low, high = {"early": (0, 9), "mid": (10, 14), "late": (20, length), "first half": (0, 14)}.get(
            cut, (15, length)
        )
    else:
        return _cut_months(base, cut)
    first, last = first + timedelta(days=low), first + timedelta(days=high)
    if cut == "late" and first < scene.today <= last:
        first = scene.today
    return Piece(
        base.stop,
        f"{_SAID.get(cut, cut)} of {name}, up to {say(last)}",
        first=first,
        last=max(first, last),
        period=True,
    )


def _cut_months(base: Stretch, cut: str) -> Piece | None:
    """The part of a quarter, a half-year, a season or a year, in whole months."""
    months = (base.last.year - base.first.year) * 12 + base.last.month - base.first.month + 1
    third, half = -(-months // 3), -(-months // 2)
    low, high = {
        "early": (0, third),
        "mid": (third, half),
        "late": (months - third, months),
        "first half": (0, half),
    }.get(cut, (half, months))
    first, last = shift(base.first, min(low, high - 1)), shift(base.first, high - 1)
    if first is None or last is None:
        return None
    last = month_end(last)
    return Piece(
        base.stop, f"{_SAID.get(cut, cut)} of {base.name}, up to {say(last)}", first=first, last=last, period=True
    )


def _ends(scene: Scene, index: int) -> Piece | None:
    """ "month end", "year-end", "midweek", "the half-year"."""
    tokens = scene.tokens
    at = tokens.skip(index, "the")
    at = tokens.skip(at, "financial", "fiscal", "calendar", "this", "next")
    mid = tokens.reads(at, "midweek") or tokens.reads(at, "mid", "-", "week") or tokens.reads(at, "mid", "week")
    if mid:
        base = relative(scene, "week", int(tokens.word(at - 1) == "next" or scene.today.weekday() > 2), mid)
        return None if base is None else _cut(scene, base, "mid")
    unit = tokens.word(at)
    stop = tokens.reads(at + 1, "-", "end") or tokens.reads(at + 1, "end")
    unit = unit.removesuffix("'s")
    if unit not in ("month", "year", "quarter", "week") or not stop or tokens.word(at - 1) in ("financial", "fiscal"):
        return None
    base = relative(scene, unit, int(tokens.word(at - 1) == "next"), stop)
    return None if base is None else _cut(scene, base, "end")


def _next_days(scene: Scene, index: int) -> Piece | None:
    """ "in the next two weeks", "over the coming days", "the next few days"."""
    tokens = scene.tokens
    at = tokens.skip(index, "in", "within", "over", "during")
    at = tokens.skip(at, "the")
    after = tokens.skip(at, "next", "coming", "following", "upcoming")
    if after == at:
        hour = tokens.reads(index, "within", "the", "hour")
        return (
            Piece(hour, "an hour on", moment=scene.now + timedelta(hours=1), begins=scene.now, bound=True)
            if hour
            else None
        )
    if tokens.word(after) == "fortnight":
        last = plus(scene.today, 14)
        return (
            None
            if last is None
            else Piece(after + 1, f"14 days, up to {say(last)}", first=scene.today, last=last, period=True, bound=True)
        )
    if tokens.word(after) == "hour" and after > at:
        return Piece(after + 1, "an hour on", moment=scene.now + timedelta(hours=1), begins=scene.now, bound=True)
    found = span(scene, after)
    if found is None:
        vague = {"days": 3, "weeks": 21, "hours": 0, "months": 92}.get(tokens.word(after))
        if not vague:
            return None
        last = plus(scene.today, vague)
        stop = tokens.skip(after + 1, "or")
        return (
            None
            if last is None
            else Piece(
                stop,
                f"taken for {vague} days, up to {say(last)}",
                first=scene.today,
                last=last,
                period=True,
                bound=True,
            )
        )
    piece = moved(scene, found, found.stop, 1)
    if piece is None or (tokens.word(found.stop) in ("after", "of")):
        return None
    return Piece(piece.stop, piece.why, first=piece.first, moment=piece.moment, begins=scene.now, bound=True)


def _week_of(scene: Scene, index: int) -> Piece | None:
    """ "the week of the 12th", "week commencing 9 March", "w/c 9 March", "week ending Friday 13th"."""
    tokens = scene.tokens
    at = tokens.skip(index, "the")
    short = tokens.reads(at, "w", "/", "c") or tokens.reads(at, "w", "/", "b") or tokens.reads(at, "wc")
    ending = tokens.reads(at, "w", "/", "e")
    if not short and not ending:
        if tokens.word(at) not in ("week", "wk"):
            return None
        after = tokens.skip(at + 1, "of", "commencing", "beginning", "starting", "ending", "from")
        if after == at + 1:
            return None
        ending = after if tokens.word(after - 1) == "ending" else 0
        short = after
    start = tokens.skip(ending or short, "on", ":")
    base = day(scene, start, 2)
    if base is None or base.first is None:
        return None
    first = monday(base.first)
    last = base.first if ending else scene.last_working(first, first + timedelta(days=6))
    return Piece(base.stop, f"the week of {say(first)}, up to {say(last)}", first=first, last=last, period=True)


def _nth_week(scene: Scene, index: int) -> Piece | None:
    """ "the first week of March", "the last week of next month"."""
    tokens = scene.tokens
    at = tokens.skip(index, "the")
    nth = _FIRST_WEEK.get(tokens.word(at))
    if nth is None or tokens.word(at + 1) != "week" or tokens.word(at + 2) not in ("of", "in"):
        return None
    base = stretch(scene, at + 3, cut="early")
    if base is None or base.unit != "month":
        return None
    if nth < 0:
        first = monday(base.last)
    else:
        first = monday(base.first + timedelta(days=7 * nth + (7 if base.first.weekday() > 4 else 0)))
    last = min(max(scene.last_working(first, first + timedelta(days=6)), first), base.last)
    first = max(first, base.first)
    return Piece(base.stop, f"the week of {say(first)}, up to {say(last)}", first=first, last=last, period=True)
