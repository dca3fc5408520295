"""Labelled drafts, sentence by sentence, from where they lie: what the guard's branch learns from.

The drafts of `drafts/README.md` have every tag; the guard's corpus, its sentences and its rules' examples say of the
six tones only, letters and public replies of agents that there is none. What a set does not say is NaN.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from amends.judgement import sentences
from amends.judgement.guard import rules as guard_rules
from amends.judgement.guard.view import View, unquoted
from amends.judgement.model.encoder import Around
from amends.judgement.model.outputs import GUARD_OUTPUTS, MOVES, TONES
from amends.judgement.model.scoring import neighbours
from training import data
from training.data import ALONE, Rows

HERE = Path(__file__).resolve().parent / "drafts"
CORPUS = HERE.parents[1] / "bench" / "guard" / "corpus"
ALONE_TRADE = "sentences"
"""The trade of a block whose lines do not belong together: each is read as a draft of its own."""
_PLACE = {name: place for place, name in enumerate(GUARD_OUTPUTS)}
_TONES = slice(0, len(TONES))


@dataclass(frozen=True)
class Told:
    """One draft: `answering` is `complaint`, `question`, `praise`, `other` or `nothing`; `asked` the client's words."""

    trade: str
    answering: str
    asked: str
    lines: tuple[tuple[frozenset[str], str], ...]
    file: str
    place: int

    @property
    def tags(self) -> frozenset[str]:
        """Every tag of any sentence."""
        return frozenset().union(*(tags for tags, _ in self.lines))

    @property
    def text(self) -> str:
        """The draft as mail, its sentences joined by spaces."""
        return " ".join(text for _, text in self.lines)


class BadDraft(ValueError):
    """A draft that is not in the form of `drafts/README.md`; says where."""


def told(name: str) -> Iterator[Told]:
    """The drafts of a file of `drafts/`, in order. Raises BadDraft."""
    blocks = (HERE / name).read_text(encoding="utf-8").split("\n\n")
    for place, block in enumerate(filter(None, map(str.strip, blocks))):
        head, *lines = block.splitlines()
        trade, _, answering = head.removeprefix("## ").partition("|")
        asked = [line.removeprefix(">").strip() for line in lines if line.startswith(">")]
        own = tuple(_line(line, name) for line in lines if not line.startswith(">"))
        if not head.startswith("## ") or answering.strip() not in ANSWERING or not own:
            raise BadDraft(f"{name}, draft {place}: {head!r} is no heading, or nothing follows it.")
        parts = [(line,) for line in own] if trade.strip() == ALONE_TRADE else [own]
        for part in parts:
            yield Told(trade.strip(), answering.strip(), " ".join(asked), part, name, place)


ANSWERING = frozenset({"complaint", "question", "praise", "other", "nothing"})


def _line(line: str, name: str) -> tuple[frozenset[str], str]:
    before, bar, text = line.partition("|")
    tags = frozenset(before.split()) - {"-"}
    if not bar or not text.strip() or not tags <= set(GUARD_OUTPUTS):
        raise BadDraft(f"{name}: {line!r} is not `tags | sentence`.")
    return tags, text.strip()


def every() -> list[Told]:
    """The drafts of all files."""
    return [each for path in sorted(HERE.glob("train-*.txt")) for each in told(path.name)]


def hand(name: str) -> str:
    """Who wrote a file: `train-own-slips.txt` and `train-own.txt` are by one hand."""
    return "-".join(name.removesuffix(".txt").split("-")[:2])


def of_drafts(found: Iterable[Told]) -> Rows:
    """The sentences of drafts; groups are the hands."""
    made = _Maker()
    for each in found:
        written = [unquoted(text) for _, text in each.lines]
        for at, (tags, _) in enumerate(each.lines):
            row = np.array([name in tags for name in GUARD_OUTPUTS], np.float32)
            made.add(written[at], row, hand(each.file), neighbours(written, at))
    return made.rows()


