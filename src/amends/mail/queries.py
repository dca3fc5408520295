"""Every read of mail. All that is shown begins at `readable`, which takes the reader (see `privacy`)."""

from __future__ import annotations

import re
import uuid
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Case, Count, Exists, F, IntegerField, OuterRef, Prefetch, Q, QuerySet, When, Window
from django.db.models.functions import RowNumber

from amends.clients.models import Client
from amends.firm.scope import current_firm_id
from amends.mail.finding import search as search
from amends.mail.models import Body, Copy, ImportRun, Mailbox, Message, Participant, Thread, Traffic
from amends.mail.parsing import Segment, SegmentKind, new_text, parse
from amends.mail.privacy import SYSTEM as SYSTEM
from amends.mail.privacy import Glimpse, glimpses, hides, with_thread
from amends.mail.privacy import Reader as Reader
from amends.mail.privacy import known_of as known_of
from amends.mail.privacy import readable as readable
from amends.mail.privacy import with_subject as with_subject
from amends.mail.raw import RawMissing, raw_store, read
from amends.mail.rules import first_order_at

_HEAD_END = re.compile(rb"\r?\n\r?\n")
_NEWEST = 100  # messages that are looked at for the newest date to believe
_FEW = 20  # of these, so many at most may be wrong
_LONELY = timedelta(days=365)


def timeline(reader: Reader, client: Client, *, before: int | None = None, limit: int = 50) -> list[Message]:
    """A client's messages, newest first; `before` is the last key of the page above."""
    rows = readable(reader).filter(client=client)
    if before is not None:
        rows = rows.filter(id__lt=before)
    return list(with_thread(rows).order_by("-id")[:limit])


def glimpses_of(reader: Reader, client: Client, *, before: int | None = None, limit: int = 50) -> list[Glimpse]:
    """Of a client's messages those whose subject is all that the reader may see, newest first."""
    rows = Message.objects.filter(client=client)
    if before is not None:
        rows = rows.filter(id__lt=before)
    return glimpses(reader, rows.order_by("-id"), limit=limit)


def between(
    reader: Reader, client: Client, *, first: datetime, after: datetime, before: int | None = None, limit: int = 50
) -> list[Message]:
    """A client's messages from `first` until `after`, newest first; `before` is the last key of the page above."""
    rows = readable(reader).filter(client=client, id__gte=first_order_at(first), id__lt=first_order_at(after))
    if before is not None:
        rows = rows.filter(id__lt=before)
    return list(rows.select_related("thread").order_by("-id")[:limit])


def conversation(reader: Reader, thread_id: uuid.UUID) -> tuple[Thread, list[Message]]:
    """A thread and its messages, oldest first, each with `body` and `participants` loaded.

    Where some of it is closed to the reader, the thread's subject, count and dates are those of what they read. Raises
    `Thread.DoesNotExist` where there is none, or none that this reader may read.
    """
    thread = Thread.objects.select_related("client").get(public_id=thread_id)
    people = Prefetch("participants", people_of(reader).order_by("id"))
    messages = list(
        readable(reader).filter(thread=thread).select_related("body").prefetch_related(people).order_by("id")[:500]
    )
    if not messages:
        raise Thread.DoesNotExist
    if reader.restricted:
        thread.subject, thread.message_count = messages[0].subject, len(messages)
        thread.first_at, thread.last_at = messages[0].sent_at, messages[-1].sent_at
    return thread, messages


def people_of(reader: Reader) -> QuerySet[Participant]:
    """Who is named on messages. Blind copies stand on the sender's own copy alone: they are told to who reads that."""
    rows = Participant.objects.all()
    if not reader.restricted:
        return rows
    closed = Copy.objects.filter(message=OuterRef("message")).exclude(mailbox__in=reader.doors.read)
    return rows.exclude(Exists(closed), role="bcc")


class Beside(NamedTuple):
    """What there is in a conversation beside what a reader reads: subjects, and whether there is more than they see."""

    glimpses: list[Glimpse]
    closed: bool


def beside(reader: Reader, thread: Thread) -> Beside:
    """What a reader may know of the messages of a conversation that they may not read."""
    rows = known_of(reader).filter(thread=thread)
    return Beside(glimpses(reader, rows.order_by("id"), limit=500), hides(reader, rows))


