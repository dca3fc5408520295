"""Fills the sample's texts: dates spoken in the writer's language, and the slots of ordinary messages."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from random import Random

    from .clock import Clock

WEEKDAYS = {
    "en": ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
    "de": ["Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"],
    "fr": ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"],
}
MONTHS = {
    "en": [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
    "de": [
        "Januar",
        "Februar",
        "März",
        "April",
        "Mai",
        "Juni",
        "Juli",
        "August",
        "September",
        "Oktober",
        "November",
        "Dezember",
    ],
    "fr": [
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ],
}
_SEASONS = ("winter", "spring", "summer", "autumn")
_DATE_SLOT = re.compile(r"\{(weekday|date|fulldate|month|year)(?:_(de|fr))?:([^}]+)\}")
_SLOT = re.compile(r"\{([a-z_]+)(?::(\d+)-(\d+))?\}")


def spoken_date(day: date, form: str = "date", language: str = "en") -> str:
    """A date as people write it: `12 March`, `Thursday`, `Thursday 12 March`."""
    weekday, month = WEEKDAYS[language][day.weekday()], MONTHS[language][day.month - 1]
    dot = "." if language == "de" else ""
    if form == "weekday":
        return weekday
    if form == "month":
        return month
    if form == "year":
        return str(day.year)
    plain = f"{day.day}{dot} {month}"
    if form == "date":
        return plain
    return f"{weekday}, {plain}" if language == "de" else f"{weekday} {plain}"


def fill_dates(text: str, clock: Clock) -> str:
    """Replaces `{weekday:3b}`, `{date:12w tue}`, `{month_de:8w mon}` and their like."""
    return _DATE_SLOT.sub(lambda m: spoken_date(clock.day(m[3]), m[1], m[2] or "en"), text)


def season(day: date, ahead: int = 0) -> str:
    """The season a day is in, or one of the next."""
    return _SEASONS[(day.month % 12 // 3 + ahead) % 4]


def day_words(day: date) -> dict[str, str]:
    """Words for the day a message is written, for the slots of ordinary messages."""
    return {
        "month": MONTHS["en"][day.month - 1],
        "last_month": MONTHS["en"][day.month - 2],
        "next_month": MONTHS["en"][day.month % 12],
        "season": season(day),
        "next_season": season(day, 1),
    }


def fill_slots(text: str, words: Mapping[str, Sequence[str]], today: Mapping[str, str], rng: Random) -> str:
    """Replaces `{thing}` by one of the client's words, `{n:3-9}` by a number, `{month}` by the day's own."""

    def pick(match: re.Match[str]) -> str:
        name, low, high = match.groups()
        if low is not None:
            return f"{rng.randint(int(low), int(high)):,}"
        if name in today:
            return today[name]
        word = rng.choice(words[name])
        before = match.string[: match.start()]
        opens = not before or before.endswith((". ", "? ", "\n"))
        return word[:1].upper() + word[1:] if opens else word

    text = _SLOT.sub(pick, text)
    return text[:1].upper() + text[1:]
