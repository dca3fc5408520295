"""`amends statement`: a client's account, with every posting and what made it."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

import click

from amends.cli.moment import moment
from amends.cli.named import client_called, shared
from amends.cli.shown import shown
from amends.cli.start import in_firm, now, open_home

if TYPE_CHECKING:
    from amends.insights.capital.statement import Statement


@click.command("statement")
@click.argument("client")
@click.option("--from", "first", default=None, metavar="DAY", help="From this day on; else three whole months back.")
@click.option("--to", "last", default=None, metavar="DAY", help="Until the end of this day; else of today.")
@shared
def statement_command(client: str, first: str | None, last: str | None, firm: str | None, *, as_json: bool) -> None:
    """Show the account of CLIENT (a name, or an id): opening, every posting, what faded, closing."""
    begin, end = _day(first, "--from"), _day(last, "--to")
    open_home(quiet=True)
    from amends.insights.capital.sheets import as_json as to_json
    from amends.insights.capital.statement import statement
    from amends.mail.queries import SYSTEM

    with in_firm(firm):
        found = statement(SYSTEM, client_called(client), now=now(), first=begin, last=end)
        if as_json:
            click.echo(json.dumps(to_json(found)))
            return
    _tell(found)


def _day(value: str | None, option: str) -> date | None:
    if value is None:
        return None
    try:
        return moment(value).date()
    except click.BadParameter as error:
        raise click.BadParameter(error.message, param_hint=option) from error


def _tell(found: Statement) -> None:
    click.echo(click.style(shown(found.client.name), bold=True))
    click.echo(found.sentence)
    click.echo(f"\n{found.first:%d %b %Y}  {_points(found.opening)}  opening")
    for entry in reversed(found.entries):
        taken = " (taken back)" if entry.back else ""
        click.echo(f"{entry.line.day:%d %b %Y}  {_points(entry.line.amount)}  {entry.name}{taken}")
        if entry.proof.quote or entry.proof.words:
            click.echo(f"{'':23}  “{shown(entry.proof.quote or entry.proof.words)}”")
    click.echo(f"{'':11}  {_points(found.faded)}  faded")
    click.echo(f"{found.last:%d %b %Y}  {_points(found.closing)}  closing (more is better)")


def _points(hundredths: int) -> Any:
    return f"{hundredths / 100:>+10,.2f}"
