"""`amends drill`: practising a difficult conversation from the command line; how it went is for whoever played it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from amends.cli.named import NotFound, doer, doing
from amends.cli.shown import shown
from amends.cli.start import in_firm, now, open_home

if TYPE_CHECKING:
    from collections.abc import Mapping

    from amends.flows.recovery.drilling import Run

_LANDED = {"well": "That was heard.", "partly": "Half of it was heard.", "badly": "That did not help."}


@click.group("drill")
def drill_command() -> None:
    """Practise a difficult conversation: a client speaks, you answer, and are told what was heard."""


@drill_command.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def list_command(*, as_json: bool) -> None:
    """Which drills there are, and which files in the home are none."""
    open_home(quiet=True)
    from amends.flows.recovery.drilling import drills

    found, problems = drills()
    if as_json:
        rows = [{"drill": one.slug, "title": one.title, "minutes": one.minutes, "moves": one.moves} for one in found]
        click.echo(json.dumps({"items": rows, "problems": problems}, ensure_ascii=False))
        return
    for one in found:
        click.echo(f"{one.slug:24} {shown(one.title)} ({one.minutes} min)")
    for problem in problems:
        click.echo(f"  {shown(problem)}", err=True)


@drill_command.command("play")
@click.argument("drill")
@click.option(
    "--answer", "answers", multiple=True, metavar="WORDS",
    help="An answer, or the number of one that is offered (repeatable); without any you are asked.",
)  # fmt: skip
@doing
def play_command(drill: str, answers: tuple[str, ...], firm: str | None, who: str | None, *, as_json: bool) -> None:
    """Play a drill to its end, and keep how it went for whoever played it."""
    open_home(quiet=True)
    from amends.flows.recovery import drilling
    from amends.recovery.drills import Ending

    left = list(answers)
    with in_firm(firm):
        by, run = doer(who), drilling.begin(drill)
        if not as_json:
            click.echo(shown(run.drill.about))
        while not isinstance(run.at, Ending):
            if answers and not left:
                raise NotFound(f"The client waits for another answer: “{run.at.says[:80]}”. Give one more --answer.")
            said = left.pop(0) if left else _asked(run)
            run = drilling.say(run, _chosen(said, run.at.answers), by=by, now=now())
            if not as_json:
                _tell(run.turns[-1])
        if left:
            raise NotFound("It ended before your last --answer: give one less.")
        result, ending = drilling.finish(run, by=by, now=now()), run.at
    if as_json:
        end = {"end": ending.end, "says": ending.says, "became": ending.became}
        turns = [_turn(one) for one in run.turns]
        click.echo(json.dumps({"id": str(result.public_id), **end, "turns": turns}, ensure_ascii=False))
        return
    click.echo(f"\n{shown(run.drill.person)}: {shown(ending.says)}\n\n{shown(ending.became)}")


def _asked(run: Run) -> str:
    """What somebody at the terminal answers."""
    line: Any = run.at
    click.echo(f"\n{shown(run.drill.person)}: {shown(line.says)}\n")
    for number, answer in enumerate(line.answers, 1):
        click.echo(f"  {number}. {shown(answer)}")
    return str(click.prompt("\nYour answer, or a number", type=str))


def _chosen(said: str, offered: tuple[str, ...]) -> str:
    plain = said.strip()
    if plain.isascii() and plain.isdigit() and len(plain) < 3:
        if not 1 <= int(plain) <= len(offered):
            raise NotFound(f"There is no answer {plain}: there are {len(offered)}, or write one of your own.")
        return offered[int(plain) - 1]
    return said


def _turn(row: Mapping[str, Any]) -> dict[str, Any]:
    asked = [{"move": move, "why": why, "said": row["made"].get(move, "")} for move, why in row["asked"]]
    found = [{"rule": one["rule"], "quote": one["quote"], "why": one["why"]} for one in row["findings"]]
    return {"says": row["says"], "answer": row["answer"], "grade": row["grade"], "asked": asked, "findings": found}


def _tell(row: Mapping[str, Any]) -> None:
    click.echo(f"\n{_LANDED[row['grade']]}")
    for move, why in row["asked"]:
        if move not in row["made"]:
            click.echo(f"  not heard: {shown(why)}")
    for one in row["findings"]:
        click.echo(f"  the check: {shown(one['why'])}")
