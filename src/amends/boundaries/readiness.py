"""Whether the firm knows an industry well enough to begin there: pure decisions about a readiness gate.

"We allowed a client to push us too fast before we truly understood the industry" (the essay "When a Relationship with a
Client Goes Off the Rails"): what was missing then is asked for here: their words, what we do not know, and a pace.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

KNOWN_AFTER = timedelta(days=90)
"""An industry is known where work in it began so long before the new engagement: a sooner one may be the same haste."""


def folded(words: str) -> str:
    """What somebody calls an industry or a kind of work, as it is compared: case, accents and signs do not count.

    "Food & Drink" and "food and drink" are the same.
    """
    plain = unicodedata.normalize("NFKD", words.replace("&", " and ")).casefold()
    kept = (char if char.isalnum() else " " for char in plain if not unicodedata.combining(char))
    return " ".join("".join(kept).split())


class Missing(StrEnum):
    """What stands between a gate and its passing; pages put it into words."""

    TERMS = "terms"
    GLOSSARY = "glossary"
    QUESTIONS = "questions"
    ANSWERS = "answers"
    PACE = "pace"


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a gate: `terms` of the client's glossary, whether it was agreed, questions and their answers."""

    terms: int = 0
    glossary_agreed: bool = False
    questions: int = 0
    unanswered: int = 0
    pace_agreed: bool = False


def missing(facts: Facts) -> list[Missing]:
    """What is still missing, in the order in which it is done."""
    return list(_missing(facts))


def _missing(facts: Facts) -> Iterator[Missing]:
    if not facts.terms:
        yield Missing.TERMS
    if not facts.glossary_agreed:
        yield Missing.GLOSSARY
    if not facts.questions:
        yield Missing.QUESTIONS
    if facts.unanswered:
        yield Missing.ANSWERS
    if not facts.pace_agreed:
        yield Missing.PACE
