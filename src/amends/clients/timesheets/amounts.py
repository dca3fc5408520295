"""Durations and numbers as exports write them, exactly, and which decimal sign a whole file must mean."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import ROUND_HALF_EVEN, Decimal

from amends.clients.timesheets.rows import BadCell, Decimals, Unclear, flat

MOST = 31 * 24 * 3600  # seconds; more in one entry is a slip of somebody's hand, or a wrong decimal sign

_CLOCK = re.compile(r"([0-9]{1,4}):([0-5]?[0-9])(?::([0-5]?[0-9]))?(?: ?h)?")
_BETWEEN_DIGITS = re.compile(r"(?<=[0-9])[ '’](?=[0-9]{3})")
_PLAIN = {
    Decimals.POINT: re.compile(r"[0-9]{1,9}|[0-9]{0,9}\.[0-9]{1,12}"),
    Decimals.COMMA: re.compile(r"[0-9]{1,9}|[0-9]{0,9},[0-9]{1,12}"),
}
_GROUPED = {
    Decimals.POINT: re.compile(r"[1-9][0-9]{0,2}(?:,[0-9]{3}){1,3}(?:\.[0-9]{1,12})?"),
    Decimals.COMMA: re.compile(r"[1-9][0-9]{0,2}(?:\.[0-9]{3}){1,3}(?:,[0-9]{1,12})?"),
}

Readings = dict[Decimals, Decimal]


def readings(text: str) -> Readings:
    """Both readings of a number, or the one that it has: "7,5" has one, "1,500" has two."""
    bare = _BETWEEN_DIGITS.sub("", flat(text)).removesuffix("h").rstrip().removeprefix("-")
    found = {}
    for sign in Decimals:
        if _PLAIN[sign].fullmatch(bare) or _GROUPED[sign].fullmatch(bare):
            thousands, point = (",", ".") if sign is Decimals.POINT else (".", ",")
            found[sign] = Decimal(bare.replace(thousands, "").replace(point, "."))
    return found


def decide_sign(durations: Iterable[tuple[int, str]], others: Iterable[str]) -> Decimals | None:
    """The decimal sign that all durations can be read with; None where it makes no difference. Raises `Unclear`.

    `others` are the file's other numbers: they are not read, but one tool writes all its numbers alike.
    """
    known = [(line, text, found) for line, text in durations if (found := readings(text))]
    signs = [sign for sign in Decimals if all(sign in found for _, _, found in known)]
    if not signs:
        raise Unclear(_contradiction(known))
    if len(signs) == 1:
        return signs[0]
    doubtful = next((value for value in known if len(set(value[2].values())) > 1), None)
    if doubtful is None:
        return None
    told = {sign for text in others if len(found := readings(text)) == 1 for sign in found}
    if len(told) == 1:
        return told.pop()
    line, text, found = doubtful
    ways = " or ".join(f"{found[sign].normalize():f} hours" for sign in Decimals)
    message = (
        f"{flat(text)} is {ways} (line {line}), and nothing in the file decides: say which with --decimal point or"
        " --decimal comma."
    )
    raise Unclear(message)


def _contradiction(known: list[tuple[int, str, Readings]]) -> str:
    point = next(value for value in known if Decimals.COMMA not in value[2])
    comma = next(value for value in known if Decimals.POINT not in value[2])
    return (
        f"{flat(point[1])} (line {point[0]}) has a decimal point, {flat(comma[1])} (line {comma[0]}) a decimal comma:"
        " say with --decimal point or --decimal comma how the file is meant; rows that cannot be read so are set aside."
    )


def is_clock(text: str) -> bool:
    """Whether a duration is written in hours and minutes, so that no decimal sign matters to it."""
    return _CLOCK.fullmatch(text.strip().removeprefix("-")) is not None


def read_seconds(text: str, sign: Decimals | None) -> int:
    """How long it took: "1:30", "0:06:30", "0.11" or "7,5" hours. Raises `BadCell`."""
    bare = flat(text)
    if not bare:
        message = "it has no duration"
        raise BadCell(message)
    clock = _CLOCK.fullmatch(bare.removeprefix("-"))
    if clock is not None:
        seconds = int(clock[1]) * 3600 + int(clock[2]) * 60 + int(clock[3] or 0)
    else:
        hours = _hours(bare, sign)
        seconds = int((hours * 3600).to_integral_value(ROUND_HALF_EVEN))
    if bare.startswith("-"):
        message = f"“{bare}” is less than nothing"
    elif seconds == 0:
        message = f"“{bare}” is no time at all"
    elif seconds > MOST:
        message = f"“{bare}” is more than 31 days in one entry"
    else:
        return seconds
    raise BadCell(message)


def _hours(text: str, sign: Decimals | None) -> Decimal:
    found = readings(text)
    if found and (sign is None or sign in found):
        return found[sign] if sign is not None else next(iter(found.values()))
    message = f"“{text}” is no duration with a decimal {sign}" if found else f"“{text}” is no duration"
    raise BadCell(message)
