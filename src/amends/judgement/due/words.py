"""What the words of the calendar mean: months, days, numbers, units and time zones of business English."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import Any

_TABLE: dict[str, Any] = tomllib.loads(files(__package__).joinpath("words.toml").read_text(encoding="utf-8"))


def bag(name: str) -> frozenset[str]:
    """A set of single words out of `words.toml`."""
    return frozenset(_TABLE["words"][name].split())


def phrases(name: str) -> tuple[tuple[str, ...], ...]:
    """Phrases out of `words.toml`, each as its tokens, the longest first."""
    return _cut(_TABLE["phrases"][name])


def prefixes() -> list[tuple[tuple[str, ...], str]]:
    """What may stand before a date and the kind of it, the longest first."""
    every = [(phrase, kind) for kind, text in _TABLE["prefixes"].items() for phrase in _cut(text)]
    return sorted(every, key=lambda item: -len(item[0]))


def _cut(text: str) -> tuple[tuple[str, ...], ...]:
    return tuple(sorted((tuple(phrase.split()) for phrase in text.split("|")), key=lambda phrase: -len(phrase)))


MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan",
            "february feb",
            "march mar",
            "april apr",
            "may",
            "june jun",
            "july jul",
            "august aug",
            "september sept sep",
            "october oct",
            "november nov",
            "december dec",
        ),
        1,
    )
    for name in names.split()
}
MONTH_NAMES = (
    *("", "January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
DOUBTFUL_MONTHS = frozenset({"may", "march", "mar", "jan", "dec", "sep", "jun"})
"""Months that are also other words or names: alone they need a capital and a preposition."""

WEEKDAYS = {
    name: number
    for number, names in enumerate(
        (
            "monday mon",
            "tuesday tue tues",
            "wednesday wed weds",
            "thursday thu thur thurs",
            "friday fri",
            "saturday sat",
            "sunday sun",
        )
    )
    for name in names.split()
}
WEEKDAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
DOUBTFUL_WEEKDAYS = frozenset({"sat", "sun", "wed", "mon"})

ONES = {word: value for value, word in enumerate(_TABLE["words"]["ones"].split())}
TENS = {word: 10 * value for value, word in enumerate(_TABLE["words"]["tens"].split(), 2)}
ORDINALS = {word: value for value, word in enumerate(_TABLE["words"]["ordinals"].split(), 1)} | {"thirtieth": 30}
VAGUE = {"couple": 2.0, "few": 3.0, "several": 4.0, "dozen": 12.0}
"""How many days "a few days" are taken for; the reading says so."""

UNITS = {
    word: unit
    for unit, words in {
        "second": "second seconds sec secs",
        "minute": "minute minutes min mins",
        "hour": "hour hours hr hrs h",
        "day": "day days",
        "week": "week weeks wk wks",
        "fortnight": "fortnight fortnights",
        "month": "month months mth mths",
        "quarter": "quarter quarters",
        "year": "year years yr yrs",
    }.items()
    for word in words.split()
}
WORKING = frozenset({"working", "business", "work", "office"})
PERIODS = frozenset({"week", "weekend", "fortnight", "month", "quarter", "year", "wk", "decade"})
SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}

ZONES = {
    **dict.fromkeys(("utc", "gmt", "zulu"), "UTC"),
    **dict.fromkeys(("bst", "uk", "british"), "Europe/London"),
    **dict.fromkeys(("cet", "cest", "mez", "mesz"), "Europe/Paris"),
    **dict.fromkeys(("eet", "eest"), "Europe/Athens"),
    **dict.fromkeys(("wet", "west"), "Europe/Lisbon"),
    **dict.fromkeys(("est", "edt", "et", "eastern"), "America/New_York"),
    **dict.fromkeys(("cst", "cdt", "ct", "central"), "America/Chicago"),
    **dict.fromkeys(("mst", "mdt", "mt", "mountain"), "America/Denver"),
    **dict.fromkeys(("pst", "pdt", "pt", "pacific"), "America/Los_Angeles"),
    **dict.fromkeys(("ist", "indian"), "Asia/Kolkata"),
    **dict.fromkeys(("sgt",), "Asia/Singapore"),
    **dict.fromkeys(("hkt",), "Asia/Hong_Kong"),
    **dict.fromkeys(("jst",), "Asia/Tokyo"),
    **dict.fromkeys(("aest", "aedt", "aet"), "Australia/Sydney"),
    **dict.fromkeys(("nzst", "nzdt"), "Pacific/Auckland"),
    **dict.fromkeys(("sast",), "Africa/Johannesburg"),
    **dict.fromkeys(("gst",), "Asia/Dubai"),
    **dict.fromkeys(("msk",), "Europe/Moscow"),
}
"""Zones by their initials. "CET" in July is taken for the clock on the wall, as its writers mean it."""
CITIES = {
    "london": "Europe/London",
    "dublin": "Europe/Dublin",
    "lisbon": "Europe/Lisbon",
    "madrid": "Europe/Madrid",
    "paris": "Europe/Paris",
    "brussels": "Europe/Brussels",
    "amsterdam": "Europe/Amsterdam",
    "berlin": "Europe/Berlin",
    "munich": "Europe/Berlin",
    "zurich": "Europe/Zurich",
    "vienna": "Europe/Vienna",
    "rome": "Europe/Rome",
    "milan": "Europe/Rome",
    "athens": "Europe/Athens",
    "stockholm": "Europe/Stockholm",
    "oslo": "Europe/Oslo",
    "copenhagen": "Europe/Copenhagen",
    "helsinki": "Europe/Helsinki",
    "warsaw": "Europe/Warsaw",
    "istanbul": "Europe/Istanbul",
    "dubai": "Asia/Dubai",
    "mumbai": "Asia/Kolkata",
    "delhi": "Asia/Kolkata",
    "singapore": "Asia/Singapore",
    "tokyo": "Asia/Tokyo",
    "shanghai": "Asia/Shanghai",
    "beijing": "Asia/Shanghai",
    "sydney": "Australia/Sydney",
    "melbourne": "Australia/Melbourne",
    "auckland": "Pacific/Auckland",
    "york": "America/New_York",
    "boston": "America/New_York",
    "toronto": "America/Toronto",
    "chicago": "America/Chicago",
    "dallas": "America/Chicago",
    "houston": "America/Chicago",
    "denver": "America/Denver",
    "seattle": "America/Los_Angeles",
    "angeles": "America/Los_Angeles",
    "francisco": "America/Los_Angeles",
    "vancouver": "America/Vancouver",
}
US_COUNTRIES = frozenset({"US", "PR", "GU", "VI", "AS", "MP"})
US_ZONES = frozenset(
    {
        *("America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles", "America/Phoenix"),
        *("America/Detroit", "America/Anchorage", "America/Boise", "America/Juneau", "Pacific/Honolulu"),
        *("US/Eastern", "US/Central", "US/Mountain", "US/Pacific", "US/Alaska", "US/Hawaii", "US/Arizona"),
        *("America/Indianapolis", "America/Louisville", "America/Puerto_Rico", "America/Nome", "America/Adak"),
    }
)
