"""A sentence as counted words, pairs of words and runs of letters, each a row of the n-gram model's table.

The hashing trick (Weinberger et al., ICML 2009) spares a vocabulary; collisions are as rare as the table is large.
Training and use share this one function, so they cannot part ways.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from itertools import chain, pairwise
from typing import TYPE_CHECKING
from zlib import crc32

from amends.judgement import rulebook

if TYPE_CHECKING:
    from collections.abc import Iterator

BUCKETS = 1 << 17
"""Rows of the table."""
_TOKEN = re.compile(r"[^\W_]+(?:'[^\W\d_]+)?|[^\w\s]")
_RUNS = (3, 4)
_LONGEST = 32
"""Letters of a word that are looked at; nothing longer is a word."""
_NUMBER = "0"


def features(text: str) -> Counter[int]:
    """How often each feature stands in `text`: row of the table to count."""
    tokens = [_NUMBER if token.isdigit() else token for token in _TOKEN.findall(rulebook.plain(text))]
    return Counter(chain(*(_within(token[:_LONGEST]) for token in tokens), _between(tokens)))


@lru_cache(maxsize=50_000)
def _within(token: str) -> tuple[int, ...]:
    """A token and its runs of letters, with its edges marked."""
    edged = f" {token} "
    runs = (edged[at : at + size] for size in _RUNS for at in range(len(edged) - size + 1))
    return (_row(token), *(_row(f"\t{run}") for run in runs))


def _between(tokens: list[str]) -> Iterator[int]:
    for first, second in pairwise(tokens):
        yield _row(f"{first[:_LONGEST]} {second[:_LONGEST]}")


def _row(feature: str) -> int:
    return crc32(feature.encode("utf-8", "surrogatepass")) % BUCKETS