def one_message(reader: Reader, message_id: uuid.UUID) -> Message:
    """One message with its body and thread; raises `Message.DoesNotExist`."""
    return with_thread(readable(reader).select_related("body", "client")).get(public_id=message_id)


def raw_bytes(reader: Reader, message: Message) -> bytes:
    """The bytes of a message as they came, for a reader who may read it: those of a copy that is open to them."""
    found = readable(reader).only("raw").get(pk=message.pk)
    copies = Copy.objects.filter(message=found, mailbox__in=reader.doors.read).order_by("pk")
    mine = copies.values_list("raw", flat=True).first() if reader.restricted else None
    return read(raw_store(), mine or found.raw)


def chain_of(reader: Reader, message: Message) -> tuple[str, ...]:
    """The ids that an answer to this message names, oldest first, its own last; as far as its bytes are there."""
    try:
        head = next(raw_store().chunks(readable(reader).only("raw").get(pk=message.pk).raw))
    except RawMissing:
        head = b""
    named = parse(_HEAD_END.split(head, maxsplit=1)[0] + b"\r\n\r\n", now=message.sent_at)
    ids = dict.fromkeys([*(named.references or named.in_reply_to), message.message_id])
    return tuple(one for one in ids if one)


def lies_with(message: Message) -> set[int]:
    """The keys of the members in whose mailboxes a message lies."""
    owners = Copy.objects.filter(message=message, mailbox__owner__isnull=False)
    return set(owners.values_list("mailbox__owner_id", flat=True))


def segments_of(body: Body) -> tuple[Segment, ...]:
    """The parts of a stored body."""
    return tuple(Segment(SegmentKind(kind), start, end) for kind, start, end in body.segments)


def new_text_of(body: Body) -> str:
    """The sender's own words; offsets of findings count its characters."""
    return new_text(body.text, segments_of(body))


def texts(reader: Reader, message_ids: Iterable[int]) -> dict[int, str]:
    """New text by message key."""
    allowed = readable(reader).filter(id__in=list(message_ids)).select_related("body")
    return {message.pk: new_text_of(message.body) for message in allowed}


def set_aside(reader: Reader, *, limit: int = 200) -> list[Message]:
    """Messages that could not be read whole, newest first."""
    return list(with_thread(readable(reader)).exclude(set_aside="").order_by("-id")[:limit])


def set_apart(reader: Reader, *, before: int | None = None, limit: int = 50) -> list[Message]:
    """Newsletters, automatic mail, bounces and invitations, which are never judged; newest first."""
    rows = readable(reader).exclude(kind__in=["personal", "review"])
    if before is not None:
        rows = rows.filter(id__lt=before)
    return list(with_thread(rows.select_related("client")).order_by("-id")[:limit])


def newest_at(reader: Reader) -> datetime | None:
    """When the newest personal message was sent; where there is none, the newest of any kind.

    Where a few messages stand a year or more after all others of a large archive, their dates are taken for wrong
    ones: a machine whose clock was wrong must not move everything else out of sight.
    """
    times = readable(reader).order_by("-id").values_list("sent_at", flat=True)
    found = list(times.filter(kind="personal")[:_NEWEST]) or list(times[:_NEWEST])
    start = 0
    for place, (newer, older) in enumerate(pairwise(found)):
        if newer - older > _LONELY and len(found) == _NEWEST and place < _FEW:
            start = place + 1
    return found[start] if found else None


def weekly_traffic(
    reader: Reader, client_ids: Sequence[int], *, until: date, weeks: int, zone: ZoneInfo
) -> dict[int, list[tuple[int, int]]]:
    """For each client (received, sent) of each of the `weeks` weeks that end on `until`, oldest first; one query.

    `zone` is the firm's, whose days they are. A reader to whom some mailbox is closed gets what they may read counted.
    """
    found = {pk: [(0, 0)] * weeks for pk in client_ids}
    first = date.fromordinal(until.toordinal() - 7 * weeks + 1)
    counts = (
        _counted(reader, client_ids, first, weeks, zone) if reader.restricted else _totals(client_ids, first, until)
    )
    for client_id, week, received, sent in counts:
        before = found[client_id][week]
        found[client_id][week] = (before[0] + received, before[1] + sent)
    return found


_Week = tuple[int, int, int, int]
"""A client's key, which week (the oldest is 0), and how many messages were received and sent in it, or a part of it."""


