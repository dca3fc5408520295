"""Labelled letters read as mail: what was found in them, laid back upon the lines that carry the labels."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from training import data
from training.data import Letter, Line
from training.tasks import PLACE

from amends.judgement import language, sentences
from amends.judgement.model import Model, use
from amends.judgement.model.outputs import FEELINGS, FLAGS
from amends.judgement.reading import Reading, by_model, by_rules, read
from bench.judgement.figures import Flags, Numbers

FOUND = {
    "issue": "issues",
    "request": "requests",
    "scope": "scope_request",
    "wanted": "wanted",
    "leaving": "leaving",
    "praise": "praise",
    "referral": "referral",
    "promise": "promises",
}
"""What is found in a message, by the flag that says so in a letter."""
OF_BOTH = frozenset({"request", "promise"})
"""Found in our own letters as well; the rest in those of clients only."""
_ENDED = (".", "!", "?", "…", '"', "”", ")")


@dataclass(frozen=True)
class Sheet:
    """A letter as mail: lines without a full stop stand alone (greeting, closing), all others follow one another."""

    letter: Letter
    text: str
    spans: tuple[tuple[int, int], ...]

    @property
    def name(self) -> str:
        """What must not be torn apart when rows are resampled."""
        return f"{self.letter.file}:{self.letter.place}"

    @property
    def client(self) -> bool:
        """Did a client write it."""
        return self.letter.direction == "in"


def sheet(letter: Letter) -> Sheet:
    """The letter, laid out."""
    text, spans = "", []
    for line in letter.lines:
        spans.append((len(text), len(text) + len(line.text)))
        text += line.text + (" " if line.text.endswith(_ENDED) else "\n\n")
    return Sheet(letter, text.rstrip(), tuple(spans))


@cache
def sheets(part: str) -> tuple[Sheet, ...]:
    """`train`, `dev` (one in eight of the training letters) or `held`."""
    if part == "held":
        return tuple(map(sheet, data.letters("held.txt")))
    train, dev = data.training_letters()
    return tuple(map(sheet, train if part == "train" else dev))


@dataclass(frozen=True)
class Lines:
    """All lines of some letters, in order, each with the letter that it is of."""

    sheets: tuple[Sheet, ...]

    @property
    def every(self) -> list[Line]:
        """The lines themselves."""
        return [line for each in self.sheets for line in each.letter.lines]

    @property
    def texts(self) -> list[str]:
        """Their words."""
        return [line.text for line in self.every]

    @property
    def groups(self) -> list[str]:
        """The letter of each."""
        return [each.name for each in self.sheets for _ in each.letter.lines]

    @property
    def client(self) -> Flags:
        """Was it written by a client."""
        return np.array([each.client for each in self.sheets for _ in each.letter.lines])

    def flag(self, name: str) -> Flags:
        """Does it carry this flag."""
        return np.array([name in line.flags for line in self.every])

    @property
    def feeling(self) -> Any:
        """Its feeling, as a place in FEELINGS."""
        return np.array([FEELINGS.index(line.feeling) for line in self.every])

    def targets(self) -> Numbers:
        """(lines, flags and then feelings), NaN where the letter says nothing of it."""
        rows = data.sentences(each.letter for each in self.sheets)
        wanted = [PLACE[f"flag.{name}"] for name in FLAGS] + [PLACE[f"feeling.{name}"] for name in FEELINGS]
        return rows.targets[:, wanted].astype(float)


def readings(model: Model | None, letters: Sequence[Sheet], *, cascade: bool = False) -> list[Reading]:
    """Every letter read as Amends reads mail; by rules alone where there is no model."""
    with use(model):
        return [read(each.text, writer="client" if each.client else "firm", cascade=cascade) for each in letters]


def said(found: Iterable[Reading], letters: Sequence[Sheet], flag: str) -> Flags:
    """By line: does something found for this flag touch it."""
    rows = []
    for reading, each in zip(found, letters, strict=True):
        spans = [(span.start, span.end) for span in getattr(reading, FOUND[flag])]
        if flag == "promise":
            writer = "client" if each.client else "firm"
            spans = [(one.start, one.end) for one in reading.promises if one.by == writer]
        rows += [any(start < high and low < end for start, end in spans) for low, high in each.spans]
    return np.array(rows, bool)


def pages(model: Model, letters: Sequence[Sheet], *, cascade: bool = False) -> list[by_model.Page | None]:
    """What `read` sees before it decides, sentence by sentence; None where it takes the letter for no English."""
    found: list[by_model.Page | None] = []
    for each in letters:
        parts = list(sentences.split(each.text))
        english = bool(parts) and language.guess(each.text) == "en"
        heard = by_rules.hear(each.text) if english else by_rules.NOTHING
        found.append(by_model.read_page(parts, heard, model, cascade=cascade) if english else None)
    return found


def likelihoods(pages: Iterable[by_model.Page | None], letters: Sequence[Sheet], flag: str) -> Numbers:
    """By line: the probability of the likeliest sentence that touches it."""
    return _by_line(
        pages, letters, lambda page: by_model.likelihoods(page, flag)[:, None], 1, lambda rows: rows.max(0)
    )[:, 0]


def feelings(pages: Iterable[by_model.Page | None], letters: Sequence[Sheet]) -> Numbers:
    """By line, (lines, 8): the feelings of the least neutral sentence that touches it."""
    return _by_line(pages, letters, by_model.feelings, len(FEELINGS), lambda rows: rows[rows[:, -1].argmin()])


def _by_line(pages: Iterable[by_model.Page | None], letters: Sequence[Sheet], of: Any, width: int, one: Any) -> Numbers:
    rows = []
    for page, each in zip(pages, letters, strict=True):
        p = of(page) if page else np.zeros((0, width))
        for low, high in each.spans:
            touching = [at for at, s in enumerate(page.sentences if page else ()) if s.start < high and low < s.end]
            rows.append(one(p[touching]) if touching else _silent(width))
    return np.array(rows, float).reshape(-1, width)


def _silent(width: int) -> Numbers:
    """Nothing, or neutral."""
    return np.array([0.0] * (width - 1) + [float(width > 1)])
