"""What a firm's people have said of its clients' sentences, brought to bear on the next ones.

Two things are learned, both from corrections alone, both small enough to say in a sentence:

- **Nearest examples.** A sentence nearly the same as one that somebody has judged is judged as they did. The nearest
  "yes" pulls the log-odds of a kind up, the nearest "no" down: `PULL x g(nearest yes) - PULL x g(nearest no)`, where
  `g` is 1 from a similarity of `SAME` upwards and fades, as a cube, to 0 at `UNLIKE`. Only the nearest of each side
  counts: a hundred sentences that are a little alike never outweigh one that is the same, the order in which people
  spoke does not matter, and what they took back is gone.
- **Thresholds.** Where people mostly say "no" of a kind, it takes more to be shown, and less where they mostly add
  what was missed: `default + BOUND x (no - yes) / (no + yes + SHRINK)`, counting each wording once.

Similarity is the cosine of two vectors; where either is missing, the share of words that two sentences have in common
(Jaccard). Vectors of sentences hardly notice a "not" (Hossain et al., ACL 2022), so where one of two sentences is
negated and the other is not, none decides alone.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

SAME = 0.9
"""From this similarity on, an example decides nearly alone."""
UNLIKE = 0.6
"""Up to this similarity, an example says nothing."""
NEGATED = 0.75
"""Sentences of which only one is negated count as no more alike than this: a nudge of an eighth of `PULL`."""
PULL = 8.0
"""What an example that is the same moves, in log-odds: 97% becomes 1%, and 2% becomes 98%."""
UNNOTICED = 0.02
"""The probability from which a kind starts that nobody found in a sentence."""
HOLDS = 0.5
"""From this probability on, examples alone say that a kind holds."""
BOUND = 0.15
"""No number of corrections moves a threshold further than this."""
SHRINK = 10.0
"""So many wordings have to be judged before half of the bound can be reached."""

_LEAST, _MOST = 0.01, 0.99
"""No finding is taken for surer than this, so that one example can overrule it."""
_LOWEST, _HIGHEST = 0.05, 0.95
_CHANGED = 0.01
_TELLS = "You said of “"
_TOLD = 90  # characters of an example that are quoted
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_DIGITS = re.compile(r"\d+")
_NEGATION = frozenset("no not never nobody nothing none neither nor nowhere without cannot".split())  # noqa: SIM905
_WORDS = {
    "complaint": ("a complaint", "no complaint"),
    "anger": ("anger", "no anger"),
    "frustration": ("frustration", "no frustration"),
    "disappointment": ("disappointment", "no disappointment"),
    "leaving": ("a thought of leaving", "no thought of leaving"),
    "scope_request": ("a request for more than agreed", "no request for more than agreed"),
    "praise": ("praise", "no praise"),
    "referral": ("a referral", "no referral"),
}


@dataclass(frozen=True, slots=True)
class Example:
    """What a person said of one sentence: that a kind of signal is in it (`right`), or is not.

    `vector` is the sentence's unit vector, or None. `weight` from 0 to 1 says how much of `PULL` it has: an answer that
    may have meant something else than "you misread this" is no more than a hint.
    """

    kind: str
    right: bool
    quote: str
    vector: Floats | None = None
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class _Nearest:
    """The example of one side that pulls most, and how much: 0 to 1."""

    pull: float = 0.0
    quote: str = ""


class Taught:
    """All that a firm has taught, ready to be asked. Costs a few microseconds an example and question."""

    def __init__(self, examples: Sequence[Example] = ()) -> None:
        kinds: dict[str, list[Example]] = defaultdict(list)
        for example in examples:
            kinds[example.kind].append(example)
        self._kinds = {kind: _Examples(ones) for kind, ones in sorted(kinds.items())}

    def __bool__(self) -> bool:
        """Whether anything was taught at all."""
        return bool(self._kinds)

    def adjust(self, kind: str, quote: str, vector: Floats | None, p: float) -> tuple[float, str]:
        """A finding's probability after what people said of sentences like it, and why in words ("": unchanged)."""
        known = self._kinds.get(kind)
        if known is None:
            return p, ""
        yes, no = known.nearest(quote, vector)
        if yes.pull == no.pull:
            return p, ""
        odds = _log_odds(min(max(p, _LEAST), _MOST)) + PULL * (yes.pull - no.pull)
        found = 1 / (1 + math.exp(-odds))
        found = max(p, found) if yes.pull > no.pull else min(p, found)
        if abs(found - p) < _CHANGED:
            return found, ""
        return found, _why(kind, yes.quote, right=True) if yes.pull > no.pull else _why(kind, no.quote, right=False)

    def kinds_taught(self, quote: str, vector: Floats | None) -> dict[str, float]:
        """Kinds that the nearest examples say hold of a sentence in which nobody found them, with their probability."""
        found = {kind: self.adjust(kind, quote, vector, UNNOTICED)[0] for kind in self._kinds}
        return {kind: p for kind, p in found.items() if p >= HOLDS}

    def threshold(self, kind: str, default: float) -> float:
        """From which probability on a kind is to be shown: `default`, moved by `BOUND` at most."""
        known = self._kinds.get(kind)
        if known is None:
            return default
        yes, no = known.said
        return min(max(default + BOUND * (no - yes) / (no + yes + SHRINK), _LOWEST), _HIGHEST)


