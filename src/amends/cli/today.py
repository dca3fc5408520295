"""`amends today`: who needs us now, and why."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from amends.cli.moment import moment
from amends.cli.shown import shown
from amends.cli.start import in_firm, now, open_home

if TYPE_CHECKING:
    from amends.insights.today import Row


@click.command("today")
@click.option("--at", "at", default=None, metavar="TIME", help="As it stood then (ISO 8601, as in 2026-03-14T09:00).")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 10_000))
@click.option("--firm", default=None, metavar="NAME", help="Which firm, where there are several.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def today_command(at: str | None, limit: int, firm: str | None, *, as_json: bool) -> None:
    """Show which clients need us now, and why, in their own words."""
    as_of = _moment(at) if at else None
    open_home(quiet=True)
    from amends.insights.today import today
    from amends.mail.queries import SYSTEM

    with in_firm(firm) as found:
        answer = today(SYSTEM, found, now=now(), at=as_of, limit=limit)
        if as_json:
            rows = [_row(row) for row in answer.rows]
            click.echo(json.dumps({"as_of": answer.as_of.isoformat(), "items": rows}))
            if answer.moved:
                click.echo(_moved(answer.as_of), err=True)
            return
    if answer.moved:
        click.echo(_moved(answer.as_of))
    if not answer.rows:
        click.echo("Nobody needs you now.")
    for row in answer.rows:
        _tell(row)


def _moment(value: str) -> datetime:
    """A day without an hour means the whole of it."""
    found = moment(value)
    return found.replace(hour=23, minute=59, second=59) if len(value) <= 10 else found


def _row(row: Row) -> dict[str, Any]:
    return {
        "client": row.name,
        "domains": row.domains,
        "balance": row.balance,
        "trend": row.trend,
        "owner": row.owner,
        "unowned_for_hours": None if row.unowned_for_hours is None else round(row.unowned_for_hours, 1),
        "reasons": [
            {
                "kind": reason.kind,
                "quote": reason.quote,
                "message": str(reason.message),
                "at": reason.at.isoformat(),
                "confidence": round(reason.confidence, 3),
            }
            for reason in row.reasons
        ],
        "next_step": row.next_step,
    }


def _moved(as_of: datetime) -> str:
    return f"The newest message is of {as_of:%d %B %Y}: looking from that day."


def _tell(row: Row) -> None:
    """One client, for a person: each sentence once, with all that was noticed in it."""
    said: dict[str, list[str]] = {}
    for reason in row.reasons:
        said.setdefault(shown(reason.quote), []).append(reason.kind.replace("_", " "))
    held = f"{row.owner} has it" if row.owner else f"nobody has owned it for {_long(row.unowned_for_hours or 0)}"
    (first, kinds), *others = said.items()
    account = f" · {_account(row)}" if row.balance is not None else ""
    click.echo(f"\n{click.style(shown(row.name), bold=True)} · {', '.join(dict.fromkeys(kinds))} · {held}{account}")
    if first:
        click.echo(f'  "{first}"  {row.strongest.at:%d %b %Y}')
    for quote, kinds in others[:3]:
        click.echo(f"  also {', '.join(dict.fromkeys(kinds))}: {quote[:100]}{'…' if len(quote) > 100 else ''}")
    click.echo(f"  → {row.next_step}")


def _long(hours: float) -> str:
    days, rest = divmod(round(hours), 24)
    return f"{days} d {rest} h" if days else f"{rest} h"


def _account(row: Row) -> str:
    """ "balance 41, down 18 since May"."""
    if not row.trend or row.since is None:
        return f"balance {row.balance:,}"
    return f"balance {row.balance:,}, {'up' if row.trend > 0 else 'down'} {abs(row.trend):,} since {row.since:%B}"
