"""Conversations, messages and imports, as lists. Only what the reader may read is there, or counted."""

from __future__ import annotations

import uuid
from typing import Any

from django.db.models import Count, Exists, IntegerField, OuterRef, Prefetch, QuerySet, Subquery
from django.db.models.functions import Coalesce

from amends.clients.models import Client
from amends.insights.lists.paging import Key, Page, page_of
from amends.mail.models import Body, ImportRun, Message, Thread
from amends.mail.privacy import with_thread
from amends.mail.queries import Reader, people_of, readable, runs_of


def thread_page(reader: Reader, client_id: uuid.UUID, *, after: Key | None, limit: int) -> Page[Thread]:
    """A client's conversations, the latest first, each with `readable_count`; raises `Client.DoesNotExist`.

    A reader to whom some mail is closed is told subject and times of what they read, and nothing of the rest.
    """
    client = Client.objects.only("pk", "public_id").get(public_id=client_id)
    theirs = readable(reader).filter(thread=OuterRef("pk"))
    counted = theirs.order_by().values("thread").annotate(n=Count("pk")).values("n")
    rows = Thread.objects.filter(Exists(theirs), client=client).select_related("client")
    rows = rows.annotate(readable_count=Coalesce(Subquery(counted, output_field=IntegerField()), 0))
    if not reader.restricted:
        return page_of(rows, order=["-last_at", "-pk"], after=after, limit=limit)
    first, last = theirs.order_by("id"), theirs.order_by("-id")
    rows = rows.annotate(
        seen_subject=Subquery(first.values("subject")[:1]), seen_first=Subquery(first.values("sent_at")[:1]),
        seen_last=Subquery(last.values("sent_at")[:1]),
    )  # fmt: skip
    return page_of(rows, order=["-seen_last", "-pk"], after=after, limit=limit).mapped(_as_seen)


def _as_seen(thread: Any) -> Thread:
    thread.subject, thread.first_at, thread.last_at = thread.seen_subject, thread.seen_first, thread.seen_last
    seen: Thread = thread
    return seen


def message_page(
    reader: Reader, *, client: uuid.UUID | None = None, kind: str = "", after: Key | None, limit: int
) -> Page[Message]:
    """Messages with their people, the newest first, of one client or all; raises `Client.DoesNotExist`."""
    rows = with_people(reader, readable(reader))
    if client is not None:
        rows = rows.filter(client=Client.objects.only("pk").get(public_id=client))
    if kind:
        rows = rows.filter(kind=kind)
    return page_of(rows, order=["-pk"], after=after, limit=limit)


def messages_of_thread(reader: Reader, thread_id: uuid.UUID, *, limit: int = 500) -> tuple[Thread, list[Message]]:
    """A conversation and its messages, oldest first, with people and words; raises `Thread.DoesNotExist`."""
    thread = Thread.objects.select_related("client").get(public_id=thread_id)
    rows = with_people(reader, readable(reader)).filter(thread=thread).select_related("body")
    messages = list(rows.order_by("id")[:limit])
    if not messages:
        raise Thread.DoesNotExist
    if reader.restricted:
        thread.subject, thread.first_at, thread.last_at = messages[0].subject, messages[0].sent_at, messages[-1].sent_at
    return thread, messages


def message_with_people(reader: Reader, message_id: uuid.UUID) -> Message:
    """One message with people and words; raises `Message.DoesNotExist`."""
    return with_people(reader, readable(reader)).select_related("body").get(public_id=message_id)


def words_of(reader: Reader, message_id: uuid.UUID) -> Body:
    """The words of one message; raises `Message.DoesNotExist`."""
    return readable(reader).select_related("body").get(public_id=message_id).body


def run_page(reader: Reader, *, after: Key | None, limit: int) -> Page[ImportRun]:
    """Imports into mailboxes that this reader may read, and those that they began, the latest first."""
    return page_of(runs_of(reader), order=["-created_at", "-pk"], after=after, limit=limit)


def with_people(reader: Reader, rows: QuerySet[Message]) -> QuerySet[Message]:
    """Messages with client, conversation and everybody on them whom this reader may know of."""
    people = Prefetch("participants", people_of(reader).order_by("id"))
    return with_thread(rows.select_related("client")).prefetch_related(people)
