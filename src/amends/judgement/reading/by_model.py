"""What the trained model hears in a message, sentence by sentence, with the rules as witnesses beside it.

A sentence's probability is the model's, its odds multiplied where a rule of the same kind fires and a little divided
where none does; the two numbers were fitted on development letters (`rules.*` in the card). What a message says as
a whole follows from its sentences (`complaint`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from amends.judgement.model.encoder import Around
from amends.judgement.model.outputs import FEELINGS
from amends.judgement.model.scoring import neighbours
from amends.judgement.reading.by_rules import Heard
from amends.judgement.reading.types import Feeling, silent
from amends.judgement.spans import SHOWN, Span

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from amends.judgement.model import Model, Scores
    from amends.judgement.sentences import Sentence

    Floats = NDArray[np.float32]

MOST_DEEP, MOST_IN_CASCADE = 300, 6
"""Sentences of one message that the encoder reads at most: those where the n-gram model sees most."""
KINDS = {
    "issue": "issues",
    "praise": "praise",
    "leaving": "leaving",
    "scope": "scope_request",
    "referral": "referral",
    "request": "",
    "wanted": "",
}
"""Outputs of the model that become findings, and the findings of rules that bear on them."""
SAYS = {
    "issue": "Says that something is wrong",
    "praise": "Praises the work or the people",
    "leaving": "Speaks of ending or reconsidering the work together",
    "scope": "Asks for something on top of what was agreed",
    "referral": "Recommends us, or brings somebody",
    "request": "Asks for something",
    "wanted": "Says what would put it right",
    "anger": "Sounds angry",
    "frustration": "Sounds frustrated",
    "disappointment": "Sounds disappointed",
    "worry": "Sounds worried",
    "confusion": "Sounds puzzled",
    "gratitude": "Sounds grateful",
    "joy": "Sounds glad",
}
_PLAIN_WORDS, _LESS = 0.6, 0.15
"""A rule so sure has heard plain words ("The invoice is wrong."): the model may doubt it by so much and no more.

Model and rules fail on different sentences: on our older sets, which neither was made from, this finds 77 of 100
complaints where the model alone finds 53, at a precision of .96 (`tests/data/complaints_held.tsv`).
"""
_WITNESSES = 4
"""Sentences that speak for a complaint at most: in a long letter the doubts about many harmless ones add up."""
_ENOUGH = 3  # words that can be told again
_COURTESY = 4
"""A sentence of fewer words ("Thanks!") praises nothing, unless a rule says so."""
_PLAIN = frozenset({"request", "wanted"})
"""Findings that need no reason beyond what they are."""


@dataclass(frozen=True, slots=True)
class Page:
    """A message's sentences with what the model and the rules say of each."""

    sentences: Sequence[Sentence]
    scores: Scores
    heard: Heard
    model: Model
    odds: float = 1.0  # below 1 where the text hardly comes from dealings with a firm


def read_page(
    sentences: Sequence[Sentence],
    heard: Heard,
    model: Model,
    *,
    cascade: bool,
    watch: Sequence[str] = (),
    odds: float = 1.0,
    most: int | None = None,
) -> Page:
    """Ask the model about every sentence, of equal ones once. `watch` as in `Model.score`; `odds` as in `Page`.

    The encoder reads at most `most` of them, by default what is usual for a message.
    """
    places = list(dict.fromkeys(_in_place(sentences)))
    texts = [text for text, _ in places]
    fired = {span.quote for spans in (heard.issues, heard.feelings, heard.praise, heard.leaving) for span in spans}
    fired |= {span.quote for spans in (heard.scope_request, heard.referral) for span in spans}
    around = [each for _, each in places]
    if most is None:
        most = MOST_IN_CASCADE if cascade else MOST_DEEP
    doubtful = [text in fired for text in texts]
    scores = model.score(texts, around=around, cascade=cascade, doubtful=doubtful, watch=watch, odds=odds, most=most)
    at = {each: number for number, each in enumerate(places)}
    return Page(sentences, scores.pick([at[each] for each in _in_place(sentences)]), heard, model, odds)


