"""`amends link`: a way in for somebody who cannot sign in. `amends add-firm`: one more firm, on PostgreSQL."""

from __future__ import annotations

import click

from amends.cli.start import in_firm, now, open_home


@click.command("link")
@click.argument("email", required=False)
@click.option("--firm", default=None, metavar="NAME", help="Which firm, where there are several.")
def link_command(email: str | None, firm: str | None) -> None:
    """Print a link that signs one person in, once, within a day. Without EMAIL it makes a new administrator."""
    open_home(quiet=True)
    from django.conf import settings

    from amends.firm.sign_in import make_link
    from amends.flows.set_up import member_called

    with in_firm(firm):
        member = member_called(email) if email else None
        click.echo(f"{settings.PUBLIC_URL}/enter/{make_link(member, now=now())}")


@click.command("add-firm")
@click.argument("name")
@click.option("--own-domain", "own_domains", multiple=True, help="A mail domain of that firm's (repeatable).")
def add_firm_command(name: str, own_domains: tuple[str, ...]) -> None:
    """Make one more firm, apart from the others, and print the link for its first administrator. For PostgreSQL."""
    open_home(quiet=True)
    from django.conf import settings

    from amends.flows.set_up import add_firm

    click.echo(f"{settings.PUBLIC_URL}/enter/{add_firm(name, own_domains, now=now())}")
