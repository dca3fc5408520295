"""Marks that say how far judging is. Each is cleared only if nothing touched its row meanwhile."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from django.db.models import F

from amends.clients.models import Client
from amends.firm.scope import clear_rows
from amends.mail.models import Message, Thread

_MOMENT = timedelta(microseconds=1)


def mark_judged(asks: Mapping[int, float], *, version: int) -> None:
    """These messages (keys) have been read by this version of the judgement, which says how likely each asks."""
    alike: dict[float, list[int]] = defaultdict(list)
    for number, chance in asks.items():
        alike[round(chance, 2)].append(number)
    for chance, numbers in alike.items():
        Message.objects.filter(id__in=numbers, judged=0).update(judged=version, asks=chance)


def touch(messages: Iterable[Message], *, now: datetime, again: bool) -> None:
    """What the course of these messages' conversations and clients shows is to be looked at, if it is not already.

    `again`: somebody may be looking at them right now, without these messages, and must not be done with them.
    """
    read = list(messages)
    threads = Thread.objects.filter(pk__in={message.thread_id for message in read})
    clients = Client.objects.filter(pk__in={message.client_id for message in read if message.client_id})
    for rows in (threads, clients):
        if again:
            rows.exclude(touched_at=None).update(touched_at=F("touched_at") + _MOMENT)
        rows.filter(touched_at=None).update(touched_at=now)


def settle(threads: Sequence[Thread]) -> None:
    """The signals of these threads are up to date with what was stored when they were loaded."""
    clear_rows(threads, "touched_at")