def _in_place(sentences: Sequence[Sentence]) -> list[tuple[str, Around]]:
    """Each sentence with what stands before and after it."""
    texts = [sentence.text for sentence in sentences]
    return [(text, neighbours(texts, at)) for at, text in enumerate(texts)]


def likelihoods(page: Page, kind: str) -> Floats:
    """By sentence, how likely it is that `kind` holds, rules heard."""
    p = page.scores.of(f"flag.{kind}")
    if kind != "request" and page.odds < 1:
        p = _shifted(p, np.full(len(p), math.log(page.odds), np.float32))
    fired, silent = page.model.card.numbers.get(f"rules.{kind}", (0.0, 0.0))
    strength = np.full(len(p), silent, np.float32)
    least = np.zeros(len(p), np.float32)
    for span in getattr(page.heard, KINDS[kind], ()) if KINDS[kind] else ():
        for at, sentence in enumerate(page.sentences):
            if sentence.start == span.start:
                strength[at] = fired * _logit(span.p)
                least[at] = span.p - _LESS if span.p >= _PLAIN_WORDS else 0.0
    return np.maximum(_shifted(p, strength), least)


def findings(page: Page, kind: str) -> list[Span]:
    """The sentences of which `kind` holds more likely than its threshold."""
    least = page.model.card.thresholds.get(f"flag.{kind}", SHOWN)
    rules = {span.start: span for span in (getattr(page.heard, KINDS[kind]) if KINDS[kind] else ())}
    return [
        _span(page, at, float(p), kind, rules.get(page.sentences[at].start))
        for at, p in enumerate(likelihoods(page, kind))
        if p >= least and not (kind == "praise" and _courteous(page, at, rules))
    ]


def _courteous(page: Page, at: int, rules: Mapping[int, Span]) -> bool:
    sentence = page.sentences[at]
    return sentence.start not in rules and len(sentence.text.split()) < _COURTESY


def at_all(page: Page, kind: str) -> float:
    """How likely it is that some sentence of the message does so: as likely as the likeliest one."""
    return float(likelihoods(page, kind).max(initial=0.0))


def complaint(page: Page) -> float:
    """How likely it is that the message says something is wrong; 0 where it has no sentence.

    As likely as its likeliest sentence; the others add to that as further witnesses, but less than independent ones
    would, because they speak of the same thing (`complaint` in the card says how much less).
    """
    said = dict(zip((_spoken(each.text) for each in page.sentences), likelihoods(page, "issue"), strict=True))
    p = np.sort(np.array(list(said.values()), np.float32))[::-1][:_WITNESSES]
    return together(p, page.model.card.numbers["complaint"][0]) if len(p) else 0.0


def _said_before(span: Span, earlier: Sequence[Span]) -> bool:
    """Is it nothing but what was said before, perhaps with "again" or "as I said" around it."""
    said = _spoken(span.quote)
    before = [_spoken(each.quote) for each in earlier]
    return any(each == said or (len(each.split()) >= _ENOUGH and each in said) for each in before)


def _spoken(text: str) -> str:
    """The words alone: said again in the same words, nothing more is said."""
    return " ".join(text.casefold().split()).strip(" .!?")


def together(p: Floats, echo: float) -> float:
    """One minus the doubts multiplied, the first in full and each other to the power `echo`; `p` falls."""
    doubts = np.log1p(-np.clip(p.astype(float), 0, 1 - 1e-6))
    return float(1 - np.exp(doubts[0] + echo * doubts[1:].sum()))


