"""Whether a sentence speaks of what has been, where it names a day: "we sent it on 3 March"."""

from __future__ import annotations

import re

from amends.judgement.due.tokens import Tokens
from amends.judgement.due.words import bag

_PAST = bag("past")
_FUTURE = bag("future")
_PRESENT = frozenset(
    {"is", "are", "am", "be", "being", "get", "gets", "isn't", "aren't", "we're", "i'm", "it's", "they're"}
)
_PERFECT = frozenset({"have", "has", "had", "i've", "we've", "you've", "they've", "having", "been", "was", "were"})
_NOT_VERBS = bag("not_verbs")
_MOVED = bag("moved")
_ED = re.compile(r"[a-z]{2,}ed\Z")
_STOPS = frozenset(".!?;")
_LEAVES = frozenset(("as", "and", "but", "which", "that", "because", "since", "when", "if", "unless", "once", "-", "("))
_REACH, _AHEAD = 30, 12


class Tense:
    """Answers for the tokens of one text; each answer looks back at most 30 tokens."""

    __slots__ = ("_tokens",)

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens

    def is_past(self, index: int) -> bool:
        """The nearest verb before this token that has a tense says so; where none stands, the nearest after."""
        for at in range(index - 1, max(index - _REACH, 0) - 1, -1):
            if self._ends(at):
                break
            told = self._tells(at)
            if told is not None:
                return told
        for at in range(index, min(index + _AHEAD, len(self._tokens))):
            if self._ends(at) or self._tokens.word(at) in _LEAVES:
                break
            told = self._tells(at)
            if told is not None:
                return told
        return False

    def is_future(self, index: int) -> bool:
        """Is there a word before this token in its sentence that speaks of what is to come."""
        for at in range(index - 1, max(index - _REACH, 0) - 1, -1):
            if self._ends(at):
                return False
            told = self._tells(at)
            if told is not None:
                return not told
        return False

    def _ends(self, at: int) -> bool:
        return self._tokens.word(at) in _STOPS and not (
            self._tokens.glued(at + 1) or self._tokens.word(at - 1) in ("a", "p")
        )

    def _tells(self, at: int) -> bool | None:
        word = self._tokens.word(at)
        if word == "due" and self._tokens.word(at - 1) in ("was", "were", "been"):
            return True
        if word in _FUTURE or word.endswith("'ll"):
            return False
        if word in ("was", "were") and self._tokens.word(at + 1) in _MOVED:
            return None  # "it was moved to Friday"
        before = self._tokens.word(at - 1)
        if word in _PAST or (word not in _NOT_VERBS and _ED.match(word)):
            if before in _PRESENT or before == "not":
                return None  # "is expected by", "to be sent on"
            if word not in _PERFECT and (before in ("to", "the", "a", "an", "our", "your") or self._wanted(at)):
                return None  # "the agreed date", "we need it fixed by"
            return True
        return None

    def _wanted(self, at: int) -> bool:
        return any(
            self._tokens.word(at - back) in ("need", "want", "like", "get", "needs", "wants") for back in (2, 3, 4)
        )
