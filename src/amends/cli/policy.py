"""`amends policy`: what turns events into points; another one previewed, or adopted."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from amends.cli.named import doer, doing
from amends.cli.progress import bar
from amends.cli.shown import shown
from amends.cli.start import in_firm, now, open_home

if TYPE_CHECKING:
    from amends.insights.capital.policies import Preview

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("policy")
@click.option(
    "--preview", "look", type=_FILE, help="What every balance would be had FILE always held; changes nothing."
)
@click.option("--adopt", "take", type=_FILE, help="Let FILE hold for what is posted from now on (with --why).")
@click.option("--why", default="", help="Why it changes.")
@doing
def policy_command(
    look: Path | None, take: Path | None, why: str, who: str | None, firm: str | None, *, as_json: bool
) -> None:
    """Show the policy that holds as TOML; preview another one, or adopt it."""
    if look and take:
        raise click.UsageError("Preview a file, or adopt it: not both at once.")
    text = (look or take).read_text("utf-8", "replace") if look or take else ""  # type: ignore[union-attr]
    open_home(quiet=True)
    from amends.insights.capital.policies import preview, versions

    with in_firm(firm):
        if look:
            with bar() as show:
                found = preview(text, now=now(), progress=lambda done, total: show("Previewing", done, total))
            _tell_preview(found, as_json=as_json)
            return
        held = versions()[0]
        if take:
            from amends.flows.capital.policies import adopt

            made = adopt(text, why=why, by=doer(who), after=held.number, now=now())
            said: Any = {"version": made.number}
            click.echo(json.dumps(said) if as_json else f"Version {made.number} holds from now on.")
            return
        if as_json:
            click.echo(json.dumps({"version": held.number, "text": held.text, "why": held.why}))
        else:
            click.echo(held.text, nl=False)


def _tell_preview(found: Preview, *, as_json: bool) -> None:
    if as_json:
        rows = [{"client": row.client.name, "is": row.now, "would_be": row.then} for row in found.rows]
        click.echo(json.dumps({"postings": found.postings, "changed": found.changed, "clients": rows}))
        return
    click.echo(f"{found.changed:,} of {len(found.rows):,} balances would be others. Nothing was changed.")
    for row in found.rows:
        if row.more:
            click.echo(f"{row.now:>6,} → {row.then:>6,}  ({row.more:+,})  {shown(row.client.name)}")
