"""`amends supplier`: whom clients are sent to, and what came of it."""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING, Any

import click

from amends.cli.named import NotFound, doer, doing, shared
from amends.cli.recovery import told
from amends.cli.shown import shown
from amends.cli.start import in_firm, now, open_home

if TYPE_CHECKING:
    from amends.boundaries.models import ReferralOut
    from amends.boundaries.queries.limits import Listed

_HELPED = click.Choice(["yes", "no", "unknown", "open"])


@click.group("supplier")
def supplier_command() -> None:
    """Suppliers for what the firm does not do itself. SUPPLIER is its name or id."""


@supplier_command.command("list")
@shared
def list_command(firm: str | None, *, as_json: bool) -> None:
    """The directory, and what came of sending clients there."""
    open_home(quiet=True)
    from amends.boundaries.queries.limits import suppliers

    with in_firm(firm):
        told.several(suppliers(), _item, _line, as_json=as_json, nothing="Nobody is in the directory yet.")


@supplier_command.command("add")
@click.argument("name")
@click.option("--does", default="", help="What they do.")
@click.option("--contact", default="", help="Whom to write to there.")
@click.option("--email", default="", metavar="ADDRESS", help="Where to.")
@click.option("--phone", default="", help="Or to call.")
@click.option("--experience", default="", help="What it was like with them.")
@doing
def add_command(name: str, firm: str | None, who: str | None, *, as_json: bool, **typed: Any) -> None:
    """Put somebody into the directory."""
    open_home(quiet=True)
    from amends.boundaries.actions.limits import SupplierTyped, add_supplier

    with in_firm(firm):
        made = add_supplier(SupplierTyped(name, **typed), by=doer(who), now=now())
        _show(made.public_id, as_json=as_json)


@supplier_command.command("sent")
@click.argument("supplier")
@shared
def sent_command(supplier: str, firm: str | None, *, as_json: bool) -> None:
    """Clients that were sent to a supplier."""
    open_home(quiet=True)
    from amends.boundaries.queries.limits import referrals

    with in_firm(firm):
        rows = list(referrals().filter(supplier=_called(supplier).supplier).order_by("-at", "-pk"))
        told.several(rows, _sent, _sent_line, as_json=as_json, nothing="Nobody was sent there yet.")


@supplier_command.command("outcome")
@click.argument("referral", type=click.UUID)
@click.argument("helped", type=_HELPED)
@click.option("--words", default="", help="What came of it.")
@doing
def outcome_command(
    referral: uuid.UUID, helped: str, words: str, firm: str | None, who: str | None, *, as_json: bool
) -> None:  # fmt: skip
    """Say whether an introduction helped; `amends supplier sent` shows their ids."""
    open_home(quiet=True)
    from amends.boundaries.models import ReferralOut
    from amends.flows.boundaries.referrals import say_helped
    from amends.mail.queries import SYSTEM

    with in_firm(firm):
        try:
            done = say_helped(SYSTEM, referral, helped, words=words, by=doer(who), now=now())
        except ReferralOut.DoesNotExist:
            raise NotFound(f"There is no introduction {referral}: see `amends supplier sent`.") from None
        click.echo(json.dumps(_sent(done), ensure_ascii=False) if as_json else _sent_line(done))


def _called(said: str) -> Listed:
    from amends.boundaries.queries.limits import suppliers

    plain = said.strip().casefold()
    found = [one for one in suppliers() if plain in {str(one.supplier.public_id), one.supplier.name.casefold()}]
    if len(found) != 1:
        raise NotFound(f"No supplier is called {said!r}: see `amends supplier list`.")
    return found[0]


def _show(supplier: uuid.UUID, *, as_json: bool) -> None:
    one = _called(str(supplier))
    click.echo(json.dumps(_item(one), ensure_ascii=False) if as_json else _line(one))


def _item(one: Listed) -> dict[str, Any]:
    row, tally = one.supplier, one.tally
    return {
        "id": str(row.public_id), "name": row.name, "contact": row.contact, "email": row.email, "phone": row.phone,
        "does": row.does, "experience": row.experience, "active": row.active, "sent": tally.sent,
        "helped": tally.helped, "not_helped": tally.not_helped, "not_known": tally.unknown,
    }  # fmt: skip


def _line(one: Listed) -> str:
    row, tally = one.supplier, one.tally
    active = "" if row.active else " (not active)"
    does = f", {shown(row.does)}" if row.does else ""
    return f"{row.public_id}  {shown(row.name)}{active}{does}; sent {tally.sent}, helped {tally.helped}"


def _sent(row: ReferralOut) -> dict[str, Any]:
    return {
        "id": str(row.public_id), "client": row.client.name, "supplier": row.supplier.name, "what": row.what,
        "helped": row.helped, "words": row.helped_words, "at": row.at.isoformat(),
    }  # fmt: skip


def _sent_line(row: ReferralOut) -> str:
    said = f": {shown(row.helped_words)}" if row.helped_words else ""
    return f"{row.public_id}  {row.at:%Y-%m-%d}  {shown(row.client.name)}, {shown(row.what)}; {row.helped}{said}"
