"""The part of the firm's address book that a file of clients touches: looked up in batches, and written at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from amends.clients.addressbooks import Deal, Entry, Person
from amends.clients.models import (
    Client,
    Contact,
    ContactAddress,
    Domain,
    Engagement,
    KnownRecord,
    RecordKind,
    Standing,
)
from amends.clients.queries import root_of
from amends.clients.rules import company_key, organisation
from amends.core.ids import uuid7_for
from amends.firm.models import Firm, Member
from amends.firm.scope import current_firm_id, insert_models, insert_rows, update_rows

_AT_ONCE = 500  # values in one query
Row = Client | Contact | Engagement


@dataclass(frozen=True, slots=True)
class Terms:
    """What is said of the whole file: who brought it, what its organisations are to us, which stages mean won."""

    source: str
    tool: str  # as a person calls it
    standing: Standing
    member: Member | None
    now: datetime
    won: frozenset[str] | None = None


@dataclass(slots=True)
class KnownBook:
    """What is known of whom some entries are about, and what is new or has changed until `flush`."""

    terms: Terms
    firm: Firm
    own: frozenset[str]
    clients: dict[int, Client] = field(default_factory=dict)  # all, by key
    by_name: dict[str, Client] = field(default_factory=dict)
    domains: dict[str, Client] = field(default_factory=dict)
    addresses: dict[str, Contact] = field(default_factory=dict)
    contacts: dict[int, Contact] = field(default_factory=dict)  # those that were looked up, by key
    works: dict[int, Engagement] = field(default_factory=dict)  # the same of engagements
    records: dict[tuple[str, str], Row] = field(default_factory=dict)
    people: dict[int, list[Contact]] = field(default_factory=dict)  # by the identity of their client
    work: dict[int, dict[str, Engagement]] = field(default_factory=dict)
    new_clients: list[Client] = field(default_factory=list)
    new_contacts: list[Contact] = field(default_factory=list)
    new_work: list[Engagement] = field(default_factory=list)
    _new_domains: list[tuple[str, Client]] = field(default_factory=list)
    _new_addresses: list[tuple[str, Contact]] = field(default_factory=list)
    _new_records: list[tuple[RecordKind, str, Row]] = field(default_factory=list)
    _changed: dict[int, Row] = field(default_factory=dict)

    def load(self, entries: Sequence[Entry]) -> None:
        """Look up what is known of these entries, in a number of queries that does not grow with them."""
        people = [entry.person for entry in entries if entry.person]
        emails = {email for person in people for email in person.emails}
        sites = {entry.company.domain for entry in entries if entry.company and entry.company.domain}
        for part in _parts({organisation(email) for email in emails} | sites, without=self.domains):
            for domain in Domain.objects.filter(value__in=part):
                self.domains[domain.value] = root_of(self.clients[domain.client_id], self.clients)
        for part in _parts(emails, without=self.addresses):
            for address in ContactAddress.objects.filter(email__in=part).select_related("contact"):
                self.addresses[address.email] = self._same(address.contact)
        self._load_records(entries)
        self._load_people(people)
        if any(entry.deal for entry in entries):
            for work in Engagement.objects.filter(client__in=self._deal_clients(entries)).order_by("-pk"):
                same = self._same_work(work)
                self.work_of(same.client).setdefault(work_key(work.name), same)

    def _load_records(self, entries: Sequence[Entry]) -> None:
        for kind, wanted in _records_in(entries).items():
            missing = [one for one in wanted if (kind, one) not in self.records]
            for at in range(0, len(missing), _AT_ONCE):
                rows = KnownRecord.objects.filter(
                    source=self.terms.source, kind=kind, record__in=missing[at : at + _AT_ONCE]
                ).select_related("contact", "engagement")
                for row in rows:
                    if row.client_id:
                        self.records[kind, row.record] = root_of(self.clients[row.client_id], self.clients)
                    elif row.contact:
                        self.records[kind, row.record] = self._same(row.contact)
                    elif row.engagement:
                        self.records[kind, row.record] = self._same_work(row.engagement)

    def _load_people(self, people: Sequence[Person]) -> None:
        """Everybody at the clients that these people may be at: the same name there is the same person."""
        homes = {
            self.domains[one].pk
            for person in people
            for email in person.emails
            if (one := organisation(email)) in self.domains
        }
        homes |= {
            self.by_name[key].pk
            for person in people
            if person.company and (key := company_key(person.company)) in self.by_name
        }
        homes |= {found.pk for person in people if (found := self.by_records(person.company_records)) is not None}
        missing = {home for home in homes if home and id(self.clients[home]) not in self.people}
        for home in missing:
            self.people[id(self.clients[home])] = []
        for contact in Contact.objects.filter(client__in=missing).order_by("pk"):
            self.people[id(self.clients[contact.client_id])].append(self._same(contact))

    def _deal_clients(self, entries: Sequence[Entry]) -> set[int]:
        found: set[int] = set()
        for deal in (entry.deal for entry in entries if entry.deal):
            client = self.client_of_deal(deal)
            if client is not None and client.pk:
                found.add(client.pk)
        return found

    def by_records(self, records: Sequence[str]) -> Client | None:
        """The first of a list of companies that is known here."""
        for record in records:
            found = self.records.get((RecordKind.COMPANY, record))
            if isinstance(found, Client):
                return root_of(found, self.clients) if found.pk else found
        return None

    def by_names(self, names: Sequence[str]) -> Client | None:
        return next((self.by_name[key] for name in names if (key := company_key(name)) in self.by_name), None)

    def by_people(self, records: Sequence[str]) -> Client | None:
        for record in records:
            found = self.records.get((RecordKind.PERSON, record))
            if isinstance(found, Contact):
                return found.client
        return None

    def client_of_deal(self, deal: Deal) -> Client | None:
        """Whom a deal is with: the first of its companies that is known, else of its contacts."""
        return self.by_records(deal.companies) or self.by_names(deal.company_names) or self.by_people(deal.contacts)

    def _same(self, contact: Contact) -> Contact:
        """Two addresses of one contact must be one object, and its client ours, or changes would be lost."""
        found = self.contacts.setdefault(contact.pk, contact)
        found.client = self.clients[found.client_id]
        return found

    def _same_work(self, work: Engagement) -> Engagement:
        found = self.works.setdefault(work.pk, work)
        found.client = self.clients[found.client_id]
        return found

    def flush(self) -> None:
        """Write what is new and what has changed."""
        insert_models(self.new_clients)
        insert_rows(
            Domain,
            ("value", "client_id", "placed_by_id"),
            [(value, client.pk, self.terms.member and self.terms.member.pk) for value, client in self._new_domains],
        )
        for contact in self.new_contacts:
            contact.client_id = contact.client.pk  # its client may have got a key a moment ago
        for work in self.new_work:
            work.client_id = work.client.pk
        insert_models(self.new_contacts)
        insert_models(self.new_work)
        insert_rows(
            ContactAddress, ("email", "contact_id"), [(email, contact.pk) for email, contact in self._new_addresses]
        )
        insert_models([self._record(kind, record, row) for kind, record, row in self._new_records])
        fresh = {id(row) for row in (*self.new_clients, *self.new_contacts, *self.new_work)}
        changed = [row for key, row in self._changed.items() if key not in fresh]
        update_rows(
            [row for row in changed if isinstance(row, Client)],
            ["name", "name_fixed", "named_by", "standing", "standing_fixed", "standing_at", "standing_by",
             "standing_why"],
        )  # fmt: skip
        heard = [row.pk for row in changed if isinstance(row, Client) and row.last_at is not None]
        Client.objects.filter(pk__in=heard).update(touched_at=self.terms.now)  # their signals follow
        update_rows([row for row in changed if isinstance(row, Contact)], ["name", "title", "phone"])
        update_rows([row for row in changed if isinstance(row, Engagement)], ["value", "currency", "version"])

    def _record(self, kind: RecordKind, record: str, row: Row) -> KnownRecord:
        found = KnownRecord(source=self.terms.source, kind=kind, record=record)
        if isinstance(row, Client):
            found.client = row
        elif isinstance(row, Contact):
            found.contact = row
        else:
            found.engagement = row
        return found

    def add_addresses(self, contact: Contact, emails: Iterable[str]) -> bool:
        added = False
        for email in emails:
            if email in self.addresses:
                continue
            domain = organisation(email)
            if domain not in self.domains:
                self.add_domain(domain, contact.client)
            self.addresses[email] = contact
            self._new_addresses.append((email, contact))
            added = True
        return added

    def add_domain(self, value: str, client: Client) -> None:
        self.domains[value] = client
        self._new_domains.append((value, client))

    def note(self, kind: RecordKind, record: str, row: Row) -> None:
        if record and (kind, record) not in self.records:
            self.records[kind, record] = row
            self._new_records.append((kind, record, row))

    def change(self, row: Row) -> str:
        self._changed[id(row)] = row
        return "added"

    def work_of(self, client: Client) -> dict[str, Engagement]:
        return self.work.setdefault(id(client), {})

    def id(self, value: str) -> UUID:
        return uuid7_for(self.terms.now, f"{current_firm_id()} {value}".encode("utf-8", "surrogatepass"))


def work_key(name: str) -> str:
    """By what engagements of one client are told apart."""
    return " ".join(name.casefold().split())


def _records_in(entries: Sequence[Entry]) -> dict[RecordKind, set[str]]:
    """The records that entries are or name, by kind."""
    found: dict[RecordKind, set[str]] = {kind: set() for kind in RecordKind}
    for entry in entries:
        if entry.company:
            found[RecordKind.COMPANY].add(entry.company.record)
        if entry.person:
            found[RecordKind.PERSON].add(entry.person.record)
            found[RecordKind.COMPANY].update(entry.person.company_records)
        if entry.deal:
            found[RecordKind.DEAL].add(entry.deal.record)
            found[RecordKind.COMPANY].update(entry.deal.companies)
            found[RecordKind.PERSON].update(entry.deal.contacts)
    return {kind: records - {""} for kind, records in found.items()}


def _parts(
    values: Iterable[str], *, without: dict[str, object] | dict[str, Client] | dict[str, Contact]
) -> Iterator[list[str]]:
    """These values, those that are known left out, so many at a time as a query takes."""
    missing = [value for value in values if value and value not in without]
    for at in range(0, len(missing), _AT_ONCE):
        yield missing[at : at + _AT_ONCE]
