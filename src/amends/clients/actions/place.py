"""Finding or making the client and contacts that a batch of mail is from or to, in a handful of queries."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, TypeVar
from uuid import UUID

from amends.clients.models import Client, Contact, ContactAddress, Domain
from amends.clients.rules import client_name, organisation, same_person
from amends.core.ids import uuid7_for
from amends.firm.models import OwnDomain
from amends.firm.scope import current_firm_id, insert_models, insert_rows, update_rows

R = TypeVar("R", Client, Contact)


@dataclass(slots=True)
class _Totals(Generic[R]):
    """What a batch adds to a client or contact (kept by object identity: a new row has no key to hash yet)."""

    row: R
    received: int = 0
    sent: int = 0
    first_at: datetime | None = None
    last_at: datetime | None = None

    def add(self, at: datetime, *, outgoing: bool) -> None:
        self.received += not outgoing
        self.sent += outgoing
        self.first_at = min(self.first_at or at, at)
        self.last_at = max(self.last_at or at, at)


@dataclass(slots=True)
class PlaceBook:
    """The part of the address book that one batch touches. Make it with `open_book`, end with `flush`."""

    own: frozenset[str]
    now: datetime
    domains: dict[str, Client] = field(default_factory=dict)
    contacts: dict[str, Contact] = field(default_factory=dict)  # by address
    _new_domains: list[tuple[str, Client]] = field(default_factory=list)
    _new_addresses: list[tuple[str, Contact]] = field(default_factory=list)
    _totals: dict[int, _Totals[Client]] = field(default_factory=dict)
    _contact_totals: dict[int, _Totals[Contact]] = field(default_factory=dict)
    _by_client: dict[int, list[Contact]] = field(default_factory=dict)

    def is_own(self, email: str) -> bool:
        """Whether an address is the firm's."""
        return organisation(email) in self.own

    def find(self, email: str) -> Client | None:
        """The client an address belongs to, where one is known."""
        return self.domains.get(organisation(email))

    def client(self, email: str, name: str, *, at: datetime) -> Client | None:
        """The client an address belongs to, made where there is none; None for an address without a domain."""
        key = organisation(email)
        if not key:
            return None
        found = self.domains.get(key)
        if found is None:
            found = Client(public_id=_public_id(at, key), name=client_name(key, name)[:200], created_at=self.now)
            found.claim()
            self.domains[key] = found
            self._new_domains.append((key, found))
        return found

    def contact(self, client: Client, email: str, name: str, *, at: datetime) -> Contact:
        """The person behind an address at a client; the same full name at the same client is the same person."""
        found = self.contacts.get(email)
        if found is None:
            people = self._by_client.setdefault(id(client), [])
            found = next((person for person in people if same_person(person.name, name)), None)
            if found is None:
                found = Contact(public_id=_public_id(at, email), client=client, name=name[:200])
                people.append(found)
            self.contacts[email] = found
            self._new_addresses.append((email[:320], found))
        elif name and not found.name and found.named_by_id is None:
            found.name = name[:200]
            self._contact_totals.setdefault(id(found), _Totals(found))
        return found

    def count(self, client: Client, contact: Contact | None, at: datetime, *, outgoing: bool) -> None:
        """Book one personal message on the client's and the contact's totals."""
        self._totals.setdefault(id(client), _Totals(client)).add(at, outgoing=outgoing)
        if contact is not None and not outgoing:
            self._contact_totals.setdefault(id(contact), _Totals(contact)).add(at, outgoing=False)

    @property
    def made(self) -> list[Client]:
        """The clients that were not known before."""
        return _each_once(client for _, client in self._new_domains)

    def flush(self) -> None:
        """Write what is new and what has changed."""
        insert_models(self.made)
        insert_rows(Domain, ("value", "client_id"), [(value, client.pk) for value, client in self._new_domains])
        for totals in self._totals.values():
            _add(totals)
            totals.row.touched_at = self.now
        touched = [totals.row for totals in self._totals.values()]
        update_rows(touched, ["received", "sent", "first_at", "last_at", "touched_at"])
        self._flush_contacts()

    def _flush_contacts(self) -> None:
        for totals in self._contact_totals.values():
            totals.row.received += totals.received
            if totals.last_at:
                totals.row.last_at = max(totals.row.last_at or totals.last_at, totals.last_at)
        known = [totals.row for totals in self._contact_totals.values() if totals.row.pk is not None]
        fresh = [row for row in _each_once(contact for _, contact in self._new_addresses) if row.pk is None]
        for contact in fresh:
            contact.client_id = contact.client.pk  # its client may have got a key a moment ago
        insert_models(fresh)
        insert_rows(
            ContactAddress, ("email", "contact_id"), [(email, contact.pk) for email, contact in self._new_addresses]
        )
        update_rows(known, ["name", "received", "last_at"])

    def load_people(self, addresses: Iterable[str]) -> None:
        """Everybody at the clients of those of these addresses that are new, by one query."""
        homes = {organisation(email) for email in addresses if email not in self.contacts}
        clients = {client.pk: client for key in homes if (client := self.domains.get(key))}
        known = {contact.pk: contact for contact in self.contacts.values()}
        for contact in Contact.objects.filter(client__in=list(clients)).order_by("pk"):
            people = self._by_client.setdefault(id(clients[contact.client_id]), [])
            people.append(known.get(contact.pk, contact))


def open_book(emails: Iterable[str], *, now: datetime) -> PlaceBook:
    """Load what is known of these addresses."""
    addresses = {email for email in emails if email}
    book = PlaceBook(own=own_organisations(), now=now)
    keys = {organisation(email) for email in addresses} - book.own - {""}
    for domain in Domain.objects.filter(value__in=keys).select_related("client"):
        book.domains[domain.value] = domain.client
    outside = {email for email in addresses if organisation(email) in book.domains}
    for address in ContactAddress.objects.filter(email__in=outside).select_related("contact"):
        book.contacts[address.email] = address.contact
    _share_instances(book)
    book.load_people(outside)
    return book


def own_organisations() -> frozenset[str]:
    """The firm's own domains (and own free-mail addresses)."""
    return frozenset(OwnDomain.objects.values_list("value", flat=True))


def _share_instances(book: PlaceBook) -> None:
    """Two domains of one client, or two addresses of one contact, must be one object, or totals would be lost."""
    clients = {client.pk: client for client in book.domains.values()}
    contacts = {contact.pk: contact for contact in book.contacts.values()}
    book.domains.update({key: clients[client.pk] for key, client in book.domains.items()})
    for email, contact in book.contacts.items():
        book.contacts[email] = contacts[contact.pk]


def _public_id(at: datetime, value: str) -> UUID:
    """The same address makes the same id however often an import begins anew, and another one at another firm."""
    return uuid7_for(at, f"{current_firm_id()} {value}".encode())


def _add(totals: _Totals[Client]) -> None:
    client = totals.row
    client.received += totals.received
    client.sent += totals.sent
    if totals.first_at and totals.last_at:
        client.first_at = min(client.first_at or totals.first_at, totals.first_at)
        client.last_at = max(client.last_at or totals.last_at, totals.last_at)


def _each_once(rows: Iterable[R]) -> list[R]:
    return list({id(row): row for row in rows}.values())
