"""Which way a message went, and with which client: decided when it is stored, and when own domains change."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from amends.clients.actions.place import PlaceBook
from amends.clients.models import Client, Contact
from amends.mail.models import Direction
from amends.mail.parsing import Address, Role

_RECIPIENTS = (Role.TO, Role.CC, Role.BCC)


class Sides(NamedTuple):
    """`client` None for an internal message stands for its thread's client."""

    direction: str
    client: Client | None
    contact: Contact | None = None


def sides(
    addresses: Sequence[Address], sender: tuple[str, str], *, personal: bool, at: datetime, book: PlaceBook
) -> Sides:
    """Place one message by its addresses. Only personal mail makes clients and contacts.

    What we send belongs to the first outside recipient, To before Cc; others who belong to that client become its
    contacts, strangers among the copies do not become clients.
    """
    name, email = sender
    if not book.is_own(email):
        if not personal:
            return Sides(Direction.IN, book.find(email))
        client = book.client(email, name, at=at)
        contact = book.contact(client, email, name, at=at) if client else None
        return Sides(Direction.IN, client, contact)
    others = [
        address
        for role in _RECIPIENTS
        for address in addresses
        if address.role is role and "@" in address.email and not book.is_own(address.email)
    ]
    if not others:
        return Sides(Direction.INTERNAL, None)
    if not personal:
        return Sides(Direction.OUT, book.find(others[0].email))
    client = book.client(others[0].email, others[0].name, at=at)
    for address in others:
        if client is not None and book.find(address.email) is client:
            book.contact(client, address.email, address.name, at=at)
    return Sides(Direction.OUT, client)
