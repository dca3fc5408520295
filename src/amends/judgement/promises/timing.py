"""When a promise falls due, as it is said, and what it waits for; no calendar here, the caller's resolver reads dates.

A phrase is built from pieces: days, dates, clock times and spans, after a preposition or bare. They are spelt here
rather than in a rule file since nothing but the grammar of dates is in them.
"""

from __future__ import annotations

import re


def _any(*parts: str) -> str:
    return "(?:" + "|".join(parts) + ")"


_DAY = r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:mon|tues?|weds?|thu(?:rs?)?|fri))\b"
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)\b"
)
_COUNT = (
    r"(?:\d{1,3}|an?|one|two|three|four|five|six|seven|eight|nine|ten|twelve|fourteen|thirty|a couple of|a few|the)"
)
_UNIT = r"(?:(?:working |business )?(?:day|week|month|minute|hour)s?|mins?|hrs?|fortnight|quarter|year|weekend)\b"
_PART = r"(?:morning|afternoon|evening|night|noon|midday|lunch(?:time)?|am\b|pm\b|week|month)"
_AFTER_CLOCK = r"(?= *(?:$|[,.;:!?)–—]|\b(?:to|on|and|or|today|tomorrow|tonight|sharp|at|for|with|in|if|when|as|so|but|next|this|then|from|by)\b))"  # noqa: E501
_CLOCK = _any(
    r"\d{1,2}(?:[:.]\d{2})?(?: ?[ap]\.?m\b\.?| o'clock)?" + _AFTER_CLOCK,
    "noon|midday|midnight|lunch(?:time)?",
)
_NTH = r"\d{1,2}(?:st|nd|rd|th)"
_DATE = r"(?:the )?" + _any(
    r"\d{4}-\d\d-\d\d",
    rf"(?:{_NTH}|\d{{1,2}})(?: of)? {_MONTH}(?: \d{{4}})?",
    rf"{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?\b",
    r"\d{1,2}[./]\d{1,2}(?:[./]\d{2,4})?\b",
    rf"{_NTH}\b",
)
_REL = r"(?:first thing |early |late |later |straight |right after )?" + _any(
    rf"(?:today|tonight|tomorrow|tmrw|tmr)\b(?!')(?: {_PART})?",
    rf"this (?:coming )?(?:{_PART}|weekend|{_DAY})",
    rf"last (?:{_DAY}|week|month)\b",
    rf"next (?:{_DAY}|week|month|year|quarter|weekend)\b(?: {_DAY})?",
)
_END = _any(
    r"(?:the )?(?:very )?(?:end|middle|start|beginning|close|week) of (?:the |this |next |play|business)?\s?(?:\w+)?",
    r"eod|cob|eow|year-?end|easter|christmas|new year",
)
_POINT = _any(
    _REL,
    rf"{_DAY}(?: {_PART})?(?: (?:at|the) (?:{_DATE}|{_CLOCK}))?(?: week)?",
    _DATE,
    rf"week \d{{1,2}}|(?:the )?weekend|{_END}|{_MONTH}|now\b",
)
_TAIL = (
    rf"(?:,? (?:(?:at|around|before|by|after) {_CLOCK}|at the latest|between {_CLOCK} and {_CLOCK}|latest"
    rf"|(?:on )?{_POINT}))?"
)
_EVENT = (
    r"(?:launch|opening|wedding|meeting|visit|hearing|deadline|event|audit|call|fair|holidays?|exhibition|trial"
    r"|board meets|exam\w*|handover|closing|conference|start|move|party|arrival|completion|delivery)(?![-\w])"
)
_DUE = re.compile(
    r"\b"
    + _any(
        r"from next \w+ on(?:wards?)?\b|from now on\b",
        r"(?:no later than|not later than|at the latest by|by|before|until|till?|up to|on|for|from|as of|starting|since"
        rf"|around|after|in) (?:about |around )?{_POINT}{_TAIL}",
        rf"(?:by|before|at|from|after|until|till) (?:about |around )?{_CLOCK}{_TAIL}",
        rf"(?:between|from) {_CLOCK} (?:and|to) {_CLOCK}(?: on {_DAY})?",
        rf"(?:with)?in (?:the next |under |less than |about )?{_COUNT}(?: or \w+)? ?{_UNIT}"
        r"(?: (?:of|from|after) (?:the |your |our )?(?!the|your|our)\w+)?|in half an hour",
        rf"(?:over|through) (?:the )?(?:weekend|lunch|easter|christmas)|over the next {_COUNT} ?{_UNIT}",
        rf"(?:before|by|in time for|after|for|right after|straight after|on) (?:the |your |our |that |my ){_EVENT}",
        r"on (?:arrival|delivery|completion|receipt)",
        r"(?:before|by) (?:your|the) [\w ]{2,20} (?:comes?|meets?|arrives?|starts?)",
        rf"{_REL}{_TAIL}|{_DAY}(?: (?:{_PART}|next week|week))?{_TAIL}|{_DATE}|the same day|eod\b|first thing\b",
        r"now\b(?=$|[.!])",
    )
)
_NOT_DUE = re.compile(r"\b(?:for|from|since|after|in|on) (?:now|the start|the beginning|may you)\b")
_LIMITS = ("by ", "no later", "not later", "before ", "within ")
_CONDITION = re.compile(r"\b(?:if|once|as soon as|unless|provided|when|should (?:you|the|anything)) [^,;:!?()–—]+")
_OPEN = re.compile(
    r"\b"
    + _any(
        r"if|once|as soon as|unless|until|till|provided(?: that)?|providing|subject to|before|after(?! tomorrow)|when",
        r"in case",
        r"the (?:moment|minute|day|second)(?! after tomorrow)(?= (?:\w+ )?\w+)|as long as|on condition that",
        r"on receipt of|upon|pending",
        r"should (?=(?:you|the|we|anything|there|it|he|she|they|any|your)\b)",
    )
    + r"(?: ?[^,;:.!?()–—]+)?"
)
_CALENDAR = re.compile(rf"\d|{_DAY}|{_MONTH}|{_REL}|noon|lunch|midnight|{_END}")


