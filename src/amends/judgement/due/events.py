"""Times that no calendar knows: "as soon as possible", "before the launch", "when it is ready"."""

from __future__ import annotations

from amends.judgement.due.scene import Piece, Scene
from amends.judgement.due.spans import span
from amends.judgement.due.words import bag, phrases

_BEFORE = frozenset({"before", "after", "until", "till", "by", "following", "during", "at"})
_OWNERS = frozenset({"the", "our", "your", "their", "his", "her", "my", "this", "that", "next", "any", "a"})
_EVENTS = bag("open_events")
_PAPERS = bag("open_papers")
_BY_FIRST: dict[str, list[tuple[str, ...]]] = {}
for _phrase in phrases("soon"):
    _BY_FIRST.setdefault(_phrase[0], []).append(_phrase)
STARTS = frozenset(_BY_FIRST) | _BEFORE | {"prior", "ahead", "once", "when", "in", "upon", "on", "within"}
_LONGEST_NAME = 3


def event(scene: Scene, index: int) -> Piece | None:
    """An expression that nothing in the calendar fixes, or None."""
    tokens = scene.tokens
    stop = max((tokens.reads(index, *phrase) for phrase in _BY_FIRST.get(tokens.word(index), ())), default=0)
    if stop:
        return Piece(stop, f"“{tokens.plain(index, stop)}” is no date", open=True)
    counted = _counted(scene, index)
    if counted:
        return Piece(counted, f"“{tokens.plain(index, counted)}”: it depends on an event", open=True)
    at = _opening(scene, index)
    if not at or tokens.word(at) not in _OWNERS:
        return None
    for name in range(at + 1, at + 1 + _LONGEST_NAME):
        word = tokens.word(name)
        if not word.isalpha():
            return None
        hyphened = f"{word}-{tokens.word(name + 2)}" if tokens.word(name + 1) == "-" else word
        if hyphened in _EVENTS or (word in _EVENTS and tokens.word(name + 1) not in _EVENTS):
            stop = name + (3 if hyphened in _EVENTS and hyphened != word else 1)
            return Piece(stop, f"“{tokens.plain(index, stop)}”: it depends on an event", open=True)
    return None


def _counted(scene: Scene, index: int) -> int:
    """The index after "within 30 days of receipt", "three days before the launch"; 0 where none stands."""
    tokens = scene.tokens
    at = tokens.skip(index, "within", "in", "no")
    found = span(scene, at)
    if found is None or tokens.word(found.stop) not in ("of", "after", "from", "before", "following", "prior"):
        return 0
    if tokens.word(found.stop) == "of" and tokens.word(index) != "within":
        return 0
    at = tokens.skip(tokens.skip(found.stop + 1, "to"), *_OWNERS)
    for name in range(at, at + _LONGEST_NAME):
        if tokens.word(name) in _EVENTS or tokens.word(name) in _PAPERS:
            return name + 1
        if not tokens.word(name).isalpha():
            return 0
    return 0


def _opening(scene: Scene, index: int) -> int:
    """The index after "before", "prior to", "in time for", "on completion of"; 0 where none of them stands."""
    tokens = scene.tokens
    if tokens.word(index) in ("before", "after", "until", "till", "by", "following", "during"):
        return index + 1
    for words in (("prior", "to"), ("ahead", "of"), ("in", "time", "for"), ("in", "advance", "of"), ("upon",)):
        stop = tokens.reads(index, *words)
        if stop:
            return stop
    return 0
