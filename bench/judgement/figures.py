"""Figures with their intervals, and thresholds tuned alike for all who are compared."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from training import measures

from bench.table import show

Numbers = NDArray[np.float64]
Flags = NDArray[np.bool_]
Measure = Callable[[Any], float]
"""Places of rows (with repetitions, when resampled) to a figure."""
NONE = "–"


def share(value: float) -> str:
    """A figure between 0 and 1 as it is written in tables: .484; a dash where there is none."""
    return NONE if math.isnan(value) else f"{value:.3f}".replace("0.", ".", 1)


def figure(measure: Measure, count: int, *, groups: Sequence[str] | None = None) -> str:
    """The figure over all rows, and between what it lies in 95 of 100 resamplings (of whole groups, if given)."""
    if not count:
        return NONE
    low, high = measures.interval(measure, count, groups=None if groups is None else np.asarray(groups))
    return f"{share(measure(np.arange(count)))} ({share(low)} to {share(high)})"


def f1_of(said: Flags, truth: Flags) -> Measure:
    """F1 of yes and no."""
    return lambda rows: measures.f1(said[rows], truth[rows])


def mean_f1_of(said: Flags, truth: Flags) -> Measure:
    """The plain mean of the F1 of every column (macro-F1)."""

    def measure(rows: Any) -> float:
        s, t = said[rows], truth[rows]
        right, total = (s & t).sum(0), s.sum(0) + t.sum(0)
        return float(np.mean(np.where(total > 0, 2 * right / np.maximum(total, 1), 0.0)))

    return measure


def share_right(said: Flags, truth: Flags) -> Measure:
    """Accuracy."""
    return lambda rows: float((said[rows] == truth[rows]).mean())


def auc_of(p: Numbers, truth: Flags) -> Measure:
    """The chance that a true row is rated above a false one, ties counting one half (Mann and Whitney 1947)."""

    def measure(rows: Any) -> float:
        t = truth[rows]
        _, place, many = np.unique(p[rows], return_inverse=True, return_counts=True)
        rank = (np.cumsum(many) - (many - 1) / 2)[place]
        yes, no = int(t.sum()), int((~t).sum())
        return float((rank[t].sum() - yes * (yes + 1) / 2) / (yes * no)) if yes and no else float("nan")

    return measure


def threshold(p: Numbers, truth: Flags) -> float:
    """From which value saying yes gives the best F1: the mean of all nearly as good, as the very best is mostly luck.

    As `training.measures.best_threshold`, but for any scale, so that a peer need not give probabilities.
    """
    order = np.argsort(-p, kind="stable")
    scores = 2 * np.cumsum(truth[order]) / (np.arange(1, len(p) + 1) + truth.sum())
    return float(np.mean(p[order][scores >= scores.max() - 0.005]))


def thresholds(p: Numbers, truth: Flags) -> Numbers:
    """One threshold a column."""
    return np.array([threshold(p[:, at], truth[:, at]) for at in range(p.shape[1])])


def published(rows: Iterable[tuple[str, str]], width: int) -> list[list[str]]:
    """Rows of figures that were not measured here, padded to the table's width."""
    return [[f"published: {name}", value, *[NONE] * (width - 2)] for name, value in rows]


def table(title: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print one table whose first column says who."""
    show(title, ["", *heads], rows)
