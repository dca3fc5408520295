"""Numbers fitted on development data, with the very files that are shipped: blends, thresholds, gates.

Every fit is pulled towards a plain prior, because some outputs have few positive sentences to develop on.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from amends.judgement.model.files import Blend
from amends.judgement.model.scoring import Model
from training import data, measures
from training.data import Rows
from training.tasks import FEELINGS, OUTPUTS, PLACE

_PRIOR = np.array([0.8, 0.3, 0.0])
_PULL = np.array([4.0, 4.0, 0.2])
RARE = {"flag.scope": 0.5, "flag.referral": 0.5, "flag.praise": 0.6}
"""Said so seldom that in ordinary mail a finding less sure would mostly be wrong; letters are chosen for saying it."""
_F = slice(PLACE["feeling.anger"], PLACE["feeling.anger"] + len(FEELINGS))
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Logits:
    """What both models say of some rows, before any blend."""

    rows: Rows
    encoder: Floats
    ngrams: Floats

    @classmethod
    def of(cls, model: Model, rows: Rows) -> Logits:
        """Ask both models."""
        deep, rough = model.encoder.logits(rows.texts, rows.around), model.ngram_logits(rows.texts)
        return cls(rows, deep.astype(float), rough.astype(float))


def development() -> dict[str, Rows]:
    """The development part of every set, by name."""
    return {
        "emotion": data.emotion("dev"),
        "pairs": data.pairs("check.tsv"),
        "letters": data.sentences(data.training_letters()[1]),
        "requests": data.requests("train").part(map(data.for_development, data.requests("train").groups)),
        "politeness": data.politeness().part(map(data.for_development, data.politeness().groups)),
        "incivility": data.incivility().part(map(data.for_development, data.incivility().groups)),
    }


def blends(found: dict[str, Logits]) -> dict[str, Blend]:
    """The blend of every output, each from the sets that speak of it."""
    fitted: dict[str, Blend] = {}
    for place, name in enumerate(OUTPUTS):
        if name.startswith("feeling."):
            continue
        parts = [(each, ~np.isnan(each.rows.targets[:, place])) for each in found.values()]
        truth = np.concatenate([each.rows.targets[known, place] for each, known in parts])
        deep = np.concatenate([each.encoder[known, place] for each, known in parts])
        rough = np.concatenate([each.ngrams[known, place] for each, known in parts])
        both = _logistic(np.stack([deep, rough, np.ones_like(deep)], 1), truth, _PRIOR, _PULL)
        alone = _logistic(np.stack([rough, np.ones_like(rough)], 1), truth, np.array([1.0, 0.0]), _PULL[1:])
        fitted[name] = Blend(*map(float, both), *map(float, alone))
    return fitted | _feelings(found)


def _logistic(features: Floats, truth: Floats, prior: Floats, pull: Floats) -> Floats:
    """Logistic regression (soft targets allowed) with a normal prior on its weights."""

    def cost(w: Floats) -> tuple[float, Floats]:
        z = features @ w
        value = np.logaddexp(0, z).sum() - truth @ z + 0.5 * (pull * (w - prior) ** 2).sum()
        slope = features.T @ (1 / (1 + np.exp(-z)) - truth) + pull * (w - prior)
        return float(value), slope

    return minimize(cost, prior, jac=True, method="L-BFGS-B").x


def _feelings(found: dict[str, Logits]) -> dict[str, Blend]:
    """One temperature for each model, one bias a feeling; letters weigh as much as the more numerous comments."""
    parts = []
    for each in found.values():
        known = ~np.isnan(each.rows.targets[:, _F]).any(1)
        if known.any():
            parts.append((each.encoder[known, _F], each.ngrams[known, _F], each.rows.targets[known, _F]))
    most = max(len(truth) for *_, truth in parts)
    weight = np.concatenate([np.full(len(truth), most / len(truth)) for *_, truth in parts])
    deep, rough, truth = (np.concatenate([part[i] for part in parts]) for i in range(3))

    def fitted(use: Floats) -> Floats:
        def cost(w: Floats) -> float:
            z = w[0] * deep * use[0] + w[1] * rough + w[2:]
            z = z - z.max(1, keepdims=True)
            said = z - np.log(np.exp(z).sum(1, keepdims=True))
            return float(-(weight[:, None] * truth * said).sum() + 2 * ((w[2:]) ** 2).sum() + 2 * (w[1] - 0.3) ** 2)

        return minimize(cost, np.array([1.0, 0.3, *[0.0] * len(FEELINGS)]), method="L-BFGS-B").x

    both, alone = fitted(np.array([1.0])), fitted(np.array([0.0]))
    return {
        f"feeling.{name}": Blend(
            float(both[0]), float(both[1]), float(both[2 + k]), float(alone[1]), float(alone[2 + k])
        )
        for k, name in enumerate(FEELINGS)
    }


def thresholds(model: Model, parts: dict[str, Rows]) -> dict[str, float]:
    """From which probability each output counts as said: best F1 on development data."""
    found: dict[str, float] = {}
    scores = {name: model.score(rows.texts, around=rows.around) for name, rows in parts.items()}
    for place, name in enumerate(OUTPUTS):
        source = "letters" if name.startswith("flag.") else "emotion" if name.startswith(("label.", "feeling.")) else ""
        for part, rows in parts.items():
            known = ~np.isnan(rows.targets[:, place])
            if known.any() and source in {"", part}:
                truth = rows.targets[known, place] > (0.5 if name == "polite" else 0)
                found[name] = measures.best_threshold(scores[part].p[known, place], truth) if truth.any() else 0.5
    return found


def gates() -> dict[str, float]:
    """From which probability of the n-gram model the encoder is asked.

    Chosen on development letters and a sample of a real archive: about half of all sentences are then read by the
    encoder, and the F1 of complaining sentences falls by .015 against reading everything. Only what becomes a signal
    opens a gate.
    """
    flags = dict.fromkeys((f"flag.{name}" for name in ("leaving", "scope", "praise", "referral", "promise")), 0.15)
    feelings = dict.fromkeys((f"feeling.{name}" for name in ("anger", "frustration", "disappointment")), 0.1)
    return {"flag.issue": 0.2} | flags | feelings
