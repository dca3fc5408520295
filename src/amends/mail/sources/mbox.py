"""Where the messages of an mbox lie (RFC 4155 and its dialects mboxo, mboxrd, and Gmail Takeout's)."""

from __future__ import annotations

import mmap
import re
from collections.abc import Iterator
from pathlib import Path

from amends.mail.sources.items import Item

# "From someone Thu Aug 22 07:36:16 2002", with whatever zone or year order a writer liked.
_SEPARATOR = re.compile(rb"From (?:\S+|\".*?\"\S*|-)? *(?:\w{3},? +)?[^\n]*\d{1,2}:\d{2}[^\n]*\r?\n")
_BARE = re.compile(rb"From [^\n:]*\r?\n")  # Thunderbird's "From ", and separators without a date
HEADER = re.compile(rb"(?:>?From [^\n]*\n)?[!-9;-~]+[ \t]*:")
_LOOK = 2048
_BEHIND = 64 * mmap.ALLOCATIONGRANULARITY  # bytes between two times that pages are given back


def is_mbox(head: bytes) -> bool:
    """Whether a file that begins so is an mbox."""
    return head.startswith(b"From ") and b":" in head.partition(b"\n")[2]


def mbox_items(path: Path, label: str) -> Iterator[Item]:
    """Each message of the mbox at `path`; a last message that was cut short is one too."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        behind = 0
        dated = _SEPARATOR.match(data[:_LOOK]) is not None
        starts = _starts(data, _SEPARATOR if dated else _BARE)
        for number, (here, following) in enumerate(_pairs(starts, len(data)), start=1):
            body = data.find(b"\n", here, following) + 1 or following
            end = _without_blank_line(data, body, following)
            yield Item(path, body, end, f"{label}, message {number}", bytes(data[here:body]).rstrip(), in_mbox=True)
            behind = _let_go(data, behind, here)


def _let_go(data: mmap.mmap, begin: int, end: int) -> int:
    """Give back the memory of the pages [begin, end) once there are enough of them; returns where the rest begins.

    Otherwise an archive of any size would come to lie in memory whole.
    """
    upto = end - end % _BEHIND
    if upto == begin or not hasattr(mmap, "MADV_DONTNEED"):
        return begin
    data.madvise(mmap.MADV_DONTNEED, begin, upto - begin)
    return upto


def _starts(data: mmap.mmap, separator: re.Pattern[bytes]) -> Iterator[int]:
    """Where messages begin: an archive whose first separator has no date has none in the others."""
    yield 0
    at = data.find(b"\nFrom ", 0)
    while at >= 0:
        if _separates(data, at, separator):
            yield at + 1
        at = data.find(b"\nFrom ", at + 1)


def _separates(data: mmap.mmap, newline: int, separator: re.Pattern[bytes]) -> bool:
    """A separator has a time and is followed by a header; without a blank line before it, it has a date too."""
    look = data[newline + 1 : newline + 1 + _LOOK]
    match = separator.match(look)
    if match is None or not HEADER.match(look, match.end()):
        return False
    after_blank = data[max(0, newline - 2) : newline].endswith((b"\n", b"\n\r")) or newline < 2
    return after_blank or bool(re.search(rb"(?:19|20)\d\d", match.group()))


def _pairs(starts: Iterator[int], size: int) -> Iterator[tuple[int, int]]:
    here = next(starts)
    for following in starts:
        yield here, following
        here = following
    yield here, size


def _without_blank_line(data: mmap.mmap, start: int, end: int) -> int:
    """Writers put one blank line before the next separator; it is not the message's."""
    if end - start >= 4 and data[end - 4 : end] == b"\r\n\r\n":
        return end - 2
    if end - start >= 2 and data[end - 2 : end] == b"\n\n":
        return end - 1
    return end
