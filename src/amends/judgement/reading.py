"""What a client's message says: is something wrong, how do they feel, do they praise, recommend, want more, or leave.

`read_incoming` is the face that the rest of Amends knows; today it reads by lexical rules (`rules/*.toml`), later
a trained model takes their place behind the same face. A rule finds a phrase in a sentence; the sentence is the
quote, because people recognise a sentence of theirs and not a fragment. Rules that agree on a sentence add up as
independent witnesses do (noisy-or, Pearl 1988, ch. 4), and so do sentences, less strongly.

What rules cannot do: irony without its usual words, feelings between the lines, and most complaints made only of
facts. Some kinds of fact they know (`rules/complaint_facts.toml`); of forty new letters, most of them such, they found
six, and took three harmless ones for complaints (`bench/complaints.py`). There is also no reading of one sentence by
the next ("It was due on Monday. It is Friday.").
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from amends.judgement import language, sentences, setting
from amends.judgement.scanning import scanner

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from amends.judgement import rulebook
    from amends.judgement.scanning import Hit

FeelingKind = Literal["anger", "frustration", "disappointment"]

RULE_FILES = ("complaint_service", "complaint_quality", "complaint_facts", "feelings", "relationship")
SURE = 0.97
"""No rule, and no number of them, makes us surer than this."""
SHOWN = 0.5
"""A finding less sure than this is not made."""
_ECHO = 0.5
"""How much of its strength a further complaining sentence adds to the message's."""


@dataclass(frozen=True, slots=True)
class Span:
    """A finding: `quote` is exactly `text[start:end]` of the text that was read; `p` is its confidence, 0 to 1.

    `rule` is the id of the rule that made it and `why` its reason in words, the strongest where several agree.
    """

    quote: str
    start: int
    end: int
    p: float
    rule: str
    why: str


@dataclass(frozen=True, slots=True)
class Feeling(Span):
    """A finding of a feeling of one `kind`."""

    kind: FeelingKind


@dataclass(frozen=True, slots=True)
class Reading:
    """What was found in one message, each kind in the order of the text.

    `complaint` is the confidence that the client says something is wrong; `issues` are the sentences that say so
    and are empty where it is below one half. In a `language` other than "en" nothing is judged.
    """

    language: str
    complaint: float = 0.0
    issues: tuple[Span, ...] = ()
    feelings: tuple[Feeling, ...] = ()
    praise: tuple[Span, ...] = ()
    leaving: tuple[Span, ...] = ()
    scope_request: tuple[Span, ...] = ()
    referral: tuple[Span, ...] = ()

    @property
    def judged(self) -> bool:
        """Was the text read at all; if not, "nothing found" means nothing."""
        return self.language == "en"


def read_incoming(text: str, *, at: datetime | None = None, off: frozenset[str] = frozenset()) -> Reading:
    """Read the new text of one incoming message (no quoted mail, no signature).

    `at` is when it was sent: the rules do without, dated wishes will need it. `off` are ids of rules not to use.
    Reads the first 20,000 and the last 4,000 characters, in linear time; never raises on any text.
    """
    del at
    spoken = language.guess(text)
    if spoken != "en":
        return Reading(language=spoken)
    found = list(scanner(*RULE_FILES).hits(text, off=off))
    if not found:
        return Reading(language=spoken)
    factor = setting.odds_factor(text, sum(1 for _ in sentences.split(text)))
    issues = tuple(
        _borne_out(_strongest(found, "complaint", factor), moods={hit.rule.id for hit in found if hit.rule.feeling})
    )
    return Reading(
        language=spoken,
        complaint=_overall(issues),
        issues=issues,
        feelings=tuple(_feelings(found, factor)),
        praise=tuple(_strongest(found, "praise", factor)),
        leaving=tuple(_strongest(found, "leaving", factor)),
        scope_request=tuple(_strongest(found, "scope_request", factor)),
        referral=tuple(_strongest(found, "referral", factor)),
    )


def strongest(spans: Iterable[Span]) -> float:
    """The confidence of the surest of these findings; 0 where there are none."""
    return max((span.p for span in spans), default=0.0)


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
    best: dict[tuple[int, FeelingKind], Hit] = {}
    for hit in found:
        kind = _kind(hit.rule.feeling)
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


def _kind(feeling: str | None) -> FeelingKind | None:
    match feeling:
        case "anger" | "frustration" | "disappointment":
            return feeling
        case _:
            return None


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
