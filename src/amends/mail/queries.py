"""Every read of mail. All of them begin at `readable`, which takes the reader: privacy has one door."""

from __future__ import annotations

import re
import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import NamedTuple

from django.db import connection
from django.db.models import Count, F, Prefetch, QuerySet, Window
from django.db.models.functions import RowNumber

from amends.clients.models import Client
from amends.firm.models import Member
from amends.firm.scope import current_firm_id
from amends.mail.models import Body, Copy, ImportRun, Mailbox, Message, Participant, Thread, Traffic
from amends.mail.parsing import Segment, SegmentKind, new_text
from amends.mail.raw import raw_store, read
from amends.mail.row_security import looking_for
from amends.mail.rules import first_order_at
from amends.mail.words import plain_words


@dataclass(frozen=True, slots=True)
class Reader:
    """Who asks. `member` None is the command line or a job, which acts as administrator of the firm in scope."""

    member: Member | None = None


SYSTEM = Reader()
_NEWEST = 100  # messages that are looked at for the newest date to believe
_FEW = 20  # of these, so many at most may be wrong
_LONELY = timedelta(days=365)


def readable(reader: Reader) -> QuerySet[Message]:
    """The messages of the firm in scope that this reader may read. Mailbox visibility is enforced here."""
    return Message.objects.all()


def timeline(reader: Reader, client: Client, *, before: int | None = None, limit: int = 50) -> list[Message]:
    """A client's messages, newest first; `before` is the last key of the page above."""
    rows = readable(reader).filter(client=client)
    if before is not None:
        rows = rows.filter(id__lt=before)
    return list(rows.select_related("thread").order_by("-id")[:limit])


def conversation(reader: Reader, thread_id: uuid.UUID) -> tuple[Thread, list[Message]]:
    """A thread and its messages, oldest first, each with `body` and `participants` loaded.

    Raises `Thread.DoesNotExist` where there is none, or none that this reader may read.
    """
    thread = Thread.objects.select_related("client").get(public_id=thread_id)
    people = Prefetch("participants", Participant.objects.order_by("id"))
    messages = list(
        readable(reader).filter(thread=thread).select_related("body").prefetch_related(people).order_by("id")[:500]
    )
    if not messages:
        raise Thread.DoesNotExist
    return thread, messages


def one_message(reader: Reader, message_id: uuid.UUID) -> Message:
    """One message with its body and thread; raises `Message.DoesNotExist`."""
    return readable(reader).select_related("body", "thread", "client").get(public_id=message_id)


def raw_bytes(reader: Reader, message: Message) -> bytes:
    """The bytes of a message as they came, for a reader who may read it."""
    found = readable(reader).only("raw").get(pk=message.pk)
    return read(raw_store(), found.raw)


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


def search(reader: Reader, words: str, *, before: int | None = None, limit: int = 30) -> list[Message]:
    """Messages with all these words (a quoted phrase counts as one, a last * is a prefix), newest first."""
    found = _matching(words, before=before, limit=limit)
    rows = {row.pk: row for row in readable(reader).filter(id__in=found).select_related("client", "thread")}
    return [rows[number] for number in found if number in rows]


def set_aside(reader: Reader, *, limit: int = 200) -> list[Message]:
    """Messages that could not be read whole, newest first."""
    return list(readable(reader).exclude(set_aside="").select_related("thread").order_by("-id")[:limit])


def set_apart(reader: Reader, *, before: int | None = None, limit: int = 50) -> list[Message]:
    """Newsletters, automatic mail, bounces and invitations, which are never judged; newest first."""
    rows = readable(reader).exclude(kind="personal")
    if before is not None:
        rows = rows.filter(id__lt=before)
    return list(rows.select_related("thread", "client").order_by("-id")[:limit])


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


def weekly_traffic(client_ids: Sequence[int], *, until: date, weeks: int) -> dict[int, list[tuple[int, int]]]:
    """For each client (received, sent) of each of the `weeks` weeks that end on `until`, oldest first; one query."""
    first = until.toordinal() - 7 * weeks + 1
    found = {pk: [(0, 0)] * weeks for pk in client_ids}
    rows = Traffic.objects.filter(client__in=client_ids, day__gte=date.fromordinal(first), day__lte=until)
    for client_id, day, received, sent in rows.values_list("client_id", "day", "received", "sent"):
        week = (day.toordinal() - first) // 7
        before = found[client_id][week]
        found[client_id][week] = (before[0] + received, before[1] + sent)
    return found


def runs(*, limit: int = 20) -> list[ImportRun]:
    """The latest imports."""
    return list(ImportRun.objects.select_related("mailbox").order_by("-created_at")[:limit])


_WORD = re.compile(r'"([^"]+)"|(\S+)')


def _matching(words: str, *, before: int | None, limit: int) -> list[int]:
    """Keys of matching messages, newest first, from the index of this database."""
    terms = [(phrase or word).strip() for phrase, word in _WORD.findall(words[:500].replace("\0", " "))]
    terms = [term for term in terms if plain_words(term)]
    if not terms:
        return []
    top = before if before is not None else 1 << 62
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            query = " ".join(_fts5(term) for term in terms)
            cursor.execute(
                "SELECT rowid FROM mail_search WHERE mail_search MATCH %s AND rowid < %s ORDER BY rowid DESC LIMIT %s",
                (query, top, limit),
            )
        else:
            wanted = " & ".join(_tsquery(term) for term in terms)
            with looking_for(wanted):
                cursor.execute(
                    "SELECT message_id FROM mail_search WHERE firm_id = %s AND vector @@ to_tsquery('simple', %s)"
                    " AND message_id < %s ORDER BY message_id DESC LIMIT %s",
                    (current_firm_id(), wanted, top, limit),
                )
                return [row[0] for row in cursor.fetchall()]
        return [row[0] for row in cursor.fetchall()]


def _fts5(term: str) -> str:
    bare = term.rstrip("*").replace('"', "")
    return f'"{bare}"' + ("*" if term.endswith("*") else "")


def _tsquery(term: str) -> str:
    joined = " <-> ".join(f"'{part}'" for part in plain_words(term))
    return f"({joined}{':*' if term.endswith('*') else ''})"


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
