"""Is this conversation about to derail: a probability from its course so far, and what drives it, in words.

**Derailing** means that the client turns on the people instead of the matter, goes over their heads, to lawyers or to
the public, or breaks the work off. It is forecast from what stands there *before* that happens: how hot the client's
turns are and whether hotter than before, how many in a row say that something is wrong, accusation, escalation,
repetition, ultimatums, second thoughts, answers that get shorter or do not come, and whether we excuse or own.
Phrases are rules (`rules/derailing.toml`); the features are few, each from 0 to 1, and a logistic regression with
signs fixed beforehand weighs them (`rules/derailing_weights.toml`, made by `training/derailing.py`, with its
figures). What was said stays said: a feature fades only when the client writes a calmer turn. So one more angry
accusation never lowers the probability.

**What cannot be known.** Forecasting is much harder than recognising: the best published accuracy on conversations
of Wikipedia and Reddit, half of which derail, is .65 to .71 with large models (Zhang et al., ACL 2018; Chang and
Danescu-Niculescu-Mizil, EMNLP 2019, CRAFT). With feelings read by rules, ours is no better than chance on heated
threads of programmers, whose parties are unnamed and who use none of a client's words (AUC .49, .40 to .59), and at
.91 (.73 to 1.00) on twenty invented client threads by the hand that wrote the rules: the truth for your mail lies
between. Nobody who reads the mail alone can know what was said on the telephone, what the client's week was like, what
their director thinks, or that they have already decided and write politely until the contract ends. The quiet ones
are missed. An answer that owns the matter usually turns a heated thread, so the forecast is a reason to act and not a
fate. Only English words are read; elsewhere feelings and course remain.

**What p means.** Among conversations like those it was fitted on, *two in five of which derailed*, the share that did.
In mail at large far fewer do: `at_base` says what p becomes where a given share derails.
"""

from __future__ import annotations

import math
import tomllib
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import TYPE_CHECKING, Literal, NamedTuple

from amends.judgement import sentences, setting
from amends.judgement.fragments import words as words_of
from amends.judgement.rulebook import plain
from amends.judgement.scanning import Hit, scanner

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

RULE_FILE = "derailing"
FEATURES = (
    "heat", "rising", "wrong", "wrongs", "accusing", "escalating", "repeating", "ultimatum", "doubting",
    "shorter", "waiting", "defensive", "owning", "kindness",
)  # fmt: skip
"""What is weighed; the last two speak against derailing."""
FITTED_BASE = 0.4
"""The share of derailing threads among those that p was calibrated on."""
AGAINST = frozenset({"owning", "kindness"})

_HOT = 0.5
_KEPT = 0.75
"""What remains of a feature after a turn of the client's that is neither hot nor kind."""
_KEPT_WHEN_KIND = 0.4
_KIND = 0.3
_CALM = 0.4
"""How much a shorter answer counts while nothing is wrong: "Tuesday." is enough to fix a date."""
_SPOKEN_OF = 0.15
"""A feature that moves the log-odds by less than this is not worth a phrase."""
_KINDS = {
    "accusation": "accusing",
    "escalation": "escalating",
    "repetition": "repeating",
    "ultimatum": "ultimatum",
    "second_thoughts": "doubting",
    "leaving": "doubting",
}
_ORDINALS = ("", "", "second", "third", "fourth", "fifth", "sixth")


@dataclass(frozen=True, slots=True)
class Turn:
    """One message of a thread; `at` orders nothing (the sequence does) and is for whoever reads the answer.

    `feelings` are the eight of the contract, summing to 1; `complaint` is from 0 to 1; `text` is the new text only.
    """

    at: datetime
    by: Literal["firm", "client"]
    words: int
    feelings: Mapping[str, float]
    complaint: float
    text: str


@dataclass(frozen=True, slots=True)
class Derailing:
    """How likely the thread derails, and why.

    `drivers` are short phrases, strongest first. `quote` is `turns[turn].text[start:end]`, the sentence of the
    client's last turn that says most; where none does, `turn` is None and quote is empty.
    """

    p: float
    drivers: tuple[str, ...] = ()
    turn: int | None = None
    start: int = 0
    end: int = 0
    quote: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Weights:
    """The fitted model: log-odds = `bias` + sum of weight times feature."""

    bias: float
    by_feature: Mapping[str, float]


