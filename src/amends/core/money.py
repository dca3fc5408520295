"""Money, exactly: whole numbers of a currency's smallest unit. How people write it comes from the CLDR (Babel).

An amount that can be read in two ways ("1.500" is fifteen hundred in Berlin and one and a half in Boston) is refused
with both readings, never guessed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from babel.numbers import format_currency, get_currency_precision

from amends.core.errors import AmendsError

MOST = 10**14
"""Smallest units: beyond that, a figure is a slip of the keyboard."""
_THOUSANDS = r"[0-9]{1,3}(?:[ '’.,\u00a0\u202f][0-9]{3})+"
_PLAIN = re.compile(rf"[0-9]+|{_THOUSANDS}|(?:[0-9]+|{_THOUSANDS})[.,][0-9]{{1,4}}")
_GROUPS = re.compile(r"[ '’\u00a0\u202f]")


class BadAmount(AmendsError):
    """What was typed is no amount of money that is meant; the text says how to write it."""


@dataclass(frozen=True, slots=True)
class Money:
    """`units` of the smallest unit of `currency` (ISO 4217): 1250 EUR units are 12.50 euros."""

    units: int
    currency: str

    @property
    def amount(self) -> Decimal:
        """As a decimal number of the currency."""
        return Decimal(self.units).scaleb(-digits(self.currency))

    def shown(self, locale: str = "en") -> str:
        """As people write it, without empty decimals: €500, €12.50."""
        whole = self.units % 10 ** digits(self.currency) == 0
        kept = None if not whole else "¤#,##0"
        return str(format_currency(self.amount, self.currency, format=kept, locale=locale, currency_digits=not whole))

    def __str__(self) -> str:
        return self.shown()


@cache
def digits(currency: str) -> int:
    """How many decimals a currency has."""
    return int(get_currency_precision(currency))


def of_decimal(amount: Decimal, currency: str) -> Money:
    """An exact amount. Raises `BadAmount` where it has more decimals than the currency."""
    scaled = amount.scaleb(digits(currency))
    if scaled != scaled.to_integral_value():
        raise BadAmount(f"{currency} has {digits(currency)} decimals, and {amount} has more: round it.")
    return _bounded(int(scaled), currency)


def parse(text: str, currency: str) -> Money:
    """An amount as people type it: 500, 1,500.50, 1.500,50, € 20. Raises `BadAmount`."""
    plain = text.strip()
    for sign in (currency, currency.lower(), "€", "£", "$", "¥", "CHF", ".-", ".–"):
        plain = plain.replace(sign, "")
    plain = plain.strip()
    if plain.startswith(("-", "−", "–")):
        raise BadAmount("An amount cannot be negative: write what it costs, or 0.")
    if not _PLAIN.fullmatch(plain):
        raise BadAmount(f"{text.strip()[:40]!r} is no amount: write it as 500 or 500.50.")
    plain = _GROUPS.sub("", plain)
    last = max(plain.rfind("."), plain.rfind(","))
    if last < 0:
        return of_decimal(Decimal(plain), currency)
    mark, other = plain[last], "," if plain[last] == "." else "."
    after = len(plain) - last - 1
    if plain.count(mark) > 1:  # a mark that comes twice parts thousands
        if after != 3:
            raise BadAmount(f"{text.strip()[:40]!r} is no amount: write it as 500 or 500.50.")
        return of_decimal(Decimal(plain.replace(mark, "").replace(other, "")), currency)
    if after == 3 and other not in plain and len(plain[:last]) <= 3 and digits(currency) != 3:
        thousands, decimals = plain.replace(mark, ""), f"{plain[:last]}.{plain[last + 1 :]}"
        raise BadAmount(f"{text.strip()!r} can be {thousands} or {decimals}: write it without the mark, or with cents.")
    return of_decimal(Decimal(plain.replace(other, "").replace(mark, ".")), currency)


def _bounded(units: int, currency: str) -> Money:
    if units < 0:
        raise BadAmount("An amount cannot be negative: write what it costs, or 0.")
    if units > MOST:
        raise BadAmount("That is more money than one remedy can cost: look at the zeros.")
    return Money(units, currency)
