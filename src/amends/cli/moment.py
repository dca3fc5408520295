"""A moment as people type it on the command line."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo

import click


def moment(value: str, *, zone: tzinfo = UTC) -> datetime:
    """`value` in ISO 8601, in `zone` where it names none. Raises click.BadParameter."""
    try:
        found = datetime.fromisoformat(value)
    except ValueError as error:
        message = f"{value!r} is no time: write it as 2026-03-14 or 2026-03-14T09:00+01:00."
        raise click.BadParameter(message, param_hint="--at") from error
    if not 1971 <= found.year <= 2200:
        message = f"{value!r} is too far away: choose a time between 1971 and 2200."
        raise click.BadParameter(message, param_hint="--at")
    return found if found.tzinfo else found.replace(tzinfo=zone)
