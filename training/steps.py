"""The steps of `python -m training`."""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
from collections import Counter
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import torch

from amends.judgement.model.files import SHIPPED, Blend, Card
from amends.judgement.model.outputs import OUTPUTS
from amends.judgement.model.scoring import Model
from training import calibrate as fitting
from training import data, linear, stages, witness
from training import export as exporting
from training import guard as guarding
from training import letters as messages
from training.card import about
from training.fit import fit
from training.network import Network
from training.split import split

OUT = stages.BUILD / "model"
_PLAIN: tuple[dict[str, Any], ...] = ({name: Blend(1, 0, 0, 1, 0) for name in OUTPUTS}, {}, {}, {})
FILES = (
    "words.onnx",
    "lower.onnx",
    "reader.onnx",
    "guard.onnx",
    "similar.onnx",
    "ngrams.onnx",
    "guard-ngrams.onnx",
    "tokenizer.json",
)
Options = argparse.Namespace


def prepare(_: Options) -> None:
    """Read every set once."""
    train, dev = data.training_letters()
    print(f"   letters: {len(train)} to train on, {len(dev)} for development")
    print("  ", Counter(flag for each in train for line in each.lines for flag in line.flags))
    print("  ", Counter(line.feeling for each in train for line in each.lines))
    for name, rows in (("emotion", data.emotion("train")), ("requests", data.requests("train")),
                       ("politeness", data.politeness()), ("incivility", data.incivility())):  # fmt: skip
        print(f"   {name}: {len(rows)}")


def train(options: Options) -> None:
    """All stages and the n-gram model."""
    torch.set_num_threads(options.threads)
    if not _finished(stages.BUILD / "first.pt"):
        fit(stages.first(), device=options.device)
    for stage in (stages.second, stages.third):
        course = stage()
        if not _finished(course.checkpoint):
            fit(course, device=options.device)
    weights, idf, bias = linear.fit_linear(stages.linear_rows())
    np.savez_compressed(stages.BUILD / "ngrams.npz", weights=weights, idf=idf, bias=bias)


def _finished(path: Path) -> bool:
    return path.exists() and "optimizer" not in torch.load(path, weights_only=True)


def export(options: Options) -> None:
    """All files of the model."""
    OUT.mkdir(parents=True, exist_ok=True)
    network = Network()
    network.load_state_dict(torch.load(stages.BUILD / f"{options.base}.pt", weights_only=True)["network"])
    exporting.words(OUT / "words.onnx")
    exporting.vocabulary(OUT / "tokenizer.json")
    exporting.encoder(exporting.Reader(network), OUT / "reader.onnx", output="logits")
    for kind in ("", ".fp32"):
        split(OUT / f"reader{kind}.onnx", OUT / f"lower{kind}.onnx", OUT / f"reader{kind}.onnx")
    exporting.encoder(exporting.Similar(), OUT / "similar.onnx", output="vector")
    found = np.load(stages.BUILD / "ngrams.npz")
    exporting.ngrams(found["weights"], found["idf"], found["bias"], OUT / "ngrams.onnx")


def calibrate(options: Options) -> None:
    """Numbers from development data, each round with those of the last: blends, thresholds and gates, messages."""
    model = _model(*_PLAIN, options)
    parts = fitting.development()
    found = {name: fitting.Logits.of(model, rows) for name, rows in parts.items()}
    blends = fitting.blends(found)
    model = _model(blends, {}, {}, {}, options)
    thresholds = fitting.thresholds(model, parts)
    gates = fitting.gates()
    model = _model(blends, thresholds, gates, {}, options)
    numbers, of_messages = messages.numbers(model, data.training_letters()[1])
    thresholds |= of_messages
    thresholds |= {name: max(thresholds[name], least) for name, least in fitting.RARE.items()}
    kept = {
        "blends": {name: list(asdict(blend).values()) for name, blend in blends.items()},
        "thresholds": thresholds,
        "gates": gates,
        "numbers": numbers,
    }
    (stages.BUILD / "calibration.json").write_text(json.dumps(kept, indent=1), encoding="utf-8")


def guard_train(options: Options) -> None:
    """What is shipped of the guard's model, from all drafts."""
    torch.set_num_threads(options.threads)
    guarding.train(_model(*_PLAIN, options).encoder)


def guard_folds(options: Options) -> None:
    """What the guard's model says of writers that it has not learned from, and the numbers that follow."""
    torch.set_num_threads(options.threads)
    if not guarding.FOLDS.exists():
        guarding.folds(_model(*_PLAIN, options).encoder)
    kept = _calibration()
    model = _model(kept["blends"], kept["thresholds"], kept["gates"], kept["numbers"], options)
    print(json.dumps(witness.numbers(model)["figures"], indent=1))


def guard_export(_: Options) -> None:
    """The guard's files."""
    exporting.encoder(guarding.trained(), OUT / "guard.onnx", output="logits")
    found = np.load(stages.BUILD / "guard-ngrams.npz")
    exporting.ngrams(found["weights"], found["idf"], found["bias"], OUT / "guard-ngrams.onnx")


def folds(options: Options) -> None:
    """What the recipe gives where there is no official test set."""
    torch.set_num_threads(options.threads)
    from training import evaluation

    evaluation.folds(device=options.device)


def evaluate(options: Options) -> None:
    """Open the test sets."""
    kept = _calibration()
    model = _model(kept["blends"], kept["thresholds"], kept["gates"], kept["numbers"], options)
    from training import evaluation

    figures = evaluation.figures(model)
    (stages.BUILD / "figures.json").write_text(json.dumps(figures, indent=1), encoding="utf-8")
    print(json.dumps(figures, indent=1))


def card(_: Options) -> None:
    """Write the card, and put the files where Amends looks."""
    SHIPPED.mkdir(exist_ok=True)
    kept = _calibration()
    figures = stages.BUILD / "figures.json"
    for name in FILES:
        shutil.copyfile(OUT / name, SHIPPED / name)
    written = {
        "version": date.today().isoformat(),  # noqa: DTZ011 - a name, not a moment
        "files": _hashes(),
        "outputs": list(OUTPUTS),
        **_calibration(raw=True),
        "guard": json.loads(witness.NUMBERS.read_text(encoding="utf-8")),
        **about(json.loads(figures.read_text(encoding="utf-8")) if figures.exists() else {}),
    }
    del kept
    (SHIPPED / "card.json").write_text(json.dumps(written, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print("  ", sum(entry["bytes"] for entry in written["files"].values()) / 1e6, "MB")


def _calibration(*, raw: bool = False) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((stages.BUILD / "calibration.json").read_text(encoding="utf-8"))
    if not raw:
        found["blends"] = {name: Blend(*numbers) for name, numbers in found["blends"].items()}
    return found


def _hashes() -> dict[str, dict[str, Any]]:
    return {
        name: {"sha256": hashlib.sha256((OUT / name).read_bytes()).hexdigest(), "bytes": (OUT / name).stat().st_size}
        for name in FILES
        if (OUT / name).exists()
    }


def _model(
    blends: dict[str, Blend],
    thresholds: dict[str, float],
    gates: dict[str, float],
    numbers: dict[str, list[float]],
    options: Options,
) -> Model:
    files = {name: entry["sha256"] for name, entry in _hashes().items()}
    card = Card(OUT, "in the making", files, blends, thresholds, gates, numbers, {})
    return Model(card, threads=options.threads)
