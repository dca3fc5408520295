"""The figures of the card, each with its interval. The test sets and `held.txt` are opened here and nowhere else."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from amends.judgement.model.scoring import Model
from amends.judgement.reading import by_model
from training import data, linear, stages
from training import letters as messages
from training.data import Rows
from training.fit import fit, logits
from training.measures import auc, calibration_error, f1, interval
from training.tasks import FEELINGS, FLAGS, LABELS, PLACE

_F = slice(PLACE["feeling.anger"], PLACE["feeling.anger"] + len(FEELINGS))
_FOLDS = stages.BUILD / "folds.json"
Figure = dict[str, Any]


def figures(model: Model) -> dict[str, Figure]:
    """Every figure by name: value, interval, and what it is a figure of."""
    found = {**_emotion(model), **_requests(model), **_letters(model)}
    if _FOLDS.exists():
        found |= json.loads(_FOLDS.read_text(encoding="utf-8"))
    return found


def _figure(value: float, measure: Callable[[NDArray[np.intp]], float], count: int, of: str, **more: Any) -> Figure:
    low, high = interval(measure, count)
    return {"value": round(value, 4), "low": round(low, 4), "high": round(high, 4), "rows": count, "of": of, **more}


def _emotion(model: Model) -> dict[str, Figure]:
    rows = data.emotion("test")
    p = model.score(rows.texts).p
    labels = _macro(model, p, rows, [f"label.{name}" for name in LABELS])
    feelings = _macro(model, p, rows, [f"feeling.{name}" for name in FEELINGS])
    every = np.arange(len(rows))
    found = {
        "goemotions": _figure(
            labels(every), labels, len(rows),
            "GoEmotions test, macro-F1 of 28 labels, thresholds from dev",
            peers={"BERT-base (the paper)": 0.46, "RoBERTa-base (published)": 0.52},
        ),
        "feelings": _figure(
            feelings(every), feelings, len(rows), "GoEmotions test, mean F1 of the eight shown feelings"
        ),
    }  # fmt: skip
    for name in FEELINGS:
        one = _macro(model, p, rows, [f"feeling.{name}"])
        found[f"feeling.{name}"] = _figure(one(every), one, len(rows), f"GoEmotions test, F1 of {name}")
    for name in LABELS:
        one = _macro(model, p, rows, [f"label.{name}"])
        found[f"label.{name}"] = _figure(one(every), one, len(rows), f"GoEmotions test, F1 of {name}")
    known = ~np.isnan(rows.targets[:, _F]).any(1)
    found["feelings.calibration"] = {
        "value": round(calibration_error(p[known][:, _F], rows.targets[known][:, _F]), 4),
        "of": "GoEmotions test, expected calibration error of the eight feelings",
    }
    return found


def _macro(model: Model, p: Any, rows: Rows, outputs: list[str]) -> Callable[[NDArray[np.intp]], float]:
    places = [PLACE[name] for name in outputs]
    said = p[:, places] >= np.array([model.card.thresholds[name] for name in outputs])
    truth = np.nan_to_num(rows.targets[:, places]) > 0

    def measure(at: NDArray[np.intp]) -> float:
        return float(np.mean([f1(said[at, k], truth[at, k]) for k in range(len(places))]))

    return measure


def _requests(model: Model) -> dict[str, Figure]:
    rows = data.requests("test")
    said = model.score(rows.texts).of("asks") >= 0.5
    truth = rows.targets[:, PLACE["asks"]] > 0.5

    def right(at: NDArray[np.intp]) -> float:
        return float((said[at] == truth[at]).mean())

    every = np.arange(len(rows))
    return {
        "requests": _figure(right(every), right, len(rows), "requests in business e-mail, official test, accuracy"),
        "requests.f1": _figure(
            f1(said, truth), lambda at: f1(said[at], truth[at]), len(rows), "the same, F1 of request"
        ),
    }


def _letters(model: Model) -> dict[str, Figure]:
    held = [each for each in data.letters("held.txt") if each.direction == "in"]
    pages = [messages.page(model, each) for each in held]
    lines = [line for each in held for line in each.lines]
    found: dict[str, Figure] = {}
    issue = np.concatenate([by_model.likelihoods(page, "issue") for page in pages])
    wholes = np.array([by_model.complaint(page) for page in pages])
    said = np.concatenate(
        [_said(by_model.issues(page, float(whole)), page) for page, whole in zip(pages, wholes, strict=True)]
    )
    truth = np.array(["issue" in line.flags for line in lines])
    polite = np.array([bool({"passive", "irony"} & line.flags) for line in lines])
    calm = ~truth | polite
    found["issues"] = _f1(said, truth, "held letters, F1 of sentences that say something is wrong")
    found["polite"] = _f1(said[calm], polite[calm], "held letters, F1 of polite, passive and ironic complaints")
    whole_truth = np.array([any("issue" in line.flags for line in each.lines) for each in held])
    found["complaint"] = _f1(
        wholes >= model.card.thresholds["complaint"], whole_truth, "held letters, F1 of letters that complain"
    )
    found["complaint.calibration"] = _ece(wholes, whole_truth, "held letters, complaint", bins=8)
    found["issue.calibration"] = _ece(issue, truth, "held letters, issue")
    shown = np.concatenate([by_model.feelings(page) for page in pages])
    felt = np.array([[line.feeling == name for name in FEELINGS] for line in lines])
    found["letters.feelings.calibration"] = _ece(shown, felt, "held letters, eight feelings")
    for name in FLAGS:
        if name in {"issue", "passive", "irony"} or not any(name in line.flags for line in lines):
            continue
        is_so = np.array([name in line.flags for line in lines])
        p = np.concatenate(
            [
                by_model.likelihoods(page, name) if name in by_model.KINDS else page.scores.of(f"flag.{name}")
                for page in pages
            ]
        )
        found[f"flag.{name}"] = _f1(p >= model.card.thresholds[f"flag.{name}"], is_so, f"held letters, F1 of {name}")
        found[f"flag.{name}.calibration"] = _ece(p, is_so, f"held letters, {name}")
    return found


def _said(spans: Any, page: by_model.Page) -> NDArray[np.bool_]:
    starts = {span.start for span in spans}
    return np.array([sentence.start in starts for sentence in page.sentences])


def _f1(said: Any, truth: Any, of: str) -> Figure:
    right = int((said & truth).sum())
    return _figure(
        f1(said, truth), lambda at: f1(said[at], truth[at]), len(truth), of,
        precision=round(right / max(1, int(said.sum())), 4), recall=round(right / max(1, int(truth.sum())), 4),
    )  # fmt: skip


def _ece(p: Any, truth: Any, of: str, *, bins: int = 15) -> Figure:
    value = round(calibration_error(p, truth, bins), 4)
    return {"value": value, "of": f"{of}: expected calibration error", "rows": len(truth)}


def folds(*, device: str = "cpu") -> None:
    """Politeness and incivility: the second stage's recipe on four fifths, blended evenly, measured on the rest."""
    parts: dict[str, list[tuple[Any, Any]]] = {"politeness": [], "incivility": []}
    for number in range(data.FOLDS):
        course, left = stages.fold(number)
        network = fit(course, device=device)
        weights, idf, bias = linear.fit_linear(course.rows, only=("polite", "heat.uncivil"))
        for name, rows in left.items():
            output = PLACE["polite" if name == "politeness" else "heat.uncivil"]
            rough = np.asarray(linear.unit(linear.counts(rows.texts), idf) @ weights)[:, output] + bias[output]
            parts[name].append((logits(network, rows)[:, output] + rough, rows.targets[:, output]))
            print(f"   fold {number}, {name}: AUC {auc(parts[name][-1][0], parts[name][-1][1] > 0.5):.3f}", flush=True)
    polite, rank = (np.concatenate([part[i] for part in parts["politeness"]]) for i in (0, 1))
    outer = (rank < 0.25) | (rank > 0.75)
    right = (polite[outer] > 0) == (rank[outer] > 0.5)
    heat, uncivil = (np.concatenate([part[i] for part in parts["incivility"]]) for i in (0, 1))
    found = {
        "politeness": _figure(
            float(right.mean()), lambda at: float(right[at].mean()), len(right),
            "Wikipedia requests, top against bottom quartile, accuracy over five folds of the recipe",
            peers={"2013 (published)": 0.838, "CNN (published)": 0.858},
        ),
        "uncivil": _figure(
            auc(heat, uncivil > 0.5), lambda at: auc(heat[at], uncivil[at] > 0.5), len(heat),
            "uncivil comments, area under the curve over five folds of threads",
        ),
    }  # fmt: skip
    _FOLDS.write_text(json.dumps(found, indent=1), encoding="utf-8")
    print(json.dumps(found, indent=1))
