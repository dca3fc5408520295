"""Putting a batch of messages into conversations.

RFC 5256's REFERENCES, kept up one message at a time: every Message-ID that a message has or names is a link to its
thread; a message whose ids lead to several threads joins them. So the order of arrival does not matter, and a
missing ancestor still holds its descendants together. Where a chain is broken (a reply that names no known
message), the subject and the people mend it, within `MEND_DAYS`.
"""

from __future__ import annotations

import contextlib
import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, connection, transaction

from amends.clients.models import Client
from amends.core.ids import hash63, uuid7_for
from amends.firm.scope import current_firm_id, insert_models, insert_rows, update_rows
from amends.mail.models import Message, Participant, Share, Thread, ThreadLink
from amends.mail.parsing import ParsedMessage
from amends.mail.rules import is_reply_subject, subject_key

MEND_DAYS = 45
_PEOPLE = 50_000  # addresses that mending one batch looks at, at most


@dataclass(slots=True, eq=False)
class OpenThread:
    """A thread while a batch is being placed."""

    pk: int | None
    public_id: uuid.UUID
    client: Client | None
    client_id: int | None
    subject: str
    base_key: int
    first_at: datetime
    last_at: datetime
    count: int
    emails: set[str] = field(default_factory=set)
    people_known: bool = True  # whether `emails` holds those of stored messages too
    joined: OpenThread | None = None
    changed: bool = False

    def root(self) -> OpenThread:
        """The thread that this one has become part of, or itself."""
        here = self
        while here.joined is not None:
            here = here.joined
        return here

    def key(self) -> int:
        """The primary key of the thread it has become; there is one after `ThreadBook.flush`."""
        found = self.root().pk
        if found is None:
            message = "A thread has no key before its batch is flushed."
            raise RuntimeError(message)
        return found


