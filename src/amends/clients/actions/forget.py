"""Forgetting a client or a person: their rows here, and a mark that nobody can read."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from datetime import datetime

from django.db.models import Q

from amends.clients.models import Client, Contact, Domain, Engagement, Erased, Standing, TimeEntry
from amends.clients.queries import Trace

NAMELESS = "Erased"
"""What stands for a client, or an engagement, of which only hours are left."""
_SHORTEST = 4  # letters of a name that is looked for in other texts; a shorter one stands in too many words


def remember_erased(traces: Iterable[Trace], *, now: datetime) -> None:
    """Keep marks of what is erased, so that it does not come back with an old archive."""
    rows = [Erased(mark=trace.mark(), at=now) for trace in set(traces)]
    Erased.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["firm", "mark"], update_fields=["at"], batch_size=500
    )


def looked_for(words: Iterable[str]) -> list[str]:
    """Those of these names and addresses that are looked for in texts."""
    return sorted({word for word in words if len(word) >= _SHORTEST})


def forget_client(client: Client) -> None:
    """Take away a client, those merged into it, its people, domains and engagements.

    Hours are the firm's own: where some are booked, they stay as numbers of a client and an engagement without names.
    """
    merged = Client.objects.filter(merged_into=client)
    both = [client.pk, *merged.values_list("pk", flat=True)]
    Domain.objects.filter(client__in=both).delete()
    Contact.objects.filter(client__in=both).delete()
    with_hours = TimeEntry.objects.filter(engagement__client__in=both)
    with_hours.update(description="", task="", tags=[], project="")
    Engagement.objects.filter(client__in=both, time=None).delete()
    Engagement.objects.filter(client__in=both).update(name=NAMELESS, client=client)
    merged.delete()
    if not Engagement.objects.filter(client=client).exists():
        client.delete()
        return
    Client.objects.filter(pk=client.pk).update(
        name=NAMELESS, name_fixed=True, named_by=None, standing=Standing.NOT_A_CLIENT, standing_fixed=True,
        standing_why="", standing_by=None, standing_at=None, first_at=None, last_at=None, received=0, sent=0,
        touched_at=None,
    )  # fmt: skip


def forget_contact(contact: Contact) -> None:
    """Take away a person and their addresses, and an organisation that was nobody but them."""
    client = contact.client
    contact.delete()
    if lonely(client):
        client.delete()


def lonely(client: Client) -> bool:
    """Whether nobody and nothing is left of a client but one person's address at a free-mail provider."""
    values = list(Domain.objects.filter(client=client).values_list("value", flat=True))
    busy = Contact.objects.filter(client=client).exists() or Engagement.objects.filter(client=client).exists()
    return bool(values) and all("@" in value for value in values) and not busy


def forget_words(client: Client, words: Collection[str]) -> int:
    """Take descriptions that name a person out of a client's time entries; returns out of how many."""
    named = Q(pk__in=[])
    for word in looked_for(words):
        named |= Q(description__icontains=word) | Q(task__icontains=word) | Q(tags__icontains=word)
        named |= Q(tags__icontains=json.dumps(word)[1:-1])  # as SQLite keeps other letters than ASCII in JSON
    return TimeEntry.objects.filter(named, engagement__client=client).update(description="", task="", tags=[])
