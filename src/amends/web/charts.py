"""The geometry of the small charts, as plain numbers that a template draws. Pure.

Both show the same thing: messages received above a line, messages sent below it, one bar a week.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil

from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

Weeks = Sequence[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Sparkline:
    """Two paths over a box of `width` by `height`, and what they say."""

    width: int
    height: int
    middle: float
    received: str
    sent: str
    total: int
    change: int
    trend: str
    sentence: str


def sparkline(weeks: Weeks, *, height: int = 22, step: int = 4) -> Sparkline:
    """A word-sized chart of `weeks`, oldest first."""
    width, middle = step * len(weeks), height / 2
    top = max((max(pair) for pair in weeks), default=0) or 1
    received, sent = _bars(weeks, step=step, gap=1, middle=middle, room=middle - 1, top=top)
    half = len(weeks) // 2
    late = sum(map(sum, weeks[half:]))
    early = sum(map(sum, weeks[:half]))
    trend = _trend(late - early)
    sentence = _(
        "%(total)s messages in %(weeks)s weeks, %(received)s received and %(sent)s sent; "
        "%(late)s of them in the last %(half)s weeks, %(trend)s"
    ) % {
        "total": late + early,
        "weeks": len(weeks),
        "received": sum(pair[0] for pair in weeks),
        "sent": sum(pair[1] for pair in weeks),
        "late": late,
        "half": len(weeks) - half,
        "trend": trend,
    }
    return Sparkline(width, height, middle, received, sent, late, late - early, trend, sentence)


@dataclass(frozen=True, slots=True)
class Tick:
    """A label on an axis."""

    x: float
    y: float
    text: str


@dataclass(frozen=True, slots=True)
class Mark:
    """An event on the chart: a shape of its tone at `x`."""

    x: float
    y: float
    tone: str
    title: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A year of correspondence, drawn in a box of `width` by `height`."""

    key: str
    width: int
    height: int
    left: int
    middle: float
    received: str
    sent: str
    months: list[Tick]
    levels: list[Tick]
    marks: list[Mark]
    sentence: str


def correspondence(
    weeks: Weeks, *, until: date, events: Sequence[tuple[int, str, str]], key: str, shown: int, step: int, height: int
) -> Chart:
    """The last `shown` of `weeks`, the newest ending on `until`; `events` are (week, tone, title)."""
    part, skipped = weeks[-shown:], len(weeks) - shown
    left, band, foot = 30, 22, 20
    width = left + step * len(part)
    room = (height - band - foot) / 2
    middle = band + room
    top = _round_up(max((max(pair) for pair in part), default=0))
    received, sent = _bars(part, step=step, gap=max(1, step // 5), middle=middle, room=room, top=top, left=left)
    inside = [(week - skipped, tone, title) for week, tone, title in events if week >= skipped]
    return Chart(
        key=key,
        width=width,
        height=height,
        left=left,
        middle=middle,
        received=received,
        sent=sent,
        months=month_ticks(len(part), until=until, step=step, left=left, y=height - 5),
        levels=[Tick(left - 6, middle - room + 4, str(top)), Tick(left - 6, middle + room + 4, str(top))],
        marks=_marks(inside, step=step, left=left),
        sentence=year_sentence(weeks),
    )


def year_sentence(weeks: Weeks) -> str:
    """What a year's chart shows, in words."""
    received, sent = sum(pair[0] for pair in weeks), sum(pair[1] for pair in weeks)
    if not received and not sent:
        return _("Nothing was written in these weeks.")
    recent, before = weeks[-13:], weeks[-26:-13]
    late, early = sum(map(sum, recent)), sum(map(sum, before))
    quiet = 0
    for pair in reversed(weeks):
        if pair[0]:
            break
        quiet += 1
    sentence = _(
        "They wrote %(received)s times, we wrote %(sent)s; the last three months hold %(late)s, %(trend)s."
    ) % {
        "received": received,
        "sent": sent,
        "late": late,
        "trend": _trend(late - early),
    }
    if quiet >= 3:
        sentence += " " + ngettext(
            "Nothing came from them in the last %(n)s week.", "Nothing came from them in the last %(n)s weeks.", quiet
        ) % {"n": quiet}
    return sentence


def _trend(change: int) -> str:
    if not change:
        return _("as many as before")
    return (_("up %(n)s") if change > 0 else _("down %(n)s")) % {"n": abs(change)}


def _bars(weeks: Weeks, *, step: int, gap: int, middle: float, room: float, top: int, left: int = 0) -> tuple[str, str]:
    """Paths of the bars above and below the line."""
    above, below = [], []
    for number, (received, sent) in enumerate(weeks):
        x = left + number * step
        if received:
            size = max(1.5, room * received / top)
            above.append(f"M{x} {middle - 0.5:g}v{-size:.1f}h{step - gap}v{size:.1f}z")
        if sent:
            size = max(1.5, room * sent / top)
            below.append(f"M{x} {middle + 0.5:g}v{size:.1f}h{step - gap}v{-size:.1f}z")
    return "".join(above), "".join(below)


def _round_up(value: int) -> int:
    if value <= 4:
        return 4
    unit = 5 if value < 50 else 10 ** (len(str(value)) - 1)
    return ceil(value / unit) * unit


def month_ticks(weeks: int, *, until: date, step: int, left: int, y: float) -> list[Tick]:
    """A label where a month begins, with room between two."""
    first = until - timedelta(days=7 * weeks - 1)
    ticks: list[Tick] = []
    for number in range(weeks):
        monday, sunday = first + timedelta(days=7 * number), first + timedelta(days=7 * number + 6)
        begins = sunday.replace(day=1)
        if not monday <= begins <= sunday:
            continue
        x = left + number * step
        if x > left + (weeks - 2) * step or (ticks and x - ticks[-1].x < 34):
            continue
        ticks.append(Tick(x, y, format_date(begins, "M Y" if begins.month == 1 else "M")))
    return ticks


def _marks(events: Sequence[tuple[int, str, str]], *, step: int, left: int) -> list[Mark]:
    """Marks stand over their week; several in one week stand over each other."""
    heights: dict[int, int] = {}
    marks = []
    for week, tone, title in events:
        level = heights.get(week, 0)
        heights[week] = level + 1
        if level < 2:
            marks.append(Mark(left + week * step + step / 2 - 1, 6 + 10 * level, tone, title))
    return marks
