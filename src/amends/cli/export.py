"""`amends export`: everything out, in open formats."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from amends.cli.progress import bar
from amends.cli.shown import counted
from amends.cli.start import in_firm, now, open_home


@click.command("export")
@click.argument("folder", type=click.Path(path_type=Path, resolve_path=True))
@click.option("--firm", default=None, metavar="NAME", help="Which firm, where there are several.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def export_command(folder: Path, firm: str | None, *, as_json: bool) -> None:
    """Write everything into FOLDER, in open formats: mbox, vCard, CSV, JSON Lines. It is not encrypted.

    FOLDER must be new or empty. Exit code 1 where bytes of a message are missing or damaged.
    """
    open_home(quiet=True)
    from amends.flows.keep.export.run import export

    with in_firm(firm), bar() as show:
        made = export(folder, now=now(), progress=show)
    counts = made.as_json()
    if as_json:
        click.echo(json.dumps(counts))
    else:
        click.echo(
            f"{made.folder}: {counted(counts['messages'], 'message')}, {counted(counts['clients'], 'client')},"
            f" {counted(counts['contacts'], 'contact')}. Its README.md says what each file is."
        )
    if not made.whole:
        mail = made.mail
        said = f"{mail.missing:,} arrivals have no bytes, {mail.damaged:,} have damaged ones: see amends verify."
        click.echo(f"amends: {said}", err=True)
    sys.exit(0 if made.whole else 1)
