"""Storing a batch of read messages: bytes first, durably; then everything known of them, in one transaction."""

from __future__ import annotations

import json
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.db.models import QuerySet

from amends.clients.actions.place import PlaceBook, open_book
from amends.clients.models import Client
from amends.core.ids import uuid7_for
from amends.firm.models import Firm
from amends.firm.scope import all_firms, current_firm_id, insert_rows
from amends.mail.actions.erased import REASON, erased
from amends.mail.actions.search import index_messages
from amends.mail.actions.sides import sides
from amends.mail.actions.threads import OpenThread, ThreadBook, lock_firm
from amends.mail.digest import Digest
from amends.mail.models import Body, Copy, Direction, Mailbox, Message, Participant, Traffic
from amends.mail.queries import known_copies
from amends.mail.raw import raw_store
from amends.mail.rules import is_personal, message_order, sender, skip_reason


@dataclass(slots=True)
class Stored:
    """What became of a batch; `imported + duplicates + sum(skipped) + len(set_aside)` is its length."""

    imported: int = 0
    duplicates: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    set_aside: list[tuple[str, str]] = field(default_factory=list)  # source, reason
    earliest: datetime | None = None  # when the oldest new message was sent
    fresh: set[str] = field(default_factory=set)  # SHA-256 of what was not known before, set aside or not
    messages: list[uuid.UUID] = field(default_factory=list)  # public ids of what is new
    clients: list[uuid.UUID] = field(default_factory=list)  # and of organisations that nobody knew


@dataclass(slots=True)
class _Placed:
    """One new message on its way into the tables."""

    digest: Digest
    id: int
    public_id: uuid.UUID
    direction: str
    client: Client | None
    thread: OpenThread


def store(
    batch: Sequence[Digest],
    *,
    mailbox: Mailbox,
    now: datetime,
    then: Callable[[Stored], None] = lambda stored: None,
) -> Stored:
    """Store what is new of `batch` in the firm in scope; calling it again with the same batch changes nothing.

    `then` is called in the transaction that stores, for what must be written together with it.
    """
    result, kept = Stored(), []
    gone = erased(batch)
    for digest in batch:
        reason = REASON if digest.fingerprint in gone else skip_reason(digest.parsed.labels)
        if reason:
            result.skipped[reason] += 1
        else:
            kept.append(digest)
    _store_bytes(kept)
    with transaction.atomic():
        lock_firm()
        kept = _without_erased(kept, result)
        fresh, copies = _sort_out(kept, mailbox, result)
        ids = _place(fresh, result, now=now) if fresh else {}
        result.earliest = min((digest.parsed.sent_at for digest in fresh), default=None)
        _insert_copies([(digest, ids.get(fingerprint, fingerprint)) for digest, fingerprint in copies], mailbox, now)
        then(result)
    return result


def _without_erased(batch: list[Digest], result: Stored) -> list[Digest]:
    """Leave out, bytes too, what somebody erased while the bytes of this batch were written."""
    gone = erased(batch)
    if not gone:
        return batch
    result.skipped[REASON] += sum(digest.fingerprint in gone for digest in batch)
    raw_store().remove([digest.packed.sha256 for digest in batch if digest.fingerprint in gone])
    return [digest for digest in batch if digest.fingerprint not in gone]


def _store_bytes(batch: Iterable[Digest]) -> None:
    """Bytes before all else: whatever fails afterwards, the next import of the same archive finds them."""
    raw = raw_store()
    raw.put(digest.packed for digest in batch if digest.packed.chunks)
    for digest in batch:
        if not digest.packed.chunks:
            raw.put_stream(digest.packed.sha256, digest.packed.size, digest.item.blocks())


