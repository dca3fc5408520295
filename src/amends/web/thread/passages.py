"""A stored message as passages to show: own words by sentence, with what was noticed in them, and folded parts. Pure.

Signals point into the new text; it is the NEW segments joined, so their places are found again in the whole text here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from amends.insights.conversation import Noticed
from amends.judgement import sentences
from amends.mail.parsing import Segment, SegmentKind


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of own words; `noticed` says what was noticed in exactly these.

    `start` and `end` count characters of the new text, where it is a sentence or holds something noticed.
    """

    text: str
    noticed: tuple[Noticed, ...] = ()
    start: int | None = None
    end: int | None = None


@dataclass(frozen=True, slots=True)
class Passage:
    """One part of a message: its kind (a `SegmentKind`), and its text in runs."""

    kind: str
    runs: list[Run] = field(default_factory=list)

    @property
    def folded(self) -> bool:
        """Whether it is shown only when asked for."""
        return self.kind != SegmentKind.NEW

    @property
    def text(self) -> str:
        return "".join(run.text for run in self.runs)


_Span = tuple[int, int, tuple[Noticed, ...]]
"""From where to where of the NEW segments joined, and what was noticed there."""


def passages(text: str, segments: Sequence[Segment], noticed: Sequence[Noticed]) -> list[Passage]:
    """The parts of a message in order, without blank ones."""
    joined = "".join(text[part.start : part.end] for part in segments if part.kind is SegmentKind.NEW)
    offset = len(joined) - len(joined.lstrip("\n"))  # the new text begins after its leading blank lines
    spans = _with_sentences(_spans(noticed, offset), joined)
    found, done = [], 0
    for part in segments:
        words = text[part.start : part.end]
        if part.kind is not SegmentKind.NEW:
            if words.strip():
                found.append(Passage(str(part.kind), [Run(words.strip("\n"))]))
            continue
        runs = _runs(words, done, spans, offset)
        done += len(words)
        if words.strip():
            found.append(Passage(str(part.kind), _trimmed(runs)))
    return found


def _with_sentences(spans: list[_Span], joined: str) -> list[_Span]:
    """The spans in which something was noticed, and between them the other sentences, or what is left of them."""
    ends = [0, *(place for start, end, _ in spans for place in (start, end)), len(joined)]
    gaps = list(zip(ends[::2], ends[1::2], strict=True))
    others = [
        span
        for sentence in sentences.split(joined)
        for low, high in gaps
        if max(low, sentence.start) < min(high, sentence.end)
        for span in _words(joined, max(low, sentence.start), min(high, sentence.end))
    ]
    return sorted([*spans, *others], key=lambda span: span[:2])


def _words(joined: str, start: int, end: int) -> list[_Span]:
    """The words from `start` to `end`, without white space around them; nothing where there are none."""
    piece = joined[start:end]
    start += len(piece) - len(piece.lstrip())
    return [(start, start + len(piece.strip()), ())] if any(map(str.isalpha, piece)) else []


def _spans(noticed: Sequence[Noticed], offset: int) -> list[_Span]:
    """What was noticed, by place; of two that overlap without being the same, the earlier is shown."""
    places: dict[tuple[int, int], list[Noticed]] = {}
    for one in noticed:
        if one.start is not None and one.end is not None and one.end > one.start:
            places.setdefault((one.start + offset, one.end + offset), []).append(one)
    spans: list[_Span] = []
    for (start, end), ones in sorted(places.items()):
        if not spans or start >= spans[-1][1]:
            spans.append((start, end, tuple(ones)))
        else:
            first, last, others = spans[-1]
            spans[-1] = (first, last, (*others, *ones))
    return spans


def _runs(words: str, begins: int, spans: Sequence[_Span], offset: int) -> list[Run]:
    """Cut one NEW segment, which begins at `begins` of the joined text, at the spans that fall into it."""
    runs, at, ends = [], begins, begins + len(words)
    for start, end, ones in spans:
        first, last = max(start, begins), min(end, ends)
        if first >= last:
            continue
        if first > at:
            runs.append(Run(words[at - begins : first - begins]))
        runs.append(Run(words[first - begins : last - begins], ones, first - offset, last - offset))
        at = last
    if at < ends:
        runs.append(Run(words[at - begins :]))
    return runs


def _trimmed(runs: list[Run]) -> list[Run]:
    """Without blank lines at either end."""
    runs[0] = replace(runs[0], text=runs[0].text.lstrip("\n"))
    runs[-1] = replace(runs[-1], text=runs[-1].text.rstrip())
    return [run for run in runs if run.text]
