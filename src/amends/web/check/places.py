"""Where a finding lies in the text as typed, counted as browsers count (in UTF-16); and where words may be put."""

from __future__ import annotations

import re
from collections.abc import Callable

from amends.mail.parsing import SegmentKind, segments

_GREETING = re.compile(
    r"\s*(?:(?:dear|hi|hello|hey|good (?:morning|afternoon|evening))\b[^\n]{0,80}|[^\n]{1,40},)[ \t]*\n\s*",
    re.IGNORECASE,
)


def lf(text: str) -> str:
    """Line ends as a browser's own field holds them, and no NUL, which no field takes."""
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd")


def units(text: str, at: int) -> int:
    """A place in `text` as a browser counts it."""
    return len(text[:at].encode("utf-16-le", "surrogatepass")) // 2


def typed_places(text: str) -> Callable[[int, int], tuple[int, int]]:
    """From a span of the new text (`mail.parsing.new_text`) to the same words in `text`, without blanks around."""
    runs = [(each.start, each.end) for each in segments(text) if each.kind is SegmentKind.NEW]
    joined = "".join(text[start:end] for start, end in runs)
    lead = len(joined) - len(joined.lstrip("\n"))

    def place(at: int) -> int:
        left = at + lead
        for start, end in runs:
            if left < end - start:
                return start + left
            left -= end - start
        return len(text)

    def span(start: int, end: int) -> tuple[int, int]:
        first, last = place(start), place(max(start, end - 1)) + 1
        words = text[first:last]
        return first + len(words) - len(words.lstrip()), last - (len(words) - len(words.rstrip()))

    return span


def after_greeting(text: str) -> int:
    """Where the first sentence after the greeting begins."""
    found = _GREETING.match(text)
    return found.end() if found else 0


def end_of_words(text: str) -> int:
    """Where the writer's own words end: before quotes and signature."""
    runs = [each for each in segments(text) if each.kind is SegmentKind.NEW]
    end = runs[0].end if runs else 0
    return len(text[:end].rstrip())