def _sort_out(
    batch: Sequence[Digest], mailbox: Mailbox, result: Stored
) -> tuple[list[Digest], list[tuple[Digest, int | str]]]:
    """Part new messages from known ones. Copies are (digest, message id), or its fingerprint while it has no id."""
    have = known_copies(mailbox, [digest.packed.sha256 for digest in batch])
    prints = [digest.fingerprint for digest in batch]
    known: dict[str, int | str] = dict(Message.objects.filter(fingerprint__in=prints).values_list("fingerprint", "id"))
    fresh, copies = [], []
    for digest in batch:
        if digest.packed.sha256 in have:
            result.duplicates += 1
            continue
        have.add(digest.packed.sha256)
        if digest.fingerprint in known:
            result.duplicates += 1
        else:
            known[digest.fingerprint] = digest.fingerprint
            fresh.append(digest)
            result.fresh.add(digest.packed.sha256)
            if digest.parsed.whole:
                result.imported += 1
            else:
                result.set_aside.append((digest.item.source, set_aside_reason(digest)))
        copies.append((digest, known[digest.fingerprint]))
    return fresh, copies


def set_aside_reason(digest: Digest) -> str:
    """Why a message is set aside, as a sentence; "" where it was read whole."""
    if digest.parsed.whole:
        return ""
    return (digest.parsed.defects[0] if digest.parsed.defects else "It could not be read whole.")[:300]


def _place(batch: list[Digest], result: Stored, *, now: datetime) -> dict[int | str, int]:
    """Give each new message its people, thread and key, and insert it. Returns ids by fingerprint."""
    emails = {address.email for digest in batch for address in digest.parsed.addresses}
    book = open_book(emails, now=now)
    threads = ThreadBook([digest.parsed for digest in batch], now=now)
    taken = _free_ids(batch)
    placed = []
    for digest in batch:
        thread = threads.place(digest.parsed, digest.fingerprint)
        direction, client = _sides(digest, book, thread)
        if client is not None and thread.client is None and thread.client_id is None:
            thread.client = client
        public_id = uuid7_for(digest.parsed.sent_at, f"{current_firm_id()} {digest.fingerprint}".encode())
        placed.append(_Placed(digest, taken[digest.fingerprint], public_id, direction, client, thread))
    book.flush()
    threads.flush()
    _insert(placed, now)
    _count_traffic(placed)
    result.messages = [row.public_id for row in placed]
    result.clients = [client.public_id for client in book.made]
    return {row.digest.fingerprint: row.id for row in placed}


def _free_ids(batch: Sequence[Digest]) -> dict[str, int]:
    """A primary key for each message, in its place in time and not taken, by whichever firm."""
    firm = current_firm_id()
    everybody: QuerySet[Message] = QuerySet(Message)
    wanted = {
        digest.fingerprint: message_order(digest.parsed.sent_at, f"{firm} {digest.fingerprint}") for digest in batch
    }
    with all_firms():
        used = set(everybody.filter(id__in=wanted.values()).values_list("id", flat=True))
        for fingerprint, number in wanted.items():
            free = number
            while free in used or (free != number and everybody.filter(id=free).exists()):
                free += 1
            used.add(free)
            wanted[fingerprint] = free
    return wanted


def _sides(digest: Digest, book: PlaceBook, thread: OpenThread) -> tuple[str, Client | None]:
    """Which way a message went and with which client, booked on the client's totals."""
    parsed = digest.parsed
    personal = is_personal(parsed)
    found = sides(parsed.addresses, sender(parsed), personal=personal, at=parsed.sent_at, book=book)
    if found.direction == Direction.INTERNAL:
        return found.direction, thread.client
    if personal and found.client is not None:
        book.count(found.client, found.contact, parsed.sent_at, outgoing=found.direction == Direction.OUT)
    return found.direction, found.client


_MESSAGE = (
    "id", "public_id", "thread_id", "client_id", "direction", "kind", "kind_reason", "sent_at", "sender_name",
    "sender_email", "subject", "snippet", "attachment_count", "raw", "message_id", "fingerprint", "set_aside",
    "asks", "judged", "arrived_at",
)  # fmt: skip
_BODY = ("message_id", "text", "segments", "has_html", "attachments", "notes")


