"""Storing time entries: whom they are for and by whom is found or made a batch at a time, in a handful of queries."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from amends.clients.models import Client, Engagement, Standing, TimeEntry
from amends.clients.rules import company_key, same_person
from amends.clients.timesheets import TimeRow
from amends.core.ids import uuid7_for
from amends.firm.models import Firm, Member
from amends.firm.scope import current_firm_id, insert_models

NO_PROJECT = "No project"  # what is booked on a client without saying on what


@dataclass(frozen=True, slots=True)
class Marked:
    """A row, and the fingerprint by which it is known when it comes again."""

    row: TimeRow
    fingerprint: str


def mark(rows: Iterable[TimeRow], *, source: str) -> list[Marked]:
    """Give every row of a whole file its fingerprint.

    Whether it is billable, its tags and when it was written down are not part of it: they change without its becoming
    another entry. Equal rows are told apart by their number among equals, which an export of a longer period keeps.
    """
    before: Counter[str] = Counter()
    marked = []
    for row in rows:
        same = json.dumps(
            [
                source, row.who, company_key(row.client), _key(row.project), _key(row.task), _key(row.description),
                row.day.isoformat(), row.start and row.start.isoformat(), row.end and row.end.isoformat(), row.seconds,
            ],
            ensure_ascii=False,
        )  # fmt: skip
        before[same] += 1
        digest = hashlib.sha256(f"{same} {before[same]}".encode("utf-8", "surrogatepass")).hexdigest()
        marked.append(Marked(row, digest))
    return marked


def store_time(
    batch: Sequence[Marked],
    *,
    source: str,
    zone: ZoneInfo,
    now: datetime,
    then: Callable[[list[UUID]], None] = lambda clients: None,
) -> int:
    """Store those of these rows that are not known yet, in one transaction; returns how many they were.

    `then` is called in that transaction with the public ids of clients that were made for them.
    """
    with transaction.atomic():
        firm = Firm.objects.select_for_update(no_key=True).get(
            pk=current_firm_id()
        )  # one import at a time names clients
        known = set(
            TimeEntry.objects.filter(fingerprint__in=[one.fingerprint for one in batch]).values_list(
                "fingerprint", flat=True
            )
        )
        fresh = [one for one in batch if one.fingerprint not in known]
        if fresh:
            book = _open_book(firm, [one.row for one in fresh], source=source, now=now)
            insert_models([_entry(one, book, source=source, zone=zone, now=now) for one in fresh])
            then([client.public_id for client in book.made])
    return len(fresh)


@dataclass(slots=True)
class _Book:
    """Whom the rows of one batch are about."""

    members: list[Member]
    own: str  # the firm's own name: what is booked on it is internal
    clients: dict[str, Client] = field(default_factory=dict)
    engagements: dict[tuple[int, str], Engagement] = field(default_factory=dict)
    made: list[Client] = field(default_factory=list)  # clients that were not known before

    def engagement(self, row: TimeRow) -> Engagement | None:
        """What a row is booked on; None for the firm's own work."""
        key = company_key(row.client)
        if key in {"", self.own}:
            return None
        return self.engagements[self.clients[key].pk, _key(_project(row))]

    def member(self, row: TimeRow) -> Member | None:
        """Who worked: by address; by full name where the export has no addresses and one member has that name."""
        if row.email:
            return next((one for one in self.members if one.email == row.email), None)
        named = [one for one in self.members if same_person(one.name, row.person)]
        return named[0] if len(named) == 1 else None


def _open_book(firm: Firm, rows: Sequence[TimeRow], *, source: str, now: datetime) -> _Book:
    book = _Book(members=list(Member.objects.order_by("pk")), own=company_key(firm.name))
    named = {key: row.client for row in reversed(rows) if (key := company_key(row.client)) not in {"", book.own}}
    book.clients, book.made = _clients(named, source=source, now=now)
    wanted: dict[tuple[int, str], tuple[Client, str]] = {}
    for row in rows:
        key = company_key(row.client)
        if key in named:
            client = book.clients[key]
            wanted.setdefault((client.pk, _key(_project(row))), (client, _project(row)))
    book.engagements = _engagements(wanted, now=now)
    return book


def _clients(named: dict[str, str], *, source: str, now: datetime) -> tuple[dict[str, Client], list[Client]]:
    """The firm's client for each of these names (by key), made where there is none; and those that were made."""
    every = Client.objects.only("firm", "name", "standing", "merged_into", "last_at", "public_id")
    rows = {client.pk: client for client in every.order_by("pk")}
    found: dict[str, Client] = {}
    for client in sorted(rows.values(), key=_less_likely):
        key = company_key(client.name)
        if key in named:
            found.setdefault(key, _root(client, rows))
    made = {key: _new_client(name, source=source, now=now) for key, name in named.items() if key not in found}
    insert_models(list(made.values()))
    return found | made, list(made.values())


def _less_likely(client: Client) -> tuple[bool, bool, float, int]:
    """Of several that share a name: one that stands for itself, is a client, was in touch last, came first."""
    touched = client.last_at.timestamp() if client.last_at else 0.0
    return client.merged_into_id is not None, client.standing != Standing.CLIENT, -touched, client.pk


def _root(client: Client, rows: dict[int, Client]) -> Client:
    """What a merged client became a part of."""
    seen: set[int] = set()
    while client.merged_into_id is not None and client.pk not in seen:
        seen.add(client.pk)
        client = rows[client.merged_into_id]
    return client


def _new_client(name: str, *, source: str, now: datetime) -> Client:
    """Whoever the firm books time on is its client: its own people say so, and no judgement of mail overrules them."""
    return Client(
        public_id=_public_id(now, f"client {company_key(name)}"), name=name, name_fixed=True,
        standing=Standing.CLIENT, standing_fixed=True, standing_why=f"Time is booked on it ({source})", created_at=now,
    )  # fmt: skip


def _engagements(
    wanted: dict[tuple[int, str], tuple[Client, str]], *, now: datetime
) -> dict[tuple[int, str], Engagement]:
    """The engagement for each client and project, made where there is none."""
    rows = Engagement.objects.filter(client__in={number for number, _ in wanted}).order_by("-pk")
    found = {(row.client_id, _key(row.name)): row for row in rows}
    made = {
        key: Engagement(
            public_id=_public_id(now, f"engagement {key[0]} {key[1]}"), client=client, name=name, created_at=now
        )
        for key, (client, name) in wanted.items()
        if key not in found
    }
    insert_models(list(made.values()))
    return found | made


def _entry(one: Marked, book: _Book, *, source: str, zone: ZoneInfo, now: datetime) -> TimeEntry:
    row = one.row
    return TimeEntry(
        public_id=_public_id(now, f"time {one.fingerprint}"), engagement=book.engagement(row),
        project=row.project, person=row.person, member=book.member(row), day=row.day,
        starts_at=row.start and row.start.replace(tzinfo=zone), ends_at=row.end and row.end.replace(tzinfo=zone),
        seconds=row.seconds, billable=row.billable, description=row.description, task=row.task,
        tags=list(row.tags), entered_on=row.entered, source=source, fingerprint=one.fingerprint, created_at=now,
    )  # fmt: skip


def _project(row: TimeRow) -> str:
    return row.project or NO_PROJECT


def _key(text: str) -> str:
    return " ".join(text.casefold().split())


def _public_id(now: datetime, value: str) -> UUID:
    return uuid7_for(now, f"{current_firm_id()} {value}".encode("utf-8", "surrogatepass"))
