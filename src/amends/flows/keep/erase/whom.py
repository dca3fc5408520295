"""Who is to be forgotten: a client or a person by name, public id, domain or e-mail address."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from amends.clients.models import Client, Contact, ContactAddress, Domain
from amends.clients.queries import Trace, erased_when
from amends.clients.rules import organisation
from amends.core.errors import AmendsError
from amends.flows.set_up import own_domains
from amends.mail.models import Participant


class NobodyThere(AmendsError):
    """Nobody is called so."""


class WhoIsMeant(AmendsError):
    """Several are called so."""


class OneOfOurs(AmendsError):
    """The address is the firm's own."""


@dataclass(frozen=True, slots=True)
class Whom:
    """Who is meant. `emails` and `organisations` are theirs, lower-case; `names` are what they are called.

    Without `client` and `contact` it is an address that no contact has, or somebody whose rows went before.
    """

    client: Client | None = None
    contact: Contact | None = None
    emails: frozenset[str] = frozenset()
    organisations: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()

    @property
    def kind(self) -> str:
        """client, person or address."""
        return "client" if self.client else "person" if self.contact else "address"

    @property
    def public_id(self) -> str:
        """Of the client or person; "" for an address."""
        row = self.client or self.contact
        return str(row.public_id) if row else ""

    def traces(self) -> Iterator[Trace]:
        """What may show up again, in an archive or on the command line."""
        yield from (Trace("address", email) for email in self.emails)
        yield from (Trace("organisation", value) for value in self.organisations)
        yield from (Trace("name", name) for name in self.names)
        if self.public_id:
            yield Trace("id", self.public_id)


def find_whom(said: str) -> Whom:
    """Who of the firm in scope is meant; raises `NobodyThere`, `WhoIsMeant` or `OneOfOurs`."""
    said = " ".join(said.split())
    found = [*_by_id(said), *_by_address(said)] or list(_by_name(said))
    if not found:
        found = list(_without_rows(said))
    if not found:
        message = f"Nobody is called {said!r}: give a name, an e-mail address, a domain or the id of their page."
        raise NobodyThere(message)
    if len(found) > 1:
        named = "; ".join(f"{one.kind} {one.public_id} ({_told(one)})" for one in found[:9])
        message = f"{len(found)} are called {said!r}; say which by its id: {named}"
        raise WhoIsMeant(message)
    return found[0]


def _told(whom: Whom) -> str:
    return ", ".join(sorted(whom.organisations or whom.emails)) or "no address"


def _by_id(said: str) -> Iterator[Whom]:
    with suppress(ValueError):
        number = uuid.UUID(said)
        yield from map(_client, Client.objects.filter(public_id=number))
        yield from map(_contact, Contact.objects.filter(public_id=number).select_related("client"))


def _by_address(said: str) -> Iterator[Whom]:
    """By the whole of an address or domain; an address that is all of a client (free mail) is the client."""
    value = said.lower()
    whole = organisation(value) if "@" in value else value
    if whole and whole in own_domains():
        message = f"{said} is your own: deactivate the member instead, and erase by the outside address."
        raise OneOfOurs(message)
    home = Domain.objects.filter(value=whole).select_related("client").first() if whole else None
    if home is not None and (value == whole or "@" in home.value):
        yield _client(home.client)
        return
    address = ContactAddress.objects.filter(email=value).select_related("contact__client").first()
    if address is not None:
        yield _contact(address.contact)
    elif "@" in value and Participant.objects.filter(email=value).exists():
        yield Whom(emails=frozenset({value}))


def _by_name(said: str) -> Iterator[Whom]:
    clients = list(Client.objects.filter(name__iexact=said, merged_into=None))
    yield from map(_client, clients)
    people = Contact.objects.filter(name__iexact=said).select_related("client")
    yield from map(_contact, people.exclude(client__in=clients))  # somebody at a free-mail provider is both


def _without_rows(said: str) -> Iterator[Whom]:
    """Somebody whose rows went before: by the marks that were left. What a killed erasure left undone is done then."""
    traces = [Trace(kind, said.lower()) for kind in ("address", "organisation", "name", "id")]
    known = erased_when(traces)
    if known:
        kinds = {trace.kind for trace in known}
        value = frozenset({said.lower()})
        yield Whom(
            emails=value if "address" in kinds else frozenset(),
            organisations=value if "organisation" in kinds else frozenset(),
            names=frozenset({said}) if "name" in kinds else frozenset(),
        )


def _client(client: Client) -> Whom:
    """A client with those merged into it; one that was merged is its target."""
    client = client.merged_into or client
    both = [*Client.objects.filter(merged_into=client), client]
    people = Contact.objects.filter(client__in=both)
    return Whom(
        client=client,
        organisations=frozenset(Domain.objects.filter(client__in=both).values_list("value", flat=True)),
        emails=frozenset(ContactAddress.objects.filter(contact__in=people).values_list("email", flat=True)),
        names=frozenset({*(one.name for one in both), *people.exclude(name="").values_list("name", flat=True)}),
    )


def _contact(contact: Contact) -> Whom:
    emails = frozenset(ContactAddress.objects.filter(contact=contact).values_list("email", flat=True))
    return Whom(contact=contact, emails=emails, names=frozenset({contact.name} - {""}))