def _insert(placed: Sequence[_Placed], now: datetime) -> None:
    time = connection.ops.adapt_datetimefield_value
    arrived = time(now)
    messages, bodies = [], []
    people: list[tuple[int, str, str, str]] = []
    for row in placed:
        parsed = row.digest.parsed
        name, email = sender(parsed)
        client_id = (
            row.client.pk if row.client else row.thread.root().client_id if row.direction == "internal" else None
        )
        messages.append(
            (
                row.id, row.public_id.hex, row.thread.key(), client_id, str(row.direction), str(parsed.kind),
                parsed.kind_reason[:200], time(parsed.sent_at), name[:200], email[:320], parsed.subject[:500],
                _snippet(parsed.new_text or parsed.text), len(parsed.attachments), row.digest.packed.sha256,
                parsed.message_id[:998], row.digest.fingerprint, set_aside_reason(row.digest),
                0.0, 0 if is_personal(parsed) else 1, arrived,
            )
        )  # fmt: skip
        bodies.append((row.id, parsed.text, _segments(row.digest), parsed.has_html, _attachments(row.digest),
                       _list(parsed.defects)))  # fmt: skip
        people.extend(
            (row.id, str(address.role), address.name[:200], address.email[:320]) for address in parsed.addresses
        )
    insert_rows(Message, _MESSAGE, messages)
    insert_rows(Body, _BODY, bodies)
    insert_rows(Participant, ("message_id", "role", "name", "email"), people)
    index_messages((row.id, row.digest.parsed) for row in placed)


def _segments(digest: Digest) -> str:
    return json.dumps([[str(part.kind), part.start, part.end] for part in digest.parsed.segments])


def _list(values: Sequence[str]) -> str:
    return json.dumps(values) if values else "[]"


def _attachments(digest: Digest) -> str:
    if not digest.parsed.attachments:
        return "[]"
    return json.dumps(
        [
            {
                "index": part.index,
                "name": part.name,
                "content_type": part.content_type,
                "size": part.size,
                "content_id": part.content_id,
                "inline": part.inline,
            }
            for part in digest.parsed.attachments
        ]
    )


def _snippet(text: str) -> str:
    plain = " ".join(text[:400].split())
    if len(plain) <= 160:
        return plain
    cut = plain[:159]
    return (cut[: cut.rfind(" ")] if " " in cut[80:] else cut) + "…"


def _count_traffic(placed: Sequence[_Placed]) -> None:
    """Add to the daily totals of each client, by the day in the firm's time zone."""
    zone = ZoneInfo(Firm.objects.values_list("timezone", flat=True).get(pk=current_firm_id()))
    days: Counter[tuple[int, str, str]] = Counter()
    for row in placed:
        if row.client is not None and is_personal(row.digest.parsed) and row.direction in {"in", "out"}:
            day = row.digest.parsed.sent_at.astimezone(zone).date().isoformat()
            days[row.client.pk, day, str(row.direction)] += 1
    table = Traffic._meta.db_table
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {table} (firm_id, client_id, day, received, sent) VALUES (%s, %s, %s, %s, %s)"  # noqa: S608
            " ON CONFLICT (firm_id, client_id, day) DO UPDATE SET"
            f" received = {table}.received + excluded.received, sent = {table}.sent + excluded.sent",
            [
                (current_firm_id(), client, day, count * (side == "in"), count * (side == "out"))
                for (client, day, side), count in days.items()
            ],
        )


def _insert_copies(copies: Sequence[tuple[Digest, int | str]], mailbox: Mailbox, now: datetime) -> None:
    arrived = connection.ops.adapt_datetimefield_value(now)
    insert_rows(
        Copy,
        ("mailbox_id", "message_id", "raw", "size", "source", "labels", "arrived_at"),
        [
            (
                mailbox.pk, message, digest.packed.sha256, digest.packed.size, digest.item.source[:500],
                _list(digest.parsed.labels), arrived,
            )
            for digest, message in copies
        ],
    )  # fmt: skip


def refresh_statistics() -> None:
    """Tell SQLite how selective its indexes are, from a sample; PostgreSQL sees to that by itself.

    Otherwise it takes "this firm's" for a few rows, and goes through all of them instead of to the keys it was given.
    """
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA analysis_limit=1000")
            cursor.execute("ANALYZE")
