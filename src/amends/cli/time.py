"""`amends import-time`: bring in the hours that a time tracker exported."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from amends.cli.shown import counted, shown
from amends.cli.start import in_firm, now, open_home

if TYPE_CHECKING:
    from amends.flows.time_sheets import TimeReport

_SHOWN = 10  # of each kind


@click.command("import-time")
@click.argument("file", type=click.Path(path_type=Path, resolve_path=True))
@click.option(
    "--dates",
    type=click.Choice(["day-first", "month-first", "year-first"]),
    help="How the file writes its dates, where it does not show that itself.",
)
@click.option(
    "--decimal", type=click.Choice(["point", "comma"]), help="Its decimal sign, where it does not show that itself."
)
@click.option("--firm", default=None, metavar="NAME", help="Which firm, where there are several.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as one JSON object.")
def import_time_command(file: Path, dates: str | None, decimal: str | None, firm: str | None, *, as_json: bool) -> None:
    """Bring hours in: a detailed CSV export of Toggl, Harvest, Clockify or Kimai, told apart by its headers.

    Importing the same file again changes nothing. A date or a number that can be read in two ways stops the import.
    """
    from amends.clients.timesheets import DateOrder, Decimals, read_timesheet_file

    sheet = read_timesheet_file(
        file,
        dates_as=DateOrder(dates) if dates else None,
        decimals_as=Decimals(decimal) if decimal else None,
    )  # before anything is opened: what cannot be read changes nothing
    open_home()
    from amends.flows.time_sheets import import_time

    with in_firm(firm):
        report = import_time(sheet, source=file.name, clock=now)
    if as_json:
        click.echo(json.dumps(report.as_json()))
    else:
        _tell(report)
    sys.exit(1 if report.set_aside else 0)


def _tell(report: TimeReport) -> None:
    """The report for a person."""
    click.echo(
        f"Saw {counted(report.seen, 'entry', 'entries')} ({report.format.capitalize()}): {report.imported:,} imported,"
        f" {report.duplicates:,} known already, {len(report.set_aside):,} set aside."
    )
    _some("set aside", [f"line {one.line}: {one.reason}" for one in report.set_aside])
    kinds = {"overlap": "overlaps", "elsewhere": "on two clients", "late": "entered late", "gap": "no entry"}
    for kind, name in kinds.items():
        _some(name, [one.says for one in report.remarks if one.kind == kind])


def _some(name: str, lines: list[str]) -> None:
    for line in lines[:_SHOWN]:
        click.echo(f"  {name}: {shown(line)}")
    if len(lines) > _SHOWN:
        click.echo(f"  … and {len(lines) - _SHOWN:,} more; --json lists them all.")
