"""Times of day: "3pm", "half past ten", "noon", "close of play", "this afternoon", and the zones they are in."""

from __future__ import annotations

import re
from datetime import time, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from amends.judgement.due.numbers import cardinal
from amends.judgement.due.scene import NIGHT, Piece, Scene
from amends.judgement.due.tokens import Tokens
from amends.judgement.due.words import CITIES, UNITS, WEEKDAYS, ZONES, phrases

_CLOCK = re.compile(
    r"([0-9]{1,2})(?:(?::|\.(?=[0-9]{2}(?![0-9.]))|(?=[0-9]{2}\s?(?:[ap]\.?m\b|h))|h(?=[0-9]{2}\b))([0-9]{2}))?(?::([0-9]{2}))?(?:\.[0-9]{1,6})?"
    r"(?:\s?(\.?[ap](?:\s?\.\s?m\b(?:\s?\.)?|\s?m\b)|(?<=[0-9])[ap]\b|(?:h|hrs|hours|uhr)\b|o'?\s?clock\b))?"
    r"(?:\s?([ap](?:\.m\b\.?|m\b))|\ssharp\b)?"
)
_RUN = re.compile(r"([0-9]{1,2})([0-9]{2})\s?([ap])(?:\.m\b\.?|m\b)")
_MILITARY = re.compile(
    r"([01][0-9]|2[0-3])([0-5][0-9])(?:\s?(?:h|hrs|hours)\b|(?=\s(?:utc|gmt|bst|cet|cest|est|edt|pst|pdt)\b))"
)
_OFFSET = re.compile(r"(?:utc|gmt)?\s?([+-])\s?([0-9]{1,2})(?::?([0-9]{2}))?(?![0-9:])")
_DAYS = frozenset(WEEKDAYS) | {"today", "tomorrow", "on"}
_SURE_HOURS = ("am", "pm", "noon", "midday", "midnight")
_FIXED = {
    "noon": time(12),
    "midday": time(12),
    "noontime": time(12),
    "midnight": NIGHT,
    "lunchtime": time(13),
    "lunch": time(13),
}
_PARTS = {
    "morning": (None, time(12)),
    "forenoon": (None, time(12)),
    "afternoon": (time(12), None),
    "evening": (time(17), NIGHT),
    "night": (time(18), NIGHT),
    "tonight": (time(18), NIGHT),
    "tonite": (time(18), NIGHT),
}
_CLOSES = phrases("close_of_day")
_CLOSE_STARTS = frozenset(phrase[0] for phrase in _CLOSES)
STARTS = frozenset(_FIXED) | frozenset(_PARTS) | _CLOSE_STARTS | {"opening", "closing", "am", "pm", "thing"}
"""Words that a time of day may hang on."""
_NO_HOUR = frozenset(("%", "€", "$", "£", "/"))
_FRACTIONS = {"half": 30, "quarter": 15}


def clock(scene: Scene, index: int, *, bare: bool) -> Piece | None:
    """A time of day at this token; a number alone is one only where `bare` says that it may be."""
    index = scene.tokens.skip(
        index, "about", "around", "approximately", "approx", "roughly", "circa", "say", "exactly", "~"
    )
    found = (
        _close(scene, index)
        or _named(scene, index)
        or _relative(scene.tokens, index)
        or _digits(scene, index, bare=bare)
        or _words(scene, index, bare=bare)
    )
    if found is None:
        return None
    return _zoned(scene, _within(scene, found))


def part_of_day(scene: Scene, index: int) -> Piece | None:
    """ "morning", "the afternoon", "in the evening", with "early" or "late" before it."""
    tokens = scene.tokens
    at = tokens.skip(index, "in", "during")
    at = tokens.skip(at, "the")
    early, late = tokens.word(at) in ("early", "mid"), tokens.word(at) in ("late", "mid")
    at = tokens.skip(at, "early", "late", "mid")
    at = tokens.skip(at, "-") if early or late else at
    word = tokens.word(at)
    if at == index and word in ("am", "pm"):
        word = "morning" if word == "am" else "afternoon"
    if word not in _PARTS:
        return None
    opens, clock_ = _PARTS[word]
    opens, end = opens or scene.working.start, clock_ or max(scene.working.end, time(13))
    if early and late:
        end = {"morning": time(10, 30), "afternoon": time(15)}.get(word, end)
    elif early:
        end = {"morning": time(10), "afternoon": time(14), "evening": time(19)}.get(word, end)
    return Piece(at + 1, f"{word} until {end:%H:%M}", clock=end, opens=min(opens, end), part=word)


