"""Which lines of a text are the sender's own, and which are quoted, forwarded, signature or small print.

The rule above all others: never lose one own line; showing a quoted line is the lesser fault. So everything is NEW
until something proves otherwise, and the proofs are: a quoting mark, an attribution with a date or an address,
a block of header fields, a marker that mail programs write. Words per language are in `patterns`.
Work is linear in the text: lines are looked at a bounded number of times, and joined at most four at a time.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from amends.mail.parsing import openers
from amends.mail.parsing.tails import label_tails
from amends.mail.parsing.types import Segment, SegmentKind

NEW, QUOTE, SIGNATURE, DISCLAIMER, FORWARD = range(5)
QUOTING = frozenset(">\uff1e")
KINDS = (SegmentKind.NEW, SegmentKind.QUOTE, SegmentKind.SIGNATURE, SegmentKind.DISCLAIMER, SegmentKind.FORWARD)

# What the HTML of a line already told, one number a line (see `htmltext`).
PLAIN, QUOTED, SIGNED, QUOTED_FROM_HERE = range(4)


def segments(text: str, *, marks: Sequence[int] | None = None, forwarded: bool = False) -> tuple[Segment, ...]:
    """Split `text` (LF line ends) into segments that cover it exactly and in order.

    `marks` holds one number a line where the HTML told more (PLAIN, QUOTED, SIGNED, QUOTED_FROM_HERE).
    `forwarded` says that the subject announces a forward: then a block of header fields at the very top begins
    the forwarded history; otherwise only the fields are a quote, because the text below may be the sender's.
    """
    if not text:
        return ()
    lines = text.split("\n")
    kinds = _label(lines, marks, forwarded)
    if not any(kinds):
        return (Segment(SegmentKind.NEW, 0, len(text)),)
    out: list[Segment] = []
    start = number = 0
    for kind, group in groupby(kinds):
        count = len(list(group))
        end = min(len(text), start + count + sum(map(len, lines[number : number + count])))
        if start < end:  # a text that ends in a line break has an empty last line
            out.append(Segment(KINDS[kind], start, end))
        start, number = end, number + count
    return tuple(out)


def _label(lines: list[str], marks: Sequence[int] | None, forwarded: bool) -> bytearray:
    """The kind of every line, an index into `KINDS` in one byte. Blank lines belong to what stands before them."""
    stripped = [line.strip() for line in lines]
    quoted = quoted_lines(stripped, marks)
    kinds = bytearray(len(lines))  # all NEW
    found = openers.find(stripped, quoted, forwarded=forwarded)
    if marks is not None:
        found = _with_marks(found, marks)
    _label_quotes(kinds, stripped, quoted, found)
    label_tails(lines, stripped, kinds, signed=[m == SIGNED for m in marks] if marks is not None else None)
    if any(kinds):
        _label_blanks(kinds, stripped)
    return kinds


def quoted_lines(stripped: list[str], marks: Sequence[int] | None = None) -> list[bool]:
    """Which lines carry a quoting mark (RFC 3676 4.5); ">>> advertisement <<<" or a broken link's end does not."""
    quoted = [line[:1] in QUOTING for line in stripped]
    if True in quoted:
        _mend_quoted(stripped, quoted)
    return quoted if marks is None else [q or m == QUOTED for q, m in zip(quoted, marks, strict=True)]


def _mend_quoted(stripped: list[str], quoted: list[bool]) -> None:
    """Take back what only looks like a quoting mark, and add what lost it."""
    for number, line in enumerate(stripped):
        if quoted[number]:
            if line.endswith("<<") or (number and not quoted[number - 1] and _closes_link(stripped[number - 1])):
                quoted[number] = False
        elif number and quoted[number - 1] and line and _cut_soft(stripped[number - 1], line):
            quoted[number] = True


def _closes_link(before: str) -> bool:
    """Whether the line above leaves a link open, so that the `>` below it only closes that."""
    return "<" in before and ">" not in before and before.rpartition("<")[2].startswith(("http", "mailto"))


def _cut_soft(before: str, line: str) -> bool:
    """A quoted line broken by quoted-printable that nobody undid goes on in the next."""
    return before[-1] == "=" and len(before) > 60 and len(line) < 60


def _with_marks(found: dict[int, openers.Opener], marks: Sequence[int]) -> dict[int, openers.Opener]:
    for number, mark in enumerate(marks):
        if mark == QUOTED_FROM_HERE:
            return {**found, number: openers.Opener(number, "quote", to_end=True)}
    return found


def _label_quotes(kinds: bytearray, stripped: list[str], quoted: list[bool], found: dict[int, openers.Opener]) -> None:
    if not found and True not in quoted:
        return
    number, count = 0, len(kinds)
    block = QUOTE
    while number < count:
        opener = found.get(number)
        if quoted[number]:
            kinds[number] = block
        elif opener is not None:
            kind = FORWARD if opener.kind == "forward" else QUOTE
            last = count - 1 if opener.to_end else opener.last
            kinds[number : last + 1] = bytes([kind]) * (last + 1 - number)
            number, block = last, kind
        elif stripped[number]:
            block = QUOTE
        number += 1


def _label_blanks(kinds: bytearray, stripped: list[str]) -> None:
    before: int | None = None
    for number, line in enumerate(stripped):
        if line:
            before = kinds[number]
        elif before is not None:
            kinds[number] = before
