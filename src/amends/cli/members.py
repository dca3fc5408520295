"""`amends members`: who works here; `amends link`: a way in; `amends add-firm`: one more firm, on PostgreSQL."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from amends.cli.start import in_firm, now, open_home

if TYPE_CHECKING:
    from amends.flows.members import Delivered

_firm = click.option("--firm", default=None, metavar="NAME", help="Which firm, where there are several.")
_ROLES = ("staff", "account_manager", "partner", "administrator", "finance_viewer")


@click.command("link")
@click.argument("email", required=False)
@_firm
def link_command(email: str | None, firm: str | None) -> None:
    """Print a link that signs one person in, once, within a day. Without EMAIL it makes a new administrator."""
    open_home(quiet=True)
    from django.db import transaction

    from amends.firm.audit import note
    from amends.firm.sign_in import make_link
    from amends.flows.members import address_of
    from amends.flows.set_up import member_called

    with in_firm(firm), transaction.atomic():
        member = member_called(email) if email else None
        token = make_link(member, now=now())
        note("sign_in.link_made", member=None, about=member.email if member else "a new administrator", now=now())
    click.echo(address_of(token))


@click.group("members")
def members_command() -> None:
    """Who works here, and what they may do."""


@members_command.command("list")
@_firm
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def list_command(firm: str | None, *, as_json: bool) -> None:
    """Everybody, with role, two-factor and last sign-in."""
    open_home(quiet=True)
    from amends.firm.queries import all_members

    with in_firm(firm):
        for one in all_members():
            last = one.last_login.isoformat() if one.last_login else None
            two_factor = bool(one.two_factor)  # type: ignore[attr-defined]
            if as_json:
                told = {"email": one.email, "name": one.name, "role": one.role, "active": one.is_active}
                click.echo(json.dumps({**told, "two_factor": two_factor, "last_sign_in": last}, ensure_ascii=False))
            else:
                marks = [one.role, *(["two-factor"] if two_factor else []), *([] if one.is_active else ["deactivated"])]
                click.echo(f"{one.email}\t{one.name}\t{', '.join(marks)}\t{last or 'never signed in'}")


@members_command.command("invite")
@click.argument("email")
@click.option("--role", type=click.Choice(_ROLES), default="account_manager", show_default=True)
@click.option("--name", default="", help="What they are called.")
@click.option("--mail", is_flag=True, help="Mail the link, where the firm can send.")
@_firm
def invite_command(email: str, role: str, name: str, firm: str | None, *, mail: bool) -> None:
    """Invite somebody: print a link that works once, within a week."""
    open_home(quiet=True)
    from amends.firm.models import Role
    from amends.flows.members import invite

    with in_firm(firm):
        _tell(invite(email, name=name, role=Role(role), mail=mail, by=None, now=now()))


@members_command.command("deactivate")
@click.argument("email")
@_firm
def deactivate_command(email: str, firm: str | None) -> None:
    """Let somebody sign in no more; their sessions end at once."""
    open_home(quiet=True)
    from amends.firm.members import deactivate
    from amends.flows.set_up import member_called

    with in_firm(firm):
        deactivate(member_called(email), by=None, now=now())
    click.echo(f"{email} is deactivated.")


@members_command.command("reactivate")
@click.argument("email")
@_firm
def reactivate_command(email: str, firm: str | None) -> None:
    """Let somebody sign in again."""
    open_home(quiet=True)
    from amends.firm.members import reactivate
    from amends.flows.set_up import member_called

    with in_firm(firm):
        reactivate(member_called(email), by=None, now=now())
    click.echo(f"{email} may sign in again.")


@members_command.command("two-factor-off")
@click.argument("email")
@_firm
def two_factor_off_command(email: str, firm: str | None) -> None:
    """Take app, passkeys and recovery codes from somebody who lost them; their sessions end at once."""
    open_home(quiet=True)
    from amends.firm.members import take_two_factor
    from amends.flows.set_up import member_called

    with in_firm(firm):
        take_two_factor(member_called(email), by=None, now=now())
    click.echo(f"{email} has no two-factor any more.")


def _tell(made: Delivered) -> None:
    click.echo(f"A link is on its way to {made.to}." if made.mailed else made.url)


@click.command("add-firm")
@click.argument("name")
@click.option("--own-domain", "own_domains", multiple=True, help="A mail domain of that firm's (repeatable).")
def add_firm_command(name: str, own_domains: tuple[str, ...]) -> None:
    """Make one more firm, apart from the others, and print the link for its first administrator. For PostgreSQL."""
    open_home(quiet=True)
    from amends.flows.members import address_of
    from amends.flows.set_up import add_firm

    click.echo(address_of(add_firm(name, own_domains, now=now())))