def derailing(turns: Sequence[Turn], *, off: frozenset[str] = frozenset()) -> Derailing:
    """Judge a thread, its turns in order; `off` are ids of rules not to use. Linear in the text, raises on none."""
    course = _course(turns, off)
    weights = shipped()
    parts = {name: weights.by_feature[name] * course.features[name] for name in FEATURES}
    p = 1 / (1 + math.exp(-(weights.bias + sum(parts.values()))))
    moving = sorted((name for name in FEATURES if parts[name] >= _SPOKEN_OF), key=lambda name: -parts[name])
    drivers = tuple(dict.fromkeys(_phrase(name, course) for name in moving))
    against = tuple(_AGAINST_WORDS[name] for name in FEATURES if parts[name] <= -_SPOKEN_OF)
    found = Derailing(p, drivers, why=_why(p, drivers, against))
    if course.last is None or not drivers:
        return found
    sentence = _telling(turns[course.last].text, course.last_hits, weights, off)
    if sentence is None:
        return found
    return replace(found, turn=course.last, start=sentence.start, end=sentence.end, quote=sentence.text)


def features(turns: Sequence[Turn], *, off: frozenset[str] = frozenset()) -> dict[str, float]:
    """What is weighed, each from 0 to 1, by the names in `FEATURES`."""
    return _course(turns, off).features


def at_base(p: float, base: float, *, fitted: float = FITTED_BASE) -> float:
    """What `p` becomes where a share `base` of threads derails and not a share `fitted` (Bayes; both in 0 to 1)."""
    odds = p / (1 - p) * (base / (1 - base)) / (fitted / (1 - fitted))
    return odds / (1 + odds)


@cache
def shipped() -> Weights:
    """The weights beside the rules."""
    text = files(__package__).joinpath("rules", "derailing_weights.toml").read_text(encoding="utf-8")
    table = tomllib.loads(text)
    return Weights(float(table["bias"]), {name: float(table["weights"][name]) for name in FEATURES})


class _Course(NamedTuple):
    features: dict[str, float]
    last: int | None
    last_hits: list[Hit]
    rule_of: dict[str, str]
    """The strongest rule behind a feature that rules feed."""
    run: int
    """So many of the client's turns in a row say that something is wrong."""
    unheard: int
    mood: str


def _course(turns: Sequence[Turn], off: frozenset[str]) -> _Course:
    teller = _Teller(off)
    for place, turn in enumerate(turns):
        if turn.by == "client":
            teller.client(place, turn)
        else:
            teller.firm(turn)
    return teller.course()


