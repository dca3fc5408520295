"""The labelled sets, read from where they lie and made into one shape.

`ROOT` is the folder of the public sets (`AMENDS_TRAINING_DATA`, default `../shared/data` beside the checkout); the
letters lie in the project. Every text comes with a row of targets, one place an output; NaN where the set says
nothing about that output.
"""

from __future__ import annotations

import csv
import hashlib
import os
import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from amends.judgement.model.encoder import Around
from amends.judgement.model.scoring import neighbours
from training.tasks import FEELINGS, FLAGS, LABELS, OUTPUTS, PLACE, SHOWN_AS

HERE = Path(__file__).resolve().parent
ROOT = Path(os.environ.get("AMENDS_TRAINING_DATA", HERE.parents[1] / "shared" / "data"))
LETTERS = HERE / "letters"
FOLDS = 5
DEV_EVERY = 8  # one letter in so many is for development

ALONE = Around("", "")

Targets = NDArray[np.float32]


@dataclass(frozen=True)
class Rows:
    """`targets[i]` belongs to `texts[i]`; `groups[i]` says what must not be torn apart by a split.

    `around[i]` is what stands before and after the text, empty where it stands alone.
    """

    texts: list[str]
    targets: Targets
    groups: list[str]
    around: list[Around]

    def pick(self, places: Iterable[int]) -> Rows:
        """These rows, in this order."""
        at = list(places)
        texts, groups, around = ([each[i] for i in at] for each in (self.texts, self.groups, self.around))
        return Rows(texts, self.targets[at], groups, around)

    def alone(self) -> Rows:
        """The same rows without what stands around them."""
        return Rows(self.texts, self.targets, self.groups, [ALONE] * len(self))

    def part(self, wanted: Iterable[bool]) -> Rows:
        """The rows for which it is true."""
        return self.pick(i for i, keep in enumerate(wanted) if keep)

    def __len__(self) -> int:
        return len(self.texts)


def join(*parts: Rows) -> Rows:
    """All rows, one part after the other."""
    return Rows(
        [text for part in parts for text in part.texts],
        np.concatenate([part.targets for part in parts]),
        [group for part in parts for group in part.groups],
        [each for part in parts for each in part.around],
    )


def fold_of(group: str) -> int:
    """The fold of a group of rows, the same on every machine."""
    return hashlib.blake2b(group.encode(), digest_size=4).digest()[0] % FOLDS


def for_development(group: str) -> bool:
    """Is this group of a set without an official development part kept for development (one in ten)."""
    return hashlib.blake2b(f"dev {group}".encode(), digest_size=4).digest()[0] % 10 == 0


def emotion(split: str) -> Rows:
    """GoEmotions, an official split: `train`, `dev` or `test`."""
    texts, rows = [], []
    for line in (ROOT / "emotion" / f"{split}.tsv").read_text(encoding="utf-8").splitlines():
        text, labels, _ = line.split("\t")
        names = [LABELS[int(each)] for each in labels.split(",")]
        row = _blank()
        row[: len(LABELS)] = 0
        for name in names:
            row[PLACE[f"label.{name}"]] = 1
        shown = [SHOWN_AS[name] for name in names if name in SHOWN_AS]
        if shown:
            row[[PLACE[f"feeling.{name}"] for name in FEELINGS]] = 0
            for name in shown:
                row[PLACE[f"feeling.{name}"]] += 1 / len(shown)
        texts.append(text.replace("[NAME]", "Alex").replace("[RELIGION]", "religion").strip())
        rows.append(row)
    return Rows(texts, np.array(rows, np.float32), [str(i) for i in range(len(texts))], [ALONE] * len(texts))


def politeness() -> Rows:
    """Wikipedia requests with the mean score of five annotators: `polite` is its rank, 0 to 1.

    The standard task (Danescu-Niculescu-Mizil et al., ACL 2013) is the top against the bottom quartile.
    """
    with (ROOT / "politeness" / "wikipedia.annotated.csv").open(encoding="utf-8", newline="") as file:
        found = [(row["Request"].strip(), float(row["Normalized Score"])) for row in csv.DictReader(file)]
    ranks = np.argsort(np.argsort([score for _, score in found])) / (len(found) - 1)
    rows = np.tile(_blank(), (len(found), 1))
    rows[:, PLACE["polite"]] = ranks
    texts = [text.replace("<url>", "the page") for text, _ in found]
    return Rows(texts, rows.astype(np.float32), texts, [ALONE] * len(texts))