def _totals(clients: Sequence[int], first: date, last: date) -> Iterator[_Week]:
    rows = Traffic.objects.filter(client__in=clients, day__gte=first, day__lte=last)
    for client_id, day, received, sent in rows.values_list("client_id", "day", "received", "sent"):
        yield client_id, (day - first).days // 7, received, sent


def _counted(reader: Reader, clients: Sequence[int], first: date, weeks: int, zone: ZoneInfo) -> Iterator[_Week]:
    """The same from the messages themselves: only those of the weeks asked for are looked at."""
    days = [datetime.combine(first + timedelta(days=7 * n), datetime.min.time(), zone) for n in range(weeks + 1)]
    begins = [first_order_at(day) for day in days]
    rows = readable(reader).filter(
        client__in=clients, kind="personal", direction__in=["in", "out"], set_aside="",
        id__gte=begins[0], id__lt=begins[-1],
    )  # fmt: skip
    in_week = Case(*(When(id__lt=end, then=n) for n, end in enumerate(begins[1:])), output_field=IntegerField())
    grouped = rows.order_by().annotate(week=in_week).values("client_id", "week", "direction").annotate(n=Count("pk"))
    for client_id, week, direction, count in grouped.values_list("client_id", "week", "direction", "n"):
        yield client_id, week, count * (direction == "in"), count * (direction == "out")


def runs(reader: Reader, *, limit: int = 20) -> list[ImportRun]:
    """The latest imports into mailboxes that this reader may read, and those that they began themselves."""
    return list(runs_of(reader).order_by("-created_at")[:limit])


def one_run(reader: Reader, run_id: uuid.UUID) -> ImportRun:
    """One of them; raises `ImportRun.DoesNotExist`."""
    return runs_of(reader).get(public_id=run_id)


def runs_of(reader: Reader) -> QuerySet[ImportRun]:
    """What a report names (files, places in them) is as private as the mailbox that they went into."""
    rows = ImportRun.objects.select_related("mailbox")
    if not reader.restricted:
        return rows
    return rows.filter(Q(mailbox__in=reader.doors.read) | Q(started_by=reader.member))


def unjudged(limit: int, *, exclude: Collection[int] = ()) -> list[Message]:
    """Messages that nothing has read yet, newest first, with their bodies; but those with these keys."""
    rows = Message.objects.filter(judged=0).exclude(pk__in=exclude)
    return list(rows.select_related("body").order_by("-id")[:limit])


def touched_threads(limit: int, *, exclude: Collection[int] = ()) -> list[Thread]:
    """Threads whose signals may be out of date, but those with these keys."""
    rows = Thread.objects.filter(touched_at__isnull=False).exclude(pk__in=exclude)
    return list(rows.order_by("touched_at", "pk")[:limit])


def left_to_judge() -> int:
    """How many messages, threads and clients wait to be judged."""
    return (
        Message.objects.filter(judged=0).count()
        + Thread.objects.filter(touched_at__isnull=False).count()
        + Client.objects.filter(touched_at__isnull=False).count()
    )


class Waiting(NamedTuple):
    """How many messages wait to be read, of how many that ever are, and how many threads to be brought up to date."""

    messages: int
    total: int
    threads: int


def waiting_to_be_read() -> Waiting:
    """What is still to be judged; all messages are counted only where some wait."""
    messages = Message.objects.filter(judged=0).count()
    threads = Thread.objects.filter(touched_at__isnull=False).count()
    total = Message.objects.filter(kind="personal").count() if messages or threads else 0
    return Waiting(messages, max(total, messages), threads)


class Letters(NamedTuple):
    """Of a client's newest mail: addresses they write from, subject and first own words of what was received and
    sent, and all the words received, signatures and all."""

    addresses: list[str]
    received: list[str]
    sent: list[str]
    words: list[str]


def letters_of(clients: Sequence[Client], *, each: int, signed: int = 30) -> dict[int, Letters]:
    """The newest `each` messages each way (`signed` for the words) of several clients, by key, in one query."""
    rows = Message.objects.filter(client__in=clients, kind="personal", direction__in=["in", "out"])
    place = Window(RowNumber(), partition_by=[F("client"), F("direction")], order_by=F("id").desc())
    found = {client.pk: Letters([], [], [], []) for client in clients}
    for message in rows.annotate(place=place).filter(place__lte=signed).select_related("body").order_by("-id"):
        known, sampled = found[message.client_id or 0], message.place <= each
        if message.direction == "in":
            known.words.append(message.body.text[:4000])
            if sampled:
                known.received.append(_sample(message))
                if message.sender_email not in known.addresses:
                    known.addresses.append(message.sender_email)
        elif sampled:
            known.sent.append(_sample(message))
    return found


