"""Numbers as people write them in dates: "three", "twenty-first", "a couple of", "1.5", "nineteen eighty six"."""

from __future__ import annotations

import re
from typing import NamedTuple

from amends.judgement.due.tokens import Tokens
from amends.judgement.due.words import ONES, ORDINALS, TENS, VAGUE

_SUFFIXES = ("st", "nd", "rd", "th")
_DECIMAL = re.compile(r"(\d{1,4})[.,](\d{1,2})(?!\d)")
_FIRST_YEAR, _LAST_YEAR = 1900, 2199
_PIVOT = 20
"""A year of two digits lies at most this many years ahead; else it is of the last century."""


class Number(NamedTuple):
    """A value and the index of the token after it; `exact` is False for "a few"."""

    value: float
    stop: int
    exact: bool = True


def cardinal(tokens: Tokens, index: int) -> Number | None:
    """A whole number below 100 in words, or in digits."""
    number = tokens.number(index)
    if number >= 0:
        return Number(number, index + 1)
    word = tokens.word(index)
    if word in ONES:
        return Number(ONES[word], index + 1)
    if word not in TENS:
        return None
    after = index + 1 + (tokens.word(index + 1) == "-")
    one = ONES.get(tokens.word(after), 0)
    return Number(TENS[word] + one, after + 1) if 0 < one < 10 else Number(TENS[word], index + 1)


def ordinal(tokens: Tokens, index: int) -> Number | None:
    """ "15th", "first", "twenty-first"."""
    number = tokens.number(index)
    if number >= 0:
        suffixed = tokens.word(index + 1) in _SUFFIXES and tokens.glued(index + 1)
        return Number(number, index + 2) if suffixed else None
    word = tokens.word(index)
    if word in ORDINALS:
        return Number(ORDINALS[word], index + 1)
    if word in TENS:
        after = index + 1 + (tokens.word(index + 1) == "-")
        one = ORDINALS.get(tokens.word(after), 0)
        return Number(TENS[word] + one, after + 1) if 0 < one < 10 else None
    return None


def day_of_month(tokens: Tokens, index: int) -> Number | None:
    """1 to 31, however it is written."""
    found = ordinal(tokens, index) or cardinal(tokens, index)
    return found if found is not None and 1 <= found.value <= 31 else None


def count(tokens: Tokens, index: int) -> Number | None:
    """How many of a unit: "3", "1.5", "a", "a couple of", "half an", "two and a half", "another two"."""
    index = tokens.skip(index, "another", "about", "around", "roughly", "approximately", "approx")
    if tokens.word(index) == "half":
        after = tokens.skip(index + 1, "a", "an")
        return Number(0.5, after) if after > index + 1 else None
    decimal = tokens.match(_DECIMAL, index)
    if decimal is not None:
        return Number(float(f"{decimal[0][1]}.{decimal[0][2]}"), decimal[1])
    after = tokens.skip(index, "a", "an")
    if tokens.word(after) in VAGUE:
        vague = VAGUE[tokens.word(after)]
        return Number(vague, tokens.skip(after + 1, "of", "more"), exact=vague == 2)
    if after > index:
        return Number(1, tokens.skip(after, "full", "further", "single"))
    found = cardinal(tokens, index)
    if found is None:
        return None
    bracket = tokens.reads(found.stop, "(")
    if bracket and tokens.number(bracket) == found.value and tokens.word(bracket + 1) == ")":
        found = Number(found.value, bracket + 2)
    half = tokens.reads(found.stop, "and", "a", "half")
    stop = tokens.skip(half or found.stop, "full", "further", "more", "clear", "short")
    return Number(found.value + 0.5 * bool(half), stop)


def year(tokens: Tokens, index: int) -> Number | None:
    """A year of four digits, of two after an apostrophe, or in words."""
    number = tokens.number(index)
    if number >= 0:
        fits = _FIRST_YEAR <= number <= _LAST_YEAR and len(tokens.word(index)) == 4
        return Number(number, index + 1) if fits else None
    if tokens.word(index) == "'" and tokens.glued(index + 1) and len(tokens.word(index + 1)) == 2:
        short = tokens.number(index + 1)
        return Number(2000 + short, index + 2) if short >= 0 else None
    thousand = tokens.reads(index, "two", "thousand")
    if thousand:
        rest = cardinal(tokens, tokens.skip(thousand, "and")) if tokens.number(thousand) < 0 else None
        return Number(2000 + rest.value, rest.stop) if rest else Number(2000, thousand)
    if tokens.word(index) not in ("nineteen", "twenty"):
        return None
    century = 1900 if tokens.word(index) == "nineteen" else 2000
    rest = cardinal(tokens, tokens.skip(index + 1, "-")) if tokens.number(index + 1) < 0 else None
    if rest is None or not 10 <= rest.value <= 99:
        return None
    return Number(century + rest.value, rest.stop)


def short_year(value: int, now: int) -> int:
    """The year that two digits stand for when it is the year `now`."""
    if value > 99:
        return value
    return 2000 + value if 2000 + value <= now + _PIVOT else 1900 + value