def issues(page: Page, whole: float) -> list[Span]:
    """The sentences that complain: none where the message as a whole does not, at least one where it does.

    Where a complaint begins is the threshold of the best F1 on development letters, somewhat below one half: a
    complaint missed costs more than a look too many.
    """
    if whole < page.model.card.thresholds.get("complaint", SHOWN):
        return []
    found = findings(page, "issue")
    if found:
        return [span for at, span in enumerate(found) if not _said_before(span, found[:at])]
    p = likelihoods(page, "issue")
    at = int(p.argmax())
    return [_span(page, at, float(p[at]), "issue", None)]


def feelings(page: Page) -> Floats:
    """(sentences, 8): the shown feelings by sentence, rules heard."""
    p = page.scores.feelings
    fired = page.model.card.numbers.get("rules.feeling", [0.0])[0]
    shift = np.zeros_like(p)
    starts = {sentence.start: at for at, sentence in enumerate(page.sentences)}
    for feeling in page.heard.feelings:
        if feeling.start in starts:
            shift[starts[feeling.start], FEELINGS.index(feeling.kind)] = fired * _logit(feeling.p)
    odds: Floats = p * np.exp(shift)
    summed: Floats = (odds / odds.sum(axis=1, keepdims=True)).astype(np.float32, copy=False)
    return summed


def emotions(by_sentence: Floats, power: float) -> Mapping[str, float]:
    """The message as a whole: of each feeling the loudest sentences, of neutral what they leave; the sum is one.

    A power mean over the sentences: `power` 1 would let every neutral line drown the one that shouts; a very high one
    lets the single loudest sentence decide. With one sentence it is that sentence.
    """
    if not len(by_sentence):
        return silent()
    loud = (by_sentence[:, :-1] ** power).mean(axis=0) ** (1 / power)
    calm = by_sentence[:, -1].min() ** 0.5 * by_sentence[:, -1].mean() ** 0.5
    every = np.append(loud, calm)
    return {name: float(p) for name, p in zip(FEELINGS, every / every.sum(), strict=True)}


def shown_feelings(page: Page, by_sentence: Floats) -> list[Feeling]:
    """The feelings that sentences show, where one is likelier than not."""
    rules = {(feeling.start, feeling.kind): feeling for feeling in page.heard.feelings}
    found = []
    for at, row in enumerate(by_sentence):
        kind = FEELINGS[int(row.argmax())]
        sentence = page.sentences[at]
        if kind != "neutral" and row.max() >= SHOWN:
            span = _span(page, at, float(row.max()), kind, rules.get((sentence.start, kind)))
            found.append(Feeling(span.quote, span.start, span.end, span.p, span.rule, span.why, kind))
    return found


def carrier(page: Page, by_sentence: Floats) -> Span | None:
    """The sentence that shows the most feeling; None where none is likelier than not."""
    if not len(by_sentence):
        return None
    at = int(by_sentence[:, -1].argmin())
    if by_sentence[at, -1] > SHOWN:
        return None
    kind = FEELINGS[int(by_sentence[at, :-1].argmax())]
    return _span(page, at, float(1 - by_sentence[at, -1]), kind, None)


def _span(page: Page, at: int, p: float, kind: str, rule: Span | None) -> Span:
    sentence = page.sentences[at]
    if rule is not None:
        return Span(sentence.text, sentence.start, sentence.end, p, rule.rule, rule.why)
    output = f"feeling.{kind}" if kind in FEELINGS else f"flag.{kind}"
    words = page.model.because(sentence.text, output) if kind not in _PLAIN else ""
    why = f"{SAYS[kind]}, to the trained model" + (f": mostly by “{words}”." if words else ".")
    return Span(sentence.text, sentence.start, sentence.end, p, f"model.{kind}", why)


def _logit(p: float) -> float:
    p = min(max(float(p), 1e-6), 1 - 1e-6)
    return math.log(p / (1 - p))


def _shifted(p: Floats, by: Floats) -> Floats:
    odds = p / np.maximum(1 - p, 1e-6) * np.exp(by)
    return (odds / (1 + odds)).astype(np.float32, copy=False)
