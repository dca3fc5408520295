"""Which failure modes what a client says may be a case of, by the words that it shares with playbooks. Pure.

A guess to offer, no verdict: a person chooses. A word weighs the more the fewer playbooks have it.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

from amends.judgement.returning import content
from amends.recovery.shipped import Book

_MOST = 3
_SHARED = 2  # words that carry a meaning; one alone says too little
_BESIDE = 0.6  # of the weight of the one that a quote speaks for most; what is further behind is not offered

_PALE = frozenset(content("not nobody nothing no one every any say said tell told know use make go come call day like"))


def likely(quotes: Sequence[str], books: Sequence[Book]) -> list[Book]:
    """The playbooks that speak most like these quotes, the likeliest first, three at most; none where nothing does."""
    words = {book.mode: _words(book) for book in books}
    known = Counter(stem for stems in words.values() for stem in stems)
    best: dict[str, float] = {}
    for quote in quotes:
        said = frozenset(content(quote)) - _PALE
        shared = {mode: said & stems for mode, stems in words.items() if len(said & stems) >= _SHARED}
        weighed = {mode: sum(math.log(1 + len(books) / known[stem]) for stem in both) for mode, both in shared.items()}
        for mode, weight in weighed.items():
            if weight >= _BESIDE * max(weighed.values()):
                best[mode] = max(weight, best.get(mode, 0.0))
    return sorted((book for book in books if book.mode in best), key=lambda book: -best[book.mode])[:_MOST]


def _words(book: Book) -> frozenset[str]:
    return frozenset(content(" ".join((book.name, book.fails, *book.said))))
