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

    `others` are the file's other numbers: one tool writes all its numbers alike.
    """
    known = [(line, text, found) for line, text in durations if (found := readings(text))]
    signs = [sign for sign in Decimals if all(sign in found for _, _, found in known)]
    if not signs:
        raise _contradiction(known)
    if len(signs) == 1:
        return signs[0]
    doubtful = next((value for value in known if len(set(value[2].values())) > 1), None)
    if doubtful is None:
        return None
    told = {sign for text in others if len(found := readings(text)) == 1 for sign in found}
    if len(told) == 1:
        return told.pop()
    line, text, found = doubtful
    raise _doubt(line, text, found, unit=" hours")


def decide_money_sign(amounts: Iterable[tuple[int, str]]) -> Decimals | None:
    """The decimal sign of a file whose durations show none, by its money; None where it makes no difference.

    Raises `Unclear` where an amount has two readings and the other amounts don't decide.
    """
    known = [(line, text, found) for line, text in amounts if (found := readings(bare_money(text)))]
    doubtful = next((value for value in known if len(set(value[2].values())) > 1), None)
    if doubtful is None:
        return None
    told = {sign for _, _, found in known if len(found) == 1 for sign in found}
    if len(told) == 1:
        return told.pop()
    raise _doubt(*doubtful, unit="")


def _doubt(line: int, text: str, found: Readings, *, unit: str) -> Unclear:
    ways = {sign.value: f"{found[sign].normalize():f}{unit}" for sign in Decimals}
    message = (
        f"{flat(text)} is {' or '.join(ways.values())} (line {line}), and nothing in the file decides: say which with"
        " --decimal point or --decimal comma."
    )
    return Unclear(message, option="decimal", line=line, text=flat(text), ways=ways)


def _contradiction(known: list[tuple[int, str, Readings]]) -> Unclear:
    point = next(value for value in known if Decimals.COMMA not in value[2])
    comma = next(value for value in known if Decimals.POINT not in value[2])
    message = (
        f"{flat(point[1])} (line {point[0]}) has a decimal point, {flat(comma[1])} (line {comma[0]}) a decimal comma:"
        " say with --decimal point or --decimal comma how the file is meant; rows that cannot be read so are set aside."
    )
    ways = {
        Decimals.POINT.value: f"{flat(point[1])} (line {point[0]}) is meant",
        Decimals.COMMA.value: f"{flat(comma[1])} (line {comma[0]}) is meant",
    }
    return Unclear(message, option="decimal", line=point[0], text=flat(point[1]), ways=ways)


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


_NOTHING = frozenset({"", "-", "–", "—", "n/a", "na", "none"})
_SIGN = r"(?:[A-Za-z]{1,3}\.?|[$€£¥₹₽₺₴₩₫₪])"
_AROUND = re.compile(rf"^(-?) ?{_SIGN}{{0,2}} ?(-?)|(?<=[0-9.,]) ?{_SIGN}{{1,2}}$")
_PLACES = Decimal("0.0001")
_MOST_MONEY = Decimal(10) ** 10


def bare_money(text: str) -> str:
    """An amount without the currency beside it: "€ 1.250,00" is "1.250,00", "-12 USD" is "-12"."""
    return _AROUND.sub(lambda found: (found[1] or "") + (found[2] or ""), flat(text)).strip()


def read_money(text: str, sign: Decimals | None, *, column: str) -> Decimal | None:
    """An amount, to four places; None where there is none. Raises `BadCell`.

    What can be read in one way alone is read so whatever the file's sign is.
    """
    bare = bare_money(text)
    if flat(text).casefold() in _NOTHING:
        return None
    found = readings(bare)
    value = (
        found[sign] if sign in found else next(iter(found.values()), None) if len(set(found.values())) == 1 else None
    )
    if value is None or value >= _MOST_MONEY:
        message = f"“{flat(text)}” under {column} is no amount"
        raise BadCell(message)
    return (-value if bare.startswith("-") else value).quantize(_PLACES, ROUND_HALF_EVEN)
