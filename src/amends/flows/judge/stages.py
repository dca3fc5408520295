"""What judging consists of, one stage after another, so that several workers can share it.

A stage picks rows that wait for it, and judges them; what that returns writes what was found, with the mark that they
are done. A later stage begins only where no earlier one has anything left, in whoever's hands.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

Keep = Callable[[], None]
"""Called between two small steps of judging a batch: says that the worker lives, and hears that it must end."""
Write = Callable[[], None]
"""Writes what judging a batch found; called in a transaction, and only where the batch is still the worker's."""
Judge = Callable[[Sequence[Any], Keep], Write]
"""Judges a batch, outside of any transaction."""


@dataclass(frozen=True, slots=True)
class Stage:
    """`pick(exclude)` gives the next rows but those with these keys; `begin(now)` loads what judging them needs."""

    name: str
    pick: Callable[[Collection[int]], Sequence[Any]]
    begin: Callable[[datetime], Judge]
    counts: bool = True  # whether its rows are among those that people are told of