def _close(scene: Scene, index: int) -> Piece | None:
    tokens = scene.tokens
    at = tokens.skip(index, "the")
    if tokens.word(at) in ("first", "last") and tokens.word(at + 1) == "thing":
        if tokens.word(at) == "last":
            return Piece(at + 2, "the end of the working day", clock=scene.working.end, firm=True)
        stop = tokens.reads(at + 2, "in", "the", "morning") or at + 2
        return Piece(stop, "when work begins", clock=scene.working.start, firm=True)
    if tokens.word(at) == "start" and (
        stop := tokens.reads(at, "start", "of", "business") or tokens.reads(at, "start", "of", "play")
    ):
        return Piece(stop, "when work begins", clock=scene.working.start, firm=True)
    if tokens.word(at) in ("opening", "closing") and tokens.word(at + 1) == "time":
        clock_ = scene.working.start if tokens.word(at) == "opening" else scene.working.end
        return Piece(at + 2, "by the firm's hours", clock=clock_, firm=True)
    if tokens.word(at) not in _CLOSE_STARTS:
        return None
    if tokens.word(at) == "close" and tokens.word(at - 1) in ("by", "before", "at") and tokens.word(at + 1) in _DAYS:
        return Piece(at + 1, "the end of the working day", clock=scene.working.end, part="close", firm=True)
    stop = max((tokens.reads(at, *phrase) for phrase in _CLOSES), default=0)
    if not stop:
        return None
    return Piece(stop, "the end of the working day", clock=scene.working.end, part="close", firm=True)


def _named(scene: Scene, index: int) -> Piece | None:
    tokens = scene.tokens
    at = tokens.skip(index, "twelve", "12") if tokens.word(index + 1) in ("noon", "midday", "midnight") else index
    word = tokens.word(at)
    if word not in _FIXED or (
        word == "lunch" and tokens.word(at - 1) not in ("by", "before", "at", "until", "till", "after")
    ):
        return None
    return Piece(at + 1, word, clock=_FIXED[word])


def _digits(scene: Scene, index: int, *, bare: bool) -> Piece | None:
    tokens = scene.tokens
    if tokens.number(index) < 0:
        return None
    military = tokens.match(_MILITARY, index)
    if military is not None:
        return Piece(military[1], "", clock=time(int(military[0][1]), int(military[0][2])))
    run = tokens.match(_RUN, index)
    if run is not None and 1 <= int(run[0][1]) <= 12 and int(run[0][2]) < 60:
        return Piece(run[1], "", clock=_time(int(run[0][1]), int(run[0][2]), 0, run[0][3], guess=False))
    read = tokens.match(_CLOCK, index)
    if read is None:
        return None
    match, stop = read
    hour, minute, second = int(match[1]), int(match[2] or 0), int(match[3] or 0)
    mark = match[4] or ""
    half = next((each.lstrip(".")[0] for each in (match[5], match[4]) if each and each.lstrip(".")[0] in "ap"), "")
    if hour > 24 or minute > 59 or second > 59 or (hour == 24 and minute):
        return None
    hours = mark in ("h", "hrs", "hours", "uhr")
    sure = (
        half
        or (mark and not hours)
        or (hours and (match[2] or mark == "uhr"))
        or (match[2] and (":" in match[0] or "h" in match[0]))
    )
    if (
        not (bare or sure)
        or (mark in ("hrs", "hours") and not sure)
        or tokens.word(stop) in _NO_HOUR
        or (not sure and _counts(tokens, stop))
    ):
        return None
    if half and hour > 12:
        half = ""
    guess = not half and 1 <= hour <= 12 and not match[1].startswith("0") and not hours
    return Piece(stop, "", clock=_time(hour, minute, second, half, guess=guess), guess=guess)


def _counts(tokens: Tokens, index: int) -> bool:
    """Does a unit follow, so that the number counts something: "for 10 minutes", "at 4 per cent"."""
    word = tokens.word(tokens.skip(index, "-", "more", "full", "working", "business"))
    return word in UNITS or word in (
        "percent",
        "per",
        "people",
        "copies",
        "pages",
        "items",
        "times",
        "euros",
        "dollars",
        "pounds",
        "k",
    )


def _time(hour: int, minute: int, second: int, half: str, *, guess: bool) -> time:
    """A time; an hour from 1 to 6 that says neither is one of the afternoon, as in an office."""
    if hour == 24:
        return NIGHT
    if (half == "p" and hour < 12) or (guess and 1 <= hour <= 6):
        hour += 12
    elif half == "a" and hour == 12:
        hour = 0
    return time(hour, minute, second)


def _words(scene: Scene, index: int, *, bare: bool) -> Piece | None:
    """ "half past three", "a quarter to seven", "six forty-three", "seven o'clock", "six pm"."""
    tokens = scene.tokens
    hour = cardinal(tokens, index) if tokens.number(index) < 0 else None
    if hour is None or not 1 <= hour.value <= 12:
        return None
    stop, minute = hour.stop, 0
    minutes = cardinal(tokens, stop) if tokens.number(stop) < 0 else None
    if minutes is not None and 10 <= minutes.value <= 59:
        minute, stop = int(minutes.value), tokens.skip(minutes.stop, "minutes")
    half, after = _half(tokens, stop)
    if tokens.word(after) in ("o'clock", "oclock"):
        after, bare = after + 1, True
        half, after = (half, after) if half else _half(tokens, after)
    if not half and (not bare or _counts(tokens, after)):
        return None
    return Piece(after, "", clock=_time(int(hour.value), minute, 0, half, guess=not half), guess=not half)


