"""The weights of `amends.judgement.derailing`: fitted, calibrated and measured, from threads to the TOML beside the
rules.

    python -m training.derailing [--held] [--test] [--write]

**Threads.** `training/threads/train.txt` and `held.txt` (invented; see the README there), and the heated threads of
programmers in `incivility/comments.csv`, parted by thread: fold 0 is the test, 1 development, the rest training. Their
authors are not named, so each comment counts as a client's turn and features that need two parties are left out
(`waiting`, `owning`, `defensive`). From the first k comments (2 to 12) we predict whether one of the
next three is uncivil.

**Ordinary mail.** Threads in which nothing is said and nothing went wrong are most of all mail, and nobody writes
them down. `QUIET` of them, without any feature or with an answer that does what was asked, stand among ours, all
well.

**Fit.** Logistic loss, both sources with a bias of their own, pulled towards a weight of 0.8 with the sign that is
known beforehand, and never across zero: with 54 threads the sign is knowledge, and the data only say how much. The
strengths are chosen on threads left out. The scale and bias that ship are those that make the probabilities of
threads left out true (Platt 1999), ordinary ones among them: two in five derail.

`main(reader=...)` takes another reader of a text, (feelings, complaint), once a trained model supplies them.
"""

from __future__ import annotations

import argparse
import csv
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from amends.judgement import derailing
from amends.judgement.derailing import AGAINST, FEATURES, Turn
from amends.judgement.reading import read_incoming
from training.data import ROOT, fold_of
from training.measures import auc, calibration_error, interval

HERE = Path(__file__).resolve().parent
WEIGHTS = Path(derailing.__file__).parent / "rules" / "derailing_weights.toml"
PRIOR = 0.8
QUIET = 14.0
TWO_PARTIES = ("waiting", "owning", "defensive")
STRENGTHS = (1.0, 2.0, 4.0, 8.0)
SHARES = (0.0, 0.1, 0.25, 0.5, 1.0)
_AHEAD = 3
_FROM, _UNTIL = 2, 12
_NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)
_SIGNS = np.array([-1.0 if name in AGAINST else 1.0 for name in FEATURES])

Floats = NDArray[np.float64]
Reader = Callable[[str], tuple[Mapping[str, float], float]]


@cache
def as_shipped(text: str) -> tuple[Mapping[str, float], float]:
    """What `read_incoming` says; where it gives no emotions, they are put together from what its rules found."""
    read = read_incoming(text)
    emotions = getattr(read, "emotions", None)
    if emotions is not None:
        return emotions, read.complaint
    raw = dict.fromkeys(("anger", "frustration", "disappointment", "worry", "confusion", "gratitude", "joy"), 0.0)
    for feeling in read.feelings:
        raw[feeling.kind] = max(raw[feeling.kind], feeling.p)
    raw["joy"] = max((span.p for span in read.praise), default=0.0)
    raw["gratitude"] = 0.7 if _THANKS.search(text) else 0.0
    raw["neutral"] = max(float(np.prod([1 - p for p in raw.values()])), 0.001)
    total = sum(raw.values())
    return {name: p / total for name, p in raw.items()}, read.complaint


_THANKS = re.compile(r"\b(?:thanks|thank you|grateful|much appreciated)\b(?! (?:in advance|for nothing|to you))", re.I)


@dataclass(frozen=True)
class Cases:
    """Beginnings of threads: features (cases, FEATURES), whether the thread then derails, its name and its weight."""

    features: Floats
    truth: NDArray[np.bool_]
    threads: list[str]
    weights: Floats

    def part(self, keep: Iterable[bool]) -> Cases:
        """The cases for which it is true."""
        at = np.flatnonzero(np.fromiter(keep, bool))
        return Cases(self.features[at], self.truth[at], [self.threads[i] for i in at], self.weights[at])


def turn(text: str, *, by: str, at: datetime, reader: Reader) -> Turn:
    """One turn, read by `reader`."""
    feelings, complaint = reader(text) if by == "client" else ({}, 0.0)
    return Turn(at, "client" if by == "client" else "firm", len(text.split()), feelings, complaint, text)


def own_threads(name: str, reader: Reader) -> list[tuple[str, bool, list[Turn]]]:
    """Name, does it derail, and the turns above the line, of each thread of a file of ours."""
    found = []
    for number, block in enumerate(re.split(r"^## ", (HERE / "threads" / name).read_text("utf-8"), flags=re.M)[1:]):
        head, *lines = block.strip().splitlines()
        at, turns = _NOW, []
        for line in lines[: lines.index("---")]:
            who, text = line.split(" | ", 1)
            letter, after = who.split()
            at += _delay(after)
            turns.append(turn(text, by="client" if letter == "C" else "firm", at=at, reader=reader))
        found.append((f"{name}:{number}:{head}", head.endswith("derails"), turns))
    return found


