"""`amends parting`: signs that a relationship should end, and how it is ended; the decision is a partner's."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from amends.cli.named import client_called, doer, doing, shared
from amends.cli.recovery import told
from amends.cli.recovery.told import moment
from amends.cli.shown import shown
from amends.cli.start import in_firm, now, open_home

if TYPE_CHECKING:
    from amends.boundaries.models import Parting
    from amends.insights.boundaries.parting import Looked
    from amends.insights.boundaries.signs import Sign


@click.group("parting")
def parting_command() -> None:
    """Whom to part from, and how. CLIENT is a name or an id."""


@parting_command.command("list")
@shared
def list_command(firm: str | None, *, as_json: bool) -> None:
    """Partings that are under way, and that are over."""
    open_home(quiet=True)
    from amends.boundaries.queries.parting import partings

    with in_firm(firm):
        told.several(list(partings()), _item, _line, as_json=as_json, nothing="None.")


@parting_command.command("signs")
@click.argument("client", default="")
@shared
def signs_command(client: str, firm: str | None, *, as_json: bool) -> None:
    """Signs that a relationship should end, with their arithmetic: of CLIENT, or of all."""
    open_home(quiet=True)
    from amends.insights.boundaries.parting import Looked, to_look_at
    from amends.insights.boundaries.signs import signs_of
    from amends.mail.queries import SYSTEM

    with in_firm(firm) as found:
        if client:
            one = client_called(client)
            signs = signs_of(SYSTEM, found, [one], now=now()).get(one.pk, [])
            rows = [Looked(one, signs)] if signs else []
        else:
            rows = to_look_at(SYSTEM, found, now=now())
        told.several(rows, _looked, _looked_line, as_json=as_json, nothing="No signs.")


@parting_command.command("left")
@click.argument("client")
@click.option("--why", default="", help="What they said.")
@doing
def left_command(client: str, why: str, firm: str | None, who: str | None, *, as_json: bool) -> None:
    """Note that a client left by themselves."""
    open_home(quiet=True)
    from amends.flows.boundaries.parting import begin

    with in_firm(firm):
        whose = client_called(client)
        made = begin(whose.public_id, whose="theirs", why_they_left=why, by=doer(who), now=now())
        click.echo(json.dumps(_item(made), ensure_ascii=False) if as_json else _line(made))


@parting_command.command("consider")
@click.argument("client")
@click.option("--reasons", default="", help="Why.")
@doing
def consider_command(client: str, reasons: str, firm: str | None, who: str | None, *, as_json: bool) -> None:
    """Consider parting; it is decided on its page."""
    open_home(quiet=True)
    from amends.flows.boundaries.parting import begin

    with in_firm(firm):
        made = begin(client_called(client).public_id, reasons=reasons, by=doer(who), now=now())
        click.echo(json.dumps(_item(made), ensure_ascii=False) if as_json else _line(made))


def _item(row: Parting) -> dict[str, Any]:
    return {
        "id": str(row.public_id), "client": row.client.name, "whose": row.whose, "state": row.state,
        "reasons": row.reasons, "why_they_left": row.why_they_left, "opened_at": row.opened_at.isoformat(),
        "decided_at": moment(row.decided_at), "ended_at": moment(row.ended_at),
    }  # fmt: skip


def _line(row: Parting) -> str:
    return f"{row.public_id}  {shown(row.client.name)}: {row.state.replace('_', ' ')} ({row.whose})"


def _looked(one: Looked) -> dict[str, Any]:
    return {"client": one.client.name, "id": str(one.client.public_id), "signs": [_sign(each) for each in one.signs]}


def _sign(sign: Sign) -> dict[str, Any]:
    rests = [{"kind": one.kind, "id": str(one.about), "words": one.words, "at": moment(one.at)} for one in sign.rests]
    return {"kind": str(sign.kind), "numbers": sign.numbers, "rests_on": rests}


def _looked_line(one: Looked) -> str:
    said = "; ".join(
        f"{each.kind} ({', '.join(f'{name} {value}' for name, value in each.numbers.items())})" for each in one.signs
    )
    return f"{shown(one.client.name)}: {shown(said)}"
