"""The geometry of charts of hours, as plain numbers that a template draws. Pure.

By week and by person as small multiples: a row for everybody together where there are several, then one for each in
the order of their names. All persons share one scale, so that rows can be compared; nobody is ranked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from amends.web.charts import Tick, month_ticks

PEOPLE = 8  # rows of their own; whoever comes after them by name shares one
_ROW, _HEAD, _FOOT, _LEFT = 46, 6, 20, 0
_ROOM = 26.0
_TENTH = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class Row:
    """One person's weeks (or everybody's): a path of bars over `foot`, with the name and the sum written beside."""

    name: str
    said: str
    top: str  # the highest week, as a label at its bar
    top_x: float
    top_y: float
    foot: float
    bars: str
    all: bool

    @property
    def name_y(self) -> float:
        """Where the name stands over the bars."""
        return self.foot - _ROOM - 5


@dataclass(frozen=True, slots=True)
class WorkChart:
    """Hours by week, drawn in a box of `width` by `height`."""

    key: str
    width: int
    height: int
    rows: list[Row]
    months: list[Tick]
    sentence: str
    named: bool  # whether the names stand in the drawing: on a narrow page there is no room beside it


@dataclass(frozen=True, slots=True)
class Week:
    """One line of the table that says the same in numbers."""

    monday: date
    seconds: int
    people: list[tuple[str, int]]


def work_chart(
    people: Mapping[str, Sequence[int]], *, until: date, key: str, shown: int, step: int, named: bool = False
) -> WorkChart | None:
    """The last `shown` weeks of seconds by person, the newest ending on `until`; None where there is nothing."""
    if not any(any(weeks) for weeks in people.values()):
        return None
    series = _series({name: list(weeks[-shown:]) for name, weeks in people.items()})
    shown = min(shown, len(series[0][1]))
    width = _LEFT + step * shown
    most_all = max(max(weeks) for name, weeks, whole in series if whole) if any(one[2] for one in series) else 0
    most_one = max((max(weeks) for name, weeks, whole in series if not whole), default=0)
    rows = [
        _row(name, weeks, whole, number=number, step=step, most=(most_all if whole else most_one) or 1, width=width)
        for number, (name, weeks, whole) in enumerate(series)
    ]
    height = _HEAD + _ROW * len(rows) + _FOOT
    return WorkChart(
        key=key,
        width=width,
        height=height,
        rows=rows,
        months=month_ticks(shown, until=until, step=step, left=_LEFT, y=height - 5),
        sentence=work_sentence(people, until=until),
        named=named,
    )


def _series(people: Mapping[str, list[int]]) -> list[tuple[str, list[int], bool]]:
    named = list(people.items())
    own, others = (named, []) if len(named) <= PEOPLE else (named[: PEOPLE - 1], named[PEOPLE - 1 :])
    found: list[tuple[str, list[int], bool]] = [(name, weeks, False) for name, weeks in own]
    if others:
        found.append((_("%(n)s others") % {"n": len(others)}, _sum(weeks for _name, weeks in others), False))
    if len(named) > 1:
        found.insert(0, (_("Everybody"), _sum(weeks for _name, weeks in named), True))
    return found


def _sum(series: Iterable[Sequence[int]]) -> list[int]:
    return [sum(week) for week in zip(*series, strict=True)]


def _row(name: str, weeks: Sequence[int], whole: bool, *, number: int, step: int, most: int, width: int) -> Row:
    foot = _HEAD + _ROW * (number + 1) - 1.0
    gap = max(1, step // 5)
    bars, top_at = [], 0
    for week, seconds in enumerate(weeks):
        if seconds:
            size = max(1.5, _ROOM * seconds / most)
            bars.append(f"M{_LEFT + week * step} {foot:.1f}v{-size:.1f}h{step - gap}v{size:.1f}z")
            top_at = week if seconds >= weeks[top_at] else top_at
    top_size = _ROOM * weeks[top_at] / most
    x = min(max(_LEFT + top_at * step + (step - gap) / 2, 18.0), width - 18.0)
    return Row(
        name=name,
        said=hours(sum(weeks)),
        top=hours(weeks[top_at]) if weeks[top_at] else "",
        top_x=x,
        top_y=foot - top_size - 3,
        foot=foot,
        bars="".join(bars),
        all=whole,
    )


def work_sentence(people: Mapping[str, Sequence[int]], *, until: date) -> str:
    """What the chart shows, in words."""
    total = _sum(people.values()) if people else []
    if not any(total):
        return _("No hours in these weeks.")
    late, early = sum(total[-4:]), sum(total[-8:-4])
    top = max(range(len(total)), key=lambda week: total[week])
    monday = until - timedelta(days=6 + 7 * (len(total) - 1 - top))
    sentence = ngettext(
        "%(total)s in %(n)s week by %(people)s.", "%(total)s in %(n)s weeks by %(people)s.", len(total)
    ) % {
        "total": hours(sum(total)),
        "n": len(total),
        "people": ngettext("%(n)s person", "%(n)s people", len(people)) % {"n": len(people)},
    }
    sentence += " " + _("Most in the week of %(day)s, %(hours)s.") % {
        "day": format_date(monday, "j F"),
        "hours": hours(total[top]),
    }
    if len(total) >= 8:
        sentence += " " + _("The last four weeks hold %(late)s, %(trend)s.") % {
            "late": hours(late),
            "trend": _trend(late - early),
        }
    return sentence


def week_table(people: Mapping[str, Sequence[int]], *, until: date) -> list[Week]:
    """The weeks with work in them, the newest first."""
    total = _sum(people.values()) if people else []
    return [
        Week(
            until - timedelta(days=6 + 7 * (len(total) - 1 - week)),
            seconds,
            [(name, weeks[week]) for name, weeks in people.items() if weeks[week]],
        )
        for week, seconds in reversed(list(enumerate(total)))
        if seconds
    ]


@dataclass(frozen=True, slots=True)
class HourSpark:
    """A word-sized chart of hours a week, and what it says."""

    width: int
    height: int
    bars: str
    sentence: str


def hour_spark(weeks: Sequence[int], *, height: int = 22, step: int = 4) -> HourSpark:
    """Bars of seconds a week, oldest first."""
    most = max(weeks, default=0) or 1
    room = height - 2
    sizes = [(week, max(1.5, room * seconds / most)) for week, seconds in enumerate(weeks) if seconds]
    bars = "".join(f"M{week * step} {height - 1}v{-size:.1f}h{step - 1}v{size:.1f}z" for week, size in sizes)
    half = len(weeks) // 2
    early, late = sum(weeks[:half]), sum(weeks[half:])
    sentence = _("%(total)s in %(weeks)s weeks; %(late)s of it in the last %(half)s, %(trend)s") % {
        "total": hours(early + late),
        "weeks": len(weeks),
        "late": hours(late),
        "half": len(weeks) - half,
        "trend": _trend(late - early),
    }
    return HourSpark(step * len(weeks), height, bars, sentence)


def _trend(change: int) -> str:
    if abs(change) < 180:
        return _("as much as before")
    return (_("up %(n)s") if change > 0 else _("down %(n)s")) % {"n": hours(abs(change))}


def hours(seconds: int | None) -> str:
    """ "1,041.5 h", "0.3 h"; less than three minutes is "0.1 h", never nothing."""
    if not seconds:
        return _("%(n)s h") % {"n": 0}
    value = max(_TENTH, (Decimal(seconds) / 3600).quantize(_TENTH, ROUND_HALF_UP))
    return _("%(n)s h") % {"n": f"{value:,.1f}".removesuffix(".0")}
