"""Playing a drill: an answer is judged by the check and by what the client's line asks for, and leads on to the next.

Nothing is kept before the end: what was said travels with the page, signed. What is kept then is the member's alone.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core import signing

from amends.core.errors import AmendsError
from amends.core.ids import uuid7
from amends.firm.budgets import may_give_back
from amends.firm.models import Member
from amends.insights.around import settings_of_firm
from amends.insights.recovery.practice import own_result
from amends.judgement.guard import Client, Context, Draft, Earlier, Finding, Mailbox, check, moves, verdict_of
from amends.mail.drafted import draft_of_text
from amends.recovery.actions import practice
from amends.recovery.drills import Drill, Ending, Line, in_folder, shipped
from amends.recovery.models import DrillResult

_SALT = "recovery.drill"
_LONGEST = 4000
_HELD = 12 * 60 * 60  # seconds for which a page can be played on
FOLDER = "drills"
"""In the home: scenarios of one's own."""


class NoSuchDrill(AmendsError):
    """There is none of that name."""


class CannotGoOn(AmendsError):
    """The page is too old, or the scenario was changed meanwhile."""

    def __init__(self) -> None:
        super().__init__("This drill was left too long ago, or was changed meanwhile: begin it anew.")


class NothingSaid(AmendsError):
    """There is no answer to judge."""


@dataclass(frozen=True, slots=True)
class Run:
    """One time through a drill, as far as it is. A turn says what was asked, answered and found; see `_turn`."""

    key: uuid.UUID
    drill: Drill
    turns: tuple[Mapping[str, Any], ...] = ()

    @property
    def at(self) -> Line | Ending:
        """The line to be answered, or the end. Raises `CannotGoOn` where the scenario no longer has it."""
        place = self.drill.first
        if self.turns:
            last = self.drill.lines.get(self.turns[-1]["line"])
            place = last.then[self.turns[-1]["grade"]] if last is not None else ""
        found = self.drill.lines.get(place) or self.drill.endings.get(place)
        if found is None:
            raise CannotGoOn
        return found

    @property
    def back(self) -> Run:
        """As it was before the last answer."""
        return replace(self, turns=self.turns[:-1])


def drills() -> tuple[list[Drill], list[str]]:
    """All there are, those of the home first and instead of shipped ones of the same name; and which files are none."""
    own, problems = in_folder(settings.HOME / FOLDER)
    names = {one.slug for one in own}
    return [*own, *(one for one in shipped() if one.slug not in names)], problems


def begin(slug: str) -> Run:
    """A drill from its first line. Raises `NoSuchDrill`."""
    found = next((one for one in drills()[0] if one.slug == slug), None)
    if found is None:
        raise NoSuchDrill("There is no such drill: choose one of the list.")
    return Run(uuid7(), found)


def say(run: Run, text: str, *, by: Member, now: datetime) -> Run:
    """Answer the line at hand. Raises `NothingSaid` and `CannotGoOn`."""
    said, line = text.strip(), run.at
    if isinstance(line, Ending):
        raise CannotGoOn
    if not said:
        raise NothingSaid("Say something: choose an answer, or write your own.")
    if len(said) > _LONGEST:
        raise NothingSaid(f"Nobody listens so long: {_LONGEST:,} characters at most.")
    draft, context = _setting(run, line, said, by=by, now=now)
    found = check(draft, context).findings
    made = moves(draft, context)
    return replace(run, turns=(*run.turns, _turn(line, said, found, made)))


def finish(run: Run, *, by: Member, now: datetime) -> DrillResult:
    """Keep how it went, for oneself. Raises `CannotGoOn` where it has not ended."""
    ending = run.at
    if isinstance(ending, Line):
        raise CannotGoOn
    end = {"end": ending.end, "says": ending.says, "became": ending.became, "person": run.drill.person}
    asked = [move for turn in run.turns for move, _why in turn["asked"]]
    made = [move for turn in run.turns for move in turn["made"]]
    score = round(100 * len(made) / len(asked)) if asked else 0
    return practice.keep(
        run.key, member=by, scenario=run.drill.slug, turns=[*run.turns, end], score=score, now=now
    )  # fmt: skip


def share(result_id: uuid.UUID, *, shared: bool, by: Member) -> DrillResult:
    """Show one's result to the firm, or keep it to oneself again. Raises `DrillResult.DoesNotExist`."""
    result = own_result(by, result_id)
    practice.share(result, shared=shared)
    return result


def remove(result_id: uuid.UUID, *, by: Member) -> None:
    """Forget one's result. Raises `DrillResult.DoesNotExist`."""
    practice.remove(own_result(by, result_id))


def sealed(run: Run, *, by: Member) -> str:
    """A run as a page carries it: signed, for this member alone."""
    return signing.dumps([str(by.public_id), str(run.key), run.drill.slug, list(run.turns)], salt=_SALT, compress=True)


def opened(seal: str, *, slug: str, by: Member) -> Run:
    """The run that a page carried. Raises `CannotGoOn` and `NoSuchDrill`."""
    try:
        whose, key, named, turns = signing.loads(seal, salt=_SALT, max_age=_HELD)
    except signing.BadSignature as error:
        raise CannotGoOn from error
    if whose != str(by.public_id) or named != slug:
        raise CannotGoOn
    run = replace(begin(slug), key=uuid.UUID(key), turns=tuple(turns))
    _ = run.at
    return run


def grade(line: Line, found: Sequence[Finding], made: Mapping[str, str]) -> str:
    """*well* where all that is asked for is there and the check has nothing to say against it; *badly* where it would
    hold the answer back, or less than half is there; else *partly*."""
    there, verdict = sum(one.move in made for one in line.asks), verdict_of(found)
    if verdict == "hold" or 2 * there < len(line.asks):
        return "badly"
    return "well" if there == len(line.asks) and verdict == "send" else "partly"


def _turn(line: Line, said: str, found: Sequence[Finding], made: Mapping[str, str]) -> dict[str, Any]:
    """As it is kept: `asked` are pairs of a move and why, `made` the asked moves that were made, with their words."""
    return {
        "line": line.id, "says": line.says, "feeling": line.feeling, "answer": said,
        "grade": grade(line, found, made), "asked": [[one.move, one.why] for one in line.asks],
        "made": {one.move: made[one.move] for one in line.asks if one.move in made},
        "findings": [asdict(one) for one in found],
    }  # fmt: skip


def _setting(run: Run, line: Line, said: str, *, by: Member, now: datetime) -> tuple[Draft, Context]:
    """The answer as a draft to somebody invented, after all that was said, weighed as this firm weighs the rules."""
    me, them = Mailbox(by.email.lower(), by.name), Mailbox(run.drill.email, run.drill.person)
    thread = [
        part
        for turn in run.turns
        for part in (Earlier(turn["says"], them, (me,)), Earlier(turn["answer"], me, (them,)))
    ]
    context = Context(
        own_domains=frozenset({me.domain}),
        thread=(*thread, Earlier(line.says, them, (me,))),
        clients=(Client(run.drill.client, (them.domain,), (them,)),),
        authority=may_give_back(by),
        settings=settings_of_firm(),
    )
    return replace(draft_of_text(said), sender=me, to=(them,), at=now), context
