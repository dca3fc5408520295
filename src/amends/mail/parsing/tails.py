"""The ends of what a sender wrote: signatures, list footers, legal notices, and banners above the text.

Only looked for inside stretches that are not quoted, from the end backwards, and only taken where nothing of the
sender's own can be meant: at least one own line stays above, and the block is short.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from amends.mail.parsing import patterns

NEW, SIGNATURE, DISCLAIMER = 0, 2, 3
_OWN = re.compile(rb"\0+")  # a stretch of NEW lines

MAX_DASHED = 40  # lines below "-- " (RFC 3676 4.3)
MAX_LOOSE = 10  # lines below a mere "--"
MAX_FOOTER = 12
MAX_CLOSED = 12  # lines below "Kind regards,"

_DASHES = frozenset(("--", "\u2014", "\u2013\u2013", "\u2014\u2014", "- --"))
_CLOSING_END = " ,.!;:\u2026-\u2013\u2014*_\u00a0"
_DASH_NAME = re.compile(r"[-/~\u2013\u2014][^\W\d_][\w.'’-]*(?: [^\W\d_][\w.'’-]*){0,2}\Z")
_CONTACT = re.compile(r"[@|\d]|https?:|www\.|\b(?:tel|fax|mob|phone|cell|mobil|e-?mail|web)\b", re.I)
_RULE_LENGTH = {"_": 5, "-": 6, "=": 20, "*": 10}
_DEVICE = re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, patterns.DEVICES)) + r")(?!\w)", re.I)


def label_tails(
    lines: list[str], stripped: list[str], kinds: bytearray, *, signed: Sequence[bool] | None = None
) -> None:
    """Mark signatures, footers, disclaimers and banners inside the NEW stretches of `kinds`, in place."""
    if signed is not None:
        for number, flag in enumerate(signed):
            if flag and kinds[number] == NEW:
                kinds[number] = SIGNATURE
    own_above = False
    for stretch in _OWN.finditer(bytes(kinds)):
        first, last = _trim(stripped, *stretch.span())
        if first < last:
            _label_run(lines, stripped, kinds, first, last, own_above=own_above)
            own_above = True


def _trim(stripped: list[str], start: int, end: int) -> tuple[int, int]:
    while start < end and not stripped[start]:
        start += 1
    while end > start and not stripped[end - 1]:
        end -= 1
    return start, end


def _label_run(
    lines: list[str], stripped: list[str], kinds: bytearray, first: int, last: int, *, own_above: bool
) -> None:
    """One stretch of own lines `[first, last)`; neither end is blank."""
    if not own_above:
        banner = _banner(stripped, first, last)
        kinds[first:banner] = bytes([DISCLAIMER]) * (banner - first)
        first, last = _trim(stripped, banner, last)
    floor = first if own_above else first + 1  # at least one own line stays
    dashed = _dashed(lines, stripped, floor, last)
    if dashed < last:
        kinds[dashed:last] = bytes([SIGNATURE]) * (last - dashed)
        first, last = _trim(stripped, first, dashed)
    for _ in range(4):  # a footer below a disclaimer below a signature
        before = last
        for finder, kind in _FINDERS:
            if floor >= last:
                return
            at = finder(stripped, floor, last)
            if at < last:
                kinds[at:last] = bytes([kind]) * (last - at)
                first, last = _trim(stripped, first, at)
        if last == before:
            return


def _dashed(lines: list[str], stripped: list[str], floor: int, last: int) -> int:
    """Where a signature below two dashes begins; `last` when there is none."""
    if _DASHES.isdisjoint(stripped[floor:last]):
        return last
    for number in range(floor, last):
        if stripped[number] not in _DASHES:
            continue
        below = [text for text in stripped[number + 1 : last] if text]
        exact = lines[number] == "-- "
        if len(below) <= (MAX_DASHED if exact else MAX_LOOSE) and (exact or sum(map(len, below)) <= 700):
            return number
    return last


def _footer(stripped: list[str], floor: int, last: int) -> int:
    """Where a mailing list's or provider's footer begins: below a rule, or by its own words."""
    for number in range(max(floor, last - MAX_FOOTER), last):
        line = stripped[number]
        if line[:1] in _RULE_LENGTH:
            if _is_rule(line):
                below = "\n".join(stripped[number + 1 : last]).lower()
                if len(below) < 1200 and any(word in below for word in patterns.FOOTER):
                    return number
        elif line.lower().startswith(patterns.FOOTER_STARTS):
            return number
    return last


def _is_rule(line: str) -> bool:
    """Whether a line is drawn of one character, or of dashes round a few words."""
    mark = line[0]
    if not line.strip(mark):
        return _RULE_LENGTH[mark] <= len(line) < 200
    ends = line.startswith("---") and (line.endswith("---") or line[:-1].endswith("---"))
    return ends and len(line[:-1].strip("-")) <= 60


def _disclaimer(stripped: list[str], floor: int, last: int) -> int:
    """Where the last paragraph begins, if it is a legal notice."""
    start = last
    while start > floor and stripped[start - 1]:
        start -= 1
    text = " ".join(stripped[start:last])[:4000].lower()
    if len(text) < 60 or not any(word in text for word in patterns.DISCLAIMER_GATE):
        return last
    hits = sum(phrase in text for phrase in patterns.DISCLAIMER)
    if hits >= 3 or (hits >= 2 and len(text) > 150):
        while start - 1 > floor and _is_rule_or_head(stripped[start - 1]):
            start -= 1
        return start
    return last


def _is_rule_or_head(line: str) -> bool:
    return bool(line) and (
        not line.strip("_-=*") or line.lower().strip("*: ") in ("disclaimer", "confidentiality notice")
    )


def _sent_from(stripped: list[str], floor: int, last: int) -> int:
    """Where "Sent from my phone" stands, alone or above one more line of advertisement."""
    for number in range(last - 1, max(floor, last - 4) - 1, -1):
        line = stripped[number]
        if line and len(line) <= 90 and is_sent_from(line):
            return number
    return last


def is_sent_from(line: str) -> bool:
    """Whether the whole line is a telephone's or an application's own advertisement, and no sentence."""
    low = line.lower()
    if not low.isascii() and len(line) < 40 and any(words in low for words in patterns.SENT_FROM_CJK):
        return True
    low = low.lstrip("[(<*_- \t")
    if not low.startswith(patterns.SENT_FROM):
        return False
    rest = low.partition("<")[0].partition("http")[0]
    return "," not in rest and len(rest.split()) <= 10 and _DEVICE.search(line) is not None


def _closed(stripped: list[str], floor: int, last: int) -> int:
    """Where a closing ("Kind regards,") with a name below it begins, or a dash with a name."""
    if _DASH_NAME.match(stripped[last - 1]) and last - 1 >= floor and not stripped[last - 2]:
        above = next((text for text in reversed(stripped[: last - 1]) if text), "")
        name = stripped[last - 1][1:]
        if name[0].isupper() and above[-1:] != ":" and above[:1] != stripped[last - 1][0]:
            return last - 1
    lowest = max(floor, last - 2 * MAX_CLOSED)
    closings = {
        number
        for number, line in enumerate(stripped[lowest:last], start=lowest)
        if len(line) < 50 and line.strip(_CLOSING_END).lower() in patterns.CLOSINGS
    }
    taken = 0
    for number in range(last - 1, min(closings, default=last) - 1, -1):
        line = stripped[number]
        if not line:
            continue
        if number in closings and (taken or line[-1] == "," or len(line) > 8) and not _goes_on(stripped, number):
            below = [text for text in stripped[number + 1 : last] if text]
            if not below or _is_name(below[0]):
                return number
        taken += 1
        if taken > MAX_CLOSED or not _is_short(line):
            return last
    return last


def _goes_on(stripped: list[str], number: int) -> bool:
    """Thanks and the like may be the sender's own words when no name follows."""
    line = stripped[number].strip(_CLOSING_END).lower()
    return line.startswith(("thank", "many thanks", "thx", "cheers", "best")) and not any(
        stripped[number + 1 : number + 3]
    )


def _is_name(line: str) -> bool:
    """A name or what may stand for one: few words, a capital first, no end of sentence."""
    text = line.strip("*_-–— ")
    return bool(text) and len(text) <= 50 and len(text.split()) <= 5 and not text[0].islower() and line[-1] not in "?!:"


def _is_short(line: str) -> bool:
    if len(line) > 90 or line[-1] in "?:":
        return False
    return (len(line.split()) <= 7 and line[-1] != "!") or _CONTACT.search(line) is not None


def _banner(stripped: list[str], first: int, last: int) -> int:
    """The line after a gateway's banner at the top; `first` when there is none."""
    if not stripped[first].lower().lstrip("*[-=_ ").startswith(patterns.BANNER_HEADS):
        return first
    end = first
    while end < last and stripped[end] and end - first < 8:
        end += 1
    text = " ".join(stripped[first:end]).lower()
    alone = end < last and len(text) < 600
    return end if alone and any(words in text for words in patterns.BANNER) else first


_FINDERS = ((_footer, SIGNATURE), (_disclaimer, DISCLAIMER), (_sent_from, SIGNATURE), (_closed, SIGNATURE))
