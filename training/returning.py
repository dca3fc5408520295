"""What `amends.judgement.returning` weighs with, made from `training/pairs`: writes `returning.json` beside it.

    PYTHONPATH=src python -m training.returning FOLDER     # with words.onnx, similar.onnx and tokenizer.json

Two softmax regressions over the untuned encoder's vectors tell kinds of fault and kinds of deliverable (`kinds.txt`,
`cases.txt`); a third over stems gives the words that speak of each fault. The logistic models that weigh what these
say are fitted on `dev.tsv` and `check.tsv`, with every weight held at or above nought: in the pairs a near miss begins
with the first one's words and a repeat is worded anew, so that free weights would learn to distrust shared words,
which is how the pairs were written and not how clients write. For the same reason plain repeats are added, and pairs
of unrelated issues. Thresholds come from predictions for clients left out. `held.tsv` is not opened here.
"""

from __future__ import annotations

import base64
import hashlib
import json
import random
import sys
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from bench.returning import Encode, onnx_encoder, pairs
from numpy.typing import NDArray
from scipy.optimize import minimize
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from amends.judgement import returning
from amends.judgement.returning import Issue

PAIRS = Path(__file__).parent / "pairs"
TARGET = Path(returning.__file__).with_name("returning.json")
VECTORS = ("cosine", "fault", "object", "worded", "overlap", "repeat")
WORDS = ("worded", "overlap", "repeat")
PER_PHRASE, TOP = 20, 3
SUREST, SUREST_OF_WORDS = 0.97, 0.9
REPEAT = 0.8
"""Without vectors only plain repeats pass: no lower threshold held on `check.tsv`."""
Said = tuple[str, str, str]
"""A sentence, its kind of fault, its kind of deliverable or nothing."""


