"""`amends erase`: forget a client or a person."""

from __future__ import annotations

import json
import sys

import click

from amends.cli.progress import bar
from amends.cli.shown import counted
from amends.cli.start import in_firm, now, open_home

_GOING = {
    "messages": ("message", "messages"), "arrivals": ("arrival of them, with its bytes", "arrivals, with their bytes"),
    "conversations": ("conversation, whole", "conversations, whole"), "signals": ("thing noticed", "things noticed"),
    "answers": ("answer to them", "answers to them"), "corrections": ("correction", "corrections"),
    "contacts": ("person", "people"), "addresses": ("address", "addresses"), "domains": ("domain", "domains"),
    "engagements": ("engagement", "engagements"),
    "time_entries": ("time entry: hours stay, words go", "time entries: hours stay, words go"),
    "uploads": ("uploaded archive", "uploaded archives"),
    "drafts": ("draft, or mail that was sent from here", "drafts and what was sent from here"),
}  # fmt: skip


@click.command("erase")
@click.argument("who", metavar="CLIENT|PERSON")
@click.option("--yes", is_flag=True, help="Do it. Without this, it only says what would go.")
@click.option("--everywhere", is_flag=True, help="Also messages of others in which an address of theirs stands.")
@click.option("--firm", default=None, metavar="NAME", help="Which firm, where there are several.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def erase_command(who: str, firm: str | None, *, yes: bool, everywhere: bool, as_json: bool) -> None:
    """Forget a client or a person, given by name, e-mail address, domain or the id of their page.

    It says what would go; with --yes it goes, and cannot be brought back but from a backup. Killed, run it again. Exit
    code 1 where the files could not be cleared of it because another process used them.
    """
    open_home(quiet=True)
    from django.db import connection

    from amends.flows.keep.erase.clean import clean
    from amends.flows.keep.erase.run import erase, plan
    from amends.flows.keep.erase.whom import find_whom

    with in_firm(firm), bar() as show:
        made = plan(find_whom(who), now=now(), everywhere=everywhere)
        if yes:
            made = erase(made, now=now(), everywhere=everywhere, progress=show)
    with bar() as show:
        left = clean(progress=show) if yes else ""
    if as_json:
        click.echo(json.dumps({**made.as_json(), "erased": yes, "cleaned": yes and not left}))
    else:
        _tell(made.counts, done=yes)
    if yes:
        said = left or "The files of the home are cleared of it. Backups and exports from before still hold it."
        click.echo(said, err=bool(left) or as_json)
    elif not as_json:
        click.echo("Nothing was changed. To do it: the same command with --yes.")
    sys.exit(1 if left and connection.vendor == "sqlite" else 0)


def _tell(counts: dict[str, int], *, done: bool) -> None:
    told = [f"  {counted(counts[name], *words)}" for name, words in _GOING.items() if counts[name]]
    click.echo("\n".join(["Erased:" if done else "Would go:", *(told or ["  nothing that is stored"])]))
    if counts["named"]:
        click.echo(f"Stay: {counted(counts['named'], 'message')} of others naming them; with --everywhere they go too.")
    if counts["quoting"]:
        click.echo(
            f"Stay: {counted(counts['quoting'], 'message')} in the same conversations, where they may be quoted."
        )
    if counts["mentioning"]:
        click.echo(
            f"Stay: {counted(counts['mentioning'], 'message')} of others in which their name stands: search for it."
        )