class _Teller:
    """Goes through a thread turn by turn and keeps what was said until something calmer follows."""

    def __init__(self, off: frozenset[str]) -> None:
        self._off = off
        self._now = dict.fromkeys(FEATURES, 0.0)
        self._rule_of: dict[str, str] = {}
        self._said: set[tuple[str, str]] = set()
        self._heats: list[float] = []
        self._words: list[int] = []
        self._run = self._unheard = 0
        self._last: int | None = None
        self._last_hits: list[Hit] = []
        self._mood = "unhappy"
        self._troubled = False

    def client(self, place: int, turn: Turn) -> None:
        """A turn of the client's: what it says now, or what remains of what was said before."""
        hits = [hit for hit in scanner(*_CLIENTS).hits(turn.text, off=self._off) if hit.rule.kind in _KINDS]
        said = self._spoken(hits, _factor(turn.text) if hits else 1.0)
        said["repeating"] = max(said["repeating"], self._asked_again(turn.text))
        heat, kindness = _heat(turn), _of(turn, "gratitude") + _of(turn, "joy")
        hot = max(heat, _share(turn.complaint), *said.values()) >= _HOT
        kind = not hot and kindness >= _KIND
        said["heat"] = heat
        said["rising"] = max(0.0, heat - sum(self._heats) / len(self._heats)) if self._heats else 0.0
        self._troubled = self._troubled or hot
        said["wrong"] = _share(turn.complaint)
        said["shorter"] = 0.0 if kind else self._shrunk(turn) * (1.0 if self._troubled else _CALM)
        kept = 1.0 if hot else _KEPT_WHEN_KIND if kind else _KEPT
        for name, value in said.items():
            self._now[name] = max(value, self._now[name] * kept)
        self._run = self._run + 1 if hot else 0
        self._unheard += 1
        self._now["wrongs"] = min(max(self._run - 1, 0), 3) / 3
        again = self._unheard - (1 if hot else 2)  # to add something is no reproach; to write a third time is
        self._now["waiting"] = max(min(max(again, 0), 2) / 2, self._now["waiting"])
        self._now["kindness"] = 0.0 if hot else min(kindness, 1.0)
        if hot:
            self._now["owning"] *= _HOT
            self._mood = max(_MOODS, key=lambda name: _of(turn, name)) if heat >= _KIND else self._mood
        self._heats.append(heat)
        self._words.append(max(turn.words, 0))
        self._last, self._last_hits = place, hits

    def firm(self, turn: Turn) -> None:
        """An answer of ours: it owns, or it excuses."""
        strength: dict[str, float] = {}
        factor = _factor(turn.text) * (1.0 if self._troubled else _EASY)
        for hit in scanner(RULE_FILE).hits(turn.text, off=self._off):
            strength[hit.rule.id] = _weighed(hit.rule.confidence, factor)
            if hit.rule.kind == "defensive":
                self._rule_of["defensive"] = hit.rule.id
        self._now["owning"] = (strength.get("owns-it", 0) > 0) * 0.5 + (strength.get("does-it", 0) > 0) * 0.5
        excuse = max(strength.get("excuses", 0.0), strength.get("vague", 0.0)) * (1 - self._now["owning"] / 2)
        self._now["defensive"] = max(excuse, self._now["defensive"] / (1 + self._now["owning"]))
        self._now["waiting"] = 0.0
        self._unheard = 0

    def course(self) -> _Course:
        """All that there is to say."""
        return _Course(
            dict(self._now), self._last, self._last_hits, self._rule_of, self._run, self._unheard, self._mood
        )

    def _spoken(self, hits: Sequence[Hit], factor: float) -> dict[str, float]:
        """How surely each kind of phrase was used: different rules are independent witnesses (noisy-or)."""
        doubt = dict.fromkeys(_KINDS.values(), 1.0)
        for rule in {hit.rule.id: hit.rule for hit in hits}.values():
            name = _KINDS[rule.kind]
            if doubt[name] == 1.0:
                self._rule_of[name] = rule.id
            doubt[name] *= 1 - _weighed(rule.confidence, factor)
        return {name: 1 - value for name, value in doubt.items()}

    def _asked_again(self, text: str) -> float:
        """The largest share of a sentence's pairs of neighbouring words that the client wrote in earlier turns."""
        most, fresh = 0.0, set[tuple[str, str]]()
        for sentence in sentences.split(text):
            spoken = [word for word in words_of(plain(sentence.text)) if len(word) > 2]
            pairs = set(pairwise(spoken))
            if len(pairs) >= _PAIRS and (self._troubled or "?" in sentence.text):
                most = max(most, len(pairs & self._said) / len(pairs))
            fresh |= pairs
        self._said |= fresh
        if most >= _AGAIN:
            self._rule_of.setdefault("repeating", "again")
            return most
        return 0.0

    def _shrunk(self, turn: Turn) -> float:
        """How much shorter than the client's turns before: 0 for as long, 1 for an eighth and less."""
        if not self._words:
            return 0.0
        usual = sum(self._words) / len(self._words)
        return min(max(math.log((usual + 1) / (max(turn.words, 0) + 1)) / math.log(8), 0.0), 1.0)