class ThreadBook:
    """The threads that one batch touches. Place messages one after another, then `flush`."""

    def __init__(self, batch: Sequence[ParsedMessage], *, now: datetime) -> None:
        self._now = now
        self._links: dict[int, OpenThread] = {}
        self._new_links: dict[int, OpenThread] = {}
        self._by_pk: dict[int, OpenThread] = {}
        self._by_subject: dict[int, list[OpenThread]] = defaultdict(list)
        self._threads: dict[OpenThread, None] = {}
        self._load_links(batch)
        self._load_subjects(batch)

    def place(self, parsed: ParsedMessage, fingerprint: str) -> OpenThread:
        """The thread of this message, made or joined as needed; its totals include the message."""
        keys = [hash63(value) for value in _ids(parsed)]
        found = list(dict.fromkeys(self._links[key].root() for key in keys if key in self._links))
        if not found:
            mended = self._mend(parsed)
            found = [mended] if mended else []
        thread = self._join(found) if found else self._start(parsed, fingerprint)
        for key in keys:
            if key not in self._links:
                self._links[key] = self._new_links[key] = thread
        self._count(thread, parsed)
        return thread

    def flush(self) -> None:
        """Write threads and links; afterwards every `OpenThread.root()` has its primary key."""
        standing = [thread for thread in self._threads if thread.changed and thread.joined is None]
        known = [self._row(thread) for thread in standing if thread.pk is not None]
        fresh = [thread for thread in standing if thread.pk is None]
        rows = [self._row(thread) for thread in fresh]
        insert_models(rows)
        for thread, row in zip(fresh, rows, strict=True):
            thread.pk = row.pk
        update_rows(known, ["client", "subject", "first_at", "last_at", "message_count", "touched_at"])
        for thread in [thread for thread in self._threads if thread.joined is not None and thread.pk is not None]:
            target = thread.key()
            joined = Thread.objects.filter(pk=thread.pk or 0)
            Message.objects.filter(thread__in=joined).update(thread_id=target)
            ThreadLink.objects.filter(thread__in=joined).update(thread_id=target)
            Share.objects.filter(thread__in=joined).update(thread_id=target)  # it is one conversation now
            _follow(thread.pk or 0, target)
            joined.delete()
        insert_rows(ThreadLink, ("key", "thread_id"), [(key, thread.key()) for key, thread in self._new_links.items()])

    def _row(self, thread: OpenThread) -> Thread:
        client_id = thread.client.pk if thread.client else thread.client_id
        return Thread(
            pk=thread.pk,
            firm_id=current_firm_id(),
            public_id=thread.public_id,
            client_id=client_id,
            subject=thread.subject,
            base_key=thread.base_key,
            first_at=thread.first_at,
            last_at=thread.last_at,
            message_count=thread.count,
            touched_at=self._now,
        )

    def _load_links(self, batch: Sequence[ParsedMessage]) -> None:
        keys = {hash63(value) for parsed in batch for value in _ids(parsed)}
        links = dict(ThreadLink.objects.filter(key__in=keys).values_list("key", "thread_id"))
        for row in Thread.objects.filter(pk__in=set(links.values())):
            self._open(row)
        for key, thread_id in links.items():
            self._links[key] = self._by_pk[thread_id]

    def _load_subjects(self, batch: Sequence[ParsedMessage]) -> None:
        wanted = {subject_key(parsed.subject) for parsed in batch} - {0}
        near = timedelta(days=MEND_DAYS)
        rows = Thread.objects.filter(
            base_key__in=wanted,
            last_at__gte=min(parsed.sent_at for parsed in batch) - near,
            first_at__lte=max(parsed.sent_at for parsed in batch) + near,
        )
        for row in rows.order_by("first_at", "pk"):
            self._by_subject[row.base_key].append(self._open(row))

    def _open(self, row: Thread) -> OpenThread:
        thread = self._by_pk.get(row.pk)
        if thread is None:
            thread = OpenThread(
                pk=row.pk,
                public_id=row.public_id,
                client=None,
                client_id=row.client_id,
                subject=row.subject,
                base_key=row.base_key,
                first_at=row.first_at,
                last_at=row.last_at,
                count=row.message_count,
                people_known=False,
            )
            self._by_pk[row.pk] = thread
            self._threads[thread] = None
        return thread

    def _start(self, parsed: ParsedMessage, fingerprint: str) -> OpenThread:
        thread = OpenThread(
            pk=None,
            public_id=uuid7_for(parsed.sent_at, f"{current_firm_id()} thread {fingerprint}".encode()),
            client=None,
            client_id=None,
            subject=parsed.subject[:500],
            base_key=subject_key(parsed.subject),
            first_at=parsed.sent_at,
            last_at=parsed.sent_at,
            count=0,
        )
        self._threads[thread] = None
        if thread.base_key:
            self._by_subject[thread.base_key].append(thread)
        return thread

    def _join(self, found: list[OpenThread]) -> OpenThread:
        """Make several threads one: the one that began first keeps its identity."""
        first, *others = sorted(found, key=lambda thread: (thread.first_at, str(thread.public_id)))
        for other in others:
            other.joined = first
            if other.last_at > first.last_at:
                first.last_at = other.last_at
            first.count += other.count
            first.client = first.client or other.client
            first.client_id = first.client_id or other.client_id
            first.emails |= other.emails
            first.people_known = first.people_known and other.people_known
            first.changed = True
        return first

    def _count(self, thread: OpenThread, parsed: ParsedMessage) -> None:
        thread.changed = True
        thread.count += 1
        thread.last_at = max(thread.last_at, parsed.sent_at)
        if parsed.sent_at < thread.first_at:
            thread.first_at, thread.subject = parsed.sent_at, parsed.subject[:500]
        thread.emails |= _emails(parsed)

    def _mend(self, parsed: ParsedMessage) -> OpenThread | None:
        """The thread with this subject among these people, near in time, where one of the two is a reply."""
        key = subject_key(parsed.subject)
        reply = is_reply_subject(parsed.subject)
        near = timedelta(days=MEND_DAYS)
        people = _emails(parsed)
        for thread in dict.fromkeys(thread.root() for thread in self._by_subject.get(key, ())) if key else ():
            if not (thread.first_at - near <= parsed.sent_at <= thread.last_at + near):
                continue
            if (reply or is_reply_subject(thread.subject)) and len(people & self._people(thread)) >= 2:
                return thread
        return None

    def _people(self, thread: OpenThread) -> set[str]:
        if not thread.people_known:
            self._load_people()
        return thread.emails

    def _load_people(self) -> None:
        """The people of every stored thread that a subject of this batch may belong to, by one query."""
        near = {thread.root() for threads in self._by_subject.values() for thread in threads}
        asked = {thread for thread in near if not thread.people_known}
        stored = {other.pk: other.root() for other in self._threads if other.pk is not None and other.root() in asked}
        rows = Participant.objects.filter(message__thread__in=list(stored)).exclude(email="")
        for pk, email in rows.values_list("message__thread", "email").distinct()[:_PEOPLE]:
            stored[pk].emails.add(email)
        for thread in asked:
            thread.people_known = True


def _follow(joined: int, target: int) -> None:
    """What other parts know of a conversation, they know of the one that it became a part of."""
    for relation in Thread._meta.related_objects:
        model: Any = relation.related_model
        if model._meta.app_label == Thread._meta.app_label:
            continue
        name = relation.field.name
        for key in list(model.objects.filter(**{name: joined}).values_list("pk", flat=True)):
            with contextlib.suppress(IntegrityError), transaction.atomic():  # it is there already
                model.objects.filter(pk=key).update(**{name: target})


def lock_firm() -> None:
    """One writer of mail at a time in a firm. SQLite's IMMEDIATE transaction does that by itself."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", (current_firm_id(),))


def _ids(parsed: ParsedMessage) -> Iterable[str]:
    """Every Message-ID that ties this message to others, its own first."""
    own = (parsed.message_id,) if parsed.message_id else ()
    return dict.fromkeys((*own, *parsed.references, *parsed.in_reply_to))


def _emails(parsed: ParsedMessage) -> set[str]:
    return {address.email for address in parsed.addresses if address.email}
