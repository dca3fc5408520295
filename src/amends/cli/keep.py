"""`amends backup`, `amends restore` and `amends verify`: safe keeping."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from amends.cli.progress import bar
from amends.cli.shown import counted
from amends.cli.start import now, open_settings

if TYPE_CHECKING:
    from amends.flows.keep.manifest import Manifest
    from amends.flows.keep.verify import Verified

_file = click.argument("file", type=click.Path(path_type=Path, resolve_path=True))
_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")


@click.command("backup")
@_file
@click.option("--overwrite", is_flag=True, help="Replace FILE where it is there already.")
@_json
def backup_command(file: Path, *, overwrite: bool, as_json: bool) -> None:
    """Copy everything into one file, while Amends runs. It is not encrypted, and holds no secret key."""
    _open()
    from amends.flows.keep.backup import back_up

    with bar() as show:
        made = back_up(file, now=now(), overwrite=overwrite, progress=show)
    counts = {"file": str(made.file), "bytes": made.size, **_counts(made.manifest), "seconds": round(made.seconds, 3)}
    _say(
        counts, f"{made.file}: {counted(counts['messages'], 'message')}, {counted(made.size, 'byte')}.", as_json=as_json
    )


@click.command("restore")
@_file
@_json
def restore_command(file: Path, *, as_json: bool) -> None:
    """Make a backup the home again. What is there now is kept beside it; a damaged file changes nothing."""
    open_settings()
    from amends.flows.keep.restore import restore

    with bar() as show:
        done = restore(file, now=now(), progress=show)
    counts = {"kept": str(done.kept), **_counts(done.manifest), "seconds": round(done.seconds, 3)}
    back = f"Restored {counted(counts['messages'], 'message')} of {done.manifest.made_at}."
    line = f"{back} What was here before is in {done.kept}."
    _say(counts, line, as_json=as_json)


@click.command("verify")
@_json
@click.option("--mend", "mending", is_flag=True, help="Work the ledger's totals out anew from its postings first.")
def verify_command(*, as_json: bool, mending: bool) -> None:
    """Look whether the store is whole: the database, every message's bytes, the ledger. Exit code 1 where it is not."""
    _open()
    from amends.flows.keep.verify import mend, verify

    if mending:
        click.echo(f"Worked out anew from {counted(mend(), 'posting')}.", err=True)
    with bar() as show:
        found = verify(progress=show)
    if found.whole:
        line = (
            f"All is whole: {counted(found.messages, 'message')}, {counted(found.copies, 'copy', 'copies')},"
            f" {counted(found.bytes, 'byte')}."
        )
    else:
        lost = f"{found.missing:,} of {found.copies:,} copies have no bytes, {found.damaged:,} have damaged ones."
        bytes_ = [lost, *found.named] if found.missing or found.damaged else []
        line = "\n".join([*found.problems, *bytes_, _advice(found)])
    _say(found.as_json(), line, as_json=as_json)
    sys.exit(0 if found.whole else 1)


def _advice(found: Verified) -> str:
    """How to mend it; balances alone can be worked out anew."""
    alone = found.outdated and len(found.problems) == 1 and not (found.missing or found.damaged or found.dangling)
    mends = "`amends verify --mend` works the balances out anew."
    return mends if alone else "Restore a backup, or import the archives again."


def _open() -> None:
    """The settings, and the home held; its database stays as it is: a backup before an upgrade is the usual one."""
    open_settings()
    from django.conf import settings

    from amends.flows.keep.lock import hold

    hold(Path(settings.HOME).resolve())


def _counts(manifest: Manifest) -> dict[str, Any]:
    return {"messages": manifest.tables.get("mail_message", 0), "tables": manifest.tables}


def _say(counts: dict[str, Any], line: str, *, as_json: bool) -> None:
    click.echo(json.dumps(counts) if as_json else line)
