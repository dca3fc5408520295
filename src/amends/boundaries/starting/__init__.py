"""The lists that come with Amends: what to ask before work begins, and what to clear before something goes public.

One file a kind of work or industry; a firm writes editions of its own over them. Pure.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

from amends.boundaries.readiness import folded
from amends.boundaries.refused import Refused

GENERAL = "general"
MOST = 60  # lines of one list
LONGEST = {"name": 300, "why": 500, "source": 300}


class ListKind(StrEnum):
    """What a list is for."""

    QUESTIONS = "questions"
    CHECKS = "checks"


@dataclass(frozen=True, slots=True)
class Line:
    """One question or one check: what, why, and where that is from (a sentence of an essay, or a public source)."""

    name: str
    why: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Starting:
    """One list as it counts now; `edition` 0 is the shipped one. `words` are industries and kinds of work it fits."""

    kind: ListKind
    slug: str
    name: str
    words: tuple[str, ...]
    lines: tuple[Line, ...]
    edition: int = 0
    retired: bool = False

    @property
    def content(self) -> dict[str, Any]:
        """As it is kept."""
        lines = [{"name": one.name, "why": one.why, "source": one.source} for one in self.lines]
        return {"words": list(self.words), "lines": lines}

    def fits(self, *said: str) -> bool:
        """Whether one of its words stands in what an industry or a kind of work is called."""
        texts = [f" {folded(each)} " for each in said]
        return any(f" {folded(word)} " in text for word in self.words for text in texts)


@cache
def shipped() -> tuple[Starting, ...]:
    """All that come with Amends: the general ones first, then by name."""
    found = []
    for file in sorted(files(__package__).iterdir(), key=lambda one: (one.name != f"{GENERAL}.toml", one.name)):
        if file.name.endswith(".toml"):
            made = tomllib.loads(file.read_text(encoding="utf-8"))
            for kind, key in ((ListKind.QUESTIONS, "question"), (ListKind.CHECKS, "check")):
                if key in made:
                    content = {"words": made.get("words", ()), "lines": made[key]}
                    found.append(of_content(content, kind=kind, slug=made["slug"], name=made["name"]))
    return tuple(found)


def of_content(
    content: Mapping[str, Any], *, kind: ListKind, slug: str, name: str, edition: int = 0, retired: bool = False
) -> Starting:
    """A list of what is kept, shipped or typed. Raises `Refused`."""
    words = tuple(dict.fromkeys(_text(str(one), 100, "A word") for one in content.get("words", ()) if str(one).strip()))
    lines = tuple(_line(one) for one in content.get("lines", ()))
    if len(lines) > MOST or len(words) > MOST:
        raise Refused(f"Keep it to {MOST} lines and {MOST} words: a longer list is not read.")
    if not lines and not retired:
        raise Refused("Write at least one line, or say that the list is not used any more.")
    named = _text(name, 100, "The name")
    if not named:
        raise Refused("Give the list a name.")
    return Starting(kind, slug, named, words, lines, edition, retired)


def chosen(lists: Iterable[Starting], *said: str) -> list[Line]:
    """The lines of the general list and of those that fit what is said, each once."""
    found: dict[str, Line] = {}
    for one in lists:
        if not one.retired and (one.slug == GENERAL or one.fits(*said)):
            for line in one.lines:
                found.setdefault(folded(line.name), line)
    return list(found.values())


def _line(row: Mapping[str, Any]) -> Line:
    made = Line(*(_text(str(row.get(key, "")), most, f"The {key} of a line") for key, most in LONGEST.items()))
    if not made.name:
        raise Refused("A line is empty: write what is to be asked or looked at, or take the line out.")
    return made


def _text(value: str, most: int, what: str) -> str:
    plain = " ".join(value.replace("\0", "").split())
    if len(plain) > most:
        raise Refused(f"{what} is longer than {most} characters: say it shorter.")
    return plain
