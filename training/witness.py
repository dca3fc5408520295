"""Weights of the guard's witnesses, thresholds and figures, from what each said of hands that it had not learned from.

One logistic regression an output weighs encoder, n-grams and rules, pulled towards a plain prior. On what comes out,
beside what stands around it and whether a complaint is answered, one a tone and one a family of what a draft lacks
decide (`guard.weighing`); these and their thresholds are fitted by leaving one hand out after the other.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from amends.judgement.guard import weighing
from amends.judgement.guard.weighing import IN_PLACE, OVER_ALL, WHOLE
from amends.judgement.model import Model
from amends.judgement.model.files import guard_numbers
from amends.judgement.model.outputs import GUARD_OUTPUTS, MOVES, TONES
from training import calm, crossed, guard, measures, stages
from training.calibrate import _logistic
from training.crossed import Heard
from training.drafts import hand as hand_of

PRECISE, CALM, SURE = 0.87, 0.9, 0.87
"""So precise shall be what is told without a rule: tones where a complaint is answered, tones elsewhere, and what a
draft lacks."""
KEEP = {**dict.fromkeys(TONES, 0.15), "blame": 0.02, "excuse": 0.5, "over_promise": 0.3, "insult": 0.1}
CALMEST = 0.95
"""A tone is not told from a lower probability on where nobody complains."""
LEAST = 0.6
"""What a draft lacks is not told from a lower probability on: real mail differs."""
"""A rule's finding of a tone that is less likely than this in its place is dropped."""
GATE = 0.25
"""A lower one (.04) has the encoder read nearly every sentence and finds hardly more (recall .402 for .399)."""
HELPS = {**dict.fromkeys(("owns", "sorry", "feeling", "asks"), 0.2), "remedy": 0.3, "plan": 0.3}
"""Moves that hold rules of substance back, and from which probability on."""
NUMBERS = stages.BUILD / "guard-numbers.json"
_PRIOR, _PULL = np.array([0.8, 0.4, 1.0, -0.5]), np.array([2.0, 2.0, 1.0, 0.2])
_PRIOR_ALONE, _PULL_ALONE = np.array([1.0, 1.0, 0.0]), np.array([2.0, 1.0, 0.2])
Floats = NDArray[np.float64]


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


def fit_complains(found: list[Heard]) -> list[float]:
    """Three weights and a bias over whether a client complains (`View.complaint`)."""
    told = [each for each in found if each.complaint is not None and each.answering is not None]
    features = np.array([[*(each.complaint or ()), 1] for each in told], float)
    truth = np.array([float(each.answering == "complaint") for each in told])
    return list(map(float, _logistic(features, truth, np.array([1.0, 1.5, 1.0, 0.0]), np.array([1.0, 1.0, 1.0, 0.2]))))


def fit_placed(found: list[Heard]) -> dict[str, list[float]]:
    """By tone, the weights of `weighing.in_place`."""
    features = np.concatenate([each.placed for each in found]).astype(float)
    truth = np.concatenate([each.tones for each in found]).astype(float)
    return {name: _plain(features, truth[:, at], IN_PLACE, f"{name}", PULL_PLACED) for at, name in enumerate(TONES)}


def fit_whole(found: list[Heard]) -> dict[str, list[float]]:
    """By family, the weights of `weighing.over_all`."""
    made = {}
    for family in WHOLE:
        known = [(each.whole[family], _unless(family, each.lacks[family])) for each in found]
        features = np.array([row for row, truth in known if truth is not None], float)
        made[family] = _plain(
            features, np.array([float(t) for _, t in known if t is not None]), OVER_ALL, "", PULL_WHOLE
        )
    return made


PULL_PLACED, PULL_WHOLE = 10.0, 5.0
"""How strongly the weights are pulled to a plain prior: chosen by hand left out."""


def _plain(features: Floats, truth: Floats, names: tuple[str, ...], own: str, pull: float) -> list[float]:
    prior = np.array([1.0 if name == own else 0.0 for name in names])
    pulls = np.array([0.01 if name == "bias" else pull for name in names])
    return list(map(float, _logistic(features, truth, prior, pulls)))


def _unless(family: str, lacked: bool | None) -> bool | None:
    """What counts as lacking: who looks into a complaint without owning it is left alone."""
    return False if lacked is None and family == "complaint_not_owned" else lacked


