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

from amends.clients.models import Client, Engagement, Standing, TimeEntry, Upload
from amends.clients.queries import clients_by_name
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


@dataclass(slots=True)
class Stored:
    """What one batch added: entries, and the keys of clients and engagements that were made for them."""

    entries: int = 0
    clients: list[int] = field(default_factory=list)
    engagements: list[int] = field(default_factory=list)


def store_time(
    batch: Sequence[Marked],
    *,
    source: str,
    zone: ZoneInfo,
    now: datetime,
    upload: Upload | None = None,
    then: Callable[[list[UUID]], None] = lambda clients: None,
) -> Stored:
    """Store those of these rows that are not known yet, in one transaction; says what was new.

    `then` is called in that transaction with the public ids of clients that were made for them.
    """
    with transaction.atomic():
        firm = Firm.objects.select_for_update(no_key=True).get(
            pk=current_firm_id()
        )  # one import at a time names clients
        known = known_entries([one.fingerprint for one in batch])
        fresh = [one for one in batch if one.fingerprint not in known]
        if not fresh:
            return Stored()
        book = open_time_book(firm, [one.row for one in fresh])
        made = book.make(source=source, now=now)
        entries = [_entry(one, book, source=source, zone=zone, now=now, upload=upload) for one in fresh]
        insert_models(entries)
        made.entries = len(entries)
        if upload is not None:
            note_made(upload, clients=made.clients, engagements=made.engagements)
        then([client.public_id for client in book.made])
    return made


def note_made(upload: Upload, *, clients: Sequence[int], engagements: Sequence[int]) -> None:
    """Remember what an upload's import made, in the same transaction: taking it back takes these too."""
    if clients or engagements:
        upload.made = {
            "clients": [*upload.made.get("clients", []), *clients],
            "engagements": [*upload.made.get("engagements", []), *engagements],
        }
        upload.save(update_fields=["made"])


def take_back_time(upload: Upload) -> int:
    """Remove the entries of one upload, and the engagements and clients that it made and nothing else rests on.

    Returns how many entries they were. What somebody changed meanwhile, or other rows point to, stays.
    """
    with transaction.atomic():
        Firm.objects.select_for_update(no_key=True).get(pk=current_firm_id())
        count, _ = TimeEntry.objects.filter(upload=upload).delete()
        unused = Engagement.objects.filter(
            pk__in=upload.made.get("engagements", []), time=None, version=1, closed_at=None
        )
        Engagement.objects.filter(pk__in=list(unused.values_list("pk", flat=True))).delete()
        lonely = Client.objects.filter(
            pk__in=upload.made.get("clients", []), engagements=None, domains=None, contacts=None, last_at=None,
            merged_into=None, standing_by=None, named_by=None,
        )  # fmt: skip
        Client.objects.filter(pk__in=list(lonely.values_list("pk", flat=True))).delete()
    return count


def known_entries(fingerprints: Sequence[str]) -> set[str]:
    """Those of these fingerprints that are stored."""
    return set(TimeEntry.objects.filter(fingerprint__in=fingerprints).values_list("fingerprint", flat=True))


