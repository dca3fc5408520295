"""Which of many rules fire on which sentence, without trying most of them.

A pattern is tried only on a sentence with a fragment of each of its first clauses (`fragments.py`). Every word knows
of which clauses it holds a fragment, as bits of one number; the words of a sentence together say which patterns are
worth trying. What comes out is exactly what trying every pattern on every sentence would give, but sooner, because
the words of letters repeat and what a word holds is remembered.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import TYPE_CHECKING, NamedTuple

from amends.judgement import rulebook, sentences
from amends.judgement.fragments import EDGE, SHORTEST, needed, words

if TYPE_CHECKING:
    import re
    from collections.abc import Iterable, Iterator

_REMEMBERED = 20_000
"""So many different words are kept in mind (a few MB); then the slate is wiped."""
_LONGEST = 40
_CLAUSES = 4
"""So many clauses of a pattern are looked at; more would save nothing."""


class Hit(NamedTuple):
    """A rule that fired on a sentence."""

    rule: rulebook.Rule
    sentence: sentences.Sentence


class _Part(NamedTuple):
    sentence: sentences.Sentence
    plain: str
    words: list[str]


class Scanner:
    """Tries rules on sentences."""

    def __init__(self, rules: Iterable[rulebook.Rule]) -> None:
        self._tries = [(rule, pattern) for rule in rules for pattern in rule.patterns]
        self._always = 0
        self._table = _Fragments()
        for place, (_, pattern) in enumerate(self._tries):
            self._demand(place, needed(pattern.pattern)[:_CLAUSES])
        self._known: dict[str, int] = {}

    def hits(self, text: str, *, off: frozenset[str] = frozenset()) -> Iterator[Hit]:
        """Every rule that fires on a sentence of `text`, in the order of the sentences and of the rules."""
        for part in _parts(text):
            fired: rulebook.Rule | None = None
            for rule, pattern in self._worth(part.words):
                if rule is not fired and rule.id not in off and rule.fits(pattern, part.plain) is not None:
                    fired = rule
                    yield Hit(rule, part.sentence)

    def _demand(self, place: int, clauses: tuple[frozenset[str], ...]) -> None:
        """The bit of a pattern's nth clause is its place, n fields up; a clause that it lacks always holds."""
        for nth in range(_CLAUSES):
            bit = 1 << (nth * len(self._tries) + place)
            if nth >= len(clauses):
                self._always |= bit
            else:
                for fragment in clauses[nth]:
                    self._table.add(fragment, bit)

    def _worth(self, tokens: list[str]) -> Iterator[tuple[rulebook.Rule, re.Pattern[str]]]:
        """The patterns all of whose clauses these words fulfil, in order."""
        known = self._known
        held = self._always
        for word in tokens:
            bits = known.get(word)
            held |= self._learn(word) if bits is None else bits
        width = len(self._tries)
        left = held & held >> width & held >> 2 * width & held >> 3 * width & (1 << width) - 1
        while left:
            lowest = left & -left
            yield self._tries[lowest.bit_length() - 1]
            left ^= lowest

    def _learn(self, word: str) -> int:
        bits = self._table.held_by(word)
        if len(self._known) >= _REMEMBERED:
            self._known.clear()
        if len(word) <= _LONGEST:
            self._known[word] = bits
        return bits


class _Fragments:
    """Bits by fragment: whole words, beginnings of words, ends, and the rest by how they begin."""

    def __init__(self) -> None:
        self._whole: dict[str, int] = {}
        self._first: dict[str, int] = {}
        self._last: dict[str, int] = {}
        self._inside: dict[str, dict[str, int]] = {}

    def add(self, fragment: str, bit: int) -> None:
        """Whoever holds this fragment has this bit."""
        bare = fragment.strip(EDGE)
        match (fragment.startswith(EDGE), fragment.endswith(EDGE)):
            case (True, False):
                table = self._first
            case (False, True):
                table = self._last
            case (False, False) if len(bare) >= SHORTEST:
                table = self._inside.setdefault(bare[:SHORTEST], {})
            case _:  # also a character that is no part of a word, and so stands alone
                table = self._whole
        table[bare] = table.get(bare, 0) | bit

    def held_by(self, word: str) -> int:
        """The bits of all fragments in a word."""
        found = self._whole.get(word, 0)
        first, last, inside = self._first, self._last, self._inside
        for at in range(len(word)):
            found |= first.get(word[: at + 1], 0) | last.get(word[at:], 0)
            for fragment, bits in inside.get(word[at : at + SHORTEST], _NONE).items():
                if word.startswith(fragment, at):
                    found |= bits
        return found


_NONE: dict[str, int] = {}


@cache
def scanner(*names: str) -> Scanner:
    """The scanner for the rules of these files."""
    return Scanner(rulebook.load(*names))


@lru_cache(maxsize=1)  # the same message is read for what it complains of and for what it asks, one after the other
def _parts(text: str) -> tuple[_Part, ...]:
    found = ((sentence, rulebook.plain(sentence.text)) for sentence in sentences.split(text))
    return tuple(_Part(sentence, plain, words(plain)) for sentence, plain in found)
