"""Reads of promises: what is open, and what a reader may know of it."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from amends.mail.models import Message
from amends.mail.privacy import Reader, is_readable
from amends.signals.models import OPEN_STATES, Promise, PromiseState


def may_read(reader: Reader) -> Q:
    """A condition on promises: the reader may read what they rest on. What rests on no mail is everybody's who reads
    mail at all."""
    if not reader.restricted:
        return Q()
    if reader.doors.nothing:
        return Q(pk=None)
    return Q(message=None) | Q(is_readable(reader))


def open_promises(*, at: datetime) -> QuerySet[Promise]:
    """What is confirmed and not settled, and candidates that have not faded."""
    return without_faded(Promise.objects.filter(state__in=OPEN_STATES, client__merged_into=None), at=at)


def without_faded(rows: QuerySet[Promise], *, at: datetime) -> QuerySet[Promise]:
    """Without candidates that nobody looked at in time."""
    return rows.exclude(state=PromiseState.CANDIDATE, fades_at__lte=at)


def promises_for(reader: Reader, *, at: datetime) -> QuerySet[Promise]:
    """Those of `open_promises` that this reader may read, with what a page shows of them."""
    rows = open_promises(at=at).filter(may_read(reader))
    return rows.select_related("client", "engagement", "owner", "message__thread", "replaces")


def readable_promise(reader: Reader, promise_id: uuid.UUID) -> Promise:
    """One promise, whatever became of it. Raises `Promise.DoesNotExist`, also where the reader may not read it."""
    rows = Promise.objects.filter(may_read(reader))
    loaded = rows.select_related("client", "engagement", "owner", "message__thread", "confirmed_by", "settled_by")
    return loaded.select_related("replaces").get(public_id=promise_id)


def of_messages(messages: Iterable[int]) -> list[Promise]:
    """All promises that rest on these messages (keys)."""
    rows = Promise.objects.filter(message__in=list(messages)).select_related("message", "confirmed_by")
    return list(rows.order_by("pk"))


def without_hint(clients: Collection[int], *, at: datetime) -> list[Promise]:
    """Open promises of these clients of which nothing said yet that they were kept."""
    return list(open_promises(at=at).filter(client__in=clients, hint=None).order_by("pk")) if clients else []


def lost_evidence() -> int:
    """How many promises name a message, as evidence that they were kept, which is not there; none after erasing."""
    there = Message.objects.filter(public_id=OuterRef("evidence"))
    return Promise.objects.filter(evidence__isnull=False).exclude(Exists(there)).count()
