"""The portfolio: clients by value and balance, and where capital came from and went to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import sqrt
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from amends.core.money import Money
from amends.firm.rules import Right
from amends.insights.address_book import standing_counts
from amends.insights.capital.movements import Moved, Movements, movements
from amends.insights.capital.portfolio import PAGE, SORTS, Held, Portfolio, portfolio
from amends.insights.capital.telling import change, said_month
from amends.web.capital.charts import minus
from amends.web.charts import Tick
from amends.web.clients.tabs import tabs
from amends.web.guard import has
from amends.web.http import clock, firm_of, number_from

_NAMES = {
    "value": gettext_lazy("value"), "balance": gettext_lazy("lowest balance"), "trend": gettext_lazy("steepest fall"),
    "renewal": gettext_lazy("renewal"), "name": gettext_lazy("name"),
}  # fmt: skip
_LEFT, _RIGHT, _TOP, _FOOT = 56, 14, 14, 34
_NAMED = 12  # clients whose names stand on the chart
_PERIODS = (90, 365, 1095)


@dataclass(frozen=True, slots=True)
class Line:
    """One client in the table."""

    held: Held
    value: str
    trend: str


@dataclass(frozen=True, slots=True)
class Dot:
    """A client on the chart."""

    x: float
    y: float
    title: str
    link: str
    low: bool
    name: str = ""  # beside it, where there are few


@dataclass(frozen=True, slots=True)
class Map:
    """Clients by balance (across) and value, or trend where money is not shown (up). Dots are those of the page and
    can be followed; all others stand behind them as one path."""

    key: str
    width: int
    height: int
    left: int
    right: int
    top: int
    foot: int
    zero: float
    behind: str
    dots: list[Dot]
    across: list[Tick]
    up: list[Tick]
    said: str
    axis: str


@login_required
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """All clients, as a chart and as a table, and which renew soon."""
    see_money = has(request, Right.SEE_MONEY)
    number = max(1, min(number_from(request, "page") or 1, 10_000))
    found = portfolio(firm_of(request), now=clock(), see_money=see_money, sort=request.GET.get("sort", ""))
    shown = found.rows[(number - 1) * PAGE : number * PAGE]

    def link(sort: str, page: int = 1) -> str:
        return "?" + urlencode({"sort": sort, **({"page": page} if page > 1 else {})})

    context = {
        "found": found,
        "lines": [_line(one, found) for one in shown],
        "maps": [_map(found, shown, see_money=see_money, key=key, width=width, height=height)
                 for key, width, height in (("wide", 760, 330), ("narrow", 340, 320))] if found.since else [],
        "sentence": _sentence(found, see_money=see_money),
        "ahead": [_line(one, found) for one in found.ahead[:12]],
        "sorts": [(_NAMES[name], link(name), name == found.sort) for name in SORTS if see_money or name != "value"],
        "see_money": see_money,
        "tabs": tabs(standing_counts(), chosen="portfolio"),
        "next": link(found.sort, number + 1) if len(found.rows) > number * PAGE else "",
        "previous": link(found.sort, number - 1) if number > 1 else "",
    }  # fmt: skip
    return render(request, "capital/portfolio.html", context)


@login_required
@require_safe
def flows(request: HttpRequest) -> HttpResponse:
    """Where capital came from and went to."""
    days = number_from(request, "days") or 365
    days = days if days in _PERIODS else 365
    see_money = has(request, Right.SEE_MONEY)
    found = movements(firm_of(request), now=clock(), see_money=see_money, days=days)
    names = {90: _("90 days"), 365: _("12 months"), 1095: _("3 years")}
    spent = [Money(cost, currency) for cost, currency in found.recovered.money or []]
    context = {
        "found": found,
        "groups": _groups(found),
        "sentence": _moved(found),
        "spent": spent,
        "see_money": see_money,
        "periods": [(names[one], f"?days={one}", one == days) for one in _PERIODS],
        "tabs": tabs(standing_counts(), chosen="portfolio"),
    }  # fmt: skip
    return render(request, "capital/flows.html", context)


def _groups(found: Movements) -> list[tuple[str, list[tuple[Moved, float, float]], str]]:
    """Each table: its name, its rows, and what an empty one teaches."""
    return [
        (_("By what happened"), _bars(found.kinds), ""),
        (_("By kind of work"), _bars(found.work), _("Say what kind of work an engagement is, and it counts here.")),
        (_("By failure mode"), _bars(found.causes), _("Recoveries that name their failure mode count here.")),
    ]


def _line(one: Held, found: Portfolio) -> Line:
    value = Money(one.value, found.currency).shown() if one.value is not None else ""
    return Line(one, value, change(one.trend) if one.trend is not None else "")


def _sentence(found: Portfolio, *, see_money: bool) -> str:
    """What the chart shows."""
    if found.since is None:
        return ""
    up, down = found.moved
    said = _("%(n)s clients: since %(month)s %(up)s accounts went up and %(down)s down.") % {
        "n": f"{len(found.rows):,}", "month": said_month(found.since, now=found.today), "up": f"{up:,}",
        "down": f"{down:,}",
    }  # fmt: skip
    low = [one for one in found.rows if (one.points or 0) < 0 and one.value]
    if see_money and low:
        worth = Money(sum(one.value or 0 for one in low), found.currency).shown()
        said += " " + _("%(worth)s a year lies with clients whose balance is below zero.") % {"worth": worth}
    return said


def _map(found: Portfolio, shown: Sequence[Held], *, see_money: bool, key: str, width: int, height: int) -> Map:
    values = [one for one in found.rows if one.points is not None]
    reach = max(20, *(abs(one.points or 0) for one in values))
    lowest, highest = max(found.range[0], -(-reach // 20) * -20), min(found.range[1], -(-reach // 20) * 20)
    most = max((_height(one, see_money) for one in values), default=0) or 1
    least = min((_height(one, see_money) for one in values), default=0) if not see_money else 0
    right, foot = width - _RIGHT, height - _FOOT

    def across(points: int) -> float:
        return round(_LEFT + (right - _LEFT) * (points - lowest) / (highest - lowest), 1)

    def up(one: Held) -> float:
        # A square root: the largest client leaves room for the others.
        amount = _height(one, see_money)
        share = sqrt(max(0, amount) / most) if see_money else (amount - least) / max(1, most - least)
        return round(foot - (foot - _TOP) * share, 1)

    here = {one.id for one in shown}
    return Map(
        key=key, width=width, height=height, left=_LEFT, right=right, top=_TOP, foot=foot, zero=across(0),
        behind="".join(f"M{across(one.points or 0)} {up(one)}h0" for one in values if one.id not in here),
        dots=[
            _dot(one, found, across(one.points or 0), up(one), see_money, named=len(values) <= _NAMED)
            for one in values if one.id in here
        ],
        across=[Tick(across(one), foot + 16, minus(one)) for one in (lowest, lowest // 2, 0, highest // 2, highest)],
        up=_levels(found, most, least, foot, see_money=see_money), said=_sentence(found, see_money=see_money),
        axis=_("value a year") if see_money else _("trend"),
    )  # fmt: skip


def _height(one: Held, see_money: bool) -> int:
    return (one.value or 0) if see_money else (one.trend or 0)


def _levels(found: Portfolio, most: int, least: int, foot: int, *, see_money: bool) -> list[Tick]:
    room = foot - _TOP
    if not see_money:
        return [Tick(_LEFT - 6, foot + 4, f"{least:+,}"), Tick(_LEFT - 6, _TOP + 4, f"{most:+,}")]
    return [
        Tick(_LEFT - 6, round(foot - room * share + 4, 1), _short(Money(int(most * share * share), found.currency)))
        for share in (0.5, 1.0)
    ]


def _short(money: Money) -> str:
    """ "48k", "1.2m"."""
    amount = float(money.amount)
    if amount >= 1_000_000:
        return f"{amount / 1_000_000:.1f}m"
    return f"{amount / 1000:.0f}k" if amount >= 1000 else f"{amount:.0f}"


def _dot(one: Held, found: Portfolio, x: float, y: float, see_money: bool, *, named: bool) -> Dot:
    said = _("%(name)s: %(points)s points, %(change)s") % {
        "name": one.name, "points": minus(one.points or 0), "change": change(one.trend or 0),
    }  # fmt: skip
    if see_money and one.value is not None:
        said += ", " + _("%(value)s a year") % {"value": Money(one.value, found.currency).shown()}
    return Dot(x, y, said, reverse("statement", args=[one.public_id]), (one.points or 0) < 0, one.name if named else "")


def _bars(rows: Sequence[Moved]) -> list[tuple[Moved, float, float]]:
    """Each with the shares of its bars, of the widest."""
    most = max((max(one.gained, -one.cost) for one in rows), default=0) or 1
    return [(one, round(100 * one.gained / most, 1), round(-100 * one.cost / most, 1)) for one in rows]


def _moved(found: Movements) -> str:
    total = found.total
    return _("%(gained)s points gained and %(cost)s spent since %(day)s.") % {
        "gained": f"{total.gained / 100:,.0f}", "cost": f"{-total.cost / 100:,.0f}", "day": _said(found.first),
    }  # fmt: skip


def _said(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
