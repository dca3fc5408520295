"""How good an answer is: F1, area under the curve, calibration, each with a bootstrap interval."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

ROUNDS = 500
_SEED = 7


def f1(said: ArrayLike, truth: ArrayLike) -> float:
    """The harmonic mean of precision and recall of yes/no answers; 0 where nothing was right."""
    said, truth = np.asarray(said, bool), np.asarray(truth, bool)
    total = said.sum() + truth.sum()
    return float(2 * (said & truth).sum() / total) if total else 0.0


def best_threshold(p: ArrayLike, truth: ArrayLike) -> float:
    """The probability from which saying yes gives the best F1, taken between two neighbours seen."""
    p, truth = np.asarray(p, float), np.asarray(truth, bool)
    order = np.argsort(-p)
    right = np.cumsum(truth[order])
    scores = 2 * right / (np.arange(1, len(p) + 1) + truth.sum())
    # The mean of all thresholds nearly as good: the very best one is mostly luck.
    good = np.flatnonzero(scores >= scores.max() - 0.005)
    cut = p[order]
    return float(np.clip(np.mean(cut[good]), 0.02, 0.98))


def auc(p: ArrayLike, truth: ArrayLike) -> float:
    """The chance that a true case is rated above a false one (Mann and Whitney 1947)."""
    p, truth = np.asarray(p, float), np.asarray(truth, bool)
    ranks = np.empty(len(p))
    order = np.argsort(p)
    ranks[order] = np.arange(1, len(p) + 1)
    for value in np.unique(p[np.flatnonzero(np.diff(np.sort(p)) == 0)] if len(p) > 1 else []):
        same = p == value
        ranks[same] = ranks[same].mean()
    yes, no = truth.sum(), (~truth).sum()
    return float((ranks[truth].sum() - yes * (yes + 1) / 2) / (yes * no)) if yes and no else float("nan")


def calibration_error(p: ArrayLike, truth: ArrayLike, bins: int = 15) -> float:
    """Expected calibration error over bins of equal width (Guo et al. 2017) of yes/no probabilities."""
    p, truth = np.asarray(p, float).ravel(), np.asarray(truth, float).ravel()
    place = np.minimum((p * bins).astype(int), bins - 1)
    error = sum(abs(p[place == b].sum() - truth[place == b].sum()) for b in range(bins) if (place == b).any())
    return float(error / len(p))


def interval(
    measure: Callable[[NDArray[np.intp]], float], count: int, *, groups: ArrayLike | None = None
) -> tuple[float, float]:
    """The middle 95 percent of `measure` over resampled rows (whole groups where rows belong together)."""
    chance = np.random.default_rng(_SEED)
    members = (
        [np.arange(count)[np.asarray(groups) == g] for g in np.unique(np.asarray(groups))]
        if groups is not None
        else None
    )
    found = []
    for _ in range(ROUNDS):
        if members is None:
            rows = chance.integers(0, count, count)
        else:
            rows = np.concatenate([members[i] for i in chance.integers(0, len(members), len(members))])
        value = measure(rows)
        if not np.isnan(value):
            found.append(value)
    return float(np.quantile(found, 0.025)), float(np.quantile(found, 0.975))
