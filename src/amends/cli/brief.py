"""`amends brief`: the brief of a recovery, as Markdown, HTML or PDF."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from amends.cli.start import in_firm, open_home
from amends.core.errors import AmendsError


class NotForTheScreen(AmendsError):
    """A PDF was about to be written to a terminal."""


@click.command("brief")
@click.argument("recovery")
@click.option("--for", "whom", type=click.Choice(["client", "team"]), default="client", show_default=True)
@click.option("--format", "form", type=click.Choice(["md", "html", "pdf"]), default="md", show_default=True)
@click.option("-o", "--out", type=click.Path(path_type=Path, dir_okay=False), help="Write it there, not to the screen.")
@click.option("--firm", default=None, metavar="NAME", help="Which firm, where there are several.")
def brief_command(recovery: str, whom: str, form: str, out: Path | None, firm: str | None) -> None:
    """Print the brief of a RECOVERY: its id, or the name of a client that has one open.

    What somebody edited is printed as they left it; else the brief writes itself from the findings.
    """
    if form == "pdf" and out is None and sys.stdout.isatty():
        raise NotForTheScreen("A PDF is nothing for the screen: add -o brief.pdf.")
    open_home(quiet=True)
    from amends.insights.recovery import pdf
    from amends.insights.recovery.brief_page import NoSuchRecovery, brief_page, recovery_named
    from amends.mail.queries import SYSTEM
    from amends.recovery.models import Recovery

    with in_firm(firm):
        try:
            found = brief_page(SYSTEM, recovery_named(recovery), whom)
        except Recovery.DoesNotExist as error:
            message = f"There is no recovery {recovery}: name the client, or give the recovery's id."
            raise NoSuchRecovery(message) from error
    if form == "pdf":
        made = pdf.pdf(found.text, found.sheet)
    else:
        made = (found.text if form == "md" else pdf.page(found.text, found.sheet)).encode()
    if out is not None:
        out.write_bytes(made)
        click.echo(f"{out}: {len(made):,} bytes.", err=True)
    else:
        sys.stdout.buffer.write(made)
        sys.stdout.flush()
