"""Invented firms, whose clients write by a rhythm of their own and some of whom leave: the truth is known.

Two makes: `firm`, one series of days a client, of six kinds of rhythm in turn; and `house_of`, firms by trade, whose
clients are several people, some bound to a weekday, with holidays, slow Augusts, people who change jobs while their
colleagues go on, and clients who slow down before they leave.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache

import holidays

BEGIN = date(2022, 1, 3)
LEARNED = BEGIN + timedelta(days=365)
END = BEGIN + timedelta(days=3 * 365)

Gap = Callable[[random.Random, date], float]


@dataclass(frozen=True)
class Client:
    """Sorted active days; `left` where the client never writes again after the last of them."""

    days: list[date]
    left: bool
    kind: str
    people: list[Client] = field(default_factory=list)


def _regular(mean: float) -> Gap:
    return lambda rng, _: max(1.0, rng.gauss(mean, 0.2 * mean))


def _poisson(mean: float) -> Gap:
    return lambda rng, _: rng.expovariate(1 / mean)


def _erratic(mean: float) -> Gap:
    return lambda rng, _: rng.lognormvariate(math.log(mean) - 0.4, 0.9)


def _bursty(mean: float) -> Gap:
    return lambda rng, _: rng.choice((1.0, 1.0, 1.5, 2.0)) if rng.random() < 0.7 else rng.gammavariate(2, mean)


def _phases(mean: float) -> Gap:
    return lambda rng, day: rng.expovariate(1 / (mean if (day.toordinal() // 200) % 2 else mean * 4))


def _rare(_: float) -> Gap:
    return lambda rng, _: rng.uniform(80, 260)


def _matters(mean: float) -> Gap:
    """Weeks of mail about one matter, then nothing until the next one."""
    return lambda rng, _: rng.expovariate(1 / 3) if rng.random() < 0.93 else rng.gammavariate(2, mean * 4)


def _weekly(_: float) -> Gap:
    return lambda rng, _: 7.0 if rng.random() < 0.9 else 14.0


KINDS: dict[str, Callable[[float], Gap]] = {
    "regular": _regular,
    "poisson": _poisson,
    "erratic": _erratic,
    "bursty": _bursty,
    "phases": _phases,
    "rare": _rare,
}
MORE_KINDS = {**KINDS, "matters": _matters, "weekly": _weekly}


def _away(day: date, *, seasonal: bool) -> bool:
    christmas = (day.month, day.day) >= (12, 22) or (day.month, day.day) <= (1, 4)
    return day.weekday() >= 5 or christmas or (seasonal and day.month == 8 and day.day <= 24)


def client(rng: random.Random, kind: str, *, churn: float = 0.17) -> Client:
    """One client's days between BEGIN and END."""
    gap = KINDS[kind](math.exp(rng.gauss(math.log(9), 0.7)))
    seasonal = rng.random() < 0.5
    leaves = BEGIN + timedelta(days=rng.expovariate(churn / 365) + 60)
    day = BEGIN + timedelta(days=rng.uniform(0, 250))
    days: list[date] = []
    while day < min(leaves, END):
        moved = day
        while _away(moved, seasonal=seasonal):
            moved += timedelta(days=1)
        if moved < min(leaves, END) and (not days or moved > days[-1]):
            days.append(moved)
        day = max(day, moved - timedelta(days=2)) + timedelta(days=max(1.0, gap(rng, day)))
    return Client(days, leaves < END, kind)


def firm(rng: random.Random, clients: int, kinds: Sequence[str] = tuple(KINDS)) -> list[Client]:
    """A firm with clients of every kind in turn."""
    return [client(rng, kinds[number % len(kinds)]) for number in range(clients)]


@dataclass(frozen=True)
class Trade:
    """What kinds of clients a firm has, how often they write (median days), and who is away in August."""

    kinds: tuple[str, ...]
    every: float
    summer: float = 0.5
    bound: float = 0.2
    """The share of clients who write on one weekday only."""


TRADES = {
    "agency": Trade(("regular", "bursty", "poisson", "weekly"), 7),
    "law firm": Trade(("matters", "matters", "erratic", "rare"), 12, bound=0.0),
    "accountants": Trade(("regular", "rare", "phases", "poisson"), 21, summer=0.7),
    "it support": Trade(("poisson", "bursty", "erratic"), 5, summer=0.3, bound=0.05),
    "consultants": Trade(("phases", "weekly", "erratic"), 9, summer=0.8, bound=0.4),
    "mixed": Trade(("regular", "poisson", "erratic", "bursty", "phases", "rare", "matters", "weekly"), 9),
}


def house_of(rng: random.Random, trade: Trade, clients: int) -> list[Client]:
    """A firm of this trade."""
    return [_house(rng, trade, trade.kinds[number % len(trade.kinds)]) for number in range(clients)]


def _house(rng: random.Random, trade: Trade, kind: str, *, churn: float = 0.17) -> Client:
    gap = MORE_KINDS[kind](math.exp(rng.gauss(math.log(trade.every), 0.6)))
    summer, bound = rng.random() < trade.summer, kind == "weekly" or rng.random() < trade.bound
    weekday = rng.randrange(5) if bound else None
    leaves = BEGIN + timedelta(days=rng.expovariate(churn / 365) + 60)
    slows = leaves - timedelta(days=90) if rng.random() < 0.3 else leaves
    team = _Team(rng)
    day = BEGIN + timedelta(days=rng.uniform(0, 250))
    days: list[date] = []
    while day < min(leaves, END):
        moved = day
        while _closed(moved, summer=summer) or (weekday is not None and moved.weekday() != weekday):
            moved += timedelta(days=1)
        if moved < min(leaves, END) and (not days or moved > days[-1]):
            days.append(moved)
            team.write(moved)
        day = max(day, moved - timedelta(days=2)) + timedelta(
            days=max(1.0, gap(rng, day) * (2.5 if day >= slows else 1))
        )
    return Client(days, leaves < END, kind, team.people(left=leaves < END))


class _Team:
    """The people of one client: one to four, of whom some write most; who goes is followed by somebody new."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._shares = [rng.choice((1.0, 0.6, 0.3, 0.1)) for _ in range(rng.choice((1, 1, 2, 3, 4)))]
        self._days: list[list[date]] = [[] for _ in self._shares]
        self._goes = [self._end(BEGIN) for _ in self._shares]
        self._gone: list[list[date]] = []

    def write(self, day: date) -> None:
        """Somebody writes on this day, at times two of them."""
        for place, goes in enumerate(self._goes):
            if goes <= day:
                self._gone.append(self._days[place])
                self._days[place], self._goes[place] = [], self._end(day)
        for place in set(self._rng.choices(range(len(self._shares)), self._shares, k=self._rng.choice((1, 1, 2)))):
            self._days[place].append(day)

    def people(self, *, left: bool) -> list[Client]:
        """Everybody who ever wrote."""
        here = [Client(each, left, "person") for each in self._days if each]
        return here + [Client(each, left=True, kind="person gone") for each in self._gone if each]

    def _end(self, day: date) -> date:
        return day + timedelta(days=self._rng.expovariate(0.12 / 365) + 30)


@cache
def _free(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("GB", subdiv="ENG", years=year))


def _closed(day: date, *, summer: bool) -> bool:
    return _away(day, seasonal=summer) or day in _free(day.year)
