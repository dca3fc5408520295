"""The stages of training, and the folds that show what the recipe gives where no official test set exists.

1. `first`: the 28 feelings of GoEmotions, and requests in business mail.
2. `second`, from there: letters, politeness and incivility, pairs of issues, with part of the first stage's data so
   that it is kept.
3. `third`: the letters once more.
"""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from training import data
from training.data import Rows, join
from training.fit import SEED, Course, vectors
from training.network import Network

BUILD = Path(__file__).resolve().parent / "build"
FOLDED = ("politeness", "incivility")


def first() -> Course:
    """GoEmotions four times; the far smaller set of requests twice as often."""
    requests = requests_to_train()
    return Course(join(data.emotion("train"), requests, requests), 4, 1.2e-4, BUILD / "first.pt")


def second() -> Course:
    """All sets twice; letters as they stand, and sentence by sentence."""
    return Course(training_rows(), 2, 8e-5, BUILD / "second.pt", begin=BUILD / "first.pt")


def third() -> Course:
    """The letters once more as they stand, and a little of everything else so that it is kept."""
    rows = [data.emotion("train"), requests_to_train(), to_train(data.politeness()), to_train(data.incivility())]
    letters = data.sentences(data.training_letters()[0])
    few = [_some(each, count) for each, count in zip(rows, (2_500, 800, 800, 500), strict=True)]
    return Course(join(letters, *few, data.wordings()), 1, 6e-5, BUILD / "third.pt", begin=BUILD / "second.pt")


def training_rows() -> Rows:
    """What the second stage reads."""
    letters = data.sentences(data.training_letters()[0])
    return join(
        letters,
        letters.alone(),
        _some(data.emotion("train"), 6_000),
        requests_to_train(),
        to_train(data.politeness()),
        to_train(data.incivility()),
        *same_or_other(),
    )


def same_or_other() -> list[Rows]:
    """Pairs of issues: our own wordings, the development pairs, and Banking77's intents."""
    return [data.wordings(), data.pairs("dev.tsv"), data.intents(untuned)]


def untuned(texts: list[str]) -> NDArray[np.float32]:
    """Unit vectors of the base encoder, to find near misses with."""
    network = Network()
    rows = Rows(texts, np.zeros((len(texts), 1), np.float32), texts, [data.ALONE] * len(texts))
    return vectors(network, rows)


def linear_rows() -> Rows:
    """What the n-gram model reads: everything once, letters thrice."""
    letters = data.sentences(data.training_letters()[0])
    return join(
        letters,
        letters,
        letters,
        data.emotion("train"),
        requests_to_train(),
        to_train(data.politeness()),
        to_train(data.incivility()),
    )


def fold(number: int) -> tuple[Course, dict[str, Rows]]:
    """The second stage's recipe without one fifth of politeness and incivility, and that fifth."""
    sets = {"politeness": data.politeness(), "incivility": data.incivility()}
    kept = {name: rows.part(data.fold_of(g) != number for g in rows.groups) for name, rows in sets.items()}
    left = {name: rows.part(data.fold_of(g) == number for g in rows.groups) for name, rows in sets.items()}
    rows = join(*kept.values(), _some(data.emotion("train"), 2_000))
    return Course(rows, 2, 8e-5, BUILD / f"fold{number}.pt", begin=BUILD / "first.pt"), left


def requests_to_train() -> Rows:
    """The training part of the requests, less what is for development."""
    return to_train(data.requests("train"))


def to_train(rows: Rows) -> Rows:
    """The rows that are not kept for development."""
    return rows.part(not data.for_development(group) for group in rows.groups)


def _some(rows: Rows, count: int) -> Rows:
    places = list(range(len(rows)))
    random.Random(SEED).shuffle(places)
    return rows.pick(np.sort(places[:count]))
