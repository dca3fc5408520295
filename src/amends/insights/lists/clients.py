"""Clients, their people and their work, as lists."""

from __future__ import annotations

import uuid
from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch, Q, QuerySet

from amends.clients.models import Client, Contact, ContactAddress, Domain, Engagement, TimeEntry
from amends.insights.lists.paging import Key, Page, page_of
from amends.insights.people import Person, as_known, domains_of, known_domains, told_addresses
from amends.mail.privacy import Reader


@dataclass(frozen=True, slots=True)
class Entry:
    """A client, with the domains that the reader may know."""

    client: Client
    domains: list[str]


@dataclass(frozen=True, slots=True)
class ListedPerson:
    """Somebody at a client by their id, with what the reader may know of them."""

    id: uuid.UUID
    person: Person


def client_page(reader: Reader, *, standing: str = "", words: str = "", after: Key | None, limit: int) -> Page[Entry]:
    """Clients with their domains, by when they came into the address book; merged ones are part of another."""
    rows = Client.objects.filter(merged_into=None)
    if standing:
        rows = rows.filter(standing=standing)
    if words:
        places = Domain.objects.filter(value__icontains=words)
        if reader.restricted:  # a domain that only closed mail knows must not be found letter by letter
            places = places.filter(pk__in=[row.pk for row in known_domains(reader, places)])
        rows = rows.filter(Q(name__icontains=words) | Q(pk__in=places.values("client")))
    page = page_of(rows, order=["pk"], after=after, limit=limit)
    domains = domains_of(reader, [client.pk for client in page.items])
    return page.mapped(lambda client: Entry(client, domains[client.pk]))


def one_client(reader: Reader, client_id: uuid.UUID) -> Entry:
    """One client with its domains and what it was merged into; raises `Client.DoesNotExist`."""
    client = Client.objects.select_related("merged_into").get(public_id=client_id)
    return Entry(client, domains_of(reader, [client.pk])[client.pk])


def contact_page(reader: Reader, client_id: uuid.UUID, *, after: Key | None, limit: int) -> Page[ListedPerson]:
    """A client's people with their addresses, as far as the reader may know them; raises `Client.DoesNotExist`."""
    client = Client.objects.only("pk").get(public_id=client_id)
    rows = Contact.objects.filter(client=client)
    told: dict[int, list[ContactAddress]] = defaultdict(list)
    if reader.restricted:
        for address in told_addresses(reader, client):
            told[address.contact_id].append(address)
        rows = rows.filter(Q(pk__in=list(told)) | Q(addresses=None))
    addresses = Prefetch("addresses", ContactAddress.objects.order_by("email"))
    page = page_of(rows.prefetch_related(addresses), order=["pk"], after=after, limit=limit)
    return page.mapped(lambda one: ListedPerson(one.public_id, _person(one, told.get(one.pk, []), reader)))


def _person(contact: Contact, told: list[ContactAddress], reader: Reader) -> Person:
    if reader.restricted:
        return as_known(contact, told)
    return Person(contact.name, [one.email for one in contact.addresses.all()], contact.last_at)


def engagement_page(*, client: uuid.UUID | None = None, after: Key | None, limit: int) -> Page[Engagement]:
    """Engagements with their clients, of one client or all; raises `Client.DoesNotExist`."""
    rows = Engagement.objects.select_related("client")
    if client is not None:
        rows = rows.filter(client=Client.objects.only("pk").get(public_id=client))
    return page_of(rows, order=["pk"], after=after, limit=limit)


def one_engagement(engagement_id: uuid.UUID) -> Engagement:
    """One engagement with its client; raises `Engagement.DoesNotExist`."""
    return Engagement.objects.select_related("client").get(public_id=engagement_id)


def time_page(
    *,
    client: uuid.UUID | None = None,
    engagement: uuid.UUID | None = None,
    person: str = "",
    billable: bool | None = None,
    since: date | None = None,
    until: date | None = None,
    after: Key | None,
    limit: int,
) -> Page[TimeEntry]:
    """Time entries, the latest day first. Raises `Client.DoesNotExist` and `Engagement.DoesNotExist`."""
    rows: QuerySet[TimeEntry] = TimeEntry.objects.select_related("engagement__client", "member")
    if engagement is not None:
        rows = rows.filter(engagement=Engagement.objects.only("pk").get(public_id=engagement))
    if client is not None:
        rows = rows.filter(engagement__client=Client.objects.only("pk").get(public_id=client))
    if person:
        rows = rows.filter(person=person)
    if billable is not None:
        rows = rows.filter(billable=billable)
    if since is not None:
        rows = rows.filter(day__gte=since)
    if until is not None:
        rows = rows.filter(day__lte=until)
    return page_of(rows, order=["-day", "-pk"], after=after, limit=limit)
