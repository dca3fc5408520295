"""Marks that say how far judging is. Each is cleared only if nothing touched its row meanwhile."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from amends.clients.models import Client
from amends.mail.models import Message, Thread


def mark_judged(asks: Mapping[int, float], *, version: int) -> None:
    """These messages (keys) have been read by this version of the judgement, which says how likely each asks."""
    alike: dict[float, list[int]] = defaultdict(list)
    for number, chance in asks.items():
        alike[round(chance, 2)].append(number)
    for chance, numbers in alike.items():
        Message.objects.filter(id__in=numbers, judged=0).update(judged=version, asks=chance)


def touch(messages: Iterable[Message], *, now: datetime) -> None:
    """What the course of these messages' conversations and clients shows is to be looked at, if it is not already."""
    read = list(messages)
    threads = Thread.objects.filter(pk__in={message.thread_id for message in read}, touched_at=None)
    threads.update(touched_at=now)
    clients = Client.objects.filter(
        pk__in={message.client_id for message in read if message.client_id}, touched_at=None
    )
    clients.update(touched_at=now)


def settle(threads: Sequence[Thread]) -> None:
    """The signals of these threads are up to date with what was stored when they were loaded."""
    latest = max(thread.touched_at for thread in threads if thread.touched_at)
    Thread.objects.filter(pk__in=[thread.pk for thread in threads], touched_at__lte=latest).update(touched_at=None)
