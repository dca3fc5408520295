"""Promises, due dates, issues that come back: on the rows, or by the measuring, of the benches of their own."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from training import data

from amends.judgement.model import Model
from amends.judgement.promises import find_promises
from bench import dates
from bench import returning as pairs
from bench.judgement import ours, peers
from bench.judgement.figures import f1_of, figure, share, share_right, table
from bench.table import skipped

PROMISES = data.HERE / "promises"
_SECOND_PART = 200
"""The last rows of dev.tsv: the rules' score on them was watched, their misses never looked at."""
Row = dict[str, str]


def promise_rows(*, test: bool) -> list[Row]:
    """The second part of dev.tsv, or held.tsv."""
    path = PROMISES / ("held.tsv" if test else "dev.tsv")
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    return rows if test else rows[-_SECOND_PART:]


def promises(model: Model, *, test: bool) -> None:
    """Who commits to something, by rules, model and both."""

    def likely(wanted: Sequence[str]) -> list[float]:
        return [float(p) for p in model.score(wanted).of("flag.promise")]

    least = ours.bar(model, "flag.promise")
    for held in (False, True) if test else (False,):
        rows = promise_rows(test=held)
        truth = np.array([row["label"] != "none" for row in rows])
        alone = model.score([row["text"] for row in rows]).of("flag.promise") >= least
        says: dict[str, Callable[[int, Row], set[str]]] = {
            ours.AMENDS: lambda _, row: {e.by for e in find_promises(row["text"], writer=row["writer"], likely=likely)},  # type: ignore[arg-type]
            "  its rules alone": lambda _, row: {e.by for e in find_promises(row["text"], writer=row["writer"])},  # type: ignore[arg-type]
            "  its model alone": lambda at, row, alone=alone: {row["writer"]} if alone[at] else set(),  # type: ignore[misc]
        }
        told = []
        for way, say in says.items():
            said = np.array([_found(say(at, row), row["label"]) for at, row in enumerate(rows)])
            right = int((said & truth).sum())
            cells = [share(right / max(1, int(said.sum()))), share(right / int(truth.sum()))]
            told.append([way, *cells, figure(f1_of(said, truth), len(rows))])
        name = "held.tsv, whose rules were scored on it before" if held else f"dev.tsv, the last {_SECOND_PART}"
        table(f"Promises, {len(rows)} sentences of {name}", ["precision", "recall", "F1"], told)


def _found(sides: set[str], label: str) -> bool:
    """Is the labelled side found to commit; of a sentence without a promise, anybody."""
    return bool(sides) if label == "none" else label in sides


def due_dates(model: Model, *, test: bool) -> None:
    """Sentences with one date, as `python -m bench.dates` measures them."""
    del model  # rules alone read dates
    dates.specifications(show=False, test=test)
    print("measured elsewhere on 244 such sentences: recognizers-text .602, dateparser .439, parsedatetime .406")


def returning(model: Model, *, test: bool) -> None:
    """Is an issue one that came before, as `python -m bench.returning` measures it; and Banking77."""
    pairs.measure(model.vectors, held=test)
    banking(model, test=test)


def banking(model: Model, *, test: bool) -> None:
    """Does the nearest neighbour of a question to a bank have the same intent (Banking77, precision at 1)."""
    if not pairs.BANKING.is_dir():
        skipped("Banking77", f"{pairs.BANKING} is not here")
        return
    known = _intents("train")
    asked = _intents("test") if test else known[::10]
    known = known if test else [row for at, row in enumerate(known) if at % 10]
    truth = np.array([intent for _, intent in asked])
    texts = [text for text, _ in known], [text for text, _ in asked]
    rows = []
    for way, encode in _encoders(model, texts[0]).items():
        index, queries = map(encode, texts)
        nearest = np.concatenate([_nearest(queries[at : at + 500], index) for at in range(0, len(asked), 500)])
        said = np.array([known[at][1] for at in nearest])
        rows.append([way, figure(share_right(said, truth), len(truth))])
    if test:
        rows.append(["measured elsewhere: frozen MiniLM-L6, fp32", ".888"])
    what = "official split" if test else "every tenth of train against the rest"
    table(f"Banking77, {what}, {len(asked):,} questions", ["precision at 1"], rows)


def _intents(name: str) -> list[tuple[str, str]]:
    with (pairs.BANKING / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return [(row["text"], row["category"]) for row in csv.DictReader(file)]


def _encoders(model: Model, known: list[str]) -> dict[str, Callable[[list[str]], Any]]:
    ways: dict[str, Callable[[list[str]], Any]] = {"amends, int8": model.vectors}
    if (counted := peers.vectors(known)) is not None:
        ways["TF-IDF cosine"] = counted
    return ways


def _nearest(queries: Any, index: Any) -> Any:
    likeness = queries @ index.T
    return np.asarray((likeness.toarray() if hasattr(likeness, "toarray") else likeness).argmax(axis=1)).ravel()
