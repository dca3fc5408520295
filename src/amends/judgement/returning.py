"""Is what a client raises now the same issue as one that they raised before, perhaps years ago and in other words?

Two complaints about one deliverable lie close together for any encoder, whatever is wrong with it: "The invoice came
late" and "The invoice has the wrong VAT" are nearer than "Third invoice with an error" and "You charged the old rate
again". So the encoder's vector is read twice, for the kind of fault and for the kind of deliverable, by two small
linear models (`returning.json`, made by `training/returning.py` from invented sentences of our own), and a logistic
model weighs how far both agree, the plain cosine and the words shared. No witness of likeness may count against it, so
a verbatim repeat is always the surest. Without vectors the words alone are weighed, and find only plain repeats.

What it cannot do: tell most faults that are like none of the kinds it has learned. On the held pairs, hard on purpose,
it found 1 of 100 returning issues and was wrong with 2 others (`bench/returning.py`): a hint for a person, no verdict.
What people say of its matches (`Verdicts`) is used at once, for that client only.
"""

from __future__ import annotations

import base64
import json
import math
import re
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

Floats = NDArray[np.float32]

K = TypeVar("K")

NEAR = 0.95
"""Two issues whose vectors have this cosine are one for the verdicts."""
NO_STEP, YES_STEP = 0.5, 0.25
"""How far a person's no raises a client's bar, and a yes lowers it, in log-odds."""
HIGHEST, LOWEST = 2.0, -0.75
"""How far all of them together may move it."""
CONFIRMED = 0.97
"""The confidence in a pair that a person has called the same."""

_WORD = re.compile(r"[^\W\d_]+")
_STOP = frozenset(
    """a an the and or but if it is are was were be been being has have had do does did we you i my our your us me he
    she they them him his her its their this that these those to of in on for with at by as from so can could will would
    get got just all any s ve re d m t ll too very also which who whom what there here into out up than then when where
    while about again still once more another yet time times second third fourth january february march april may june
    july august september october november december monday tuesday wednesday thursday friday saturday sunday week month
    year today yesterday hi hello dear please afraid unfortunately thanks
    """.split()  # noqa: SIM905  # as a list it would fill a page
)
_NO = re.compile(r"n[’']t\b", re.I)
_ENDINGS = (
    ("ations", "at"), ("ation", "at"), ("ings", ""), ("ing", ""), ("ies", "y"), ("ied", "y"), ("edly", ""),
    ("ed", ""), ("ly", ""), ("es", ""), ("s", ""),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Issue:
    """What a client said is wrong. `vector` is the encoder's unit vector of the quote, 384 numbers, or None."""

    quote: str
    vector: Floats | None = None


@dataclass(frozen=True, slots=True)
class Match(Generic[K]):
    """The best earlier issue: `key` is the caller's, `p` the confidence, `words` what both say ("invoice, wrong")."""

    key: K
    p: float
    words: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a person said of two issues of a client: are they the same?"""

    first: Issue
    second: Issue
    same: bool


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What people said of one client's matches, oldest first; of two on the same pair the later holds."""

    given: tuple[Verdict, ...] = ()

    def bar(self, threshold: float) -> float:
        """The confidence that this client's matches need where others need `threshold`."""
        yes = sum(each.same for each in self.given)
        shift = NO_STEP * (len(self.given) - yes) - YES_STEP * yes
        return _sigmoid(math.log(threshold / (1 - threshold)) + min(HIGHEST, max(LOWEST, shift)))

    def on(self, one: Issue, other: Issue) -> bool | None:
        """What was said of this pair, or of one nearly identical to it; None where nothing was."""
        for each in reversed(self.given):
            for first, second in ((one, other), (other, one)):
                if _near(each.first, first) and _near(each.second, second):
                    return each.same
        return None


NONE = Verdicts()


def likeness(one: Issue, other: Issue) -> float:
    """The calibrated probability that two issues of one client are the same; symmetric."""
    data = _data()
    rows = features(one, other)
    part = "vectors" if "fault" in rows else "words"
    model = data.models[part]
    z = model["bias"] + sum(weight * rows[name] for name, weight in model["weights"].items())
    return min(_sigmoid(z), float(model["most"]))


def returning(new: Issue, earlier: Sequence[tuple[K, Issue]], *, verdicts: Verdicts = NONE) -> Match[K] | None:
    """The earlier issue of this client that `new` most likely repeats, or None where none is sure enough.

    `earlier` are the client's issues of all engagements before this thread, each with the caller's key. The bar is
    chosen for a precision of .95 on the development pairs.
    """
    return _best(new, earlier, verdicts, "returning")


def same_in_thread(new: Issue, earlier: Sequence[tuple[K, Issue]], *, verdicts: Verdicts = NONE) -> Match[K] | None:
    """The issue of this thread that `new` says once more, or None.

    The bar is lower, for a precision of .85: within a thread people do repeat themselves, and a wrong merger costs
    one click.
    """
    return _best(new, earlier, verdicts, "thread")


def bar(*, vectors: bool) -> float:
    """The confidence from which `returning` makes a match, before any verdicts, with or without vectors."""
    return float(_data().models["vectors" if vectors else "words"]["returning"])


def features(one: Issue, other: Issue) -> dict[str, float]:
    """What speaks for two issues being the same, each 0 to 1: of the words, and of the vectors where both have one."""
    data = _data()
    mine, theirs = content(one.quote), content(other.quote)
    overlap, alike = _overlap(mine, theirs, data)
    found = {"overlap": overlap, "repeat": max(0.0, 2 * alike - 1)}
    found["worded"] = 1.0 if mine == theirs else _agree(*map(_kinds_of_words, (mine, theirs)))
    if one.vector is not None and other.vector is not None:
        found["cosine"] = max(0.0, float(one.vector @ other.vector))
        found["fault"] = _agree(*(data.fault.posterior(each) for each in (one.vector, other.vector)))
        found["object"] = _agree(*(data.object.posterior(each) for each in (one.vector, other.vector)))
    return found


@lru_cache(maxsize=4096)
def content(text: str) -> tuple[str, ...]:
    """The stems of the words that carry a meaning: no function words, dates, numbers or words such as "again"."""
    plain = _NO.sub(" not", text.replace("cannot", "not"))
    return tuple(stem(word) for word in _WORD.findall(plain.lower()) if word not in _STOP)


def stem(word: str) -> str:
    """A word without its commonest endings: "delayed", "delays" and "delaying" are one."""
    for ending, rest in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= (4 if ending == "ly" else 3):
            word = word[: len(word) - len(ending)] + rest
            break
    if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "aeiouls":
        word = word[:-1]
    return word.rstrip("e") if len(word) > 3 else word


def shared(one: str, other: str) -> str:
    """The words of `one` that `other` says as well, as `one` has them: "invoice, wrong"."""
    theirs = frozenset(content(other))
    found = {
        stem(word): word for word in _WORD.findall(one.lower()) if word not in _STOP and stem(word) in theirs
    }  # by stem, so that each is named once
    return ", ".join(found.values())


def _best(new: Issue, earlier: Sequence[tuple[K, Issue]], verdicts: Verdicts, bar: str) -> Match[K] | None:
    best: Match[K] | None = None
    for key, issue in earlier:
        said = verdicts.on(new, issue) if verdicts.given else None
        if said is False:
            continue
        p = likeness(new, issue)
        part = "words" if new.vector is None or issue.vector is None else "vectors"
        needed = verdicts.bar(float(_data().models[part][bar]))
        if said:
            p = max(p, CONFIRMED)
        if (said or p >= needed) and (best is None or p > best.p):
            best = Match(key, p, shared(new.quote, issue.quote))
    return best


def _near(one: Issue, other: Issue) -> bool:
    if content(one.quote) == content(other.quote):
        return True
    return one.vector is not None and other.vector is not None and float(one.vector @ other.vector) >= NEAR


def _sigmoid(z: float) -> float:
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, z))))


