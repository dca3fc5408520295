"""Clients, their people and their work, as lists."""

from __future__ import annotations

import uuid
from datetime import date

from django.db.models import Prefetch, Q, QuerySet

from amends.clients.models import Client, Contact, ContactAddress, Engagement, TimeEntry
from amends.insights.lists.paging import Key, Page, page_of


def client_page(*, standing: str = "", words: str = "", after: Key | None, limit: int) -> Page[Client]:
    """Clients with their domains, by when they came into the address book; merged ones are part of another."""
    rows = Client.objects.filter(merged_into=None)
    if standing:
        rows = rows.filter(standing=standing)
    if words:
        rows = rows.filter(Q(name__icontains=words) | Q(domains__value__icontains=words)).distinct()
    return page_of(rows.prefetch_related("domains"), order=["pk"], after=after, limit=limit)


def one_client(client_id: uuid.UUID) -> Client:
    """One client with its domains and what it was merged into; raises `Client.DoesNotExist`."""
    return Client.objects.select_related("merged_into").prefetch_related("domains").get(public_id=client_id)


def contact_page(client_id: uuid.UUID, *, after: Key | None, limit: int) -> Page[Contact]:
    """A client's people with their addresses; raises `Client.DoesNotExist`."""
    client = Client.objects.only("pk").get(public_id=client_id)
    addresses = Prefetch("addresses", ContactAddress.objects.order_by("email"))
    rows = Contact.objects.filter(client=client).prefetch_related(addresses)
    return page_of(rows, order=["pk"], after=after, limit=limit)


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
