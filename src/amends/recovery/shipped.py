"""The playbooks that come with Amends: one file a trade in `playbooks/`, and what a playbook is made of. Pure.

A playbook says of one way to fail what fails, how clients say it, the first words, what to ask, what to offer with its
typical cost (in whole units of the firm's currency), and what never to say.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from amends.core.errors import AmendsError

KINDS = ("fix", "redo", "credit", "refund", "replacement", "gesture", "person")
_LONGEST = 2000
_MOST = 20  # questions, remedies, or things never to say
_DEAREST = 10**9


class BadPlaybook(AmendsError):
    """What was written is no playbook; the text says which part, and how to mend it."""


@dataclass(frozen=True, slots=True)
class Option:
    """A remedy to offer: its kind, what it is, and what it typically costs, in whole units of the currency."""

    kind: str
    what: str
    cost: int


@dataclass(frozen=True, slots=True)
class Book:
    """One playbook as it counts now; `edition` 0 is the shipped one."""

    mode: str
    trade: str
    name: str
    fails: str
    first_words: str
    questions: tuple[str, ...]
    remedies: tuple[Option, ...]
    never: tuple[str, ...]
    said: tuple[str, ...] = ()  # how clients say that it happened
    edition: int = 0
    retired: bool = False

    @property
    def content(self) -> dict[str, Any]:
        """As it is kept."""
        return {
            "fails": self.fails,
            "said": list(self.said),
            "first_words": self.first_words,
            "questions": list(self.questions),
            "remedies": [{"kind": one.kind, "what": one.what, "cost": one.cost} for one in self.remedies],
            "never": list(self.never),
        }


@cache
def shipped() -> tuple[Book, ...]:
    """All that come with Amends, by trade and name."""
    found = []
    for file in sorted(files(__package__).joinpath("playbooks").iterdir(), key=lambda one: one.name):
        if file.name.endswith(".toml"):
            made = tomllib.loads(file.read_text(encoding="utf-8"))
            found += [
                from_content(one, mode=one["mode"], trade=made["trade"], name=one["name"]) for one in made["playbook"]
            ]
    return tuple(found)


def from_content(
    content: Mapping[str, Any], *, mode: str, trade: str, name: str, edition: int = 0, retired: bool = False
) -> Book:
    """A playbook of what is kept or shipped. Raises `BadPlaybook`."""
    return Book(
        mode=mode,
        trade=trade,
        name=_text(name, "its name"),
        fails=_text(content.get("fails", ""), "what fails", empty=True),
        first_words=_text(content.get("first_words", ""), "the first words", empty=True),
        questions=_list(content.get("questions", ()), "the questions"),
        remedies=_options(content.get("remedies", ())),
        never=_list(content.get("never", ()), "what never to say"),
        said=_list(content.get("said", ()), "how clients say it"),
        edition=edition,
        retired=retired,
    )


def _options(rows: Sequence[Mapping[str, Any]]) -> tuple[Option, ...]:
    if len(rows) > _MOST:
        raise BadPlaybook(f"A playbook offers {_MOST} remedies at most: keep those that are used.")
    found = []
    for row in rows:
        cost = row.get("cost", 0)
        if row.get("kind") not in KINDS:
            raise BadPlaybook(f"Say of each remedy which kind it is: {', '.join(KINDS)}.")
        if not isinstance(cost, int) or isinstance(cost, bool) or not 0 <= cost <= _DEAREST:
            raise BadPlaybook("A typical cost is a whole number of the firm's currency, 0 or more.")
        found.append(Option(str(row["kind"]), _text(row.get("what", ""), "what a remedy is"), cost))
    return tuple(found)


def _list(rows: Sequence[str], name: str) -> tuple[str, ...]:
    if len(rows) > _MOST:
        raise BadPlaybook(f"Keep {name} to {_MOST} lines.")
    return tuple(_text(one, name) for one in rows if str(one).strip())


def _text(value: Any, name: str, *, empty: bool = False) -> str:
    plain = str(value).replace("\x00", "").strip()
    if not plain and not empty:
        raise BadPlaybook(f"Write {name}: it is empty.")
    if len(plain) > _LONGEST:
        raise BadPlaybook(f"Keep {name} under {_LONGEST:,} characters.")
    return plain
