"""Who committed themselves to what in a piece of business mail, by when, and what it still waits for.

`find_promises` reads sentence by sentence. A rule's patterns (`rules/promises.toml`) say where it is worth looking;
light syntax over the clause (`grammar.py`) says whether somebody commits and who. No parser or tagger is used: spaCy
and its like tag nothing without a trained model, which a self-hosted installation would have to download; and lists of
word sequences, the other usual way, fall badly from one domain of mail to the next (Azarbonyad, Sim and White,
"Domain Adaptation for Commitment Detection in Email", WSDM 2019).

What it cannot do: a promise by a bare noun without a date ("The usual report for you"), "they" and "it" of the
sentence before, and telling a client's demand ("Report by Friday") from a promise but by the noun.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from amends.judgement import language, rulebook, sentences
from amends.judgement.promises import clauses, timing
from amends.judgement.promises.grammar import RULES
from amends.judgement.promises.lexicon import lexicon
from amends.judgement.promises.verbs import goes_on
from amends.judgement.promises.view import Found, View
from amends.judgement.scanning import scanner
from amends.judgement.spans import SHOWN, SURE, Span, Writer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

RULE_FILE = "promises"

UNSEEN = 0.075
"""What stands in for the rules where none finds anything: a model sure by .97 then finds a promise by itself."""
PRIOR, MODEL_WEIGHT = 0.047, 0.4
"""The probability at which the model says nothing new, and what its log-odds count against those of the rules.

