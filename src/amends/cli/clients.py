"""`amends import-clients`: bring in clients and people from HubSpot, vCards, or a table of any other tool."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from amends.cli.shown import counted, shown
from amends.cli.start import in_firm, now, open_home
from amends.core.errors import AmendsError

if TYPE_CHECKING:
    from amends.clients.addressbooks import Guess
    from amends.flows.client_files import ClientReport

_SHOWN = 10  # rows that were set aside
_BECOMES = {
    "name": "the client's name", "website": "the client's website", "person": "a person's whole name",
    "first_name": "a person's first name", "last_name": "a person's last name", "email": "a person's e-mail address",
    "phone": "a person's telephone", "title": "what a person does there",
}  # fmt: skip


class NotAMapping(AmendsError):
    """What stands behind --map is no field and column."""


@click.command("import-clients")
@click.argument("file", type=click.Path(path_type=Path, resolve_path=True))
@click.option(
    "--map",
    "mapped",
    multiple=True,
    metavar="FIELD=COLUMN",
    help="Which column of a table holds what (repeatable): name (the client's), website, person, first_name,"
    " last_name, email, phone, title, or skip; the column by its header or its number.",
)
@click.option(
    "--standing",
    type=click.Choice(["client", "unsure"]),
    help="What companies are to you where the file does not say: client for tables, unsure for HubSpot and vCards.",
)
@click.option("--won", multiple=True, metavar="STAGE", help="A deal stage that means won (repeatable).")
@click.option(
    "--decimal", type=click.Choice(["point", "comma"]), help="Its decimal sign, where it does not show that itself."
)
@click.option("--firm", default=None, metavar="NAME", help="Which firm, where there are several.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as one JSON object.")
def import_clients_command(
    file: Path,
    mapped: tuple[str, ...],
    standing: str | None,
    won: tuple[str, ...],
    decimal: str | None,
    firm: str | None,
    *,
    as_json: bool,
) -> None:
    """Bring clients in: HubSpot's companies, contacts or deals, vCards, or any table as CSV.

    Importing the same file again changes nothing. What a column means is guessed and said; where it is not clear, the
    import stops with both readings.
    """
    from amends.clients.addressbooks import read_book_file
    from amends.clients.timesheets import Decimals

    columns = [_pair(one) for one in mapped]
    book, guess = read_book_file(file, named_columns=columns, decimals_as=Decimals(decimal) if decimal else None)
    open_home()
    from amends.flows.client_files import import_clients

    options: dict[str, Any] = {"standing": standing} | ({"won": list(won)} if won else {})
    if guess is not None:
        _tell_columns(guess)
    with in_firm(firm):
        report = import_clients((book, options), source=file.name, member=None, clock=now)
    if as_json:
        click.echo(json.dumps(report.as_json()))
    else:
        _tell(report)
    sys.exit(1 if report.set_aside else 0)


def _pair(text: str) -> tuple[str, str]:
    field, sign, column = text.partition("=")
    if not (sign and field.strip() and column.strip()):
        message = f"“{text}” maps nothing: write it as --map name=Company, the field first and then the column."
        raise NotAMapping(message)
    return field.strip(), column.strip()


def _tell_columns(guess: Guess) -> None:
    """What the columns were taken for, on standard error."""
    for column in guess.columns:
        if column.field:
            click.echo(f"“{shown(column.header)}” becomes {_BECOMES.get(column.field, column.field)}.", err=True)
    left = [f"“{shown(column.header)}”" for column in guess.columns if not column.field]
    if left:
        click.echo(f"Left out: {', '.join(left)}. --map brings one in, as in --map phone=COLUMN.", err=True)


def _tell(report: ClientReport) -> None:
    """The report for a person."""
    click.echo(
        f"Saw {counted(report.seen, 'row')} ({report.format}): {report.imported:,} imported, "
        f"{report.duplicates:,} known already, {len(report.set_aside):,} set aside."
    )
    click.echo(
        f"New: {counted(report.made['client'], 'client')}, {counted(report.made['person'], 'person', 'people')},"
        f" {counted(report.made['engagement'], 'engagement')}."
    )
    for one in report.set_aside[:_SHOWN]:
        click.echo(f"  set aside: line {one.line}: {shown(one.reason)}")
    if len(report.set_aside) > _SHOWN:
        click.echo(f"  … and {len(report.set_aside) - _SHOWN:,} more; --json lists them all.")
