"""`amends recovery`: open, list, show, own and move recoveries."""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING, Any

import click

from amends.cli.shown import shown
from amends.cli.start import in_firm, now, open_home
from amends.core.errors import AmendsError

if TYPE_CHECKING:
    from amends.clients.models import Client
    from amends.firm.models import Member
    from amends.insights.lists.recoveries import Listed

_FIRM = click.option("--firm", default=None, metavar="NAME", help="Which firm, where there are several.")
_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
_STAGE = click.Choice(["own", "listen", "answer", "agree", "make_good", "learn"])


class NotFound(AmendsError):
    """Nothing, or more than one thing, is called so."""


@click.group("recovery")
def recovery_command() -> None:
    """Put something right: open a recovery, see how far it is, own it, go on."""


@recovery_command.command("list")
@click.option("--closed", is_flag=True, help="Those that are closed, instead of the open ones.")
@_FIRM
@_JSON
def list_command(firm: str | None, *, closed: bool, as_json: bool) -> None:
    """Show what is being put right."""
    open_home(quiet=True)
    from amends.insights.lists.recoveries import recovery_list_page
    from amends.mail.queries import SYSTEM

    with in_firm(firm):
        page = recovery_list_page(SYSTEM, closed=closed, client=None, after=None, limit=500)
        if as_json:
            click.echo(json.dumps({"items": [_as_json(one) for one in page.items]}))
            return
        for one in page.items:
            _tell(one)
        if not page.items:
            click.echo("Nothing is being put right just now." if not closed else "Nothing was closed yet.")


@recovery_command.command("open")
@click.option("--client", "client", default=None, metavar="NAME", help="The client, by name or id.")
@click.option("--thread", "threads", multiple=True, type=click.UUID, help="A conversation, by its id (repeatable).")
@click.option("--title", default="", help="In a few words; else the first thing they say.")
@click.option("--owner", default=None, metavar="ADDRESS", help="Whose it is, by their e-mail address.")
@_FIRM
@_JSON
def open_command(
    client: str | None, threads: tuple[uuid.UUID, ...], title: str, owner: str | None, firm: str | None, *,
    as_json: bool,
) -> None:  # fmt: skip
    """Open a recovery, with what the client says is wrong as its points."""
    open_home(quiet=True)
    from amends.flows.recovery.opening import Asked, open_recovery
    from amends.mail.queries import SYSTEM

    with in_firm(firm):
        named = _client(client).public_id if client else None
        asked = Asked(client=named, threads=threads, title=title, owner=_member(owner) if owner else None)
        _show(open_recovery(SYSTEM, asked, by=None, now=now()).public_id, as_json=as_json)


@recovery_command.command("show")
@click.argument("recovery", type=click.UUID)
@_FIRM
@_JSON
def show_command(recovery: uuid.UUID, firm: str | None, *, as_json: bool) -> None:
    """Show one recovery and its points."""
    open_home(quiet=True)
    with in_firm(firm):
        _show(recovery, as_json=as_json)


@recovery_command.command("own")
@click.argument("recovery", type=click.UUID)
@click.option("--to", "to", required=True, metavar="ADDRESS", help="Who owns it, by their e-mail address.")
@_FIRM
@_JSON
def own_command(recovery: uuid.UUID, to: str, firm: str | None, *, as_json: bool) -> None:
    """Say who owns a recovery."""
    open_home(quiet=True)
    from amends.flows.recovery.owning import take
    from amends.mail.queries import SYSTEM

    with in_firm(firm):
        _there(recovery)
        take(SYSTEM, recovery, to=_member(to).public_id, by=None, now=now())
        _show(recovery, as_json=as_json)


@recovery_command.command("step")
@click.argument("recovery", type=click.UUID)
@click.argument("stage", type=_STAGE)
@click.option("--why", default="", help="Why it goes back; not needed to go on.")
@_FIRM
@_JSON
def step_command(recovery: uuid.UUID, stage: str, why: str, firm: str | None, *, as_json: bool) -> None:
    """Go on to a stage, or back to one."""
    open_home(quiet=True)
    from amends.flows.recovery.stages import step
    from amends.mail.queries import SYSTEM

    with in_firm(firm):
        before = _there(recovery).recovery.stage
        step(SYSTEM, recovery, before=before, after=stage, why=why, by=None, now=now())
        _show(recovery, as_json=as_json)


def _there(recovery: uuid.UUID) -> Listed:
    from amends.insights.lists.recoveries import one_recovery
    from amends.mail.queries import SYSTEM
    from amends.recovery.models import Recovery

    try:
        return one_recovery(SYSTEM, recovery)
    except Recovery.DoesNotExist:
        raise NotFound(f"There is no recovery {recovery}: see amends recovery list --json.") from None


def _client(said: str) -> Client:
    from amends.clients.models import Client

    try:
        rows = Client.objects.filter(public_id=uuid.UUID(said))
    except ValueError:
        rows = Client.objects.filter(name__iexact=said, merged_into=None)
    found = list(rows[:2])
    if len(found) != 1:
        how = "No client is" if not found else "Several clients are"
        raise NotFound(f"{how} called {said!r}: give the id of their page.")
    return found[0]


def _member(address: str) -> Member:
    from amends.firm.models import Member

    found = Member.objects.filter(email=address.strip().lower(), is_active=True).first()
    if found is None:
        raise NotFound(f"Nobody here has the address {address!r}: see amends members.")
    return found


def _show(recovery: uuid.UUID, *, as_json: bool) -> None:
    one = _there(recovery)
    if as_json:
        click.echo(json.dumps(_as_json(one, points=True)))
        return
    _tell(one)
    for number, point in enumerate(one.points, start=1):
        click.echo(f"  {number}. “{shown(point.quote)}”{f' ({point.feeling})' if point.feeling else ''}")


def _tell(one: Listed) -> None:
    row = one.recovery
    owner = row.owner.name if row.owner else "nobody owns it"
    lacks = f"; missing: {', '.join(name.replace('_', ' ') for name in one.missing)}" if one.missing else ""
    click.echo(f"{row.public_id}  {shown(row.client.name)}: {row.stage.replace('_', ' ')}, {owner}{lacks}")


def _as_json(one: Listed, *, points: bool = False) -> dict[str, Any]:
    row = one.recovery
    found: dict[str, Any] = {
        "id": str(row.public_id), "client": row.client.name, "title": row.title, "stage": row.stage,
        "owner": row.owner.email if row.owner else None, "began_at": row.began_at.isoformat(),
        "opened_at": row.opened_at.isoformat(), "closed_at": row.closed_at.isoformat() if row.closed_at else None,
        "closing": row.closing or None, "wanted": row.wanted, "missing": one.missing,
    }  # fmt: skip
    if points:
        found["points"] = [
            {
                "id": str(point.public_id), "quote": point.quote, "words": point.words, "feeling": point.feeling,
                "said_at": point.said_at.isoformat(),
                "message": str(point.message.public_id) if point.message else None,
            }
            for point in one.points
        ]  # fmt: skip
    return found