def due_span(plain: str) -> tuple[int, int] | None:
    """Where the words lie that say by when, outside a condition; "by Friday" comes before a mere "on Friday".

    `plain` is the clause as `rulebook.plain` gives it.
    """
    conditions = [match.span() for match in _CONDITION.finditer(plain)]
    best: tuple[int, int, int] | None = None
    for match in _DUE.finditer(plain):
        if _NOT_DUE.fullmatch(match[0]):
            continue
        inside = any(low <= match.start() < high for low, high in conditions)
        rank = 2 * inside + (not match[0].startswith(_LIMITS))
        if best is None or rank < best[0]:
            full_stop = match[0].endswith("m.") and match[0][-4:-2] not in ("a.", "p.")
            best = (rank, match.start(), match.end() - full_stop)
    return None if best is None else best[1:]


def without_conditions(said: str, plain: str) -> str:
    """The clause with blanks where a condition stands, so that a date in it is not taken for the promise's."""
    for match in _CONDITION.finditer(plain):
        said = said[: match.start()] + " " * (match.end() - match.start()) + said[match.end() :]
    return said


def open_until(plain: str, due: tuple[int, int] | None) -> tuple[int, int] | None:
    """Where the condition or event lies that keeps a promise open; a date is none."""
    for match in _OPEN.finditer(plain):
        phrase = match[0].rstrip()
        dated = due is not None and match.start() <= due[0] < match.end() and _CALENDAR.search(plain, *due)
        if dated and phrase.startswith(("before", "after", "until", "till")):
            continue
        if " " in phrase:
            return match.start(), match.start() + len(phrase)
    return None
