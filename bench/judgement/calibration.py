"""Is what is shown as 80 percent right four times in five: the expected calibration error of every shown probability.

Over bins of equal width (Guo et al., ICML 2017). Where a probability is shown only from its threshold on, the error
among those shown is given too: over all rows the many sure noes make any finding look well calibrated.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from training import data, measures

from amends.judgement import returning
from amends.judgement.model import Model
from amends.judgement.model.outputs import FEELINGS
from amends.judgement.promises import find_promises
from amends.judgement.reading import SHOWN, Reading
from amends.judgement.returning import Issue
from bench import returning as pairs
from bench.judgement import mail, ours
from bench.judgement.comments import there
from bench.judgement.commitments import promise_rows
from bench.judgement.figures import NONE, Flags, Numbers, share, table
from bench.judgement.letters import of_letter, part
from bench.judgement.mail import FOUND, OF_BOTH, Lines


class Told(NamedTuple):
    """One kind of probability: what was said of some rows, what was true, from where on it is shown (0: always)."""

    what: str
    p: Numbers
    truth: Flags
    shown: float


def calibration(model: Model, *, test: bool) -> None:
    """All shown probabilities, the worst first."""
    rows = []
    for what, p, truth, least in (*_of_letters(model, test=test), *_of_others(model, test=test)):
        said = p >= least
        every = measures.calibration_error(p, truth)
        among = measures.calibration_error(p[said], truth[said]) if least and said.any() else None
        rows.append(
            (every, what, f"{len(p):,}", share(every), str(said.sum()), NONE if among is None else share(among))
        )
    rows.sort(reverse=True)
    where = "held rows" if test else "development rows (flatters: the model was calibrated on them)"
    table(
        f"Expected calibration error on {where}, worst first",
        ["rows", "error", "shown", "error of shown"],
        [r[1:] for r in rows],
    )


def _of_letters(model: Model, *, test: bool) -> Iterator[Told]:
    letters = mail.sheets(part(test=test))
    lines, pages = Lines(letters), mail.pages(model, letters)
    theirs = [at for at, each in enumerate(letters) if each.client]
    found = mail.readings(model, letters)
    for name, flag in (("complaint", "issue"), ("leaving", "leaving"), ("praise", "praise")):
        truth = np.array([any(flag in line.flags for line in letters[at].letter.lines) for at in theirs])
        yield Told(f"message: {name}", np.array([_whole(found[at], name) for at in theirs]), truth, 0)
    emotions = np.array([list(each.emotions.values()) for each in found])
    loudest = np.array([of_letter(each) for each in letters])[:, None] == np.arange(len(FEELINGS))
    by_line = mail.feelings(pages, letters)
    for at, name in enumerate(FEELINGS):
        yield Told(f"message: {name}", emotions[:, at], loudest[:, at], 0)
        yield Told(f"sentence: {name}", by_line[:, at], lines.feeling == at, 0 if name == "neutral" else SHOWN)
    for flag in FOUND:
        if flag == "promise":
            continue  # what is shown of promises is that of rules and model together; see below
        kept = lines.client | (flag in OF_BOTH)
        p = mail.likelihoods(pages, letters, flag)[kept]
        yield Told(f"sentence: {flag}", p, lines.flag(flag)[kept], ours.bar(model, f"flag.{flag}"))


def _whole(reading: Reading, name: str) -> float:
    return {"complaint": reading.complaint, "leaving": reading.leaving_p, "praise": reading.praise_p}[name]


def _of_others(model: Model, *, test: bool) -> Iterator[Told]:
    rows = promise_rows(test=test)

    def likely(wanted: list[str]) -> list[float]:
        return [float(p) for p in model.score(wanted).of("flag.promise")]

    p, truth = [], []
    for row in rows:
        for each in find_promises(row["text"], writer=row["writer"], likely=likely):  # type: ignore[arg-type]
            p.append(each.p)
            truth.append(each.by == row["label"])
    yield Told("promises (of promises/*.tsv; only those found)", np.array(p), np.array(truth), SHOWN)
    if there("requests", "requests"):
        train = data.requests("train")
        asked = data.requests("test") if test else train.part(map(data.for_development, train.groups))
        at = ours.PLACE["asks"]
        yield Told(
            "requests (of the public set)",
            model.score(asked.texts).p[:, at].astype(float),
            asked.targets[:, at] > 0.5,
            0,
        )
    known = pairs.pairs("held" if test else "check")
    texts = sorted({text for row in known for text in row[1:3]})
    vectors = dict(zip(texts, model.vectors(texts), strict=True))
    alike, p = pairs.scored(known, lambda a, b: returning.likeness(Issue(a, vectors[a]), Issue(b, vectors[b])))
    yield Told("returning issue (pairs)", np.asarray(p, float), np.asarray(alike, bool), returning.bar(vectors=True))