def requests(split: str) -> Rows:
    """Sentences of business mail, request or not; `test` without the rows that stand in `train` too."""
    found = _requests(split)
    if split == "test":
        known = {text for text, _ in _requests("train")}
        found = [pair for pair in found if pair[0] not in known]
    rows = np.tile(_blank(), (len(found), 1))
    rows[:, PLACE["asks"]] = [asks for _, asks in found]
    texts = [text for text, _ in found]
    return Rows(texts, rows.astype(np.float32), texts, [ALONE] * len(texts))


def _requests(split: str) -> list[tuple[str, float]]:
    lines = (ROOT / "requests" / f"{split}.txt").read_text(encoding="utf-8").splitlines()
    pairs = (line.split("\t", 1) for line in lines if "\t" in line)
    return [(text.strip(), float(label == "Yes")) for label, text in pairs]


_HEAT = {
    "Bitter frustration": "bitter",
    "Impatience": "impatient",
    "Mocking": "mocking",
    "Irony": "mocking",
    "Insulting": "insulting",
}


def incivility() -> Rows:
    """Comments of heated threads of programmers; groups are the threads."""
    with (ROOT / "incivility" / "comments.csv").open(encoding="utf-8", newline="") as file:
        found = list(csv.DictReader(file))
    rows = np.tile(_blank(), (len(found), 1))
    heat = slice(PLACE["heat.uncivil"], PLACE["heat.insulting"] + 1)
    rows[:, heat] = 0
    for row, comment in zip(rows, found, strict=True):
        row[PLACE["heat.uncivil"]] = float(comment["tbdf"] != "None")
        kind = _HEAT.get(comment["tbdf"])
        if kind:
            row[PLACE[f"heat.{kind}"]] = 1
    texts = [" ".join(comment["comment_body"].split()) for comment in found]
    return Rows(texts, rows.astype(np.float32), [comment["issue_id"] for comment in found], [ALONE] * len(texts))


@dataclass(frozen=True)
class Line:
    """One sentence of a letter."""

    feeling: str
    flags: frozenset[str]
    text: str


@dataclass(frozen=True)
class Letter:
    """One letter: trade, `in` or `out`, its sentences; `place` counts within its file."""

    trade: str
    direction: str
    lines: tuple[Line, ...]
    file: str
    place: int

    @property
    def text(self) -> str:
        """The letter as mail: a sentence a line is how some write, so sentences are joined by spaces."""
        return " ".join(line.text for line in self.lines)


class BadLetter(ValueError):
    """A letter that is not in the form of `letters/README.md`; says where."""


def letters(*files: str) -> Iterator[Letter]:
    """The letters of these files, in order. Raises BadLetter."""
    for name in files:
        blocks = (LETTERS / name).read_text(encoding="utf-8").split("\n\n")
        for place, block in enumerate(filter(None, map(str.strip, blocks))):
            head, *lines = block.splitlines()
            trade, _, direction = head.removeprefix("## ").rpartition(",")
            if direction.strip() not in {"in", "out"} or not lines:
                raise BadLetter(f"{name}, letter {place}: {head!r} is no heading, or nothing follows it.")
            yield Letter(trade.strip(), direction.strip(), tuple(_line(each, name) for each in lines), name, place)


def _line(line: str, name: str) -> Line:
    parts = [part.strip() for part in line.split("|", 2)]
    flags = frozenset(parts[1].split()) if len(parts) == 3 else frozenset()
    if len(parts) != 3 or parts[0] not in FEELINGS or not flags <= set(FLAGS) or not parts[2]:
        raise BadLetter(f"{name}: {line!r} is not `feeling | flags | sentence`.")
    return Line(parts[0], flags, parts[2])


