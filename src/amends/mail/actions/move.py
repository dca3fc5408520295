"""Moving correspondence between clients, when a person says who belongs together."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import Max, Min

from amends.clients.models import Client
from amends.clients.rules import organisation
from amends.firm.queries import firm_in_scope
from amends.mail.models import Message, Participant, Thread, Traffic


def move_all(source: Client, target: Client, *, now: datetime) -> None:
    """All messages, threads and counts of `source` become `target`'s."""
    Message.objects.filter(client=source).update(client=target)
    Thread.objects.filter(client=source).update(client=target, touched_at=now)
    recount(source, now=now)
    recount(target, now=now)


def move_domain(domain: str, source: Client, target: Client, *, now: datetime) -> None:
    """The messages of `source` that are from or to an address of `domain` become `target`'s."""
    rows = Participant.objects.filter(message__client=source, email__contains=domain)
    keys = {key for key, email in rows.values_list("message", "email") if organisation(email) == domain}
    numbers = sorted(keys)
    for at in range(0, len(numbers), 500):
        part = numbers[at : at + 500]
        Message.objects.filter(id__in=part).update(client=target)
        threads = Thread.objects.filter(client=source, messages__id__in=part)
        Thread.objects.filter(pk__in=list(threads.values_list("pk", flat=True))).update(client=target, touched_at=now)
    recount(source, now=now)
    recount(target, now=now)


def recount(client: Client, *, now: datetime) -> None:
    """Make a client's totals and daily traffic anew from its messages."""
    zone = ZoneInfo(firm_in_scope().timezone)
    rows = Message.objects.filter(client=client, kind="personal", direction__in=["in", "out"], set_aside="")
    days: Counter[tuple[date, str]] = Counter()
    for sent_at, direction in rows.values_list("sent_at", "direction").iterator():
        days[sent_at.astimezone(zone).date(), direction] += 1
    Traffic.objects.filter(client=client).delete()
    Traffic.objects.bulk_create(
        [
            Traffic(client=client, day=day, received=days[day, "in"], sent=days[day, "out"])
            for day in sorted({day for day, _ in days})
        ]
    )
    span = rows.aggregate(first=Min("sent_at"), last=Max("sent_at"))
    Client.objects.filter(pk=client.pk).update(
        received=sum(count for (_, direction), count in days.items() if direction == "in"),
        sent=sum(count for (_, direction), count in days.items() if direction == "out"),
        first_at=span["first"],
        last_at=span["last"],
        touched_at=now,
    )