class _Examples:
    """The examples of one kind, stacked for quick comparison: vectors as rows, words as an inverted index."""

    def __init__(self, examples: Iterable[Example]) -> None:
        self._all = sorted(examples, key=lambda one: (one.quote, one.right, one.weight))
        self._bags = [_bag(one.quote) for one in self._all]
        self._negated = np.array([_negated(bag) for bag in self._bags], np.bool_)
        self._right = np.array([one.right for one in self._all], np.bool_)
        self._weight = np.array([one.weight for one in self._all], np.float64)
        self._sizes = np.array([len(bag) for bag in self._bags], np.float64)
        self._with = [place for place, one in enumerate(self._all) if one.vector is not None]
        self._vectors = [one.vector for one in self._all if one.vector is not None]
        self._rows = np.stack(self._vectors).astype(np.float64) if self._vectors else None
        self._having: dict[str, list[int]] = defaultdict(list)
        for place, bag in enumerate(self._bags):
            for word in bag:
                self._having[word].append(place)

    @property
    def said(self) -> tuple[float, float]:
        """How much "yes" and "no" was said, each wording once, by its weightiest."""
        most: dict[tuple[bool, frozenset[str]], float] = defaultdict(float)
        for one, bag in zip(self._all, self._bags, strict=True):
            most[one.right, bag] = max(most[one.right, bag], one.weight)
        return math.fsum(w for (right, _), w in most.items() if right), math.fsum(
            w for (right, _), w in most.items() if not right
        )

    def nearest(self, quote: str, vector: Floats | None) -> tuple[_Nearest, _Nearest]:
        """The example that pulls most towards "yes", and the one towards "no"."""
        bag = _bag(quote)
        alike = self._words_shared(bag)
        if vector is not None and self._rows is not None and self._rows.shape[1] == len(vector):
            alike[self._with] = self._rows @ np.asarray(vector, np.float64)
        alike = np.where(self._negated == _negated(bag), alike, np.minimum(alike, NEGATED))
        pulls = self._weight * np.clip((alike - UNLIKE) / (SAME - UNLIKE), 0, 1) ** 3
        return self._strongest(pulls, self._right), self._strongest(pulls, ~self._right)

    def _strongest(self, pulls: NDArray[np.float64], side: NDArray[np.bool_]) -> _Nearest:
        pulls = np.where(side, pulls, 0)
        place = int(pulls.argmax())
        return _Nearest(float(pulls[place]), self._all[place].quote) if pulls[place] > 0 else _Nearest()

    def _words_shared(self, bag: frozenset[str]) -> NDArray[np.float64]:
        """The Jaccard similarity of each example's words with these."""
        shared = np.zeros(len(self._all), np.float64)
        if bag:
            for place, count in Counter(place for word in bag for place in self._having.get(word, ())).items():
                shared[place] = count
        return shared / np.maximum(self._sizes + len(bag) - shared, 1)


def alike(quote: str, other: str) -> float:
    """How alike two sentences are by their words alone, 0 to 1; `SAME` and more is near-identical."""
    one, two = _bag(quote), _bag(other)
    found = len(one & two) / max(len(one | two), 1)
    return found if _negated(one) == _negated(two) else min(found, NEGATED)


def packed(vector: Floats) -> bytes:
    """A vector as half-precision bytes, to be kept: 768 of them for 384 numbers."""
    return np.asarray(vector, "<f2").tobytes()


def unpacked(data: bytes) -> Floats:
    """The vector that `packed` packed, of unit length again."""
    found = np.frombuffer(data, "<f2").astype(np.float32)
    length = float(np.linalg.norm(found))
    return found / length if length > 0 else found


def _bag(quote: str) -> frozenset[str]:
    """The words of a sentence, without case and with every number alike."""
    return frozenset(_DIGITS.sub("0", word) for word in _WORD.findall(quote.lower().replace("’", "'")))


def _negated(bag: frozenset[str]) -> bool:
    return not _NEGATION.isdisjoint(bag) or any(word.endswith("n't") for word in bag)


def _log_odds(p: float) -> float:
    return math.log(p / (1 - p))


def tells_of_another(why: str) -> bool:
    """Whether this explanation quotes another sentence: one that somebody corrected, wherever it stands."""
    return why.startswith(_TELLS)


def _why(kind: str, quote: str, *, right: bool) -> str:
    words = _WORDS.get(kind, (kind.replace("_", " "), f"no {kind.replace('_', ' ')}"))
    said = " ".join(quote.split())
    said = said if len(said) <= _TOLD else f"{said[: _TOLD - 1].rstrip()}…"
    return f"{_TELLS}{said}” that it is {words[0] if right else words[1]}."
