"""Where each sentence of a message lies, so that what is found can be quoted word for word.

Business mail is wrapped, listed and signed: a full stop is not the only end, and a line break is not always
one. The splitter only ever cuts, so the text between a span's offsets is exactly the sender's.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

HEAD, TAIL = 20_000, 4_000
"""Characters read at the start and at the end of a message; what lies between in a longer one is not read."""
LONGEST = 500
"""A sentence longer than this many characters is cut, at a space where there is one."""

_ABBREVIATION = re.compile(r"\b(?:mr|mrs|ms|dr|prof|st|e\.g|i\.e|etc|vs|no|nr|approx|inc|ltd|co|[a-z])\.$", re.I)
_CUT = re.compile(  # begins with a set of characters, so that the search leaps from one to the next
    r"[.!?…\n](?:"
    r"(?<![.!?…][.!?…])(?<!\n)[.!?…]*[\"')\]*_]*(?=\s)"  # the end of a sentence, tried once a run
    r"|(?<=\n)(?:[ \t]*\n"  # an empty line
    r"|(?=[ \t]*(?:[-*•–>|]|\d{1,2}[.)])[ \t>])"  # the next line is an item of a list, or a quotation
    r"|(?<=[,:;]\n)(?=[ \t]*\S)))"  # a salutation or a heading
)
_QUOTED = ">|"


class Sentence(NamedTuple):
    """`text` is exactly the message's characters from `start` up to `end`."""

    text: str
    start: int
    end: int


def split(text: str) -> Iterator[Sentence]:
    """The sentences of `text` in order, without the lines that quote somebody else.

    Reads at most HEAD + TAIL characters, in linear time.
    """
    windows = [(0, len(text))] if len(text) <= HEAD + TAIL else [(0, HEAD), (len(text) - TAIL, len(text))]
    for low, high in windows:
        start = low
        for cut in _CUT.finditer(text, low, high):
            if cut[0] == "." and _ABBREVIATION.search(text, max(start, cut.end() - 8), cut.end()):
                continue
            yield from _pieces(text, start, cut.end())
            start = cut.end()
        yield from _pieces(text, start, high)


def _pieces(text: str, start: int, end: int) -> Iterator[Sentence]:
    while start < end:
        stop = end
        if stop - start > LONGEST:
            space = text.rfind(" ", start + LONGEST // 2, start + LONGEST)
            stop = space if space > 0 else start + LONGEST
        piece = text[start:stop].lstrip()
        at = stop - len(piece)
        piece = piece.rstrip()
        if piece and piece[0] not in _QUOTED:
            yield Sentence(piece, at, at + len(piece))
        start = stop
