"""People as vCards (RFC 2426, version 3.0: the one that every address book reads)."""

from __future__ import annotations

from pathlib import Path

import vobject
from vobject.vcard import Name

from amends.clients.models import Contact
from amends.flows.keep.export.rows import contacts
from amends.flows.keep.export.tables import durable


def write_cards(file: Path) -> int:
    """Write everybody into one file; returns how many there were."""
    count = 0
    with file.open("w", encoding="utf-8", newline="") as out:
        for contact in contacts():
            out.write(_card(contact))
            count += 1
        durable(out)
    return count


def _card(contact: Contact) -> str:
    emails = [each.email for each in contact.addresses.all()]
    name = contact.name or next(iter(emails), "") or "Somebody"
    given, _, family = name.rpartition(" ")
    card = vobject.vCard()
    card.add("uid").value = f"urn:uuid:{contact.public_id}"
    card.add("fn").value = name
    card.add("n").value = Name(family=family, given=given)
    card.add("org").value = [contact.client.name]
    if contact.title:
        card.add("title").value = contact.title
    if contact.phone:
        card.add("tel").value = contact.phone
    for email in emails:
        line = card.add("email")
        line.value, line.type_param = email, "INTERNET"
    return str(card.serialize())
