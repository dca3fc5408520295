"""Drills: which there are, one being played, and how one's own went."""

from __future__ import annotations

import uuid
from typing import Annotated, Any

from pydantic import Field

from amends.api.v1.schemas.check import FindingOut
from amends.api.v1.schemas.common import NO_NUL, In, Moment, Out
from amends.flows.recovery.drilling import Run
from amends.judgement.guard import Finding
from amends.recovery.drills import Drill, Ending
from amends.recovery.models import DrillResult


class DrillOut(Out):
    """One drill."""

    drill: str
    title: str
    about: str
    client: str
    person: str
    role: str
    minutes: int
    moves: list[str] = Field(description="What it asks for")

    @classmethod
    def of(cls, one: Drill) -> DrillOut:
        return cls(drill=one.slug, **{name: getattr(one, name) for name in cls.model_fields if name != "drill"})


class DrillsOut(Out):
    """All drills."""

    items: list[DrillOut]


class LineOut(Out):
    """What the client says, and answers to choose from; one of your own is as good."""

    says: str
    feeling: str
    answers: list[str]


class AskedOut(Out):
    """One move that the client waited for."""

    move: str
    why: str
    said: str = Field(description="The words that made it; empty where none did")


class TurnOut(Out):
    """One answer, and how it landed."""

    says: str
    answer: str
    grade: str = Field(description="`well`, `partly` or `badly`")
    asked: list[AskedOut]
    findings: list[FindingOut] = Field(description="What the check says of it")

    @classmethod
    def of(cls, row: Any) -> TurnOut:
        asked = [AskedOut(move=move, why=why, said=row["made"].get(move, "")) for move, why in row["asked"]]
        findings = [FindingOut.of(Finding(**one)) for one in row["findings"]]
        return cls(says=row["says"], answer=row["answer"], grade=row["grade"], asked=asked, findings=findings)


class DrillResultOut(Out):
    """How a drill went, to its end. Only whoever played it finds it here."""

    id: uuid.UUID
    drill: str
    at: Moment
    shared: bool = Field(description="Whether you show it to colleagues, on its page")
    turns: list[TurnOut]
    end: str | None = Field(description="`mended`, `open` or `lost`")
    says: str | None = Field(description="The client's last words")
    became: str | None

    @classmethod
    def of(cls, result: DrillResult) -> DrillResultOut:
        rows = [row for row in result.turns if isinstance(row, dict)]
        end = next((row for row in rows if "end" in row), {})
        return cls(
            id=result.public_id, drill=result.scenario, at=result.at, shared=result.shared,
            turns=[TurnOut.of(row) for row in rows if "line" in row], end=end.get("end"), says=end.get("says"),
            became=end.get("became"),
        )  # fmt: skip


class DrillResultsOut(Out):
    """Your own results, the newest first."""

    items: list[DrillResultOut]


class PlayNew(In):
    """Your answer. Without `run` it begins; `run` is what the last answer gave to go on with."""

    run: Annotated[str, Field(max_length=200_000, pattern=r"^[A-Za-z0-9_.:\-]*$")] = ""
    answer: Annotated[str, Field(max_length=4000, pattern=NO_NUL)] = ""


class PlayOut(Out):
    """Where the drill stands. At its end `line` is null and `result` is kept, for you alone."""

    run: str = Field(description="Send it back with your next answer, within twelve hours")
    line: LineOut | None
    heard: TurnOut | None = Field(description="How your last answer landed")
    result: DrillResultOut | None

    @classmethod
    def of(cls, run: Run, *, sealed: str, result: DrillResult | None) -> PlayOut:
        at = run.at
        line = None if isinstance(at, Ending) else LineOut(says=at.says, feeling=at.feeling, answers=list(at.answers))
        heard = TurnOut.of(run.turns[-1]) if run.turns else None
        return cls(run=sealed, line=line, heard=heard, result=DrillResultOut.of(result) if result else None)