def _half(tokens: Tokens, index: int) -> tuple[str, int]:
    """ "am" or "pm" at this token: its first letter and the index after it."""
    word = tokens.word(index)
    if word in ("am", "pm"):
        return word[0], index + 1
    stop = max(tokens.reads(index, half, *rest) for half in "ap" for rest in ((".", "m", "."), (".", "m"), ("m",)))
    return (word, stop) if stop else ("", index)


def _relative(tokens: Tokens, index: int) -> Piece | None:
    at = tokens.skip(index, "a")
    if tokens.word(at) in _FRACTIONS:
        minute, stop = _FRACTIONS[tokens.word(at)], at + 1
    else:
        minutes = cardinal(tokens, at)
        if minutes is None or not 0 < minutes.value < 60:
            return None
        minute, stop = int(minutes.value), tokens.skip(minutes.stop, "minutes", "mins")
        if stop == minutes.stop and (minute % 5 or tokens.word(stop) == "after"):
            return None
    way = tokens.word(stop)
    if way in ("past", "after", "to"):
        hour = cardinal(tokens, stop + 1)
    elif minute == 30 and tokens.word(at) == "half":
        way, hour = "past", cardinal(tokens, stop)
    else:
        return None
    if hour is None or not 1 <= hour.value <= 12:
        return None
    half, after = _half(tokens, hour.stop)
    after = tokens.skip(after, "o'clock", "oclock")
    named = _time(int(hour.value), 0, 0, half, guess=not half)
    total = (named.hour * 60 + (minute if way != "to" else -minute)) % 1440
    return Piece(after, "", clock=time(total // 60, total % 60), guess=not half)


def _within(scene: Scene, piece: Piece) -> Piece:
    """A time with the part of the day after it: "7 in the evening", "8 tonight"."""
    if piece.clock is None or piece.part:
        return piece
    tokens = scene.tokens
    at = tokens.skip(piece.stop, "in", "at", "on")
    at = tokens.skip(at, "the")
    if tokens.word(at) not in _PARTS or tokens.word(at) in ("tonight", "tonite") or (at == piece.stop):
        return piece
    return joined(piece, Piece(at + 1, piece.why, part=tokens.word(at)))


def joined(piece: Piece, part: Piece) -> Piece:
    """The time as the part of the day makes it: 7 of the evening is 19:00, 3 of the night stays 3:00."""
    hour = piece.clock.hour if piece.clock else 0
    minute = piece.clock.minute if piece.clock else 0
    if piece.guess:
        twelve = hour % 12
        if part.part in ("morning", "forenoon"):
            hour = twelve
        elif part.part in ("night", "tonight", "tonite"):
            hour = twelve + 12 if twelve >= 5 else twelve
        else:
            hour = twelve + 12
    stop = max(piece.stop, part.stop)
    return Piece(
        stop,
        piece.why,
        clock=time(hour, minute, piece.clock.second if piece.clock else 0),
        part=part.part,
        zone=piece.zone,
    )


def _zoned(scene: Scene, piece: Piece) -> Piece:
    found = zone(scene.tokens, piece.stop)
    if found is None:
        return piece
    return Piece(
        found[1],
        f"{piece.why} {found[2]}".strip(),
        clock=piece.clock,
        opens=piece.opens,
        guess=piece.guess,
        part=piece.part,
        zone=found[0],
    )


def zone(tokens: Tokens, index: int) -> tuple[tzinfo, int, str] | None:
    """The time zone said at this token, the index after it, and its name."""
    at = tokens.skip(index, "(", ",")
    word = tokens.word(at)
    offset = tokens.match(_OFFSET, at) if word in ("utc", "gmt", "+") else None
    if offset is not None and int(offset[0][2]) <= 14:
        match, stop = offset
        minutes = int(match[2]) * 60 + int(match[3] or 0)
        shift = timedelta(minutes=-minutes if match[1] == "-" else minutes)
        return timezone(shift), _closed(tokens, at, stop), f"UTC{match[1]}{match[2]}"
    if word in ZONES and (len(word) > 2 or tokens.text[tokens.at(at).start :][:2].isupper()):
        if word in ("west", "uk", "british", "eastern", "central", "mountain", "pacific", "indian"):
            stop = tokens.skip(at + 1, "standard", "summer", "daylight")
            if (
                tokens.word(stop) != "time"
                and tokens.capital(at)
                and tokens.word(at - 1) in _SURE_HOURS
                and word[0] in "ecmp"
            ):
                return _load(ZONES[word]), at + 1, word.title()
            return (_load(ZONES[word]), stop + 1, word) if tokens.word(stop) == "time" else None
        return _load(ZONES[word]), _closed(tokens, at, tokens.skip(at + 1, "time")), word.upper()
    city = tokens.skip(at, "new", "los", "san")
    if tokens.word(city) in CITIES and tokens.word(city + 1) == "time":
        return _load(CITIES[tokens.word(city)]), _closed(tokens, at, city + 2), tokens.word(city).title()
    return None


def _closed(tokens: Tokens, opened: int, stop: int) -> int:
    return tokens.skip(stop, ")") if tokens.word(opened - 1) == "(" else stop


@lru_cache(maxsize=64)
def _load(name: str) -> tzinfo:
    return ZoneInfo(name)
