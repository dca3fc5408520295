"""Weights of the guard's witnesses, thresholds and figures, from what each said of hands that it had not learned from.

One logistic regression an output weighs encoder, n-grams and rules, pulled towards a plain prior. From one common
probability on a tone is told without a rule: the lowest at which findings are as precise as `PRECISE` over all tones,
on drafts of hands held out; a tone that is not as precise as `LEAST` there asks for up to `MORE`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from amends.judgement.model.outputs import GUARD_OUTPUTS, MOVES, TONES
from training import guard, measures, stages
from training.calibrate import _logistic

PRECISE, LEAST, MORE = 0.91, 0.85, 0.1
KEEP = {**dict.fromkeys(TONES, 0.3), "excuse": 0.5}
"""A rule's finding that is less likely than this is dropped: of 15 such on drafts of the writers none was right."""
GATE = 0.25
"""A lower one (.04) has the encoder read nearly every sentence and finds hardly more (recall .402 for .399)."""
HELPS = {**dict.fromkeys(("owns", "sorry", "feeling", "asks"), 0.2), "remedy": 0.3, "plan": 0.3}
"""Moves that hold rules of substance back, and from which probability on."""
HELD_AGAINST = ("vague",)
"""Moves that a rule of substance holds against a draft. What the model says of others is not sure enough."""
NUMBERS = stages.BUILD / "guard-numbers.json"
_PRIOR, _PULL = np.array([0.8, 0.4, 1.0, -0.5]), np.array([2.0, 2.0, 1.0, 0.2])
_PRIOR_ALONE, _PULL_ALONE = np.array([1.0, 1.0, 0.0]), np.array([2.0, 1.0, 0.2])
Floats = NDArray[np.float64]
_T = len(TONES)


@dataclass(frozen=True)
class Said:
    """What the folds kept, and each output's probability with and without the encoder."""

    targets: Floats
    fold: NDArray[np.intp]
    texts: list[str]
    ruled: Floats
    p: Floats
    alone: Floats


def weigh() -> tuple[dict[str, list[float]], Said]:
    """Each output's seven weights, and what comes out."""
    kept = np.load(guard.FOLDS)
    deep, rough, ruled, targets = (kept[name].astype(float) for name in ("deep", "rough", "ruled", "targets"))
    weights: dict[str, list[float]] = {}
    p, alone = np.zeros_like(deep), np.zeros_like(deep)
    one = np.ones(len(deep))
    for place, name in enumerate(GUARD_OUTPUTS):
        known = ~np.isnan(targets[:, place])
        both = np.stack([deep[:, place], rough[:, place], ruled[:, place], one], 1)
        few = both[:, 1:]
        w = _logistic(both[known], targets[known, place], _PRIOR, _PULL)
        v = _logistic(few[known], targets[known, place], _PRIOR_ALONE, _PULL_ALONE)
        weights[name] = [*map(float, w), *map(float, v)]
        p[:, place], alone[:, place] = _sigmoid(both @ w), _sigmoid(few @ v)
    return weights, Said(targets, kept["fold"], [str(text) for text in kept["texts"]], ruled, p, alone)


def _sigmoid(z: Floats) -> Floats:
    return 1 / (1 + np.exp(-np.clip(z, -30, 30)))


def told(said: Said, p: Floats, found: Floats) -> NDArray[np.intp]:
    """The place of the tone that is told of each sentence, as `guard.wording` does; -1 for none."""
    tones, keep = p[:, :_T], np.array([KEEP[name] for name in TONES])
    able = (tones >= found) | ((said.ruled[:, :_T] > 0) & (tones >= keep))
    best = np.where(able, tones, -1)
    return np.where(able.any(1), best.argmax(1), -1)


