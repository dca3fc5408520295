"""A text without the signs that nobody sees: they hide words from rules, and mean nothing to them.

Signs that turn the direction of writing, join or part letters or take no room are left out before a draft is judged;
what is found is told by its place in the draft as it was written. After a right-to-left override letters stand in
another order than they are read in, so that such a draft is judged twice: as it is written and as it is seen.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_UNSEEN = re.compile("[\u00ad\u034f\u061c\u115f\u1160\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
_TURNED = re.compile("\u202e([^\u202a-\u202e\u2066-\u2069\n]*)")
"""What a right-to-left override turns: until the next sign of direction or the end of the line."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read a text: `text`, and the place in the original of each of its characters."""

    text: str
    places: Sequence[int]

    def original(self, start: int, end: int) -> tuple[int, int]:
        """Where in the original the characters from `start` to `end` stand."""
        if start >= end or end > len(self.places):
            return start, end
        there = self.places[start:end]
        return min(there), max(there) + 1


def readings(text: str) -> Iterator[Reading]:
    """The text as it is read; twice where it is written in another order than it is seen."""
    if _UNSEEN.search(text) is None:
        yield Reading(text, range(len(text)))
        return
    yield _seen(text, list(range(len(text))))
    if "\u202e" in text:
        order = list(range(len(text)))
        for turned in _TURNED.finditer(text):
            low, high = turned.span(1)
            order[low:high] = range(high - 1, low - 1, -1)
        yield _seen(text, order)


def _seen(text: str, order: Sequence[int]) -> Reading:
    unseen = frozenset(_UNSEEN.findall(text))
    kept = [at for at in order if text[at] not in unseen]
    return Reading("".join(text[at] for at in kept), kept)