Chosen on `training/promises/dev.tsv` and the development letters, 1,644 sentences: the rules know promises better, so
the model decides where they are in doubt, and speaks alone where it is nearly certain.
"""
_BY_MODEL = "Reads like a promise to the trained model."


@dataclass(frozen=True, slots=True)
class Promise(Span):
    """A commitment: `quote` is the clause that commits, `by` the side that does.

    `due` is what the caller's resolver made of the words that say by when; None where there are none or it knew none.
    `open_until` is the condition or event that it waits for ("before the launch", "once you approve"), else empty.
    `negative`: it says what will not be done ("we will not charge").
    """

    by: Writer
    due: datetime | None
    open_until: str
    negative: bool


class _Candidate(NamedTuple):
    rule: str
    why: str
    p: float
    start: int
    end: int
    found: Found


def find_promises(
    text: str,
    *,
    writer: Writer,
    due: Callable[[str], datetime | None] | None = None,
    likely: Callable[[Sequence[str]], Sequence[float]] | None = None,
    off: frozenset[str] = frozenset(),
) -> list[Promise]:
    """The promises of the new text of one message, in the order of the text; at most one a clause.

    `writer` wrote it; what "you promised" is by the other side. `due` is given the clause, blanks where a condition
    stands, and returns the moment by which it is promised, or None. `likely` is given all sentences at once, as
    `sentences.split` cuts them, and returns for each the probability that it holds a promise; PRIOR where it knows
    nothing. `off` are ids of rules not to use. In a language other than English nothing is found. Linear time; never
    raises on any text by itself.
    """
    if language.guess(text) != "en":
        return []
    flat = _WRAPPED.sub(" ", text)
    worth: dict[sentences.Sentence, set[str]] = {}
    for rule, sentence in scanner(RULE_FILE).hits(flat, off=off):
        worth.setdefault(sentence, set()).add(rule.id)
    every = list(worth) if likely is None else list(sentences.split(flat))
    asked = likely or _silent
    opinions = asked([text[each.start : each.end] for each in every]) if every else ()
    found: list[Promise] = []
    for sentence, opinion in zip(every, opinions, strict=True):
        candidates = list(_candidates(sentence, worth.get(sentence, set()), writer == "firm"))
        if not candidates and likely is not None:
            candidates = [_Candidate("model.promise", _BY_MODEL, UNSEEN, 0, len(sentence.text), Found())]
        for each in candidates:
            p = combined(each.p, opinion)
            if p >= SHOWN:
                found.append(_promise(text, sentence, each._replace(p=p), writer, due))
    return found


def _silent(every: Sequence[str]) -> list[float]:
    return [PRIOR] * len(every)


def combined(by_rules: float, by_model: float) -> float:
    """One probability from that of the rules and that of the model, both between 0 and 1.

    Log-odds add up as those of independent witnesses do; the model's count from PRIOR, where it says nothing new, and
    by MODEL_WEIGHT, since both read the same words. Refit the constants by a logistic regression of the label on the
    model's log-odds, with those of the rules as they are: MODEL_WEIGHT is the slope, PRIOR follows from the intercept.
    """
    odds = _log_odds(by_rules) + MODEL_WEIGHT * (_log_odds(by_model) - _log_odds(PRIOR))
    return min(SURE, _chance(odds))


def _log_odds(p: float) -> float:
    p = min(max(p, 1e-4), 1 - 1e-4)
    return math.log(p / (1 - p))


def _chance(log_odds: float) -> float:
    return 1 / (1 + math.exp(-log_odds))


def _candidates(sentence: sentences.Sentence, ids: set[str], firm: bool) -> Iterator[_Candidate]:
    """The surest finding of each clause, however unsure."""
    if not ids:
        return
    plain = rulebook.plain(sentence.text)
    if _BOILERPLATE.search(plain):
        return
    words = clauses.tokens(sentence.text, plain)
    parts = clauses.cut(words, lexicon())
    last: _Candidate | None = None
    for place, clause in enumerate(parts):
        start, end = _trimmed(words, clause)
        if start >= end or _quoted(plain, start):
            continue
        asked = plain.rstrip("\"') ").endswith("?") and place == len(parts) - 1
        view = View(words, clause, firm, asked, lexicon())
        best = max(_judged(view, ids, plain[start:end]), key=lambda each: each[1], default=None)
        if best is not None:
            rule, p, found = best
            last = _Candidate(rule.id, rule.why, p, start, end, found)
        elif last is not None and goes_on(view):
            last = last._replace(start=start, end=end)
        else:
            last = None
        if last is not None:
            yield last


def _judged(view: View, ids: set[str], part: str) -> Iterator[tuple[rulebook.Rule, float, Found]]:
    for rule in rulebook.load(RULE_FILE):
        if rule.id not in ids:
            continue
        decide = RULES.get(rule.id)
        found = decide(view) if decide is not None else _idiom(rule, part, view)
        if found is not None:
            yield rule, min(SURE, _chance(_log_odds(rule.confidence) + found.shift)), found


def _idiom(rule: rulebook.Rule, part: str, view: View) -> Found | None:
    if view.asked or rule.find(part) is None:
        return None
    return Found(negative=" no " in part and "will be no" in part)


def _promise(
    text: str,
    sentence: sentences.Sentence,
    known: _Candidate,
    writer: Writer,
    due: Callable[[str], datetime | None] | None,
) -> Promise:
    said = sentence.text[known.start : known.end]
    plain = rulebook.plain(said)
    when = timing.due_span(plain)
    waits = timing.open_until(plain, when)
    start, end = sentence.start + known.start, sentence.start + known.end
    other: Writer = "client" if writer == "firm" else "firm"
    return Promise(
        quote=text[start:end],
        start=start,
        end=end,
        p=known.p,
        rule=known.rule,
        why=known.why,
        by=other if known.found.other else writer,
        due=due(timing.without_conditions(said, plain)) if due is not None else None,
        open_until=said[slice(*waits)] if waits is not None else "",
        negative=known.found.negative,
    )


_WRAPPED = re.compile(r"(?<![\n,:;])\n(?=[^\s\-*•–>|])(?!\d{1,2}[.)])")
"""A line break within a sentence, at which `sentences` does not cut."""
_BOILERPLATE = re.compile(
    r"\b(?:force majeure|under (?:clause|article|section) \d|hereinafter|pursuant to|intended recipient|"
    r"received in error|this e-?mail and any|"
    r"(?:n?either) party|the parties|shall be (?:liable|governed|construed|deemed|entitled)|liability|"
    r"the (?:supplier|client|customer|contractor|provider|seller|buyer|lessee|lessor|licensee|licensor) shall)\b"
)


def _trimmed(words: clauses.Tokens, clause: clauses.Clause) -> tuple[int, int]:
    """Where a clause begins and ends without the signs and "and" at its edges; a full stop at the end stays."""
    low, high = clause
    if low:
        while low < high and (words.words[low] in _LEADS or not words.words[low][0].isalnum()):
            low += 1
    while low < high and words.words[high - 1] in _TRAILS:
        high -= 1
    return (words.starts[low], words.ends[high - 1]) if low < high else (0, 0)


_LEADS = frozenset(("and", "but", "so", "or", "yet", "then"))
_TRAILS = frozenset((",", ";", ":", "-", "–", "—", "("))


def _quoted(plain: str, start: int) -> bool:
    """Does the clause stand in quotation marks, as somebody else's words."""
    while start < len(plain) and not plain[start].isalnum() and plain[start] != '"':
        start += 1
    return plain.count('"', 0, start + 1) % 2 == 1
