"""`amends policy`: what each thing that happens is worth; another policy previewed, or adopted."""

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
    from amends.insights.capital.preview import Preview
    from amends.insights.capital.versions import Version

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("policy")
@click.option("--preview", "look", type=_FILE, help="What every balance would be had FILE always held.")
@click.option("--adopt", "take", type=_FILE, help="Let FILE hold for what is posted from now on; with --why.")
@click.option("--why", default="", metavar="TEXT", help="With --adopt: why it changes.")
@doing
def policy_command(
    look: Path | None, take: Path | None, why: str, who: str | None, firm: str | None, *, as_json: bool
) -> None:
    """Print the capital policy that holds, as TOML; or preview another one, or adopt it.

    A preview changes nothing. Adopting never changes what was posted: a version counts from then on.
    """
    if look and take:
        raise click.UsageError("Preview a file, or adopt it: not both at once.")
    if take and not why.strip():
        raise click.UsageError('Say why it changes, with --why "…": it stands beside the version.')
    if why and not take:
        raise click.UsageError("--why goes with --adopt.")
    text = _text(look or take)
    open_home(quiet=True)
    with in_firm(firm):
        if look:
            _preview(text, as_json=as_json)
        elif take:
            _adopt(text, why, who, as_json=as_json)
        else:
            _show(as_json=as_json)


def _text(path: Path | None) -> str:
    if path is None:
        return ""
    try:
        return path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        message = f"{path} cannot be read as text: save it as UTF-8."
        raise click.UsageError(message) from error


def _show(*, as_json: bool) -> None:
    from amends.insights.capital.versions import versions

    found = versions()
    held = found[0]
    if not as_json:
        click.echo(held.text, nl=False)
        return
    policy = held.policy
    lines = [
        {"kind": line.kind, "amount": line.amount / 100, "reason": line.reason, "source": line.source}
        for line in policy.lines.values()
    ]
    click.echo(json.dumps({
        **_version(held), "half_life_days": policy.half_life_days, "lowest": policy.lowest, "highest": policy.highest,
        "lines": lines, "text": held.text, "versions": [_version(one) for one in found],
    }))  # fmt: skip


def _version(one: Version) -> dict[str, Any]:
    return {"number": one.number, "at": one.at.isoformat() if one.at else None, "by": one.by or None, "why": one.why}


def _adopt(text: str, why: str, who: str | None, *, as_json: bool) -> None:
    from amends.flows.capital.policies import adopt
    from amends.insights.capital.versions import versions

    made = adopt(text, why=why, by=doer(who), after=versions()[0].number, now=now())
    said = f"Version {made.number} holds for what is posted from now on. What was posted stays as it is."
    click.echo(json.dumps({"number": made.number}) if as_json else said)


def _preview(text: str, *, as_json: bool) -> None:
    from amends.insights.capital.preview import preview

    with bar() as show:
        found = preview(text, now=now(), progress=lambda done, total: show("Previewing", done, total))
    if as_json:
        click.echo(json.dumps(_object(found)))
        return
    click.echo(f"Had it always held, {len(found.changed):,} of {len(found.clients):,} balances would be others "
               f"({found.postings:,} postings). Nothing was changed.")  # fmt: skip
    if found.missing:
        click.echo(f"Not counted, for an earlier version gave it nothing: {', '.join(found.missing_names)}.")
    for one in found.changed:
        click.echo(f"{one.now:>7,} → {one.then:>7,}  ({one.more:+,})  {shown(one.name)}")
    for kind in found.kinds:
        if kind.more:
            click.echo(f"{kind.now / 100:>+12,.2f} → {kind.then / 100:>+12,.2f}  {kind.name}")


def _object(found: Preview) -> dict[str, Any]:
    return {
        "postings": found.postings,
        "changed": len(found.changed),
        "missing": found.missing,
        "clients": [
            {"id": str(one.id), "client": one.name, "is": one.now, "would_be": one.then} for one in found.clients
        ],
        "kinds": [{"kind": one.kind, "is": one.now / 100, "would_be": one.then / 100} for one in found.kinds],
    }
