"""Clients, members and recoveries as people name them on the command line, and options that commands share."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from amends.core.errors import AmendsError

if TYPE_CHECKING:
    from amends.clients.models import Client
    from amends.firm.models import Member

F = TypeVar("F", bound=Callable[..., Any])

firm_option = click.option("--firm", default=None, metavar="NAME", help="Which firm, where there are several.")
json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
who_option = click.option(
    "--as", "who", default=None, metavar="ADDRESS",
    help="Whose deed it is, by their e-mail address; else the firm's only administrator.",
)  # fmt: skip


def shared(command: F) -> F:
    """The options that all commands have."""
    return firm_option(json_option(command))


def doing(command: F) -> F:
    """The options of a command that only a person can do."""
    return who_option(shared(command))


class NotFound(AmendsError):
    """Nothing, or more than one thing, is called so."""


def client_called(said: str) -> Client:
    """A client by its name or id."""
    from amends.clients.models import Client

    try:
        rows = Client.objects.filter(public_id=uuid.UUID(said))
    except ValueError:
        rows = Client.objects.filter(name__iexact=said.strip(), merged_into=None)
    found = list(rows[:2])
    if len(found) != 1:
        how = "No client is" if not found else "Several clients are"
        raise NotFound(f"{how} called {said!r}: give the whole name, or the id of their page.")
    return found[0]


def member_called(address: str) -> Member:
    """A member by their e-mail address."""
    from amends.firm.models import Member

    found = Member.objects.filter(email=address.strip().lower(), is_active=True).first()
    if found is None:
        raise NotFound(f"Nobody here has the address {address!r}: `amends members list` shows who has which.")
    return found


def doer(who: str | None) -> Member:
    """Whose deed it is: the member named, or the only administrator."""
    from amends.firm.models import Member, Role

    if who is not None:
        return member_called(who)
    found = list(Member.objects.filter(role=Role.ADMINISTRATOR, is_active=True)[:2])
    if len(found) != 1:
        how = "Several people administer this firm" if found else "Nobody administers this firm"
        raise NotFound(f"{how}: say whose deed it is, with --as ADDRESS.")
    return found[0]


def recovery_called(said: str) -> uuid.UUID:
    """A recovery by its id, or by the client that has one open."""
    from amends.insights.recovery.brief_page import recovery_named
    from amends.recovery.models import Recovery

    found = recovery_named(said)
    if not Recovery.objects.filter(public_id=found).exists():
        raise NotFound(f"There is no recovery {said}: see `amends recovery list`.")
    return found


def point_called(recovery: uuid.UUID, said: str) -> uuid.UUID:
    """A point by its id, or by its number as `amends recovery show` gives it."""
    from amends.recovery.models import Issue
    from amends.recovery.queries import find, points

    if said.isascii() and said.isdigit() and len(said) < 5:
        rows = points(find(recovery))
        if 0 < int(said) <= len(rows):
            return rows[int(said) - 1].public_id
        raise NotFound(f"There is no point {said}: there are {len(rows)}, see `amends recovery show`.")
    try:
        found = Issue.objects.filter(recovery__public_id=recovery, public_id=uuid.UUID(said)).first()
    except ValueError:
        found = None
    if found is None:
        raise NotFound(f"There is no point {said!r} in it: give its number or id, see `amends recovery show`.")
    return found.public_id


def engagement_called(recovery: uuid.UUID, said: str | None) -> uuid.UUID | None:
    """An engagement of a recovery's client, by its name or id; None where none is named."""
    from amends.clients.models import Engagement
    from amends.recovery.queries import find

    if not said:
        return None
    rows = Engagement.objects.filter(client=find(recovery).client)
    try:
        found = list(rows.filter(public_id=uuid.UUID(said))[:2])
    except ValueError:
        found = list(rows.filter(name__iexact=said.strip())[:2])
    if len(found) != 1:
        raise NotFound(f"{'Several engagements' if found else 'No engagement'} of this client: {said!r}. Give its id.")
    return found[0].public_id
