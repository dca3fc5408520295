"""`amends gate`: what is missing before work begins in an industry that is new to the firm."""

from __future__ import annotations

import json
import uuid
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import click

from amends.cli.named import NotFound, doer, doing, shared
from amends.cli.recovery import told
from amends.cli.recovery.told import moment
from amends.cli.shown import shown
from amends.cli.start import in_firm, now, open_home

if TYPE_CHECKING:
    from amends.boundaries.models import Gate
    from amends.insights.gates import GatePage, Standing

_ATTENTION = 1  # exit code: done, and something is still missing


@click.group("gate")
def gate_command() -> None:
    """Readiness: their words, what we do not know yet, and a pace, before work begins.

    GATE is the id of a gate or of its engagement, as `amends gate list` shows it.
    """


@gate_command.command("list")
@click.option("--state", type=click.Choice(["open", "passed", "overridden"]), default="open")
@shared
def list_command(state: str, firm: str | None, *, as_json: bool) -> None:
    """Gates of engagements that go on, and what they still miss."""
    open_home(quiet=True)
    from amends.boundaries.queries.gates import gates
    from amends.insights.gates import standings

    with in_firm(firm):
        rows = standings(gates(state=state))
        told.several(rows, _standing, _line, as_json=as_json, nothing="No gate stands so.")


@gate_command.command("show")
@click.argument("gate")
@shared
def show_command(gate: str, firm: str | None, *, as_json: bool) -> None:
    """One gate whole; ends with code 1 where it is open."""
    open_home(quiet=True)
    with in_firm(firm):
        _show(_called(gate).public_id, as_json=as_json)


@gate_command.command("open")
@click.argument("engagement", type=click.UUID)
@doing
def open_command(engagement: uuid.UUID, firm: str | None, who: str | None, *, as_json: bool) -> None:
    """Open the gate of an engagement by hand; in a new industry it opens by itself."""
    open_home(quiet=True)
    from amends.clients.models import Engagement
    from amends.flows.boundaries import gates as flow

    with in_firm(firm):
        try:
            made = flow.open_by_hand(engagement, by=doer(who), now=now())
        except Engagement.DoesNotExist:
            raise NotFound(f"There is no engagement {engagement}: its id stands in the address of its page.") from None
        _show(made.public_id, as_json=as_json)


@gate_command.command("agreed")
@click.argument("gate")
@click.argument("part", type=click.Choice(["glossary", "pace", "advice"]))
@click.option("--message", type=click.UUID, default=None, help="The message that shows it.")
@click.option("--quote", default="", help="Words of that message.")
@click.option("--note", "words", default="", help="Or a note: what was agreed, with whom and how.")
@click.option("--on", "said_on", type=click.DateTime(["%Y-%m-%d"]), default=None, help="The day of the note.")
@doing
def agreed_command(
    gate: str, firm: str | None, who: str | None, *, as_json: bool, said_on: datetime | None, **given: Any
) -> None:
    """That the glossary or the pace was agreed, or (advice) that our counsel was overruled."""
    open_home(quiet=True)
    from amends.flows.boundaries import gates as flow
    from amends.mail.queries import Reader

    with in_firm(firm):
        found, by = _called(gate), doer(who)
        day: date | None = said_on.date() if said_on else None
        flow.show(Reader(by), found.public_id, **given, said_on=day, by=by, now=now())
        _show(found.public_id, as_json=as_json)


@gate_command.command("ask")
@click.argument("gate")
@click.argument("question")
@click.option("--why", default="")
@shared
def ask_command(gate: str, question: str, why: str, firm: str | None, *, as_json: bool) -> None:
    """Add a question."""
    open_home(quiet=True)
    from amends.flows.boundaries import gates as flow

    with in_firm(firm):
        found = _called(gate)
        flow.ask(found.public_id, question, why=why)
        _show(found.public_id, as_json=as_json)