@dataclass(slots=True)
class TimeBook:
    """Whom rows are about: what is known of them, and by what names, until `make` adds what is not."""

    members: list[Member]
    own: str  # the firm's own name: what is booked on it is internal
    named: dict[str, str] = field(default_factory=dict)  # clients by key, as the file calls them
    wanted: dict[tuple[str, str], str] = field(default_factory=dict)  # engagements by the keys of client and project
    clients: dict[str, Client] = field(default_factory=dict)
    engagements: dict[tuple[int, str], Engagement] = field(default_factory=dict)
    made: list[Client] = field(default_factory=list)  # clients that were not known before

    def make(self, *, source: str, now: datetime) -> Stored:
        """Write the clients and engagements that are not there."""
        fresh = {
            key: _new_client(name, source=source, now=now)
            for key, name in self.named.items()
            if key not in self.clients
        }
        insert_models(list(fresh.values()))
        self.clients |= fresh
        self.made = list(fresh.values())
        made: dict[tuple[int, str], Engagement] = {}
        for (client_key, key), name in self.wanted.items():
            client = self.clients[client_key]
            place = (client.pk, key)
            if place not in self.engagements and place not in made:
                made[place] = Engagement(
                    public_id=_public_id(now, f"engagement {client.pk} {key}"), client=client, name=name, created_at=now
                )
        insert_models(list(made.values()))
        self.engagements |= made
        return Stored(0, [client.pk for client in fresh.values()], [one.pk for one in made.values()])

    def known_client(self, row: TimeRow) -> Client | None:
        """Whom a row is for, where they are there already."""
        return self.clients.get(company_key(row.client))

    def known_engagement(self, row: TimeRow) -> Engagement | None:
        """What a row is booked on, where that is there already."""
        client = self.known_client(row)
        return self.engagements.get((client.pk, _key(_project(row)))) if client is not None else None

    @staticmethod
    def keys(row: TimeRow) -> tuple[str, str]:
        """By what the client and the project of a row are told apart."""
        return company_key(row.client), _key(_project(row))

    def is_own(self, row: TimeRow) -> bool:
        """Whether a row is the firm's own work."""
        return company_key(row.client) in {"", self.own}

    def engagement(self, row: TimeRow) -> Engagement | None:
        """What a row is booked on; None for the firm's own work."""
        if self.is_own(row):
            return None
        return self.engagements[self.clients[company_key(row.client)].pk, _key(_project(row))]

    def member(self, row: TimeRow) -> Member | None:
        """Who worked: by address; by full name where the export has no addresses and one member has that name."""
        if row.email:
            return next((one for one in self.members if one.email == row.email), None)
        named = [one for one in self.members if same_person(one.name, row.person)]
        return named[0] if len(named) == 1 else None


def open_time_book(firm: Firm, rows: Sequence[TimeRow]) -> TimeBook:
    """What is known of whom these rows are about; nothing is written."""
    book = TimeBook(members=list(Member.objects.order_by("pk")), own=company_key(firm.name))
    for row in rows:
        key = company_key(row.client)
        if key not in {"", book.own}:
            book.named.setdefault(key, row.client)
            book.wanted.setdefault((key, _key(_project(row))), _project(row))
    book.clients = clients_by_name(set(book.named))
    owners = {client.pk for client in book.clients.values()}
    found = Engagement.objects.filter(client__in=owners).order_by("-pk") if owners else []
    book.engagements = {(row.client_id, _key(row.name)): row for row in found}
    return book


def _new_client(name: str, *, source: str, now: datetime) -> Client:
    """Whoever the firm books time on is its client: its own people say so, and no judgement of mail overrules them."""
    return Client(
        public_id=_public_id(now, f"client {company_key(name)}"), name=name, name_fixed=True,
        standing=Standing.CLIENT, standing_fixed=True, standing_why=f"Time is booked on it ({source})", created_at=now,
    )  # fmt: skip


def _entry(
    one: Marked, book: TimeBook, *, source: str, zone: ZoneInfo, now: datetime, upload: Upload | None
) -> TimeEntry:
    row = one.row
    return TimeEntry(
        public_id=_public_id(now, f"time {one.fingerprint}"), engagement=book.engagement(row),
        project=row.project, person=row.person, member=book.member(row), day=row.day,
        starts_at=row.start and row.start.replace(tzinfo=zone), ends_at=row.end and row.end.replace(tzinfo=zone),
        seconds=row.seconds, billable=row.billable, description=row.description, task=row.task,
        tags=list(row.tags), entered_on=row.entered, source=source, fingerprint=one.fingerprint, created_at=now,
        rate=row.rate, amount=row.amount, cost=row.cost, currency=row.currency, upload=upload,
    )  # fmt: skip


def _project(row: TimeRow) -> str:
    return row.project or NO_PROJECT


def _key(text: str) -> str:
    return " ".join(text.casefold().split())


def _public_id(now: datetime, value: str) -> UUID:
    return uuid7_for(now, f"{current_firm_id()} {value}".encode("utf-8", "surrogatepass"))
