"""How moves, grades and ends of drills are called."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from amends.judgement.guard import Finding
from amends.recovery.models import DrillResult
from amends.web.check.panel import Card, kept, panel

MOVES: dict[str, Promise] = {
    "owns": _("Take it on"),
    "sorry": _("Say sorry"),
    "feeling": _("Name what they feel"),
    "account": _("Say what happened"),
    "mends": _("Say what puts it right"),
    "when": _("Say by when"),
    "wanted": _("Ask what they want"),
}
GRADES: dict[str, tuple[Promise, str]] = {
    "well": (_("That was heard"), "check"),
    "partly": (_("Half of it"), "circle-dot"),
    "badly": (_("That did not help"), "x"),
}
ENDS: dict[str, Promise] = {
    "mended": _("Mended"),
    "open": _("Still open"),
    "lost": _("They left"),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """One move that was asked for: why, and the words that made it ("": none did)."""

    name: Promise | str
    why: str
    said: str


@dataclass(frozen=True, slots=True)
class Turn:
    """One answer, and how it landed."""

    says: str
    feeling: str
    answer: str
    grade: str
    landed: Promise | str
    icon: str
    asked: list[Asked]
    cards: list[Card]


@dataclass(frozen=True, slots=True)
class Told:
    """A drill that was played to its end; all of it may be gone, where somebody was forgotten who is named in it."""

    result: DrillResult
    turns: list[Turn] = field(default_factory=list)
    end: str = ""
    ended: Promise | str = ""
    says: str = ""
    became: str = ""
    person: str = ""

    @property
    def asked(self) -> int:
        """How many moves were asked for."""
        return sum(len(turn.asked) for turn in self.turns)

    @property
    def made(self) -> int:
        """How many of them were made."""
        return sum(bool(one.said) for turn in self.turns for one in turn.asked)


def turn_of(row: Any) -> Turn:
    """A turn as it is kept, for a page."""
    landed, icon = GRADES[row["grade"]]
    found: list[Finding] = kept(row["findings"])
    return Turn(
        row["says"], row["feeling"], row["answer"], row["grade"], landed, icon,
        [Asked(MOVES.get(move, move), why, row["made"].get(move, "")) for move, why in row["asked"]],
        panel(row["answer"], found).cards,
    )  # fmt: skip


def told(result: DrillResult) -> Told:
    """A result for its page."""
    rows = [row for row in result.turns if isinstance(row, dict)]
    end = next((row for row in rows if "end" in row), None)
    if end is None:
        return Told(result)
    turns = [turn_of(row) for row in rows if "line" in row]
    return Told(result, turns, end["end"], ENDS[end["end"]], end["says"], end["became"], end["person"])


def ended(result: DrillResult) -> Promise | str:
    """How it ended, in a word."""
    end = next((row["end"] for row in result.turns if isinstance(row, dict) and "end" in row), "")
    return ENDS.get(end, "")