@gate_command.command("answer")
@click.argument("gate")
@click.argument("number", type=click.IntRange(1))
@click.argument("answer")
@click.option("--told-by", default="", help="Who knew it.")
@doing
def answer_command(
    gate: str, number: int, answer: str, told_by: str, firm: str | None, who: str | None, *, as_json: bool
) -> None:
    """Answer a question, by its number as `amends gate show` counts them."""
    open_home(quiet=True)
    from amends.boundaries.queries.gates import questions_of
    from amends.flows.boundaries import gates as flow

    with in_firm(firm):
        found = _called(gate)
        asked = questions_of(found)
        if number > len(asked):
            raise NotFound(f"This gate has {len(asked)} questions: see `amends gate show`.")
        one = asked[number - 1]
        flow.answer(found.public_id, one.public_id, answer, told_by=told_by, by=doer(who), now=now())
        _show(found.public_id, as_json=as_json)


def _settles(name: str, does: str, says: str, *options: Any) -> None:
    def settle(gate: str, firm: str | None, who: str | None, *, as_json: bool, **said: Any) -> None:
        open_home(quiet=True)
        from amends.flows.boundaries import gates as flow

        with in_firm(firm):
            found = _called(gate)
            getattr(flow, does)(found.public_id, by=doer(who), now=now(), **said)
            _show(found.public_id, as_json=as_json)

    settle.__doc__ = says
    command: Any = doing(settle)
    for option in options:
        command = option(command)
    gate_command.command(name)(click.argument("gate")(command))


_settles("pass", "let_pass", "Everything is there: work can begin.")
_settles(
    "override", "override", "Begin although something is missing: a partner's decision.",
    click.option("--why", required=True, help="Why; it stays with the gate."),
)  # fmt: skip
_settles("reopen", "open_again", "It was a slip, or something came up.")


def _called(said: str) -> Gate:
    from django.db.models import Q

    from amends.boundaries.models import Gate

    try:
        key = uuid.UUID(said)
    except ValueError:
        key = None
    found = Gate.objects.filter(Q(public_id=key) | Q(engagement__public_id=key)).first() if key else None
    if found is None:
        raise NotFound(f"There is no gate {said!r}: see `amends gate list`.")
    return found


def _show(gate_id: uuid.UUID, *, as_json: bool) -> None:
    from amends.insights.gates import gate_page, standings
    from amends.mail.queries import SYSTEM

    page = gate_page(SYSTEM, gate_id)
    if as_json:
        click.echo(json.dumps(_whole(page), ensure_ascii=False))
    else:
        click.echo(_line(standings([page.gate])[0]))
        for number, one in enumerate(page.questions, start=1):
            said = f": {shown(one.answer)} ({shown(one.told_by)})" if one.answer else ""
            click.echo(f"  {number}. {shown(one.question)}{said}")
        for part, proofs in page.proofs.items():
            for proof in proofs:
                click.echo(
                    f"  {part}, {proof.said_on.isoformat()}: {shown(proof.quote or proof.words or proof.subject)}"
                )
    if page.gate.state == "open":
        click.get_current_context().exit(_ATTENTION)


def _standing(one: Standing) -> dict[str, Any]:
    gate = one.gate
    return {
        "id": str(gate.public_id), "engagement": str(gate.engagement.public_id), "name": gate.engagement.name,
        "client": gate.engagement.client.name, "industry": gate.industry, "state": gate.state,
        "missing": [str(each) for each in one.missing], "opened_at": gate.at.isoformat(),
        "settled_at": moment(gate.settled_at), "settled_by": gate.settled_by.email if gate.settled_by else None,
        "why": gate.why,
    }  # fmt: skip


def _whole(page: GatePage) -> dict[str, Any]:
    from amends.insights.gates import standings

    return {
        **_standing(standings([page.gate])[0]),
        "questions": [
            {"id": str(one.public_id), "question": one.question, "why": one.why, "answer": one.answer,
             "told_by": one.told_by, "answered_at": moment(one.answered_at)}
            for one in page.questions
        ],
        "evidence": [
            {"id": str(one.evidence), "part": part, "said_on": one.said_on.isoformat(), "words": one.words,
             "quote": one.quote, "message": str(one.message) if one.message else None}
            for part, proofs in page.proofs.items()
            for one in proofs
        ],
    }  # fmt: skip


def _line(one: Standing) -> str:
    gate = one.gate
    left = f"; missing: {', '.join(one.missing)}" if one.missing and gate.state == "open" else ""
    why = f" “{shown(gate.why)}”" if gate.why else ""
    work = gate.engagement
    return f"{gate.public_id}  {shown(work.client.name)}, {shown(work.name)}: {gate.state}{left}{why}"
