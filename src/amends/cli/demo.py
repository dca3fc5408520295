"""`amends demo`: a sample agency in a home of its own, and `serve`."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import click

from amends.cli.shown import counted
from amends.cli.start import now, open_home
from amends.core.errors import AmendsError


class NotEmpty(AmendsError):
    """The home of the demo holds something else."""


@click.command("demo")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--home", default=None, type=click.Path(path_type=Path), help="Where to put it (default: a new folder).")
@click.option("--no-serve", is_flag=True, help="Only prepare it, and print the link.")
def demo_command(host: str, port: int, home: Path | None, *, no_serve: bool) -> None:
    """Show Amends with the mail of an invented agency, imported like any mail."""
    folder = (home or Path(tempfile.mkdtemp(prefix="amends-demo-"))).resolve()
    if (folder / "amends.sqlite3").exists():
        message = f"{folder} holds a firm already: choose an empty folder with --home."
        raise NotEmpty(message)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.environ["AMENDS_HOME"] = str(folder)
    os.environ.pop("AMENDS_DATABASE_URL", None)
    from amends.cli.serve import address, point_at, serve
    from amends.mail.reading import ReaderPool

    with ReaderPool() as readers:
        point_at(host, port)
        open_home()
        from amends.flows.sample import settle_in

        click.echo("Writing and importing a year of an invented agency's mail …", err=True)
        said = settle_in(folder, readers=readers, clock=now)
    click.echo(
        f"{said.firm}: {counted(said.messages, 'message')}, {counted(said.clients, 'client')}. All of it is invented."
    )
    link = f"Look in here: {address(host, port)}/enter/{said.link}"
    if no_serve:
        click.echo(link)
    else:
        serve(host, port, link=link)