def phrases(seed: int = 0) -> list[Said]:
    """The sentences of `kinds.txt`: each way to say a fault with a draw of the deliverables that it befalls."""
    draw, faults, objects, kind, group = random.Random(seed), {}, defaultdict[str, list[list[str]]](list), "", ""
    for line in (PAIRS / "kinds.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("= "):
            kind, where = line[2:].split(": ")
            faults[kind] = (where.split(), list[str]())
        elif line.startswith("@ "):
            kind, group = "", line[2:]
        elif line and not line.startswith("#"):
            if kind:
                faults[kind][1].append(line)
            else:
                objects[group].append(line.split(", "))
    found: list[Said] = []
    for fault, (groups, ways) in faults.items():
        pool = [(group, names) for group in groups for names in objects[group]]
        for way in ways:
            if "{o}" not in way:
                found.append((way, fault, ""))
                continue
            for group, names in draw.sample(pool, min(PER_PHRASE, len(pool))):
                found.append((way.replace("{o}", draw.choice(names)), fault, group))
    return found


def cases() -> list[Said]:
    """The sentences of `cases.txt`."""
    found, block = [], ""
    for line in (PAIRS / "cases.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            block = line[3:]
        elif line and not line.startswith("#"):
            kind, wordings = line.split(": ", 1)
            found += [(each, kind, block) for each in wordings.split(" | ")]
    return found


def packed(model: LogisticRegression) -> dict[str, Any]:
    """A softmax regression as bytes, a scale a row."""
    scale = np.abs(model.coef_).max(axis=1) / 127
    rows = np.round(model.coef_ / scale[:, None]).astype(np.int8)
    return {
        "kinds": list(model.classes_),
        "bias": [round(float(each), 3) for each in model.intercept_],
        "scale": [float(f"{each:.5g}") for each in scale],
        "weights": base64.b64encode(rows.tobytes()).decode(),
    }


def stems(said: Sequence[Said], weights: NDArray[np.float64], kinds: list[str]) -> dict[str, Any]:
    """Each stem with its rarity and the faults that it speaks of most."""
    table = TfidfVectorizer(analyzer=lambda text: sorted(set(returning.content(text))))
    rows = table.fit_transform([text for text, _, _ in said])
    model = LogisticRegression(C=50, max_iter=150).fit(rows, [kind for _, kind, _ in said], sample_weight=weights)
    assert list(model.classes_) == kinds
    found = {}
    for at, word in enumerate(table.get_feature_names_out()):
        column = model.coef_[:, at]
        best = [int(each) for each in np.argsort(-column)[:TOP] if column[each] > 0.5]
        found[word] = [round(float(table.idf_[at]), 2), [[each, round(float(column[each]), 1)] for each in best]]
    return found


def examples(seed: int = 0) -> list[tuple[str, str, str, float, bool]]:
    """Client, first, second, 1 or 0, and is it a pair as written (or one of those added)."""
    draw, found = random.Random(seed), []
    for name in ("dev", "check"):
        rows = pairs(name)
        for client, first, second, same in rows:
            found.append((client, first, second, float(same), True))
            if same and draw.random() < 0.3:
                found.append((client, first, first.rstrip(".") + " again.", 1.0, False))
            other = draw.choice(rows)
            if other[0] != client and draw.random() < 0.5:
                found.append((client, first, other[2], 0.0, False))
    return found


def fitted(rows: NDArray[np.float64], truth: NDArray[np.float64]) -> NDArray[np.float64]:
    """Weights, none below nought, and the bias last."""

    def loss(at: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        z = rows @ at[:-1] + at[-1]
        off = 1 / (1 + np.exp(-z)) - truth
        value = (np.logaddexp(0, z) - truth * z).sum() + 0.05 * (at[:-1] ** 2).sum()
        return float(value), np.r_[rows.T @ off + 0.1 * at[:-1], off.sum()]

    bounds = [(0, None)] * rows.shape[1] + [(None, None)]
    found: NDArray[np.float64] = minimize(
        loss, np.zeros(rows.shape[1] + 1), jac=True, method="L-BFGS-B", bounds=bounds
    ).x
    return found


def threshold(truth: NDArray[np.float64], p: NDArray[np.float64], precision: float) -> float:
    """The lowest confidence from which on so many are right, of those where at least five are found."""
    good = [t for t in np.unique(p) if (p >= t).sum() >= 5 and truth[p >= t].mean() >= precision]
    return round(float(min(good, default=0.97)), 3)


def weighed(encode: Encode, names: Sequence[str], *, vectors: bool) -> dict[str, Any]:
    """One logistic model with its thresholds."""
    rows = examples()
    known = dict(zip(texts := sorted({t for row in rows for t in row[1:3]}), encode(texts), strict=True))
    issue = {text: Issue(text, known[text] if vectors else None) for text in texts}
    seen = [returning.features(issue[first], issue[second]) for _, first, second, _, _ in rows]
    table = np.array([[row[name] for name in names] for row in seen])
    truth, written = np.array([row[3] for row in rows]), np.array([row[4] for row in rows])
    p = np.zeros(len(rows))
    for train, test in GroupKFold(10).split(table, truth, [row[0] for row in rows]):
        at = fitted(table[train], truth[train])
        p[test] = 1 / (1 + np.exp(-(table[test] @ at[:-1] + at[-1])))
    at = fitted(table, truth)
    p = np.minimum(p, SUREST if vectors else SUREST_OF_WORDS)
    return {
        "weights": {name: round(float(each), 3) for name, each in zip(names, at, strict=False)},
        "bias": round(float(at[-1]), 3),
        "most": SUREST if vectors else SUREST_OF_WORDS,
        "returning": threshold(truth[written], p[written], 0.95) if vectors else REPEAT,
        "thread": threshold(truth[written], p[written], 0.85) if vectors else REPEAT,
    }


def main() -> None:
    """Fit everything and write it."""
    folder = Path(sys.argv[1])
    encode = onnx_encoder(folder)
    grid, own = phrases(), cases()
    said = grid + own
    weights = np.r_[np.full(len(grid), 0.4), np.full(len(own), 2.0)]
    rows = np.stack(encode([text for text, _, _ in said]))
    fault = LogisticRegression(C=60, max_iter=200).fit(rows, [kind for _, kind, _ in said], sample_weight=weights)
    has = np.array([bool(each) for _, _, each in said])
    thing = LogisticRegression(C=20, max_iter=200).fit(rows[has], [each for _, _, each in said if each])
    made: dict[str, Any] = {
        "made": {
            "by": "training/returning.py",
            "from": {
                n: hashlib.sha256((PAIRS / n).read_bytes()).hexdigest()[:16]
                for n in ("kinds.txt", "cases.txt", "dev.tsv", "check.tsv")
            },
            "encoder": hashlib.sha256((folder / "similar.onnx").read_bytes()).hexdigest()[:16],
            "sentences": len(said),
        },
        "models": {},
        "fault": packed(fault),
        "object": packed(thing),
        "stems": stems(said, weights, list(fault.classes_)),
    }
    blank = {"weights": {}, "bias": 0.0, "most": 1.0, "returning": 0.9, "thread": 0.8}
    for models in ({"vectors": blank, "words": blank}, None):
        if models is None:
            made["models"] = {
                "vectors": weighed(encode, VECTORS, vectors=True),
                "words": weighed(encode, WORDS, vectors=False),
            }
        else:
            made["models"] = models
        TARGET.write_text(json.dumps(made, separators=(",", ":"), ensure_ascii=False) + "\n", encoding="utf-8")
    print(TARGET, TARGET.stat().st_size, made["models"])


if __name__ == "__main__":
    main()
