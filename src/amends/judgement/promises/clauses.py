"""Cuts a sentence into clauses, so that each commitment has its own words and its own date.

A clause is a main clause with what depends on it: the conditions before and after it, and phrases without a verb. "If
you approve today, we ship on Friday, and Tom will call you" is two: the condition belongs to the shipping.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from amends.judgement.promises import timing
from amends.judgement.promises.lexicon import BASE, PAST, THIRD, Lexicon

_TOKEN = re.compile(
    r"won't|shan't|can't|'(?:ll|re|ve|d|m|s)\b|n't\b|\w+?(?=n't\b)|\d+(?:[:.,]\d+)+|[\w€$£%]+(?:-\w+)*|[^\w\s]"
)
_BREAKS = frozenset(",;:()–—")
_JOINS = frozenset(("and", "but", "so", "or", "yet", "then"))
PRONOUNS = frozenset(("i", "we", "you", "he", "she", "they", "it", "who", "someone", "nobody", "everyone"))
FINITE = frozenset(
    """is are was were am 'm 're 's has have had 've do does did will 'll shall would 'd can could may might must should
    won't shan't can't cannot gonna ill""".split()  # noqa: SIM905
)
_SUB = frozenset(
    """if when whether unless until till once because although though while whenever wherever since after before as
    who which that where why how provided providing given whose whom to""".split()  # noqa: SIM905
)


class Tokens(NamedTuple):
    """The words and signs of a sentence, in lower case, contractions apart ("i", "'ll"), with where each lies."""

    words: list[str]
    starts: list[int]
    ends: list[int]
    raw: str
    plain: str

    def capital(self, i: int) -> bool:
        """Does the token begin with a capital letter."""
        return self.raw[self.starts[i]].isupper()


class Clause(NamedTuple):
    """Tokens `low` up to `high`."""

    low: int
    high: int


def tokens(raw: str, plain: str) -> Tokens:
    """The tokens of a sentence; `plain` is it as `rulebook.plain` gives it."""
    found = list(_TOKEN.finditer(plain))
    return Tokens([m[0] for m in found], [m.start() for m in found], [m.end() for m in found], raw, plain)


def cut(sentence: Tokens, lexicon: Lexicon) -> list[Clause]:
    """The clauses of a sentence, in order and without gaps."""
    found: list[Clause] = []
    main = False
    for segment in _segments(sentence.words):
        kind = _kind(sentence, segment, lexicon)
        if not found:
            found.append(segment)
        elif kind == "sub" and main and sentence.words[segment.low] in _JOINS:
            found.append(segment)  # "but if you approve today, we …": the condition leads a new clause
            main = False
        elif (kind == "main" and main) or (
            kind == "again" and _dated(sentence, found[-1]) and _dated(sentence, segment)
        ):
            found.append(segment)
        else:
            found[-1] = Clause(found[-1].low, segment.high)
        main = main or kind == "main"
    return found


def _segments(words: list[str]) -> list[Clause]:
    found, low = [], 0
    for i, word in enumerate(words):
        dash = word == "-" and i > low
        if i > low and (word in _JOINS or word in _BREAKS or dash):
            if all(each in _JOINS or not each[0].isalnum() for each in words[low:i]):
                continue  # ", and" is one cut
            found.append(Clause(low, i))
            low = i
    if low < len(words):
        found.append(Clause(low, len(words)))
    return found


def _kind(sentence: Tokens, segment: Clause, lexicon: Lexicon) -> str:
    """`main` for a clause with a verb of its own, `sub` for one that depends, `again` for a second verb or date."""
    words = sentence.words[segment.low : segment.high]
    while words and (words[0] in _JOINS or not words[0][0].isalnum()):
        words = words[1:]
    if not words:
        return "bare"
    rest = words[1:4]
    if words[0] in ("which", "who") and any(each in ("will", "'ll", "shall") for each in rest):
        return "main"
    if words[0] in _SUB or (words[0] == "should" and len(words) > 2) or words[:2] == ["as", "soon"]:
        return "sub" if words[0] != "that" or len(words) < 3 or words[1] not in PRONOUNS else "main"
    for i, word in enumerate(words):
        if word in FINITE and (i or word in ("will", "shall")):
            return "main"
        form = lexicon.verb(word)[1]
        if i and words[i - 1] in PRONOUNS and word.isalpha() and (i == 1 or words[i - 1] not in ("you", "it")):
            return "main"
        if i and form & THIRD and not form & BASE and not lexicon.is_(word, "deliverable"):
            return "main"
    first = lexicon.verb(words[0])[1]
    return "again" if first & BASE or not first & PAST else "bare"


def _dated(sentence: Tokens, clause: Clause) -> bool:
    low, high = sentence.starts[clause.low], sentence.ends[clause.high - 1]
    return timing.due_span(sentence.plain[low:high]) is not None