def training_letters() -> tuple[list[Letter], list[Letter]]:
    """Letters to train on, and those kept for development."""
    every = list(letters(*sorted(path.name for path in LETTERS.glob("train-*.txt"))))
    return [each for each in every if each.place % DEV_EVERY], [each for each in every if not each.place % DEV_EVERY]


_CLIENTS_ONLY = frozenset({"issue", "passive", "irony"})
"""What a firm admits itself is no complaint: of its letters these flags say nothing."""


def sentences(found: Iterable[Letter]) -> Rows:
    """The sentences of letters; groups are the letters."""
    texts, rows, groups, around = [], [], [], []
    for letter in found:
        written = [line.text for line in letter.lines]
        for place, line in enumerate(letter.lines):
            row = _blank()
            row[[PLACE[f"feeling.{name}"] for name in FEELINGS]] = 0
            row[PLACE[f"feeling.{line.feeling}"]] = 1
            for name in FLAGS:
                if letter.direction == "in" or name not in _CLIENTS_ONLY:
                    row[PLACE[f"flag.{name}"]] = float(name in line.flags)
            texts.append(line.text)
            rows.append(row)
            groups.append(f"{letter.file}:{letter.place}")
            around.append(neighbours(written, place))
    return Rows(texts, np.array(rows, np.float32).reshape(len(texts), len(OUTPUTS)), groups, around)


def pairs(name: str) -> Rows:
    """Pairs of issues of one client, same or other (`pairs/README.md`): each once in either order."""
    found = []
    for line in (HERE / "pairs" / name).read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            client, first, second, label = line.split("\t")
            found.append((client, first, second, label == "same"))
    return _pairs(found)


def wordings() -> Rows:
    """Pairs from `pairs/cases.txt`: wordings of one issue are the same, those of others of its deliverable are not."""
    chance = random.Random(7)
    blocks: list[list[list[str]]] = []
    for line in (HERE / "pairs" / "cases.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            blocks.append([])
        elif ":" in line and not line.startswith("#"):
            blocks[-1].append([each.strip() for each in line.partition(":")[2].split("|")])
    found = []
    for place, block in enumerate(blocks):
        for issue in block:
            found += [(str(place), one, other, True) for one, other in combinations(issue, 2)]
            others = [wording for other in block if other is not issue for wording in other]
            for wording in issue:
                near = chance.sample(others, min(2, len(others)))
                far = chance.choice([w for b in blocks if b is not block for i in b for w in i])
                found += [(str(place), wording, other, False) for other in (*near, far)]
    return _pairs(found)


def intents(neighbours_of: Callable[[list[str]], NDArray[np.float32]]) -> Rows:
    """Pairs from Banking77: questions of one intent, and the likest ones of other intents as near misses."""
    with (ROOT / "similarity" / "train.csv").open(encoding="utf-8", newline="") as file:
        rows = [(row["text"].strip(), row["category"]) for row in csv.DictReader(file)][::6]
    chance = random.Random(7)
    by_intent: dict[str, list[str]] = defaultdict(list)
    for text, intent in rows:
        by_intent[intent].append(text)
    vectors = neighbours_of([text for text, _ in rows])
    found = []
    for place, (text, intent) in enumerate(rows):
        found.append((intent, text, chance.choice(by_intent[intent]), True))
        likest = np.argsort(-(vectors @ vectors[place]))[1:40]
        misses = [rows[i][0] for i in likest if rows[i][1] != intent][:2]
        found += [(intent, text, miss, False) for miss in misses]
    return _pairs(found, both=False)


def _pairs(found: Iterable[tuple[str, str, str, bool]], *, both: bool = True) -> Rows:
    texts, rows, groups, around = [], [], [], []
    for group, first, second, same in found:
        for one, other in ((first, second), (second, first)) if both else ((first, second),):
            row = _blank()
            row[PLACE["same"]] = same
            texts.append(one)
            rows.append(row)
            groups.append(group)
            around.append(Around(other, ""))
    return Rows(texts, np.array(rows, np.float32), groups, around)


def _blank() -> Targets:
    return np.full(len(OUTPUTS), np.nan, np.float32)
