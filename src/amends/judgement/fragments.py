"""Which pieces of text a pattern cannot match without, read from the pattern itself.

Hundreds of patterns over every sentence would cost more than all else that Amends does with a message. But a pattern
such as `\\bhung up\\b` can only match where the words "hung" and "up" stand, so it need not be tried elsewhere. This
is the prefilter of code search (Cox, "Regular Expression Matching with a Trigram Index", 2012), with words for
trigrams: `needed` walks a pattern's syntax tree and returns clauses, each a set of fragments of which one must occur.

A fragment lies inside one word or is one other character, as `words` cuts a text; `EDGE` at its start or end says
that the word begins or ends there. Whatever the walk does not know counts as "anything may stand here", so that a
clause is always necessary and never sufficient. The parser of patterns is Python's own, which is not public: should
it change, the test that compares with trying every pattern fails.
"""

from __future__ import annotations

import importlib
import re
from dataclasses import dataclass, replace
from functools import reduce
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

EDGE = "\x00"
"""Stands in a fragment where `\\b` would match."""
Clause = frozenset[str]

SHORTEST = 3
"""A fragment has so many characters, edges counted, or is a single one that is no part of a word."""
_MOST = 250
"""A part of a pattern with more spellings than this is not spelt out."""
_WORD = re.compile(r"\w")
_WORDS = re.compile(r"\w+|[^\w\s]")
_EDGES = re.compile(r"\b")
_PIECES = re.compile(rf"{EDGE}?\w+{EDGE}?|[^\w\s{EDGE}]")
_FREQUENT = frozenset(
    """a an the and or but if it is are was were be been has have had do does did not no i we you my our your this that
    to of in on for with at by as from so they he she can could will would get got just all any s ve re d , . ' -
    """.split()  # noqa: SIM905  # as a list it would fill a page
)
_SHARE = (1.0, 0.5, 0.1, 0.02, 0.006, 0.002)
"""Roughly how often a fragment of so many characters stands in a sentence."""

words = _WORDS.findall
"""The words of a text and its other characters, without white space."""


def needed(pattern: str) -> tuple[Clause, ...]:
    """Clauses that all hold in every text in which `pattern` matches, the most telling first; maybe none."""
    parser = importlib.import_module("re._parser")
    return tuple(sorted(set(_sequence(parser.parse(pattern)).closed().clauses), key=_cost))


@dataclass(frozen=True, slots=True)
class _Part:
    """Part of a pattern: `spelt`, how all that it matches can end, where that is little; and what it needs before.

    Where it is `whole`, its spellings are all that it matches, from beginning to end. An edge at either end of a
    spelling says that `\\b` holds there; a space, any white space. `spaced`: it matches nothing, or ends with a space.
    """

    spelt: Clause | None
    clauses: tuple[Clause, ...] = ()
    whole: bool = False
    spaced: bool = False

    def closed(self) -> _Part:
        """The same with its spellings turned into clauses, so that anything may follow."""
        return self if self.spelt is None else _Part(None, (*self.clauses, *_clauses(self.spelt)))


_EMPTY = _Part(frozenset({""}), whole=True)
_ANYTHING = _Part(None)
_SPACE = frozenset({" "})


def _clauses(spelt: Clause) -> Iterable[Clause]:
    """What one of these spellings demands: word by word where all have as many, else the first, last and rarest."""
    rows = [_fragments(spelling) for spelling in spelt]
    if not all(rows):
        return
    alike = len({len(row) for row in rows}) == 1
    columns = (
        zip(*rows, strict=True)
        if alike
        else zip(*((row[0], row[-1], min(row, key=_share)) for row in rows), strict=True)
    )
    for column in columns:
        clause = frozenset(column)
        if all(map(_telling, clause)):
            yield clause


def _telling(fragment: str) -> bool:
    return len(fragment) >= SHORTEST or (len(fragment) == 1 and _WORD.match(fragment) is None)


def _fragments(spelling: str) -> list[str]:
    """A spelling's words, with an edge where two neighbours make one, and at its ends where it says so."""
    bare = spelling.replace(EDGE, "")
    marked = _EDGES.sub(EDGE, bare).strip(EDGE)
    marked = f"{EDGE if spelling.startswith(EDGE) else ''}{marked}{EDGE if spelling.endswith(EDGE) else ''}"
    return _PIECES.findall(marked)


def _share(fragment: str) -> float:
    bare = fragment.replace(EDGE, "")
    return 0.06 if bare in _FREQUENT else _SHARE[min(len(bare), 5)]


def _cost(clause: Clause) -> float:
    return sum(map(_share, clause))


def _sequence(nodes: Iterable[Any]) -> _Part:
    return reduce(_then, (_node(str(op), value) for op, value in nodes), _EMPTY)


def _then(left: _Part, right: _Part) -> _Part:
    if right.spaced and left.spelt is not None and all(each.endswith(" ") for each in left.spelt):
        return _Part(_SPACE, left.closed().clauses)
    if left.spelt is None or right.spelt is None or not right.whole:
        return _Part(right.spelt, (*left.closed().clauses, *right.clauses))
    if len(left.spelt) * len(right.spelt) <= _MOST:
        return _Part(frozenset(a + b for a in left.spelt for b in right.spelt), left.clauses, left.whole)
    after_space = all(each.endswith(" ") for each in left.spelt)
    return _Part(frozenset(f" {each}" for each in right.spelt) if after_space else right.spelt, left.closed().clauses)


def _node(op: str, value: Any) -> _Part:
    match op:
        case "LITERAL":
            return _Part(frozenset({" " if chr(value).isspace() else chr(value)}), whole=True)
        case "IN" if [str(each) for _, each in value] == ["CATEGORY_SPACE"]:
            return _Part(_SPACE, whole=True)
        case "IN":
            literal = all(str(kind) == "LITERAL" for kind, _ in value) and len(value) <= _MOST
            return _branch([_node(str(kind), char) for kind, char in value]) if literal else _ANYTHING
        case "BRANCH":
            return _branch([_sequence(each) for each in value[1]])
        case "SUBPATTERN":
            return _sequence(value[3])
        case "MAX_REPEAT" | "MIN_REPEAT":
            return _repeat(value[0], value[1], _sequence(value[2]))
        case "AT":
            return _Part(frozenset({EDGE}), whole=True) if str(value) == "AT_BOUNDARY" else _EMPTY
        case "ASSERT" | "ASSERT_NOT":
            return _EMPTY
        case _:
            return _ANYTHING


def _branch(branches: Sequence[_Part]) -> _Part:
    spellings = [each.spelt for each in branches if each.whole and each.spelt is not None]
    if len(spellings) == len(branches) and sum(map(len, spellings)) <= _MOST:
        return _Part(frozenset[str]().union(*spellings), whole=True)
    best = [min(each.closed().clauses, key=_cost, default=None) for each in branches]
    known = [clause for clause in best if clause is not None]
    return _Part(None, (frozenset[str]().union(*known),)) if len(known) == len(best) else _ANYTHING


def _repeat(least: int, most: Any, part: _Part) -> _Part:
    if least == most == 1 or (least == 1 and part.whole and part.spelt == _SPACE):
        return part
    if least:
        return replace(part, whole=False)
    if part.whole and part.spelt is not None and (most == 1 or part.spelt == _SPACE):
        return _Part(part.spelt | {""}, whole=True)
    return _Part(None, spaced=part.spelt is not None and all(each.endswith(" ") for each in part.spelt))
