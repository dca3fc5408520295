"""What whole letters teach: how far a rule is a witness, and how sentences make a message."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from amends.judgement import sentences
from amends.judgement.model.outputs import FEELINGS
from amends.judgement.model.scoring import Model
from amends.judgement.reading import by_model, by_rules
from training.data import Letter
from training.measures import best_threshold

Floats = NDArray[np.float64]
_RULED = ("issue", "praise", "leaving", "scope", "referral")
_PULL = 2.0  # towards a rule that adds a third of its odds, and silence that says nothing


_LEAST, _MOST = 0.25, 0.6
"""Between these a threshold must lie: what is hardly likely is not shown, what is likely not hidden."""


def numbers(model: Model, letters: list[Letter]) -> tuple[dict[str, list[float]], dict[str, float]]:
    """What the card holds of messages: numbers, and thresholds that count the rules' word.

    `rules.*`: [weight of a rule's log-odds, log-odds where none fires]; `complaint`: see `by_model.complaint`;
    `emotions.power`. Thresholds are those of the best F1 on these letters.
    """
    model.card.numbers.update({"complaint": [0.3], "emotions.power": [4.0]})
    incoming = [each for each in letters if each.direction == "in"]
    pages = [page(model, each) for each in incoming]
    for kind in _RULED:
        model.card.numbers[f"rules.{kind}"] = _witness(pages, incoming, kind)
    model.card.numbers["rules.feeling"] = [0.5, 0.0]
    model.card.numbers["complaint"] = [_echo(pages, incoming)]
    model.card.numbers["emotions.power"] = [_power(pages, incoming)]
    found = {f"flag.{kind}": _threshold(pages, incoming, kind) for kind in by_model.KINDS}
    wholes = [by_model.complaint(each) for each in pages]
    found["complaint"] = _within_bounds(best_threshold(wholes, [_complains(each) for each in incoming]))
    return dict(model.card.numbers), found


def _threshold(pages: list[by_model.Page], letters: list[Letter], kind: str) -> float:
    p = np.concatenate([by_model.likelihoods(each, kind) for each in pages])
    truth = [kind in line.flags for letter in letters for line in letter.lines]
    return _within_bounds(best_threshold(p, truth)) if any(truth) else 0.5


def _within_bounds(threshold: float) -> float:
    return min(max(threshold, _LEAST), _MOST)


def _complains(letter: Letter) -> bool:
    return any("issue" in line.flags for line in letter.lines)


def page(model: Model, letter: Letter, *, cascade: bool = False) -> by_model.Page:
    """A letter as the reader sees it, cut where its writer's lines were cut."""
    text, parts = letter.text, []
    at = 0
    for line in letter.lines:
        parts.append(sentences.Sentence(line.text, at, at + len(line.text)))
        at += len(line.text) + 1
    return by_model.read_page(parts, by_rules.hear(text), model, cascade=cascade)


def _witness(pages: list[by_model.Page], letters: list[Letter], kind: str) -> list[float]:
    logits, strengths, truths = [], [], []
    for each, letter in zip(pages, letters, strict=True):
        fired = {span.start: span.p for span in getattr(each.heard, by_model.KINDS[kind])}
        for at, line in enumerate(letter.lines):
            p = float(np.clip(each.scores.of(f"flag.{kind}")[at], 1e-6, 1 - 1e-6))
            rule = next((p for start, p in fired.items() if _within(start, each.sentences[at])), None)
            logits.append(np.log(p / (1 - p)))
            strengths.append(np.log(rule / (1 - rule)) if rule else np.nan)
            truths.append(kind in line.flags)
    z, s, y = np.array(logits), np.array(strengths), np.array(truths, float)
    rules = ~np.isnan(s)

    def cost(w: Floats) -> float:
        total = z + np.where(rules, w[0] * np.nan_to_num(s), w[1])
        return float(np.logaddexp(0, total).sum() - y @ total + _PULL * ((w[0] - 0.3) ** 2 + w[1] ** 2))

    found = minimize(cost, np.array([0.3, 0.0]), method="L-BFGS-B", bounds=[(0, 2), (-1, 0)]).x
    return [float(found[0]), float(found[1])]


def _within(start: int, sentence: sentences.Sentence) -> bool:
    return sentence.start <= start < sentence.end


def _echo(pages: list[by_model.Page], letters: list[Letter]) -> float:
    """How much further complaining sentences add, so that whole letters are likeliest."""
    sentences_p = [np.sort(by_model.likelihoods(each, "issue"))[::-1] for each in pages]
    truth = np.array([_complains(each) for each in letters])

    def cost(echo: float) -> float:
        p = np.clip([by_model.together(each, echo) for each in sentences_p], 1e-6, 1 - 1e-6)
        return float(-np.log(np.where(truth, p, 1 - p)).sum())

    return min((round(step * 0.05, 2) for step in range(21)), key=cost)


def _power(pages: list[by_model.Page], letters: list[Letter]) -> float:
    """The power mean that makes the letters' own feelings likeliest: the one most often shown, else neutral."""
    truths = []
    for letter in letters:
        shown = [line.feeling for line in letter.lines if line.feeling != "neutral"]
        truths.append(FEELINGS.index(max(shown, key=shown.count) if shown else "neutral"))

    def cost(power: float) -> float:
        rows = [list(by_model.emotions(by_model.feelings(each), power).values()) for each in pages]
        return float(-sum(np.log(max(row[truth], 1e-6)) for row, truth in zip(rows, truths, strict=True)))

    return min((1.5, 2.0, 3.0, 4.0, 6.0, 9.0, 14.0, 20.0), key=cost)
