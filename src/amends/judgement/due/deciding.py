"""Which of several expressions is the deadline."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from amends.judgement.due.resolving import Resolved


def best(found: Sequence[Resolved]) -> Resolved | None:
    """The first of the highest rank, or None where none can be a deadline."""
    return max((each for each in found if each.rank), key=lambda each: each.rank, default=None)
