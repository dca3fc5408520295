"""Whom we are compared with: TF-IDF with logistic regression, trained in the run, and VADER's lexicon.

Both are optional (`make setup` installs them); where one is missing, its rows are left out, loudly.
"""

from __future__ import annotations

import importlib
import warnings
from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np

from bench.judgement.figures import Numbers
from bench.table import skipped

TFIDF = "TF-IDF + logistic regression"
VADER = "VADER"
_GLAD = frozenset(
    "admiration amusement approval caring desire excitement gratitude joy love optimism pride relief".split()  # noqa: SIM905
)
_SORRY = frozenset(
    """anger annoyance disappointment disapproval disgust embarrassment fear frustration grief nervousness remorse
    sadness worry""".split()  # noqa: SIM905
)
_STRENGTH = 4.0  # C
_CLEAR = 0.05
"""From which compound on a text is positive, and from its opposite down negative (Hutto and Gilbert 2014)."""


class Tfidf:
    """TF-IDF of words and pairs of words, and one logistic regression a column of `truth`; NaN says nothing."""

    def __init__(self, texts: Sequence[str], truth: Numbers) -> None:
        self._words = _part("sklearn.feature_extraction.text").TfidfVectorizer(
            ngram_range=(1, 2), sublinear_tf=True, min_df=2, token_pattern=r"(?u)\b\w+\b|[!?]"
        )
        table = self._words.fit_transform(texts)
        self._columns = [self._fitted(table, truth[:, at]) for at in range(truth.shape[1])]

    def __call__(self, texts: Sequence[str]) -> Numbers:
        """Probabilities, (texts, columns)."""
        table = self._words.transform(texts)
        return np.stack([model.predict_proba(table)[:, 1] for model in self._columns], 1)

    def _fitted(self, table: Any, truth: Numbers) -> Any:
        known = np.flatnonzero(~np.isnan(truth))
        model = _part("sklearn.linear_model").LogisticRegression(C=_STRENGTH, solver="liblinear", random_state=0)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return model.fit(table[known], truth[known] > 0)


def tfidf(texts: Sequence[str], truth: Numbers) -> Tfidf | None:
    """The peer trained on these rows, or None where scikit-learn is not installed."""
    return Tfidf(texts, truth) if _part("sklearn.linear_model") else None


def vectors(texts: Sequence[str]) -> Any:
    """A way to unit TF-IDF vectors over the words of `texts`, or None where scikit-learn is not installed."""
    part = _part("sklearn.feature_extraction.text")
    return part.TfidfVectorizer(sublinear_tf=True).fit(texts).transform if part else None


def vader(texts: Sequence[str]) -> Numbers | None:
    """VADER's compound of each text, -1 to 1, or None where it is not installed."""
    found = lexicon()
    return None if found is None else np.array([found.polarity_scores(text)["compound"] for text in texts])


@cache
def lexicon() -> Any:
    """VADER itself, or None."""
    module = _part("vaderSentiment.vaderSentiment")
    return module.SentimentIntensityAnalyzer() if module else None


def as_feelings(compound: Numbers, names: Sequence[str]) -> Numbers:
    """How near one number comes to many feelings: glad ones as it is, sad ones reversed, others by its weakness."""
    return np.stack([compound if n in _GLAD else -compound if n in _SORRY else 1 - abs(compound) for n in names], 1)


def as_one_feeling(compound: Numbers, names: Sequence[str]) -> Numbers:
    """The one feeling of each text, as places in `names`: joy, disappointment or neutral."""
    glad, sorry, calm = (list(names).index(name) for name in ("joy", "disappointment", "neutral"))
    return np.where(compound >= _CLEAR, glad, np.where(compound <= -_CLEAR, sorry, calm))


@cache
def _part(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError:
        skipped(name.partition(".")[0], "not installed; `make setup` brings it")
        return None
