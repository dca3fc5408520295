"""What the open rules hear in a client's message (`rules/*.toml`), by themselves or as witnesses beside the model.

A rule finds a phrase in a sentence; the sentence is the quote, because people recognise a sentence of theirs and not
a fragment. Rules that agree on a sentence add up as independent witnesses do (noisy-or, Pearl 1988, ch. 4), and so
do sentences, less strongly.

What rules cannot do: irony without its usual words, feelings between the lines, and most complaints made only of
facts. Some kinds of fact they know (`rules/complaint_facts.toml`); of forty new letters, most of them such, they found
six, and took three harmless ones for complaints (`bench/complaints.py`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from amends.judgement import sentences, setting
from amends.judgement.reading.types import Feeling
from amends.judgement.scanning import scanner
from amends.judgement.spans import SHOWN, SURE, Span, strongest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from amends.judgement import rulebook
    from amends.judgement.scanning import Hit

RULE_FILES = ("complaint_service", "complaint_quality", "complaint_facts", "feelings", "relationship")
_ECHO = 0.5
"""How much of its strength a further complaining sentence adds to the message's."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What the rules found in one text, by kind, each in the order of the text."""

    issues: tuple[Span, ...] = ()
    feelings: tuple[Feeling, ...] = ()
    praise: tuple[Span, ...] = ()
    leaving: tuple[Span, ...] = ()
    scope_request: tuple[Span, ...] = ()
    referral: tuple[Span, ...] = ()
    complaint: float = 0.0


NOTHING = Heard()


def hear(text: str, *, off: frozenset[str] = frozenset()) -> Heard:
    """Try every rule on an English text. Linear time; never raises on any text."""
    found = list(scanner(*RULE_FILES).hits(text, off=off))
    if not found:
        return NOTHING
    factor = setting.odds_factor(text, sum(1 for _ in sentences.split(text)))
    issues = tuple(
        _borne_out(_strongest(found, "complaint", factor), moods={hit.rule.id for hit in found if hit.rule.feeling})
    )
    return Heard(
        complaint=_overall(issues),
        issues=issues,
        feelings=tuple(_feelings(found, factor)),
        praise=tuple(_strongest(found, "praise", factor)),
        leaving=tuple(_strongest(found, "leaving", factor)),
        scope_request=tuple(_strongest(found, "scope_request", factor)),
        referral=tuple(_strongest(found, "referral", factor)),
    )


def requests(text: str, *, off: frozenset[str] = frozenset()) -> tuple[Span, ...]:
    """The sentences that ask for something, by the rules of `answering`; each once, in the order of the text."""
    found: dict[int, Span] = {}
    for rule, sentence in scanner("answering").hits(text, off=off):
        if rule.kind in {"question", "request"} and sentence.start not in found:
            found[sentence.start] = Span(
                sentence.text, sentence.start, sentence.end, rule.confidence, rule.id, rule.why
            )
    return tuple(found.values())


def _strongest(found: Iterable[Hit], kind: str, factor: float) -> Iterator[Span]:
    """One finding a sentence, as sure as the rules that agree on it."""
    by_sentence: dict[sentences.Sentence, list[rulebook.Rule]] = {}
    for hit in found:
        # To think of leaving is to say that something is wrong.
        if hit.rule.kind == kind or (kind == "complaint" and hit.rule.kind == "leaving"):
            by_sentence.setdefault(hit.sentence, []).append(hit.rule)
    for sentence, rules in by_sentence.items():
        p = _weighed(_together(rule.confidence for rule in rules), factor)
        if p >= SHOWN:
            first = max(rules, key=lambda rule: rule.confidence)
            yield Span(sentence.text, sentence.start, sentence.end, p, first.id, first.why)


def _borne_out(issues: Iterable[Span], *, moods: set[str]) -> Iterator[Span]:
    """What is said to be wrong, made surer where the letter also says how that feels: two witnesses to one thing.

    So the fact ("Third invoice with an error") stands above the mood ("which makes it the more annoying"), and is
    what a reader is shown first. `moods` are the ids of the rules that hear feelings.
    """
    found = list(issues)
    mood = strongest(span for span in found if span.rule in moods)
    for span in found:
        yield span if span.rule in moods or not mood else replace(span, p=_together((span.p, mood)))


def _feelings(found: Iterable[Hit], factor: float) -> Iterator[Feeling]:
    """One finding a sentence and kind, by the surest rule."""
    best: dict[tuple[int, str], Hit] = {}
    for hit in found:
        kind = hit.rule.feeling
        if kind is not None:
            known = best.setdefault((hit.sentence.start, kind), hit)
            if hit.rule.confidence > known.rule.confidence:
                best[hit.sentence.start, kind] = hit
    for (_, kind), (rule, sentence) in best.items():
        p = _weighed(rule.confidence, factor)
        if p >= SHOWN:
            yield Feeling(sentence.text, sentence.start, sentence.end, p, rule.id, rule.why, kind)


def _weighed(p: float, factor: float) -> float:
    odds = p / (1 - p) * factor
    return odds / (1 + odds)


def _together(parts: Iterable[float]) -> float:
    doubt = 1.0
    for part in parts:
        doubt *= 1.0 - part
    return min(SURE, 1.0 - doubt)


def _overall(issues: tuple[Span, ...]) -> float:
    if not issues:
        return 0.0
    first, *others = sorted((issue.p for issue in issues), reverse=True)
    return _together([first, *(p * _ECHO for p in others)])
