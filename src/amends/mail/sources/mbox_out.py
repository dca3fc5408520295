"""Writing an mbox that `mbox` reads back byte for byte (mboxrd: RFC 4155 with every "From " line quoted)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import BinaryIO

from amends.mail.sources.mbox import HEADER

_FROM = re.compile(rb"^(?=>*From )", re.MULTILINE)
_FROM_INSIDE = re.compile(rb"(?<=\n)(?=>*From )")
_HEAD = 1024  # bytes at whose beginning a header must be, for the separator before it to count as one
_LONGEST = 500_000  # bytes of a line; readers that work in blocks may take a longer one's middle for its beginning


def append(box: BinaryIO, chunks: Iterable[bytes], *, sender: str, at: datetime) -> bool:
    """Append one message to an mbox that is open for writing, at its end. Holds a chunk or two in memory.

    False, and the mbox as it was, where no mbox can hold the message byte for byte: it does not end with a line end,
    does not begin with a header, or has a line of more than half a megabyte.
    """
    began, whole = box.seek(0, 2), False
    try:
        box.write(_separator(sender, at))
        whole = _write(box, chunks)
    finally:  # also where the chunks could not be read to their end
        if not whole:
            box.seek(began)
            box.truncate()
    return whole


def _write(box: BinaryIO, chunks: Iterable[bytes]) -> bool:
    head, last, ran = b"", b"", 0
    for piece in _quoted(chunks):
        if len(head) < _HEAD:
            head += piece[: _HEAD - len(head)]
        if _too_long(piece, ran) or (len(head) == _HEAD and not HEADER.match(head)):
            return False
        ran = len(piece) - piece.rfind(b"\n") - 1 if b"\n" in piece else ran + len(piece)
        last = piece[-1:]
        box.write(piece)
    box.write(b"\n")
    return last == b"\n" and HEADER.match(head) is not None


def _too_long(piece: bytes, ran: int) -> bool:
    """Whether a line of `piece` is too long; its first one goes on from `ran` bytes."""
    if len(piece) + ran <= _LONGEST:
        return False
    lines = piece.split(b"\n")
    return len(lines[0]) + ran > _LONGEST or any(len(line) > _LONGEST for line in lines)


def _separator(sender: str, at: datetime) -> bytes:
    """The "From " line: who sent it, and when, in the way of C's asctime."""
    whom = sender if re.fullmatch(r"[!-~]{1,200}", sender) else "MAILER-DAEMON"
    days = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
    months = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
    day = f"{days[at.weekday()]} {months[at.month - 1]} {at.day:2}"  # strftime would speak the machine's language
    return f"From {whom} {day} {at:%H:%M:%S} {at.year:04}\n".encode("ascii")


def _quoted(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes, with ">" before every line that is "From " after any number of ">".

    A line is looked at when its beginning is whole: what follows the last line end waits for the next chunk.
    """
    carry, inside = b"", False  # `inside`: `carry` goes on in a line whose beginning has been looked at
    for chunk in chunks:
        data = carry + chunk
        cut = data.rfind(b"\n") + 1
        if not cut and len(data) <= _LONGEST:
            carry = data
            continue
        done, carry = (data[:cut], data[cut:]) if cut else (data, b"")
        yield (_FROM_INSIDE if inside else _FROM).sub(b">", done)
        inside = not cut
    if carry:
        yield (_FROM_INSIDE if inside else _FROM).sub(b">", carry)
