"""The geometry of an account's charts: the balance over time with its events, and a word-sized one. Pure."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil, floor

from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _

from amends.insights.capital.glance import Glance
from amends.insights.capital.kinds import kind_name
from amends.insights.capital.statement import Mark, Statement
from amends.insights.capital.telling import change, said_month
from amends.web.charts import Tick

_LEFT, _RIGHT, _TOP, _FOOT = 34, 10, 12, 22
_DEFINITE = 40  # pixels between two labels


@dataclass(frozen=True, slots=True)
class Spot:
    """An event on the line: where, which way it moved the account, and what it was."""

    x: float
    y: float
    look: str  # up, down, mended
    title: str
    id: uuid.UUID


@dataclass(frozen=True, slots=True)
class BalanceChart:
    """The balance of a period in a box of `width` by `height`."""

    key: str
    width: int
    height: int
    left: int
    right: int
    zero: float | None
    line: str
    area: str
    levels: list[Tick]
    months: list[Tick]
    spots: list[Spot]
    sentence: str


def balance_chart(found: Statement, *, key: str, width: int, height: int) -> BalanceChart:
    """The line of a statement."""
    values = [held / 100 for _day, held in found.series] + [mark.balance / 100 for mark in found.marks]
    low, high, step = _scale(min(values), max(values))
    first, last = found.series[0][0], found.series[-1][0]
    days = max(1, (last - first).days)

    def across(day: date) -> float:
        return round(_LEFT + (width - _LEFT - _RIGHT) * (day - first).days / days, 1)

    def down(points: float) -> float:
        return round(_TOP + (height - _TOP - _FOOT) * (high - points) / (high - low), 1)

    path = sorted([*((mark.day, mark.balance) for mark in found.marks), *found.series], key=lambda one: one[0])
    line = "M" + "L".join(f"{across(day)} {down(held / 100)}" for day, held in path)
    foot = down(max(low, min(0, high)))
    return BalanceChart(
        key=key, width=width, height=height, left=_LEFT, right=width - _RIGHT,
        zero=down(0) if low <= 0 <= high else None, line=line,
        area=f"{line}L{across(last)} {foot}L{across(first)} {foot}Z",
        levels=[Tick(_LEFT - 6, down(level) + 4, minus(level)) for level in range(low, high + 1, step)],
        months=_months(first, last, across, height - 5, width),
        spots=[_spot(mark, across(mark.day), down(mark.balance / 100)) for mark in found.marks],
        sentence=_sentence(found),
    )  # fmt: skip


def _scale(low: float, high: float) -> tuple[int, int, int]:
    """Whole numbers around the values, in steps of which there are few."""
    span = max(4.0, high - low)
    step = next(one for one in (1, 2, 5, 10, 20, 25, 50, 100, 200, 500, 1000, 5000, 10_000_000) if span / one <= 5)
    least, most = floor(low / step) * step, ceil(high / step) * step
    return (least, most, step) if most > least else (least, least + step, step)


def _months(first: date, last: date, across: Callable[[date], float], y: float, width: int) -> list[Tick]:
    found: list[Tick] = []
    year, month = first.year, first.month
    while True:
        month += 1
        if month > 12:
            year, month = year + 1, 1
        day = date(year, month, 1)
        if day > last:
            return found
        x = across(day)
        if x > width - _RIGHT - 24 or (found and x - found[-1].x < _DEFINITE):
            continue
        found.append(Tick(x, y, format_date(day, "M Y" if month == 1 else "M")))


def _spot(mark: Mark, x: float, y: float) -> Spot:
    look = "mended" if mark.kind == "recovery_yes" else "up" if mark.amount > 0 else "down"
    title = _("%(day)s: %(what)s, %(amount)s points") % {
        "day": format_date(mark.day, "j F"), "what": kind_name(mark.kind), "amount": f"{mark.amount / 100:+,.1f}",
    }  # fmt: skip
    return Spot(x, y, look, title, mark.id)


def _sentence(found: Statement) -> str:
    low = min(found.series, key=lambda one: one[1])
    high = max(found.series, key=lambda one: one[1])
    said = _("From %(opening)s to %(closing)s points; highest %(high)s on %(high_on)s, lowest %(low)s on %(low_on)s.")
    return said % {
        "opening": minus(found.before), "closing": minus(found.points),
        "high": minus(round(high[1] / 100)), "high_on": format_date(high[0], "j F Y"),
        "low": minus(round(low[1] / 100)), "low_on": format_date(low[0], "j F Y"),
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Spark:
    """A word-sized line of the balance; `seam` where something was mended."""

    width: int
    height: int
    line: str
    seam: float | None
    sentence: str


def spark(points: Sequence[int], *, mended: int | None = None, said: str, width: int = 72, height: int = 20) -> Spark:
    """`points` are evenly spaced, oldest first; `mended` the place of one that stands for something put right."""
    low, high = min(points), max(points)
    span = max(1, high - low)
    step = width / max(1, len(points) - 1)
    room = height - 4
    places = [(round(n * step, 1), round(2 + room * (high - value) / span, 1)) for n, value in enumerate(points)]
    line = "M" + "L".join(f"{x} {y}" for x, y in places)
    return Spark(width, height, line, places[mended][0] if mended is not None else None, said)


def minus(number: int) -> str:
    """A whole number with a minus as wide as a plus."""
    return f"{number:,}".replace("-", "−")


def headline(points: int, trend: int, *, since: date, today: date) -> str:
    """ "41, down 18 since May"."""
    if not trend:
        return _("%(points)s, as in %(month)s") % {"points": minus(points), "month": said_month(since, now=today)}
    return _("%(points)s, %(change)s since %(month)s") % {
        "points": minus(points), "change": change(trend), "month": said_month(since, now=today),
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Head:
    """The account on the client's page."""

    spark: Spark
    said: str


def capital_head(found: Glance | None, *, today: date) -> Head | None:
    """ "▁▂▃ 41, down 18 since May"; None where there is no account."""
    if found is None:
        return None
    said = headline(found.points, found.trend, since=found.since, today=today)
    told = _("Relationship capital over half a year: %(said)s; more is better") % {"said": said}
    return Head(spark(found.course, mended=found.mended, said=told), said)
