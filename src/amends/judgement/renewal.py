"""How likely a client renews: from the balance and what is live, with how unsure that is. Pure.

**Model.** The log-odds of a renewal are

    base + slope × balance / 10 + leaving × (they said they think of leaving) + silent × (they are unusually quiet)

with `slope` kept above zero by its logarithm, so that a higher balance never lowers the probability.

**Where it begins** (`PRIOR`; mean and standard deviation of a normal). All of it is a general assumption, stated to be
argued with, not a measurement of your firm:

- `base` ln 4 ± 0.75: at a balance of 0, 80 in 100 renew; between 48 and 95 of 100 is thought possible. Trade surveys of
  agencies tell of yearly retention from 60 to 90 percent, most near 80 (nobody audits them); Gupta and Lehmann 2003
  (J. Interactive Marketing 17(1):9) reckon with 60 to 90.
- `slope` 0.2 for ten points, between 0.05 and 0.8: satisfaction and staying go together, loosely (Szymanski and Henard
  2001, J. Academy of Marketing Science 29:16, a meta-analysis), and our own test on public conversations found little
  (`docs/explanation/does-it-foretell.md`). So a balance of -50 makes 60 of 100 out of 80, and +50 makes 92.
- `leaving` -1.0 ± 0.5, beyond what it costs in points: who says so has begun to look around. 80 become 60.
- `silent` -0.4 ± 0.3: "If they've just given up and aren't talking, there's no opportunity to reconcile" (seed).

**What is learned.** From `ENOUGH` outcomes on, the firm's own count: the most probable values given both, found by
Fisher scoring, with the curvature there as their uncertainty (Laplace's approximation; MacKay 1992). The assumption
does not go away, it is outweighed. With fewer, single cases would move the figure more than they know.

**What is told.** `p` is the median, `low` to `high` holds eight of ten (delta method on the log-odds). It speaks of
clients of whom the same is known, not of the one before you.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from statistics import NormalDist, fmean

import numpy as np
from numpy.typing import NDArray

NAMES = ("base", "slope", "leaving", "silent")
"""What is weighed; `slope` as its logarithm."""
PRIOR = ((math.log(4), 0.75), (math.log(0.2), 0.7), (-1.0, 0.5), (-0.4, 0.3))
ENOUGH = 20
"""So many outcomes of the firm's own, or more, count."""
EDGES = (0.5, 0.65, 0.8, 0.9)
"""Forecasts are told in these groups beside what came true."""
_SIDE = NormalDist().inv_cdf(0.9)
_FAR = 500.0  # points: beyond them nothing more is known
_ROUNDS = 60

_Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a client at a moment: the balance in points, and what is live."""

    points: float = 0.0
    leaving: bool = False
    silent: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """A renewal that came or did not: on which day that was known, and what was known of the client on `asked_on`."""

    asked_on: date
    day: date
    renewed: bool
    known: Known


@dataclass(frozen=True, slots=True)
class Chance:
    """A probability; `low` to `high` holds it eight times of ten."""

    p: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Step:
    """What one thing makes of the probability: `after` it is `p`."""

    name: str  # "assumed", "own", "balance", "leaving", "silent"
    p: float


@dataclass(frozen=True, slots=True)
class Model:
    """The weights (`NAMES`) with their covariance; `own` outcomes were there, and count where `learned`."""

    weights: tuple[float, ...]
    covariance: tuple[tuple[float, ...], ...]
    own: int = 0
    learned: bool = False

    def chance(self, known: Known) -> Chance:
        """How likely somebody renews of whom this is known."""
        row = _row(known)
        odds, slope = _odds(self.weights, row), (row[0], _slope(self.weights[1]) * row[1], row[2], row[3])
        doubt = sum(
            one * other * self.covariance[i][j]
            for i, one in enumerate(slope) if one
            for j, other in enumerate(slope) if other
        )  # fmt: skip
        side = _SIDE * math.sqrt(max(0.0, doubt))
        return Chance(_share(odds), _share(odds - side), _share(odds + side))

    def gain(self, known: Known, points: float) -> tuple[float, float, float]:
        """What so many points more add to the probability; and between what that lies, eight times of ten.

        All else being as it is: the doubt is how much a point counts. 0 for no points.
        """
        base, at, *others = self.weights
        side = _SIDE * math.sqrt(max(0.0, self.covariance[1][1]))
        rows = _row(known), _row(Known(known.points + points, known.leaving, known.silent))
        found = []
        for slope in (at, at - side, at + side):
            before, after = (_share(_odds((base, slope, *others), row)) for row in rows)
            found.append(after - before)
        return found[0], min(found), max(found)

    def steps(self, known: Known) -> list[Step]:
        """How the probability comes about, one thing after the other; the last is `chance(known).p`."""
        found = [Step("assumed", _share(PRIOR[0][0]))]
        if self.learned:
            found.append(Step("own", _share(self.weights[0])))
        found.append(Step("balance", self._p(Known(known.points))))
        if known.leaving:
            found.append(Step("leaving", self._p(Known(known.points, leaving=True))))
        if known.silent:
            found.append(Step("silent", self._p(known)))
        return found

    def _p(self, known: Known) -> float:
        return _share(_odds(self.weights, _row(known)))


def assumed(own: int = 0) -> Model:
    """The general assumption, nothing learned."""
    spread = tuple(tuple(sd * sd if i == j else 0.0 for j in range(len(PRIOR))) for i, (_mean, sd) in enumerate(PRIOR))
    return Model(tuple(mean for mean, _sd in PRIOR), spread, own)


def fitted(outcomes: Sequence[Outcome]) -> Model:
    """What these outcomes make of the assumption; the assumption alone where they are fewer than `ENOUGH`."""
    if len(outcomes) < ENOUGH:
        return assumed(len(outcomes))
    rows = np.array([_row(each.known) for each in outcomes])
    truth = np.array([each.renewed for each in outcomes], float)
    mean, precision = np.array([mean for mean, _sd in PRIOR]), np.diag([sd**-2.0 for _mean, sd in PRIOR])
    values = mean.copy()
    for _round in range(_ROUNDS):
        slope, curve = _uphill(values, rows, truth, mean, precision)
        step = np.linalg.solve(curve, slope)
        before, share = _plausible(values, rows, truth, mean, precision), 1.0
        while _plausible(values + share * step, rows, truth, mean, precision) < before and share > 1e-4:
            share /= 2
        values = values + share * step
        if float(np.abs(share * step).max()) < 1e-7:
            break
    _slope, curve = _uphill(values, rows, truth, mean, precision)
    spread = np.linalg.inv(curve)
    told = tuple(tuple(float(each) for each in line) for line in spread)
    return Model(tuple(float(each) for each in values), told, len(outcomes), learned=True)


@dataclass(frozen=True, slots=True)
class Forecast:
    """What would have been said then, knowing nothing later, and whether it came true."""

    asked_on: date
    p: float
    renewed: bool


def forecasts(outcomes: Iterable[Outcome]) -> list[Forecast]:
    """What the model would have said of each on the day it was asked, learned from what was known by then alone.

    It learns anew when a twentieth more is known, so that many outcomes take no longer than they need.
    """
    ordered = sorted(outcomes, key=lambda each: each.asked_on)
    by_day = sorted(ordered, key=lambda each: each.day)
    found: list[Forecast] = []
    model, learned_from, known = assumed(), 0, 0
    for each in ordered:
        while known < len(by_day) and by_day[known].day <= each.asked_on:
            known += 1
        if known >= ENOUGH and known >= learned_from * 1.05:
            model, learned_from = fitted(by_day[:known]), known
        found.append(Forecast(each.asked_on, model.chance(each.known).p, each.renewed))
    return found


@dataclass(frozen=True, slots=True)
class Group:
    """Forecasts of about the same height: what they said on average, what share came true, and its interval."""

    low: float
    high: float
    count: int
    said: float
    came: float
    least: float
    most: float


def reliability(made: Sequence[Forecast]) -> list[Group]:
    """The forecasts by height (`EDGES`), lowest first, without empty groups; intervals are Wilson's of 1927, 95 %."""
    bounds = [0.0, *EDGES, 1.0]
    found = []
    for low, high in pairwise(bounds):
        part = [each for each in made if low <= each.p < high or (each.p == high == 1.0)]
        if part:
            came = sum(each.renewed for each in part)
            least, most = _wilson(came, len(part))
            found.append(Group(low, high, len(part), fmean(each.p for each in part), came / len(part), least, most))
    return found


def brier(made: Sequence[Forecast]) -> tuple[float, float] | None:
    """The mean squared error of the forecasts, and of always saying the share that renewed; None without any."""
    if not made:
        return None
    share = fmean(each.renewed for each in made)
    return fmean((each.p - each.renewed) ** 2 for each in made), share * (1 - share)


def _row(known: Known) -> tuple[float, float, float, float]:
    return 1.0, max(-_FAR, min(_FAR, known.points)) / 10, float(known.leaving), float(known.silent)


def _slope(logarithm: float) -> float:
    return math.exp(min(logarithm, 5.0))


def _odds(weights: Sequence[float], row: Sequence[float]) -> float:
    base, slope, leaving, silent = weights
    return base + _slope(slope) * row[1] + leaving * row[2] + silent * row[3]


def _all_odds(values: _Floats, rows: _Floats) -> _Floats:
    odds: _Floats = rows @ np.array([values[0], _slope(values[1]), values[2], values[3]])
    return odds


def _uphill(
    values: _Floats, rows: _Floats, truth: _Floats, mean: _Floats, precision: _Floats
) -> tuple[_Floats, _Floats]:
    """The slope of the log-posterior, and its expected curvature."""
    odds = _all_odds(values, rows)
    parts = rows * np.array([1.0, _slope(values[1]), 1.0, 1.0])
    p = 1 / (1 + np.exp(-np.clip(odds, -35, 35)))
    slope = parts.T @ (truth - p) - precision @ (values - mean)
    curve = (parts * (p * (1 - p))[:, None]).T @ parts + precision
    return slope, curve


def _plausible(values: _Floats, rows: _Floats, truth: _Floats, mean: _Floats, precision: _Floats) -> float:
    odds = _all_odds(values, rows)
    away = values - mean
    return float((truth * odds - np.logaddexp(0, odds)).sum() - away @ precision @ away / 2)


def _share(odds: float) -> float:
    return 1 / (1 + math.exp(-max(-35.0, min(35.0, odds))))


def _wilson(came: int, count: int) -> tuple[float, float]:
    z = NormalDist().inv_cdf(0.975)
    middle = (came + z * z / 2) / (count + z * z)
    side = z / (count + z * z) * math.sqrt(came * (count - came) / count + z * z / 4)
    return max(0.0, middle - side), min(1.0, middle + side)
