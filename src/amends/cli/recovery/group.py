"""`amends recovery`, to which its parts add their commands."""

from __future__ import annotations

import click


@click.group("recovery")
def recovery_command() -> None:
    """Put something right, from owning it to the client's yes.

    RECOVERY is its id, or the name of a client that has one open. ISSUE is the number that `show` gives, or its id.
    Remedies have commands of their own: `amends remedy`. The brief is `amends brief`.
    """
