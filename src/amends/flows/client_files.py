"""Bringing clients in: a file of companies, people or deals becomes clients, contacts and engagements.

A batch is one transaction under the firm's lock, and everything is found again by its record, address or name: killed
at any moment, the import is finished by running it again, and running it again changes nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from amends.clients.actions.books import AddressBook, CannotPlace, Placed, open_address_book
from amends.clients.actions.known import Terms
from amends.clients.addressbooks import Book, Entry, SetAside, is_won, read_book
from amends.clients.models import Client, Standing
from amends.clients.timesheets import Decimals
from amends.firm.models import Firm, Member
from amends.firm.queries import firm_in_scope
from amends.firm.scope import current_firm_id
from amends.flows.judge import judge_new
from amends.flows.webhooks import announce

BATCH = 500
_SHOWN = 200  # rows of a preview
Progress = Callable[[int, int], None]


@dataclass(slots=True)
class ClientReport:
    """What an import of clients saw and did; `seen` is always imported + duplicates + set aside."""

    format: str
    source: str  # the file's name
    imported: int = 0
    duplicates: int = 0
    set_aside: list[SetAside] = field(default_factory=list)
    made: Counter[str] = field(default_factory=Counter)  # clients, people, engagements that are new

    @property
    def seen(self) -> int:
        return self.imported + self.duplicates + len(self.set_aside)

    def as_json(self) -> dict[str, Any]:
        """The keys of `amends import-clients --json`."""
        return {
            "format": self.format,
            "seen": self.seen,
            "imported": self.imported,
            "duplicates": self.duplicates,
            "set_aside": [
                {"source": f"{self.source}, line {one.line}", "line": one.line, "reason": one.reason}
                for one in sorted(self.set_aside, key=lambda one: one.line)
            ],
            "clients": self.made["client"],
            "people": self.made["person"],
            "engagements": self.made["engagement"],
        }


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a preview: where it stands and what it becomes, or why it becomes nothing."""

    line: int
    placed: tuple[Placed, ...]
    reason: str = ""


@dataclass(slots=True)
class ClientPreview:
    """What an import would do. `rows` are the first of those that change something, then of the others."""

    format: str
    report: ClientReport
    rows: list[Row] = field(default_factory=list)
    stages: list[tuple[str, int, bool]] = field(default_factory=list)  # of deals: how many, and whether that is won
    standing: Standing = Standing.UNSURE
    asks_standing: bool = False


def book_of(data: bytes, options: Mapping[str, Any], *, name: str) -> tuple[Book, dict[str, Any]]:
    """A file as the person decided to read it, with what they decided of it. Raises `BookError`, `Unclear`."""
    columns = {int(number): str(field_) for number, field_ in options.get("columns", {}).items()}
    decimal = options.get("decimal")
    return read_book(data, columns=columns, decimals_as=Decimals(decimal) if decimal else None), dict(options)


def import_clients(
    read: tuple[Book, Mapping[str, Any]],
    *,
    source: str,
    member: Member | None,
    clock: Callable[[], datetime],
    progress: Progress = lambda done, total: None,
) -> ClientReport:
    """Store a file of clients for the firm in scope.

    The options are `standing` ("client" or "unsure": what its organisations are where it does not say) and `won`, the
    stages that mean a deal was won.
    """
    book, options = read
    report = ClientReport(book.format, source, set_aside=list(book.set_aside))
    for at in range(0, len(book.entries), BATCH):
        batch = book.entries[at : at + BATCH]
        with transaction.atomic():
            firm = Firm.objects.select_for_update(no_key=True).get(pk=current_firm_id())
            known = open_address_book(firm, _terms(book, options, member=member, now=clock()))
            known.load(batch)
            for entry in batch:
                _place(known, entry, report)
            made = [client.public_id for client in known.new_clients]
            known.flush()
            announce.clients_created(made, now=clock())
        progress(at + len(batch), len(book.entries))
    if Client.objects.filter(touched_at__isnull=False, merged_into=None).exists():
        judge_new(now=clock())
    return report


def preview_clients(read: tuple[Book, Mapping[str, Any]], *, source: str, now: datetime) -> ClientPreview:
    """What that import would do; nothing is written."""
    book, options = read
    terms = _terms(book, options, member=None, now=now)
    report = ClientReport(book.format, source, set_aside=list(book.set_aside))
    known = open_address_book(firm_in_scope(), terms)
    changing: list[Row] = []
    others: list[Row] = [Row(one.line, (), one.reason) for one in book.set_aside]
    for at in range(0, len(book.entries), BATCH):
        batch = book.entries[at : at + BATCH]
        known.load(batch)
        for entry in batch:
            row = _place(known, entry, report)
            (changing if any(one.how != "known" for one in row.placed) else others).append(row)
    return ClientPreview(
        format=book.format,
        report=report,
        rows=(changing + sorted(others, key=lambda row: (not row.reason, row.line)))[:_SHOWN],
        stages=[
            (stage, count, is_won(stage, won=terms.won))
            for stage, count in sorted(book.stages.items(), key=lambda item: -item[1])
        ],
        standing=terms.standing,
        asks_standing=any(entry.company or (entry.person and entry.person.company) for entry in book.entries),
    )


def _place(known: AddressBook, entry: Entry, report: ClientReport) -> Row:
    try:
        placed = known.place(entry)
    except CannotPlace as problem:
        report.set_aside.append(SetAside(entry.line, str(problem)))
        return Row(entry.line, (), str(problem))
    if any(one.how != "known" for one in placed):
        report.imported += 1
        report.made.update(one.kind for one in placed if one.how == "new")
    else:
        report.duplicates += 1
    return Row(entry.line, tuple(placed))


_TOOLS = {"hubspot": "HubSpot", "vcard": "vCard", "csv": "table"}


def _terms(book: Book, options: Mapping[str, Any], *, member: Member | None, now: datetime) -> Terms:
    """A table of clients lists clients; a CRM and an address book list others too."""
    said = options.get("standing")
    usual = Standing.CLIENT if book.source == "csv" else Standing.UNSURE
    won = options.get("won")
    return Terms(
        source=book.source,
        tool=_TOOLS[book.source],
        standing=Standing(said) if said in {Standing.CLIENT, Standing.UNSURE} else usual,
        member=member,
        now=now,
        won=frozenset(str(stage) for stage in won) if won is not None else None,
    )
