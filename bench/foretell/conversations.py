"""The conversations, their outcomes, and which of them are held back: all frozen before any figure was looked at.

**Held back**: half of the conversations, by a hash of their id, the same on every machine. Development is the rest.

**Halfway**: of n messages the first n // 2 are known. A conversation of fewer than four has no half to speak of and is
left out.

**Outcomes**. *Incivility* (threads of programmers): the thread's consequences name "Escalating further"; beside it,
whether any comment of the second half is uncivil. *Satisfaction* (dialogues with assistants): the annotators' mean
satisfaction with the whole dialogue is below 3, the middle of their scale. What is scored is always the bad end.

Of the threads nobody knows who is whose client: every comment is read as a client's, without code and quoted lines. In
dialogues USER is the client.
"""

from __future__ import annotations

import ast
import csv
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"
DIALOGUES = ("SGD", "MWOZ", "ReDial", "CCPE")
FEWEST = 4
_MIDDLE = 3


@dataclass(frozen=True, slots=True)
class Said:
    """One message: whose, and its words."""

    client: bool
    text: str


@dataclass(frozen=True, slots=True)
class Conversation:
    """What was said before the halfway point, and whether it ended badly, by each outcome of its set."""

    id: str
    before: tuple[Said, ...]
    bad: dict[str, bool]

    @property
    def held(self) -> bool:
        """Whether it is looked at once, at the end."""
        return is_held(self.id)


def is_held(conversation: str) -> bool:
    """The split: one half, by a hash of the id."""
    return hashlib.blake2b(f"foretell {conversation}".encode(), digest_size=4).digest()[0] < 128


def threads(folder: Path = SHARED / "incivility") -> list[Conversation]:
    """Heated threads of programmers that have a consequence on record, in the order of their ids."""
    comments: dict[str, list[tuple[str, bool]]] = {}
    with (folder / "comments.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            comments.setdefault(row["issue_id"], []).append((row["comment_body"], row["tbdf"] != "None"))
    found = []
    with (folder / "threads.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, skipinitialspace=True):
            said = comments.get(row["issue_id"], [])
            half = len(said) // 2
            if len(said) < FEWEST:
                continue
            bad = {
                "escalated": "Escalating further" in ast.literal_eval(row["consequences"]),
                "uncivil afterwards": any(uncivil for _, uncivil in said[half:]),
            }
            before = tuple(Said(True, _own(text)) for text, _ in said[:half])
            found.append(Conversation(row["issue_id"], before, bad))
    return sorted(found, key=lambda each: int(each.id))


def _own(comment: str) -> str:
    """What its writer wrote in words."""
    lines = re.sub(r"```.*?(?:```|$)", " ", comment, flags=re.S).splitlines()
    return "\n".join(line for line in lines if not line.lstrip().startswith(">"))


def dialogues(folder: Path = SHARED / "satisfaction") -> list[Conversation]:
    """Dialogues with assistants of all four kinds."""
    return [each for name in DIALOGUES for each in _dialogues(name, folder / f"{name}.txt")]


def _dialogues(name: str, path: Path) -> Iterator[Conversation]:
    for place, block in enumerate(path.read_text(encoding="utf-8").strip("\n").split("\n\n")):
        lines = [line.split("\t") for line in block.split("\n")]
        said = [Said(line[0] == "USER", line[1]) for line in lines if line[1] != "OVERALL"]
        overall = [int(each) for line in lines if line[1] == "OVERALL" for each in line[3].split(",")]
        if len(said) < FEWEST or not overall:
            continue
        bad = {"not satisfied": sum(overall) < _MIDDLE * len(overall)}
        yield Conversation(f"{name}:{place}", tuple(said[: len(said) // 2]), bad)