def counts(said: Said, choice: NDArray[np.intp], rows: NDArray[np.bool_]) -> dict[str, tuple[int, int, int]]:
    """By tone: right, wrong, missed. A sentence of two tones is met by either; what is not known counts nowhere."""
    found = {name: [0, 0, 0] for name in TONES}
    for at in np.flatnonzero(rows):
        truth, chosen = said.targets[at, :_T], choice[at]
        labels = np.flatnonzero(truth == 1)
        if chosen >= 0 and truth[chosen] == 1:
            found[TONES[chosen]][0] += 1
            continue
        if chosen >= 0 and truth[chosen] == 0:
            found[TONES[chosen]][1] += 1
        if len(labels):
            found[TONES[labels[0]]][2] += 1
    return {name: (right, wrong, missed) for name, (right, wrong, missed) in found.items()}


def precision(numbers: dict[str, tuple[int, int, int]]) -> float:
    """Over all tones."""
    right, wrong = (sum(each[k] for each in numbers.values()) for k in (0, 1))
    return right / max(1, right + wrong)


def thresholds(said: Said) -> Floats:
    """From which probability each tone is told without a rule."""
    rows = np.ones(len(said.targets), bool)
    for common in np.arange(0.4, 0.98, 0.01):
        found = np.full(_T, common)
        if precision(counts(said, told(said, said.p, found), rows)) >= PRECISE:
            break
    for place, name in enumerate(TONES):
        while found[place] < min(common + MORE, 0.98):
            right, wrong, _ = counts(said, told(said, said.p, found), rows)[name]
            if right >= LEAST * (right + wrong):
                break
            found[place] += 0.01
    return found


def _precise(said: Said, name: str) -> float:
    """From which probability on a move is as surely there as `LEAST`."""
    place = GUARD_OUTPUTS.index(name)
    known = ~np.isnan(said.targets[:, place])
    p, truth = said.p[known, place], said.targets[known, place] > 0.5
    enough = (t for t in np.arange(0.3, 0.96, 0.01) if truth[p >= t].mean() >= LEAST)
    return float(next(enough, 0.96))


def lines(numbers: dict[str, tuple[int, int, int]]) -> dict[str, Any]:
    """Precision and recall by tone and over all."""
    total = tuple(sum(each[k] for each in numbers.values()) for k in range(3))
    found = {}
    for name, (right, wrong, missed) in {**numbers, "all tones": total}.items():
        found[name] = {
            "labels": right + missed,
            "precision": round(right / max(1, right + wrong), 3),
            "recall": round(right / max(1, right + missed), 3),
        }
    return found


def numbers() -> dict[str, Any]:
    """Everything of the card's part about the guard; prints the figures by hand."""
    weights, said = weigh()
    found = thresholds(said)
    figures: dict[str, Any] = {}
    ruled = np.where(said.ruled[:, :_T].any(1), said.ruled[:, :_T].argmax(1), -1)
    for number, name in enumerate(guard.HANDS):
        rows = said.fold == number
        figures[name] = {
            "rules alone": lines(counts(said, ruled, rows)),
            "with the model": lines(counts(said, told(said, said.p, found), rows)),
        }
    every = np.ones(len(said.targets), bool)
    figures["all"] = {
        "rules alone": lines(counts(said, ruled, every)),
        "with the model": lines(counts(said, told(said, said.p, found), every)),
        "without the encoder": lines(counts(said, told(said, said.alone, np.maximum(found, 0.85)), every)),
    }
    moves = {}
    for name in MOVES:
        place = GUARD_OUTPUTS.index(name)
        known = ~np.isnan(said.targets[:, place])
        truth = said.targets[known, place] > 0.5
        best = float(np.clip(measures.best_threshold(said.p[known, place], truth), 0.3, 0.7))
        moves[name] = HELPS.get(name, best)
        figures["all"][name] = round(measures.f1(said.p[known, place] >= moves[name], truth), 3)
    sure = {name: _precise(said, name) for name in HELD_AGAINST}
    made = {
        "outputs": list(GUARD_OUTPUTS),
        "witnesses": weights,
        "found": {**dict(zip(TONES, map(float, found), strict=True)), **moves},
        "sure": sure,
        "keep": KEEP,
        "gate": GATE,
        "figures": figures,
    }
    NUMBERS.write_text(json.dumps(made, indent=1), encoding="utf-8")
    return made