def of_corpus() -> Rows:
    """The sentences of the guard's corpus: a tone where a label's quote overlaps, unknown where it has no quote."""
    from bench.guard.corpus import case, rows

    made = _Maker()
    for line in rows(held=False) + rows(held=True):
        each = case(line)
        view = View(each.draft, each.context)
        if not view.cast.leaves or view.language != "en":
            continue
        parts = view.sentences
        written = [part.text.strip() for part in parts]
        for at, part in enumerate(parts):
            row = _tones(0)
            for family, quote in each.expect:
                if family in TONES:
                    start = each.draft.new_text.find(quote) if quote else -1
                    row[_PLACE[family]] = _meets(start, quote, part) if quote else np.nan
            made.add(written[at], row, "corpus", neighbours(written, at))
    return made.rows()


def _meets(start: int, quote: str, part: sentences.Sentence) -> float:
    return float(start >= 0 and part.start < start + len(quote) and start < part.end)


def of_sentences() -> Rows:
    """`sentences.tsv` and the examples of the wording rules: each said to be of one family, or clean."""
    made = _Maker()
    for line in (CORPUS / "sentences.tsv").read_text(encoding="utf-8").splitlines():
        family, _, text = line.partition("\t")
        made.add(text, _tones(0) if family == "clean" else _one(family), "corpus", ALONE)
    for rule in guard_rules().values():
        if rule.family in TONES:
            examples = [(text, _one(rule.family)) for text in rule.bad] + [(text, _tones(0)) for text in rule.good]
            for text, row in examples:
                if "\n" not in text:
                    made.add(text, row, "corpus", ALONE)
    return made.rows()


def of_letters() -> Rows:
    """Letters that firms write in `letters/`: none of them hurts, and some promise."""
    made = _Maker()
    names = sorted(path.name for path in data.LETTERS.glob("train-*.txt"))
    for letter in data.letters(*names):
        if letter.direction == "out" and letter.place % _EVERY_LETTER == 0:
            written = [line.text for line in letter.lines]
            for at, line in enumerate(letter.lines):
                row = _tones(0)
                row[_PLACE["promise"]] = "promise" in line.flags
                made.add(line.text, row, "letters", neighbours(written, at))
    return made.rows()


_HANDLE = re.compile(r"^(?:@\w+\s+)+|https?://\S+|\s*(?:[\^*]\s?\w{1,12}|-\s?\w{2,12}|/\w{2,10})\s*$")
_MOST_REPLIES = 160
_EVERY_LETTER = 4  # one letter in so many: they are alike


def of_replies() -> Rows:
    """What agents of companies answer in public, a sample, as sentences without a harmful tone."""
    made = _Maker()
    found: list[str] = []
    for name in ("dev", "test"):
        talks = json.loads((data.ROOT / "customer_care" / f"{name}.json").read_text(encoding="utf-8"))
        found += [talk["agentURL"]["url_utterance"] for talk in talks]
    for reply in found[:: max(1, len(found) // _MOST_REPLIES)]:
        text = " ".join(_HANDLE.sub(" ", reply).split())
        written = [part.text.strip() for part in sentences.split(text)]
        for at, part in enumerate(written):
            if len(part.split()) > 3:
                made.add(part, _tones(0), "replies", neighbours(written, at))
    return made.rows()


class _Maker:
    """Collects rows."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.targets: list[NDArray[np.float32]] = []
        self.groups: list[str] = []
        self.around: list[Around] = []

    def add(self, text: str, row: NDArray[np.float32], group: str, around: Around) -> None:
        """One more."""
        self.texts.append(text)
        self.targets.append(row)
        self.groups.append(group)
        self.around.append(around)

    def rows(self) -> Rows:
        """All of them."""
        return Rows(self.texts, np.stack(self.targets), self.groups, self.around)


def _tones(value: float) -> NDArray[np.float32]:
    row = np.full(len(GUARD_OUTPUTS), np.nan, np.float32)
    row[_TONES] = value
    return row


def _one(family: str) -> NDArray[np.float32]:
    """Of one family; whether of another as well was not said."""
    row = _tones(np.nan)
    row[_PLACE[family]] = 1
    return row


__all__ = ["ANSWERING", "MOVES", "Told", "every", "hand", "of_corpus", "of_drafts", "of_letters", "of_replies", "told"]