_CLIENTS = (RULE_FILE, "relationship")
_WRONGS = ("complaint_service", "complaint_quality", "complaint_facts", "feelings", "relationship")
_EASY = 0.3
"""What an excuse's odds are multiplied by while nothing is wrong: then it is an explanation."""
_PAIRS = 3
_AGAIN = 0.5
_MOODS = ("anger", "frustration", "disappointment")


def _factor(text: str) -> float:
    """Chance alone brings any phrase into a long text, and programmers among themselves mean no harm (`setting`)."""
    return setting.odds_factor(text, sum(1 for _ in sentences.split(text)))


def _weighed(p: float, factor: float) -> float:
    odds = p / (1 - p) * factor
    return odds / (1 + odds)


def _share(value: float) -> float:
    return min(max(value, 0.0), 1.0) if math.isfinite(value) else 0.0


def _of(turn: Turn, feeling: str) -> float:
    return _share(turn.feelings.get(feeling, 0.0))


def _heat(turn: Turn) -> float:
    return min(_of(turn, "anger") + 0.8 * _of(turn, "frustration") + 0.6 * _of(turn, "disappointment"), 1.0)


def _telling(text: str, hits: Sequence[Hit], weights: Weights, off: frozenset[str]) -> sentences.Sentence | None:
    """The sentence whose phrases weigh most; without any, the one that says most surely that something is wrong."""
    told: dict[sentences.Sentence, float] = {}
    for rule, sentence in hits:
        told[sentence] = told.get(sentence, 0.0) + rule.confidence * (0.1 + weights.by_feature[_KINDS[rule.kind]])
    if told:
        return max(told, key=lambda sentence: told[sentence])
    wrongs = [hit for hit in scanner(*_WRONGS).hits(text, off=off) if hit.rule.kind == "complaint"]
    return max(wrongs, key=lambda hit: hit.rule.confidence).sentence if wrongs else None


_PHRASES = {
    "wrong": "says that something is wrong",
    "rising": "the tone is getting sharper",
    "accusing": "speaks of you and no longer of the matter",
    "escalating": "goes over your head",
    "repeating": "says it was said before",
    "ultimatum": "sets a last date",
    "doubting": "holds back money or trust",
    "shorter": "answers are getting shorter",
    "defensive": "our answer explains rather than owns",
}
_BY_RULE = {
    "contempt": "speaks with contempt",
    "over-your-head": "speaks of your manager or theirs",
    "lawyers": "speaks of lawyers, courts or authorities",
    "in-public": "speaks of making it public",
    "again": "asks the same again",
    "still-nothing": "is still waiting",
    "thinks-of-leaving": "thinks of ending the work",
    "vague": "our answer gives no date and no deed",
}
_MOOD_WORDS = {
    "anger": "sounds angry",
    "frustration": "sounds frustrated",
    "disappointment": "sounds disappointed",
    "unhappy": "sounds unhappy",
}
_AGAINST_WORDS = {"owning": "our last answer owns it", "kindness": "the client writes kindly"}


def _phrase(name: str, course: _Course) -> str:
    match name:
        case "heat":
            return _MOOD_WORDS[course.mood]
        case "wrongs":
            nth = _ORDINALS[course.run] if course.run < len(_ORDINALS) else f"{course.run}th"
            return f"the {nth} message in a row that says something is wrong"
        case "waiting":
            return "has written again before we answered"
        case _:
            return _BY_RULE.get(course.rule_of.get(name, ""), _PHRASES[name])


def _why(p: float, drivers: Sequence[str], against: Sequence[str]) -> str:
    return " ".join(_sentences(p, drivers, against))


def _sentences(p: float, drivers: Sequence[str], against: Sequence[str]) -> Iterator[str]:
    if drivers:
        yield f"{_LIKELY if p >= _HOT else _POSSIBLE}: {', '.join(drivers[:3])}."
    else:
        yield "Nothing in the words or their course points to trouble; what is not written cannot be seen."
    if drivers and against:
        yield f"Against it: {' and '.join(against)}."


_LIKELY = "More such conversations go wrong than not"
_POSSIBLE = "Some such conversations go wrong"