def with_quiet(cases: Cases) -> Cases:
    """These, and `QUIET` threads in which nothing is said to be wrong."""
    quiet = np.zeros((2, len(FEATURES)))
    quiet[1, FEATURES.index("owning")] = 0.5
    return Cases(
        np.concatenate([cases.features, quiet]),
        np.concatenate([cases.truth, [False, False]]),
        [*cases.threads, "quiet", "quiet and done"],
        np.concatenate([cases.weights, [QUIET / 2, QUIET / 2]]),
    )


def _delay(text: str) -> timedelta:
    number = float(re.sub(r"\D", "", text))
    return timedelta(**{{"d": "days", "h": "hours", "m": "minutes"}.get(text[-1], "seconds"): number})


def own(name: str, reader: Reader, *, earlier: float = 0.0) -> Cases:
    """A case a thread; and its earlier beginnings that end with the client, each with weight `earlier`."""
    rows, truth, names, weights = [], [], [], []
    for thread, derails, turns in own_threads(name, reader):
        ends = [place + 1 for place, each in enumerate(turns[:-1]) if each.by == "client" and place] if earlier else []
        for end in (len(turns), *ends):
            rows.append(_row(turns[:end]))
            truth.append(derails)
            names.append(thread)
            weights.append(1.0 if end == len(turns) else earlier)
    return Cases(np.array(rows), np.array(truth), names, np.array(weights))


def github(folds: Iterable[int], reader: Reader, *, civil_so_far: bool = False) -> Cases:
    """A case each beginning of a thread of programmers; every thread weighs the same."""
    with (ROOT / "incivility" / "comments.csv").open(encoding="utf-8", newline="") as file:
        comments: dict[str, list[tuple[str, bool]]] = {}
        for row in csv.DictReader(file):
            comments.setdefault(row["issue_id"], []).append((_own_text(row["comment_body"]), row["tbdf"] != "None"))
    wanted = set(folds)
    rows, truth, names = [], [], []
    for thread, each in comments.items():
        if fold_of(thread) not in wanted:
            continue
        turns = [
            turn(text, by="client", at=_NOW + timedelta(hours=i), reader=reader) for i, (text, _) in enumerate(each)
        ]
        for k in range(_FROM, min(len(each), _UNTIL + 1)):
            if civil_so_far and any(uncivil for _, uncivil in each[:k]):
                break
            rows.append(_row(turns[:k], without=TWO_PARTIES))
            truth.append(any(uncivil for _, uncivil in each[k : k + _AHEAD]))
            names.append(thread)
    counts = {name: names.count(name) for name in set(names)}
    return Cases(np.array(rows), np.array(truth), names, np.array([1 / counts[name] for name in names]))


def _own_text(body: str) -> str:
    lines = (
        line for line in re.sub(r"```.*?(?:```|$)", " ", body, flags=re.S).splitlines() if not line.startswith(">")
    )
    return "\n".join(lines)[:4000]


def _row(turns: Sequence[Turn], *, without: Iterable[str] = ()) -> list[float]:
    found = derailing.features(turns) | dict.fromkeys(without, 0.0)
    return [found[name] for name in FEATURES]


def fit(cases: Cases, others: Cases | None, *, strength: float, share: float) -> tuple[Floats, float]:
    """Weights and bias; `others` count together as `share` of `cases`, with a bias of their own."""
    parts = [(cases, 1.0)]
    if others is not None and share:
        parts.append((others, share * cases.weights.sum() / others.weights.sum()))
    goal = PRIOR * _SIGNS

    def loss(point: Floats) -> tuple[float, Floats]:
        weights, slope = point[: len(FEATURES)], np.zeros_like(point)
        total = strength / 2 * float(((weights - goal) ** 2).sum())
        slope[: len(FEATURES)] = strength * (weights - goal)
        for place, (part, scale) in enumerate(parts):
            logit = part.features @ weights + point[len(FEATURES) + place]
            each = scale * part.weights
            total += float((each * (np.logaddexp(0, logit) - part.truth * logit)).sum())
            error = each * (1 / (1 + np.exp(-logit)) - part.truth)
            slope[: len(FEATURES)] += part.features.T @ error
            slope[len(FEATURES) + place] += error.sum()
        return total, slope

    bounds = [(None, 0) if sign < 0 else (0, None) for sign in _SIGNS] + [(None, None)] * len(parts)
    found = minimize(loss, np.concatenate([goal, np.zeros(len(parts))]), jac=True, bounds=bounds).x
    return found[: len(FEATURES)], float(found[len(FEATURES)])


def left_out(cases: Cases, others: Cases | None, *, strength: float, share: float, folds: int = 14) -> Floats:
    """Each case's log-odds by a model that never saw its thread."""
    names = list(dict.fromkeys(cases.threads))
    fold = {name: number % folds for number, name in enumerate(names)}
    at = np.array([fold[name] for name in cases.threads])
    found = np.zeros(len(at))
    for each in range(folds):
        weights, bias = fit(with_quiet(cases.part(at != each)), others, strength=strength, share=share)
        found[at == each] = cases.features[at == each] @ weights + bias
    return found


