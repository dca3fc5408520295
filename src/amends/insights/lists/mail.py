"""Conversations, messages and imports, as lists. Only what the reader may read is there, or counted."""

from __future__ import annotations

import uuid

from django.db.models import Count, Exists, F, IntegerField, OuterRef, Prefetch, QuerySet, Subquery
from django.db.models.functions import Coalesce

from amends.clients.models import Client
from amends.insights.lists.paging import Key, Page, page_of
from amends.mail.models import Body, ImportRun, Message, Participant, Thread
from amends.mail.queries import Reader, readable


def thread_page(reader: Reader, client_id: uuid.UUID, *, after: Key | None, limit: int) -> Page[Thread]:
    """A client's conversations, the latest first, each with `readable_count`; raises `Client.DoesNotExist`."""
    client = Client.objects.only("pk", "public_id").get(public_id=client_id)
    theirs = readable(reader).filter(thread=OuterRef("pk"))
    counted = theirs.order_by().values("thread").annotate(n=Count("pk")).values("n")
    rows = Thread.objects.filter(Exists(theirs), client=client).select_related("client")
    rows = rows.annotate(readable_count=Coalesce(Subquery(counted, output_field=IntegerField()), 0))
    return page_of(rows, order=["-last_at", "-pk"], after=after, limit=limit)


def message_page(
    reader: Reader, *, client: uuid.UUID | None = None, kind: str = "", after: Key | None, limit: int
) -> Page[Message]:
    """Messages with their people, the newest first, of one client or all; raises `Client.DoesNotExist`."""
    rows = with_people(readable(reader))
    if client is not None:
        rows = rows.filter(client=Client.objects.only("pk").get(public_id=client))
    if kind:
        rows = rows.filter(kind=kind)
    return page_of(rows, order=["-pk"], after=after, limit=limit)


def messages_of_thread(reader: Reader, thread_id: uuid.UUID, *, limit: int = 500) -> tuple[Thread, list[Message]]:
    """A conversation and its messages, oldest first, with people and words; raises `Thread.DoesNotExist`."""
    thread = Thread.objects.select_related("client").get(public_id=thread_id)
    messages = list(with_people(readable(reader)).filter(thread=thread).select_related("body").order_by("id")[:limit])
    if not messages:
        raise Thread.DoesNotExist
    return thread, messages


def message_with_people(reader: Reader, message_id: uuid.UUID) -> Message:
    """One message with people and words; raises `Message.DoesNotExist`."""
    return with_people(readable(reader)).select_related("body").get(public_id=message_id)


def words_of(reader: Reader, message_id: uuid.UUID) -> Body:
    """The words of one message; raises `Message.DoesNotExist`."""
    return readable(reader).select_related("body").get(public_id=message_id).body


def run_page(*, after: Key | None, limit: int) -> Page[ImportRun]:
    """Imports, the latest first."""
    rows = ImportRun.objects.select_related("mailbox").order_by(F("created_at").desc(), "-pk")
    return page_of(rows, order=["-created_at", "-pk"], after=after, limit=limit)


def one_run(run_id: uuid.UUID) -> ImportRun:
    """One import; raises `ImportRun.DoesNotExist`."""
    return ImportRun.objects.select_related("mailbox").get(public_id=run_id)


def with_people(rows: QuerySet[Message]) -> QuerySet[Message]:
    """Messages with client, conversation and everybody on them."""
    people = Prefetch("participants", Participant.objects.order_by("id"))
    return rows.select_related("client", "thread").prefetch_related(people)