def _agree(one: Floats | None, other: Floats | None) -> float:
    """How far two distributions agree, 0 to 1 (Bhattacharyya's coefficient)."""
    return 0.0 if one is None or other is None else float(np.sqrt(one * other).sum())


def _overlap(one: Iterable[str], other: Iterable[str], data: _Data) -> tuple[float, float]:
    """The words that both have, weighed by their rarity, as a share of the shorter one's and of all."""
    mine, theirs = frozenset(one), frozenset(other)
    least, both, all_ = min(data.weight(mine), data.weight(theirs)), mine & theirs, mine | theirs
    return (data.weight(both) / least, data.weight(both) / data.weight(all_)) if least else (0.0, 0.0)


@lru_cache(maxsize=4096)
def _kinds_of_words(words: tuple[str, ...]) -> Floats | None:
    """The kinds of fault that words speak of, or None where they say nothing of any."""
    data = _data()
    scores = np.zeros(data.kinds, np.float32)
    known = {word: data.stems[word] for word in words if word in data.stems}
    length = math.sqrt(sum(float(rarity) ** 2 for rarity, _ in known.values())) or 1.0
    for rarity, kinds in known.values():
        for kind, weight in kinds:
            scores[kind] += weight * rarity / length
    return _softmax(scores) if scores.any() else None


def _softmax(scores: Floats) -> Floats:
    powers = np.exp(scores - scores.max())
    found: Floats = powers / powers.sum()
    return found


class _Linear:
    """A linear model of kinds over vectors, its weights held as bytes with a scale a row."""

    def __init__(self, made: Mapping[str, Any]) -> None:
        rows = np.frombuffer(base64.b64decode(made["weights"]), np.int8).reshape(len(made["bias"]), -1)
        self._weights: Floats = (rows * np.array(made["scale"])[:, None]).astype(np.float32)
        self._bias: Floats = np.array(made["bias"], np.float32)

    def posterior(self, vector: Floats) -> Floats:
        """How likely each kind is."""
        scores: Floats = self._weights @ vector + self._bias
        return _softmax(scores)


class _Data:
    """What `training/returning.py` has made."""

    def __init__(self, made: Mapping[str, Any]) -> None:
        self.models: dict[str, dict[str, Any]] = made["models"]
        self.stems: dict[str, tuple[float, list[tuple[int, float]]]] = made["stems"]
        self.fault, self.object = _Linear(made["fault"]), _Linear(made["object"])
        self.kinds = len(made["fault"]["bias"])
        self._rarest = max(rarity for rarity, _ in self.stems.values())

    def weight(self, words: Iterable[str]) -> float:
        """The rarity of all these words together; one never seen is as rare as the rarest."""
        return sum(self.stems[word][0] if word in self.stems else self._rarest for word in words)


@cache
def _data() -> _Data:
    return _Data(json.loads(files(__package__).joinpath("returning.json").read_text(encoding="utf-8")))
