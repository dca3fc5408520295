"""`amends doctor`: is this installation sound, and how to mend it."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict

import click


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def doctor_command(*, as_json: bool) -> None:
    """Look whether this installation is sound, and say how to mend what is not."""
    from amends.cli.start import now, open_settings

    open_settings()
    from amends.insights.soundness import examine

    found = examine(now=now())
    if as_json:
        click.echo(json.dumps({"checks": [asdict(finding) for finding in found]}))
    else:
        for finding in found:
            click.echo(f"{click.style('✓', fg='green') if finding.ok else click.style('✗', fg='red')} {finding.say}")
    sys.exit(0 if all(finding.ok for finding in found) else 1)