class Said(NamedTuple):
    """What a client's mail held up to a moment: addresses, newest messages received and sent, how many of each."""

    addresses: list[str]
    received: list[str]
    sent: list[str]
    received_count: int
    sent_count: int


def samples_then(reader: Reader, clients: Sequence[int], *, each: int, at: datetime) -> dict[int, Said]:
    """The samples of `letters_of` as it stood at `at`, in two queries."""
    rows = readable(reader).filter(
        client__in=clients, kind="personal", direction__in=["in", "out"], id__lt=first_order_at(at) + (1 << 29)
    )
    rows = rows.filter(sent_at__lte=at)
    counts = {
        (found["client"], found["direction"]): found["n"]
        for found in rows.filter(set_aside="").order_by().values("client", "direction").annotate(n=Count("pk"))
    }
    place = Window(RowNumber(), partition_by=[F("client"), F("direction")], order_by=F("id").desc())
    said = {key: Said([], [], [], counts.get((key, "in"), 0), counts.get((key, "out"), 0)) for key in clients}
    for message in rows.annotate(place=place).filter(place__lte=each).select_related("body").order_by("-id"):
        known = said[message.client_id or 0]
        if message.direction == "out":
            known.sent.append(_sample(message))
            continue
        known.received.append(_sample(message))
        if message.sender_email not in known.addresses:
            known.addresses.append(message.sender_email)
    return said


def _sample(message: Message) -> str:
    return f"{message.subject}\n{new_text_of(message.body)[:600]}"


def active_days(clients: Sequence[Client]) -> dict[int, list[date]]:
    """The days on which each of these clients (by key) wrote, in order."""
    found: dict[int, list[date]] = {client.pk: [] for client in clients}
    rows = Traffic.objects.filter(client__in=clients, received__gt=0).order_by("client", "day")
    for client, day in rows.values_list("client_id", "day"):
        found[client].append(day)
    return found


def all_active_days() -> list[list[date]]:
    """The same for every client of the firm."""
    found: dict[int, list[date]] = {}
    rows = Traffic.objects.filter(received__gt=0, client__standing="client", client__merged_into=None)
    for client_id, day in rows.order_by("client_id", "day").values_list("client_id", "day"):
        found.setdefault(client_id, []).append(day)
    return list(found.values())


def last_received_on(client: Client, midnight: datetime, *, days: int) -> Message | None:
    """The last personal message received from a client within `days` of `midnight`."""
    first, after = first_order_at(midnight), first_order_at(midnight + timedelta(days=days))
    rows = Message.objects.filter(client=client, kind="personal", direction="in", id__gte=first, id__lt=after)
    return rows.order_by("-id").first()


def known_copies(mailbox: Mailbox, hashes: Sequence[str]) -> set[str]:
    """Those of these SHA-256 hashes that came through this mailbox before."""
    return set(Copy.objects.filter(raw__in=hashes, mailbox=mailbox).values_list("raw", flat=True))


def known_reasons(mailbox: Mailbox, hashes: Sequence[str]) -> dict[str, str]:
    """Of these hashes those that came through this mailbox before, each with why it was set aside, or ""."""
    rows = Copy.objects.filter(raw__in=hashes, mailbox=mailbox).values_list("raw", "message__set_aside")
    return dict(rows)


def missing_raw(*, newest: int) -> int:
    """How many of the newest messages have no bytes in the raw store."""
    hashes = list(Message.objects.order_by("-id").values_list("raw", flat=True)[:newest])
    return len(set(hashes) - raw_store().known(hashes))


def unindexed() -> int:
    """How many messages the full-text index does not know."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT count(*) FROM mail_search_docsize")
        else:
            cursor.execute("SELECT count(*) FROM mail_search WHERE firm_id = %s", (current_firm_id(),))
        return max(0, Message.objects.count() - int(cursor.fetchone()[0]))


def has_copies(mailbox: Mailbox) -> bool:
    """Whether anything came through this mailbox before."""
    return Copy.objects.filter(mailbox=mailbox).exists()
