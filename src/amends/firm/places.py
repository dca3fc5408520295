"""What follows from where a firm is: its country from its time zone, its currency, its working days, its next holiday.

Guesses to begin with, for a person to change. Pure. The table lies beside this file (tz database, ISO 4217); which days
are worked comes from the library of holidays.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from amends.judgement.working_time import holidays_of

_FEW = 3  # time zones of a country of which the first is a fair guess


class Place(NamedTuple):
    """A country: currency ("" where it has none of its own), and its time zones."""

    currency: str
    zones: tuple[str, ...]


@cache
def _places() -> dict[str, Place]:
    lines = (files(__package__) / "places.txt").read_text(encoding="utf-8").splitlines()
    found = {}
    for line in lines:
        code, currency, *zones = line.split() if not line.startswith("#") else ("", "")
        if code:
            found[code] = Place(currency.strip("-"), tuple(zones))
    return found


@cache
def _countries_of_zones() -> dict[str, str]:
    return {zone: code for code, place in _places().items() for zone in place.zones}


def is_country(code: str) -> bool:
    """Whether this is the ISO 3166 code of a country that is known here."""
    return code in _places()


def country_of_zone(zone: str) -> str:
    """The country in which a time zone lies; "" where it lies in none ("UTC")."""
    return _countries_of_zones().get(zone, "")


def zone_of(country: str) -> str:
    """The time zone of a country that has few; "" where it could be any of many."""
    zones = _places()[country].zones if country in _places() else ()
    return zones[0] if 0 < len(zones) <= _FEW else ""


def currency_of(country: str) -> str:
    """What is paid with in a country; "" where it is not known."""
    return _places()[country].currency if country in _places() else ""


def work_days_of(country: str) -> str:
    """The usual working days of a country as digits, Monday is 1."""
    import holidays  # here, so that only pages that ask pay for loading it

    try:
        weekend = holidays.country_holidays(country).weekend
    except (NotImplementedError, KeyError):
        weekend = {5, 6}
    return "".join(str(day + 1) for day in range(7) if day not in weekend)


def next_holiday(country: str, *, after: date) -> tuple[date, str] | None:
    """The first public holiday of a country after a day, and its name; None where none is known."""
    if not country:
        return None
    for year in (after.year, after.year + 1):
        for day, name in holidays_of(country, None, year).items():
            if day > after:
                return day, name.split(";")[0].strip()
    return None
