"""Placing all stored mail anew, when the firm says which domains are its own."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from django.db import transaction

from amends.clients.actions.place import open_book
from amends.clients.models import Client
from amends.mail.actions.move import recount
from amends.mail.actions.sides import sides
from amends.mail.actions.threads import lock_firm
from amends.mail.models import Message, Participant, Thread
from amends.mail.parsing import Address, Role

_BATCH = 500


def replace_all(*, now: datetime) -> None:
    """Decide direction and client of every message again, oldest first, in short transactions.

    Can be stopped and started again at any moment. Messages that changed sides are judged again.
    """
    last = -1
    while True:
        with transaction.atomic():
            lock_firm()
            rows = Message.objects.filter(id__gt=last).exclude(kind="review")  # a person said whose that is
            batch = list(rows.select_related("thread").order_by("id")[:_BATCH])
            if not batch:
                break
            _replace(batch, now)
        last = batch[-1].pk
    Thread.objects.update(touched_at=now)
    for client in Client.objects.filter(merged_into=None):
        with transaction.atomic():
            recount(client, now=now)


def _replace(batch: list[Message], now: datetime) -> None:
    addresses: dict[int, list[Address]] = defaultdict(list)
    rows = Participant.objects.filter(message__in=[message.pk for message in batch]).order_by("id")
    for key, role, name, email in rows.values_list("message_id", "role", "name", "email"):
        addresses[key].append(Address(Role(role), name, email))
    book = open_book({one.email for each in addresses.values() for one in each}, now=now)
    found = {}
    for message in batch:
        personal = message.kind == "personal" and not message.set_aside
        sender = (message.sender_name, message.sender_email)
        found[message.pk] = sides(addresses[message.pk], sender, personal=personal, at=message.sent_at, book=book)
    book.flush()
    for message in batch:
        side = found[message.pk]
        client_id = side.client.pk if side.client else None
        if side.direction == "internal":
            client_id = message.thread.client_id
        if (message.direction, message.client_id) != (side.direction, client_id):
            judged = 0 if message.kind == "personal" and not message.set_aside else message.judged
            Message.objects.filter(pk=message.pk).update(direction=side.direction, client=client_id, judged=judged)
        if side.client is not None and message.thread.client_id is None:
            Thread.objects.filter(pk=message.thread_id).update(client=side.client)
