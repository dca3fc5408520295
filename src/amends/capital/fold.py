"""Balances as folds over postings, in exact whole numbers. Pure.

A posting of `amount` hundredths of a point at day d is worth `amount × 2^-((D-d)/h)` at day D, h being the half-life
of its policy. As `weight = amount × factor(d)` with `factor(d) = round(2^((d-EPOCH)/h) × 2^64)`, the balance at D
is `Σ weight / factor(D)`: the sum is of whole numbers, so that postings in any order give the same balance to the last
digit, and a total kept beside them equals the one that is added up anew. Days are those of UTC.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal, localcontext
from functools import cache

EPOCH = date(2000, 1, 1)
_SCALE = 2**64
_DIGITS = 80


@cache
def factor(day: int, half_life: int) -> int:
    """What a posting of this day (days since `EPOCH`) weighs, a whole number; twice as much a half-life later."""
    whole, rest = divmod(day, half_life)
    with localcontext(prec=_DIGITS):
        part = int((Decimal(2) ** (Decimal(rest) / Decimal(half_life)) * _SCALE).to_integral_value())
    return part << whole if whole >= 0 else max(part >> -whole, 1)


def day_of(at: datetime | date) -> int:
    """The day of a moment, counted from `EPOCH`; before it, below zero."""
    day = at.astimezone(UTC).date() if isinstance(at, datetime) else at
    return (day - EPOCH).days


def weight(amount: int, at: datetime | date, half_life: int) -> int:
    """What a posting adds to its client's total."""
    return amount * factor(day_of(at), half_life)


def balance(totals: Mapping[int, int], at: datetime | date) -> int:
    """Hundredths of a point at the end of a day, from the totals of weights by half-life; rounded half to even."""
    day = day_of(at)
    return sum(points(total, factor(day, half_life)) for half_life, total in totals.items())


def folded(postings: Iterable[tuple[int, datetime, int]], at: datetime | date) -> int:
    """The balance at the end of a day of postings `(amount, effective at, half-life)`; later ones do not count."""
    day = day_of(at)
    totals: dict[int, int] = {}
    for amount, effective, half_life in postings:
        if day_of(effective) <= day:
            totals[half_life] = totals.get(half_life, 0) + weight(amount, effective, half_life)
    return balance(totals, at)


def shown(hundredths: int, lowest: int, highest: int) -> int:
    """Whole points within the range that is shown."""
    return max(lowest, min(highest, points(hundredths, 100)))


def points(numerator: int, denominator: int) -> int:
    """A weight by a factor, or hundredths by a hundred: whole, rounded half to even."""
    whole, rest = divmod(numerator, denominator)
    twice = 2 * rest
    return whole + (twice > denominator or (twice == denominator and whole % 2 == 1))
