"""The model that is measured, and its two halves alone."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from amends.judgement.model import Model, load
from amends.judgement.model.files import SHIPPED, Blend, Card
from amends.judgement.model.outputs import FEELINGS, OUTPUTS
from bench.judgement.figures import Numbers, share

AMENDS, ENCODER, NGRAMS = "amends", "  its encoder alone", "  its n-grams alone"
BUILD = Path(__file__).parents[2] / "training" / "build"
PLACE = {name: place for place, name in enumerate(OUTPUTS)}
_F = slice(PLACE["feeling.anger"], PLACE["feeling.anger"] + len(FEELINGS))


def loaded(folder: Path = SHIPPED, *, threads: int) -> Model:
    """The model in a folder; one still in the making has its numbers beside the folder. Raises NoModel."""
    numbers = folder.parent / "calibration.json"
    if (folder / "card.json").exists() or not numbers.exists():
        return load(folder, threads=threads)
    kept = json.loads(numbers.read_text(encoding="utf-8"))
    blends = {name: Blend(*each) for name, each in kept["blends"].items()}
    files = hashes(folder)
    card = Card(folder, "in the making", files, blends, kept["thresholds"], kept["gates"], kept["numbers"], {})
    return Model(card, threads=threads)


def hashes(folder: Path) -> dict[str, str]:
    """The files of a folder that has no card yet."""
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir() if path.is_file()}


def ways(model: Model, texts: Sequence[str]) -> dict[str, Numbers]:
    """What the model says of these texts, blended as shipped, and what each half says alone: (texts, outputs)."""
    return {
        AMENDS: model.score(texts).p.astype(float),
        ENCODER: probabilities(model.encoder.logits(texts).astype(float)),
        NGRAMS: model.alone(texts).astype(float),
    }


def probabilities(logits: Numbers) -> Numbers:
    """A sigmoid each, one softmax over the feelings."""
    found = 1 / (1 + np.exp(-np.clip(logits, -30, 30)))
    powers = np.exp(logits[:, _F] - logits[:, _F].max(1, keepdims=True))
    found[:, _F] = powers / powers.sum(1, keepdims=True)
    return found


def bar(model: Model, output: str) -> float:
    """From which probability the shipped model counts an output as said."""
    return float(model.card.thresholds.get(output, 0.5))


def recipe(model: Model, name: str) -> str:
    """What five folds of the recipe gave, by the model's card or else the training's own file; empty where neither."""
    kept = BUILD / "folds.json"
    sources = [model.about.get("figures") or {}, json.loads(kept.read_text(encoding="utf-8")) if kept.exists() else {}]
    for found in (source[name] for source in sources if name in source):
        return f"{share(found['value'])} ({share(found['low'])} to {share(found['high'])})"
    return ""
