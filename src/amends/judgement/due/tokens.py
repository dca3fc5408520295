"""A text cut into words, numbers and signs, as the grammar reads it.

Words are in lower case with straight apostrophes; letters and digits never share a token ("3pm" is two), so
that whatever a pattern reads ends where a token ends. The number of tokens is bounded by what `sentences` reads.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from amends.judgement import rulebook, sentences

_TOKEN = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*|[0-9]+|[^\s]")
_LONGEST_NUMBER = 9


class Token(NamedTuple):
    """`word` is the text from `start` up to `end` in lower case; `number` its value where it is digits, else -1."""

    word: str
    start: int
    end: int
    number: int


_END = Token("", -1, -1, -1)


class Tokens:
    """The tokens of one window of a text, with offsets in the whole text."""

    __slots__ = ("_ends", "_low", "_plain", "_tokens", "text")

    def __init__(self, text: str, low: int, high: int) -> None:
        self.text = text
        self._low = low
        self._plain = rulebook.plain(text[low:high])
        self._tokens = [_token(match, low) for match in _TOKEN.finditer(self._plain)]
        self._ends: dict[int, int] | None = None

    def __len__(self) -> int:
        return len(self._tokens)

    def at(self, index: int) -> Token:
        """The token, or an empty one before the beginning and past the end."""
        return self._tokens[index] if 0 <= index < len(self._tokens) else _END

    def word(self, index: int) -> str:
        """The token's word, or ""."""
        return self._tokens[index].word if 0 <= index < len(self._tokens) else ""

    def number(self, index: int) -> int:
        """The token's value, or -1 where it is no number of at most 9 digits."""
        return self._tokens[index].number if 0 <= index < len(self._tokens) else -1

    def glued(self, index: int) -> bool:
        """Does this token follow the one before without a space."""
        return 0 < index < len(self._tokens) and self._tokens[index].start == self._tokens[index - 1].end

    def capital(self, index: int) -> bool:
        """Is the token written with a capital."""
        return 0 <= index < len(self._tokens) and self.text[self._tokens[index].start].isupper()

    def skip(self, index: int, *words: str) -> int:
        """The index after one token that is among `words`, or `index` itself."""
        return index + 1 if self.word(index) in words else index

    def reads(self, index: int, *words: str) -> int:
        """The index after exactly these words, or 0 where others stand."""
        for each in words:
            if self.word(index) != each:
                return 0
            index += 1
        return index

    def match(self, pattern: re.Pattern[str], index: int) -> tuple[re.Match[str], int] | None:
        """What a pattern reads from the beginning of a token on, and the index after it; never half a token."""
        found = pattern.match(self._plain, self._tokens[index].start - self._low) if self.word(index) else None
        if found is None:
            return None
        if self._ends is None:
            self._ends = {token.end - self._low: at + 1 for at, token in enumerate(self._tokens)}
        stop = self._ends.get(found.end(), 0)
        return (found, stop) if stop else None

    def plain(self, low: int, high: int) -> str:
        """The words from token `low` up to token `high`, in lower case, as they were written."""
        if low >= high:
            return ""
        return self._plain[self._tokens[low].start - self._low : self._tokens[high - 1].end - self._low]


def _token(match: re.Match[str], low: int) -> Token:
    word = match[0]
    number = int(word) if word.isascii() and word.isdigit() and len(word) <= _LONGEST_NUMBER else -1
    return Token(word, match.start() + low, match.end() + low, number)


def words(phrase: str) -> list[str]:
    """The words of a phrase in lower case, cut as the tokens of a text are."""
    return _TOKEN.findall(phrase)


def windows(text: str) -> list[Tokens]:
    """The parts of `text` that are read: all of it, or its head and its tail."""
    if len(text) <= sentences.HEAD + sentences.TAIL:
        return [Tokens(text, 0, len(text))]
    return [Tokens(text, 0, sentences.HEAD), Tokens(text, len(text) - sentences.TAIL, len(text))]
