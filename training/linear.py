"""The n-gram model: TF-IDF and logistic regression, one output at a time, each from the sets that speak of it."""

from __future__ import annotations

import numpy as np
import scipy.sparse
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from amends.judgement.model.ngrams import BUCKETS, features
from training.data import Rows
from training.tasks import OUTPUTS

_STRENGTH = 4.0  # C of the regression; chosen on GoEmotions dev among 1, 2, 4, 8


def counts(texts: list[str], buckets: int = BUCKETS) -> scipy.sparse.csr_matrix:
    """Log-scaled counts of features, (texts, buckets); fewer buckets than BUCKETS must divide it."""
    starts, rows, values = [0], [], []
    for text in texts:
        found = features(text)
        rows += [row % buckets for row in found]
        values += found.values()
        starts.append(len(rows))
    table = scipy.sparse.csr_matrix(
        (np.array(values, np.float32), np.array(rows), np.array(starts)), shape=(len(texts), buckets)
    )
    table.data = 1 + np.log(table.data)
    return table


def idf_of(table: scipy.sparse.csr_matrix) -> NDArray[np.float32]:
    """Smoothed inverse document frequency by bucket; a bucket never seen weighs nothing."""
    seen = np.bincount(table.indices, minlength=table.shape[1])
    idf = np.log((1 + table.shape[0]) / (1 + seen)) + 1
    return np.where(seen > 0, idf, 0).astype(np.float32)


def unit(table: scipy.sparse.csr_matrix, idf: NDArray[np.float32]) -> scipy.sparse.csr_matrix:
    """TF-IDF rows of length one."""
    found = table.copy()
    found.data = found.data * idf[found.indices]
    lengths = np.sqrt(np.asarray(found.multiply(found).sum(1)).ravel())
    return scipy.sparse.diags(1 / np.maximum(lengths, 1e-6)) @ found


def fit_linear(
    rows: Rows, *, only: tuple[str, ...] = ()
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
    """Weights (buckets, outputs), idf and bias. Soft targets count as what they are nearer to.

    Outputs that are not among `only`, where it is given, stay 0.
    """
    table = counts(rows.texts)
    idf = idf_of(table)
    table = unit(table, idf)
    weights = np.zeros((BUCKETS, len(OUTPUTS)), np.float32)
    bias = np.zeros(len(OUTPUTS), np.float32)
    for place, name in enumerate(OUTPUTS):
        if only and name not in only:
            continue
        known = np.flatnonzero(~np.isnan(rows.targets[:, place]))
        truth = rows.targets[known, place] >= 0.5
        if name.startswith("feeling."):
            truth = rows.targets[known, place] > 0
        if truth.all() or not truth.any():
            continue
        model = LogisticRegression(C=_STRENGTH, solver="liblinear", random_state=0)
        model.fit(table[known], truth)
        weights[:, place] = model.coef_[0]
        bias[place] = model.intercept_[0]
    return pruned(weights), idf, bias


def pruned(weights: NDArray[np.float32]) -> NDArray[np.float32]:
    """Without the smallest weights, which int8 would round away anyway; zeros pack well."""
    least = np.abs(weights).max(0, keepdims=True) / 254
    return np.where(np.abs(weights) < least, 0, weights).astype(np.float32)
