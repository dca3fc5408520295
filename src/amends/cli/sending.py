"""Sending from the command line: through the check, as from a page."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from amends.cli.shown import shown
from amends.core.errors import AmendsError

if TYPE_CHECKING:
    from amends.outbox.models import Draft

_ATTENTION = 1  # exit code: done, and somebody has to look at it

seen_option = click.option("--seen", is_flag=True, help="Send it although the check remarks on it.")


class CheckRemarks(AmendsError):
    """The check remarks on what was to be sent, and nothing was sent."""


def send(deed: Callable[[frozenset[str]], Draft], *, seen: bool) -> Draft:
    """Do it; what the check warns of stops it unless it was `seen`. Raises `CheckRemarks`."""
    from amends.flows.send import LookAgain

    try:
        return deed(frozenset())
    except LookAgain as error:
        if seen:
            return deed(frozenset(each.mark for each in error.findings))
        said = "; ".join(
            f"“{shown(each.quote or '')[:60]}” ({each.rule}): {shown(each.why)}" for each in error.findings
        )
        raise CheckRemarks(f"It was not sent: {said} Change it, or add --seen.") from None


def told(draft: Draft, *, as_json: bool) -> None:
    """Say what became of it; ends with code 1 where somebody has to let it go."""
    held = draft.state == "held"
    if as_json:
        click.echo(json.dumps({"draft": str(draft.public_id), "state": draft.state}))
    elif held:
        click.echo("Held back: somebody who may decide looks at it first, in the outbox.")
    elif draft.state == "draft":
        click.echo("It lies among the drafts, and leaves when a person sends it.")
    else:
        click.echo("On its way. It can be taken back in the outbox for some seconds.")
    if held:
        click.get_current_context().exit(_ATTENTION)