def thresholds(
    placed: list[tuple[Heard, Floats]], whole: list[tuple[Heard, dict[str, float]]]
) -> tuple[dict[str, float], float]:
    """From which probabilities on tones and what a draft lacks are told, and tones where nobody complains."""
    told: dict[str, float] = {}
    rows = [(p, each.tones, each.placed[0, IN_PLACE.index("complains")] > 0) for each, p in placed]
    p, truth = np.concatenate([row[0] for row in rows]), np.concatenate([row[1] for row in rows])
    complained = np.concatenate([np.full(len(row[0]), row[2]) for row in rows])
    best, most = p.argmax(1), p.max(1)
    right = truth[np.arange(len(p)), best] > 0
    common = _from(most[complained], right[complained], PRECISE)
    for at, name in enumerate(TONES):
        mine = complained & (best == at)
        told[name] = float(np.clip(_from(most[mine], right[mine], PRECISE - 0.03), common - 0.1, common + 0.08))
    calm = max(CALMEST, _from(most[~complained], right[~complained], CALM))
    for family in WHOLE:
        known = [(q[family], _unless(family, each.lacks[family])) for each, q in whole if each.hand in guard.HANDS]
        p, truth = np.array([q for q, t in known if t is not None]), [bool(t) for _, t in known if t is not None]
        told[family] = max(LEAST, _from(p, np.array(truth), SURE))
    return told, calm


def _from(p: Floats, right: NDArray[np.bool_], precise: float) -> float:
    """The lowest probability from which on it is right so often; .97 where there is none."""
    order = np.argsort(-p)
    found = np.cumsum(right[order]) / np.arange(1, len(p) + 1)
    enough = np.flatnonzero((found >= precise) & (np.arange(len(p)) >= _FEW))
    return float(min(0.97, max(0.3, p[order][enough[-1]]))) if len(enough) else 0.97


_FEW = 8


def lines(counts: Counter[tuple[str, str]]) -> dict[str, Any]:
    """Labels, precision and recall by family, over tones, over what drafts lack, and over all of these."""
    groups = {name: (name,) for name in (*TONES, *WHOLE)}
    groups |= {"tone": TONES, "substance": WHOLE, "both": (*TONES, *WHOLE)}
    found = {}
    for name, families in groups.items():
        right, wrong, missed = (sum(counts[f, what] for f in families) for what in ("right", "wrong", "missed"))
        found[name] = {
            "labels": right + missed,
            "precision": round(right / max(1, right + wrong), 3),
            "recall": round(right / max(1, right + missed), 3),
        }
    return found


def numbers(model: Model) -> dict[str, Any]:
    """Everything of the card's part about the guard, with the figures by hand."""
    weights, said = weigh()
    moves, figures = {}, {}
    for name in MOVES:
        place = GUARD_OUTPUTS.index(name)
        known = ~np.isnan(said.targets[:, place])
        truth = said.targets[known, place] > 0.5
        best = float(np.clip(measures.best_threshold(said.p[known, place], truth), 0.3, 0.7))
        moves[name] = HELPS.get(name, best)
        figures[name] = round(measures.f1(said.p[known, place] >= moves[name], truth), 3)
    made: dict[str, Any] = {
        "outputs": list(GUARD_OUTPUTS),
        "witnesses": weights,
        "found": moves,
        "keep": KEEP,
        "gate": GATE,
        "complains": [1.0, 1.5, 1.0, -0.5],
        "placed": {name: [0.0] * len(IN_PLACE) for name in TONES},
        "whole": {name: [0.0] * len(OVER_ALL) for name in WHOLE},
        "told": dict.fromkeys((*TONES, *WHOLE), 0.9),
        "calm": 0.95,
    }
    every = crossed.drafted()
    first = guard_numbers(made)
    made["complains"] = fit_complains([*crossed.heard(model, every, first), *calm.heard(model, first)])
    heard = [*crossed.heard(model, every, guard_numbers(made)), *calm.heard(model, guard_numbers(made))]
    without = {hand: _without(hand, heard) for hand in guard.HANDS}
    placed, whole = [], []
    for each in heard:
        one, other = without.get(each.hand, without[guard.HANDS[0]])
        placed.append((each, weighing.likely(each.placed, np.array([one[name] for name in TONES]).T)))
        whole.append((each, {name: float(weighing.likely(each.whole[name], other[name])) for name in WHOLE}))
    made["told"], made["calm"] = thresholds(placed, whole)
    by_hand = {}
    for hand, (one, other) in without.items():
        theirs = [each for each in every if hand_of(each.file) == hand]
        by_hand[hand] = crossed.checked(model, theirs, guard_numbers({**made, "placed": one, "whole": other}))
    total: Counter[tuple[str, str]] = Counter()
    for counts in by_hand.values():
        total += counts
    made |= {"placed": fit_placed(heard), "whole": fit_whole(heard)}
    made["figures"] = {
        **{hand: lines(counts) for hand, counts in by_hand.items()},
        "all": lines(total),
        "moves": figures,
    }
    NUMBERS.write_text(json.dumps(made, indent=1), encoding="utf-8")
    return made


def _without(hand: str, heard: list[Heard]) -> tuple[dict[str, list[float]], dict[str, list[float]]]:
    others = [each for each in heard if each.hand != hand]
    return fit_placed(others), fit_whole(others)
