"""A stored message as passages to show: own words with what was noticed in them, and folded parts. Pure.

Signals point into the new text; it is the NEW segments joined, so their places are found again in the whole text here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from amends.insights.conversation import Noticed
from amends.mail.parsing import Segment, SegmentKind


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of own words; `noticed` says what was noticed in exactly these."""

    text: str
    noticed: tuple[Noticed, ...] = ()


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


def passages(text: str, segments: Sequence[Segment], noticed: Sequence[Noticed]) -> list[Passage]:
    """The parts of a message in order, without blank ones."""
    joined = "".join(text[part.start : part.end] for part in segments if part.kind is SegmentKind.NEW)
    offset = len(joined) - len(joined.lstrip("\n"))  # the new text begins after its leading blank lines
    spans = _spans(noticed, offset)
    found, done = [], 0
    for part in segments:
        words = text[part.start : part.end]
        if part.kind is not SegmentKind.NEW:
            if words.strip():
                found.append(Passage(str(part.kind), [Run(words.strip("\n"))]))
            continue
        runs = _runs(words, done, spans)
        done += len(words)
        if words.strip():
            found.append(Passage(str(part.kind), _trimmed(runs)))
    return found


def _spans(noticed: Sequence[Noticed], offset: int) -> list[tuple[int, int, tuple[Noticed, ...]]]:
    """What was noticed, by place; of two that overlap without being the same, the earlier is shown."""
    places: dict[tuple[int, int], list[Noticed]] = {}
    for one in noticed:
        if one.start is not None and one.end is not None and one.end > one.start:
            places.setdefault((one.start + offset, one.end + offset), []).append(one)
    spans: list[tuple[int, int, tuple[Noticed, ...]]] = []
    for (start, end), ones in sorted(places.items()):
        if not spans or start >= spans[-1][1]:
            spans.append((start, end, tuple(ones)))
        else:
            first, last, others = spans[-1]
            spans[-1] = (first, last, (*others, *ones))
    return spans


def _runs(words: str, begins: int, spans: Sequence[tuple[int, int, tuple[Noticed, ...]]]) -> list[Run]:
    """Cut one NEW segment, which begins at `begins` of the joined text, at the spans that fall into it."""
    runs, at, ends = [], begins, begins + len(words)
    for start, end, ones in spans:
        first, last = max(start, begins), min(end, ends)
        if first >= last:
            continue
        if first > at:
            runs.append(Run(words[at - begins : first - begins]))
        runs.append(Run(words[first - begins : last - begins], ones))
        at = last
    if at < ends:
        runs.append(Run(words[at - begins :]))
    return runs


def _trimmed(runs: list[Run]) -> list[Run]:
    """Without blank lines at either end."""
    first, last = runs[0], runs[-1]
    runs[0] = Run(first.text.lstrip("\n"), first.noticed)
    last = runs[-1]
    runs[-1] = Run(last.text.rstrip(), last.noticed)
    return [run for run in runs if run.text]
