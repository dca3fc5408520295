"""Does a client's message expect an answer, and how long does this firm usually take to give one.

Both serve one signal: *unanswered*, a client message with no answer past the firm's usual time. It must not fire
on "thanks, all good", and must not wait for a question mark when somebody says that the lift is broken.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from amends.judgement import language, sentences
from amends.judgement.reading import Reading, Span, read_incoming
from amends.judgement.scanning import scanner

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

RULE_FILE = "answering"
ANSWER_DUE = 0.5
"""At this confidence and above a message counts as one that expects an answer."""

DEFAULT_HOURS = 8.0
FLOOR_HOURS = 4.0
CAP_HOURS = 24.0
SHARE = 0.9
_PRIOR_SAMPLES = 20.0
_PLAIN_STATEMENT = 0.35
_CLOSED = 0.08
_NO_WORDS = 0.05
_NOT_JUDGED = 0.6


@dataclass(frozen=True, slots=True)
class Expectation:
    """How likely a message expects an answer: `p` from 0 to 1, `reason` in words, and what it rests on.

    `quote` is `text[start:end]`; where nothing in the text speaks for it, quote is empty and both offsets are 0.
    `rule` is the id of the rule, empty where none fired.
    """

    p: float
    reason: str
    quote: str = ""
    start: int = 0
    end: int = 0
    rule: str = ""

    @property
    def expected(self) -> bool:
        """Should somebody answer."""
        return self.p >= ANSWER_DUE


def expects_answer(text: str, *, reading: Reading | None = None, off: frozenset[str] = frozenset()) -> Expectation:
    """Judge the new text of one incoming message; `reading` spares reading it again for complaints.

    The surest of question, request, complaint, wish to leave and wish for more decides. A closing word ("thanks",
    "noted") counts only where none of these is there. In a language that is not read, a question mark decides, and
    otherwise an answer is assumed: a client unheard costs more than a look too many.
    """
    words = text.split(None, 1)
    if not words:
        return Expectation(_NO_WORDS, "There is no text of its own.")
    if (reading.language if reading is not None else language.guess(text)) != "en":
        at = text.find("?", 0, sentences.HEAD)
        p = 0.8 if at >= 0 else _NOT_JUDGED
        return Expectation(p, "It is in a language that is not read, so an answer is assumed.")
    read = reading if reading is not None else read_incoming(text, off=off)
    found = list(_asked(text, off))
    asking = [(span.p, span) for kind, span in found if kind != "closing"]
    asking += [(span.p, span) for span in (*read.issues, *read.leaving, *read.scope_request, *read.requests)]
    if asking:
        p, span = max(asking, key=lambda pair: pair[0])
        return Expectation(p, span.why, span.quote, span.start, span.end, span.rule)
    closing = [span for kind, span in found if kind == "closing"]
    if closing or read.praise:
        span = (*closing, *read.praise)[0]
        return Expectation(_CLOSED, span.why, span.quote, span.start, span.end, span.rule)
    return Expectation(_PLAIN_STATEMENT, "It tells something and asks for nothing.")


def usual_time(samples_hours: Iterable[float]) -> float:
    """The business hours within which this firm usually has answered, between 4 and 24.

    `samples_hours` are the business hours that past answers took. The 90th percentile (Hyndman and Fan 1996,
    definition 7) is robust against the few that were forgotten for weeks; with n samples it is shrunk towards 8
    hours, on a log scale, with weight 20 / (n + 20), so that a new firm is held to a working day and a
    quick one to its own pace. The cap keeps a firm that is always slow from never being reminded.
    """
    samples = sorted(hours for hours in samples_hours if math.isfinite(hours) and hours >= 0)
    if not samples:
        return DEFAULT_HOURS
    place = SHARE * (len(samples) - 1)
    low = math.floor(place)
    high = min(low + 1, len(samples) - 1)
    quantile = samples[low] + (samples[high] - samples[low]) * (place - low)
    own = math.log(min(max(quantile, FLOOR_HOURS / 2), CAP_HOURS * 2))
    weight = len(samples) / (len(samples) + _PRIOR_SAMPLES)
    shrunk = math.exp(weight * own + (1 - weight) * math.log(DEFAULT_HOURS))
    return min(max(shrunk, FLOOR_HOURS), CAP_HOURS)


def _asked(text: str, off: frozenset[str]) -> Iterator[tuple[str, Span]]:
    for rule, sentence in scanner(RULE_FILE).hits(text, off=off):
        yield (
            rule.kind,
            Span(sentence.text, sentence.start, sentence.end, rule.confidence, rule.id, rule.why),
        )