def platt(logit: Floats, truth: NDArray[np.bool_], weights: Floats) -> tuple[float, float]:
    """Scale and shift of log-odds that make them true, with Platt's softened targets."""
    yes, no = truth.sum(), (~truth).sum()
    target = np.where(truth, (yes + 1) / (yes + 2), 1 / (no + 2))

    def loss(point: Floats) -> float:
        z = point[0] * logit + point[1]
        return float((weights * (np.logaddexp(0, z) - target * z)).sum())

    scale, shift = minimize(loss, np.array([1.0, 0.0]), bounds=[(0.2, 3), (None, None)]).x
    return float(scale), float(shift)


def report(name: str, logit: Floats, cases: Cases) -> str:
    """One line: area under the curve with its interval over threads, accuracy, Brier score, calibration error."""
    p, truth = 1 / (1 + np.exp(-logit)), cases.truth
    low, high = interval(lambda at: auc(p[at], truth[at]), len(p), groups=cases.threads)
    right = float(((p >= 0.5) == truth).mean())
    brier = float(((p - truth) ** 2).mean())
    threads = len(set(cases.threads))
    return (
        f"{name:34} {threads:4} threads {len(p):5} cases, {truth.mean():.2f} derail: AUC {auc(p, truth):.3f} "
        f"({low:.2f} to {high:.2f}), right {right:.3f}, Brier {brier:.3f}, ECE {calibration_error(p, truth, 5):.3f}"
    )


def chosen(train: Cases, others: Cases, dev: Cases) -> tuple[float, float]:
    """The strength of the pull and the share of the programmers' threads that lose least on threads left out."""
    best = (np.inf, 0.0, 0.0)
    for strength in STRENGTHS:
        for share in SHARES:
            logit = left_out(train, others, strength=strength, share=share)
            lost = float((train.weights * (np.logaddexp(0, logit) - train.truth * logit)).sum() / train.weights.sum())
            weights, _ = fit(with_quiet(train), others, strength=strength, share=share)
            rank = auc(dev.features @ weights, dev.truth)
            print(f"  pull {strength:4} share {share:4}: left out {lost:.4f}, programmers' dev AUC {rank:.3f}")
            best = min(best, (lost + (0.5 - rank) * 0.5, strength, share))
    return best[1:]


def main(reader: Reader = as_shipped) -> None:
    """Fit, report, and write where asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--held", action="store_true", help="report the held threads (once, at the end)")
    parser.add_argument(
        "--test", action="store_true", help="report the test fold of the programmers (once, at the end)"
    )
    parser.add_argument("--write", action="store_true", help="write the weights beside the rules")
    wanted = parser.parse_args()
    train, others, dev = own("train.txt", reader, earlier=0.3), github((2, 3, 4), reader), github((1,), reader)
    strength, share = chosen(train, others, dev)
    out = left_out(train, others, strength=strength, share=share)
    all_ = with_quiet(train)
    bias_ = fit(all_, others, strength=strength, share=share)
    quiet = all_.features[-2:] @ bias_[0] + bias_[1]
    scale, shift = platt(np.concatenate([out, quiet]), all_.truth, all_.weights)
    weights, bias = fit(with_quiet(train), others, strength=strength, share=share)
    weights, bias = weights * scale, bias * scale + shift
    lasts = train.weights == 1
    lines = [f"pull {strength}, programmers' share {share}, scale {scale:.2f}"]
    lines.append(report("ours, left out", (out * scale + shift)[lasts], train.part(lasts)))

    def told(name: str, cases: Cases) -> None:
        lines.append(report(name, cases.features @ weights + bias, cases))

    told("programmers, dev", dev)
    told("programmers, dev, civil so far", github((1,), reader, civil_so_far=True))
    if wanted.held:
        told("ours, held", own("held.txt", reader))
    if wanted.test:
        told("programmers, test", github((0,), reader))
        told("programmers, test, civil so far", github((0,), reader, civil_so_far=True))
    print("\n".join([*lines, *(f"  {name:12} {weight:+.3f}" for name, weight in zip(FEATURES, weights, strict=True))]))
    if wanted.write:
        WEIGHTS.write_text(_toml(lines, weights, bias), encoding="utf-8")


def _toml(lines: Sequence[str], weights: Floats, bias: float) -> str:
    head = [
        "The weights of derailing.py, made by `python -m training.derailing --write`;",
        "log-odds where two in five derail.",
        *lines,
    ]
    body = [f"bias = {bias:.4f}", "", "[weights]"]
    body += [f"{name} = {weight:.4f}" for name, weight in zip(FEATURES, weights, strict=True)]
    return "\n".join([*(f"# {line}" for line in head), "", *body, ""])


if __name__ == "__main__":
    main()
