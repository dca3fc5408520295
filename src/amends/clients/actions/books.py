"""Placing the entries of a file of clients: known ones are found again, new ones made, and what people said stays.

An organisation is found by the record that another tool has of it, by its domain, by its exact name; a person by the
record or by any address. An address always belongs to somebody whose domain is known, as in mail (`actions.place`): a
person whose address has a known domain is at the client of that domain, whatever company the file names.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from amends.clients.actions.known import KnownBook, Terms, work_key
from amends.clients.actions.place import own_organisations
from amends.clients.addressbooks import Company, Deal, Entry, Person, is_won
from amends.clients.models import Client, Contact, Engagement, RecordKind, Standing
from amends.clients.queries import clients_by_name, root_of
from amends.clients.rules import client_name, company_key, organisation, same_person
from amends.firm.models import Firm


class CannotPlace(Exception):
    """An entry belongs nowhere; why, for the person who looks at what was set aside."""


@dataclass(slots=True)
class Placed:
    """What became of a part of an entry: `kind` is client, person or engagement, `how` is new, added or known."""

    kind: str
    name: str
    how: str
    client: str = ""


class AddressBook(KnownBook):
    """Make it with `open_address_book`, `load` and `place` entries, then `flush`."""

    def place(self, entry: Entry) -> list[Placed]:
        """What an entry becomes, in memory. Raises `CannotPlace`, having changed nothing."""
        placed: list[Placed] = []
        company = entry.company
        emails = entry.person.emails if entry.person else ()
        if emails and all(organisation(email) in self.own for email in emails):
            message = f"{emails[0]} is an address of your own firm"
            raise CannotPlace(message)
        if company is not None:
            client, how = self._company(company, emails)
            placed.append(Placed("client", client.name, how, client.name))
        if entry.person is not None:
            home = client if company is not None else None
            placed += self._person(entry.person, home)
        if entry.deal is not None:
            placed += self._deal(entry.deal)
        return placed

    def _company(self, company: Company, emails: Sequence[str]) -> tuple[Client, str]:
        key = company_key(company.name) if company.name else ""
        if (key and key == company_key(self.firm.name)) or company.domain in self.own:
            message = "it is your own firm"
            raise CannotPlace(message)
        if not (key or company.domain):
            message = "the company has no name"
            raise CannotPlace(message)
        found = self._known_company(company, key, emails)
        how = "known" if found else "new"
        client = found or self._new_client(company.name or client_name(company.domain, ""), company)
        if found is not None and company.name and not client.name_fixed and client.name != company.name:
            client.name, client.name_fixed, client.named_by = company.name, True, self.terms.member
            how = self.change(client)
        if self._stands(client, self._standing(company)):
            how = how if how == "new" else "added"
        if company.domain and company.domain not in self.domains:
            self.add_domain(company.domain, client)
            how = how if how == "new" else "added"
        self.note(RecordKind.COMPANY, company.record, client)
        return client, how

    def _known_company(self, company: Company, key: str, emails: Sequence[str]) -> Client | None:
        by_record = self.records.get((RecordKind.COMPANY, company.record)) if company.record else None
        if isinstance(by_record, Client):
            return root_of(by_record, self.clients) if by_record.pk else by_record
        if company.domain in self.domains:
            return self.domains[company.domain]
        named = self.by_name.get(key)
        writes = next((self.domains[one] for email in emails if (one := organisation(email)) in self.domains), None)
        if named is None or (writes is not None and company_key(writes.name) == key):
            return writes or named
        return named

    def _standing(self, company: Company) -> Standing:
        """What the file says of a company, else what was said of the file."""
        return (
            Standing.CLIENT
            if company.customer
            else Standing.UNSURE
            if company.customer is False
            else self.terms.standing
        )

    def _person(self, person: Person, home: Client | None) -> list[Placed]:
        emails = [email for email in person.emails if organisation(email) not in self.own]
        placed: list[Placed] = []
        found = self._known_person(person, emails)
        if found is None:
            client, how = self._client_of(person, emails, home)
            if how != "known":
                placed.append(Placed("client", client.name, how, client.name))
            found = next((one for one in self.people.get(id(client), []) if same_person(one.name, person.name)), None)
            if found is None:
                return [*placed, self._new_contact(person, emails, client)]
        how = self._complete(found, person, emails)
        self.note(RecordKind.PERSON, person.record, found)
        return [*placed, Placed("person", found.name or _first(emails), how, found.client.name)]

    def _known_person(self, person: Person, emails: Sequence[str]) -> Contact | None:
        by_record = self.records.get((RecordKind.PERSON, person.record)) if person.record else None
        if isinstance(by_record, Contact):
            return by_record
        return next((self.addresses[email] for email in emails if email in self.addresses), None)

    def _client_of(self, person: Person, emails: Sequence[str], home: Client | None) -> tuple[Client, str]:
        """Whom somebody new works for."""
        domain = next((self.domains[one] for email in emails if (one := organisation(email)) in self.domains), None)
        for client in (domain, home, self.by_records(person.company_records)):
            if client is not None:
                return client, "known"
        if person.company:
            return self._company(Company(person.company, customer=None), emails)
        if not emails:
            message = "nothing tells whom this person works for: it has neither a company nor an e-mail address"
            raise CannotPlace(message)
        client = self._new_client(client_name(organisation(emails[0]), person.name), None)
        return client, "new"

    def _deal(self, deal: Deal) -> list[Placed]:
        if not is_won(deal.stage, won=self.terms.won):
            message = f"the deal is not won (stage: {deal.stage or 'none'}); import it again when it is"
            raise CannotPlace(message)
        known = self.records.get((RecordKind.DEAL, deal.record)) if deal.record else None
        if isinstance(known, Engagement):
            return [self._value(known, deal, "known")]
        client = self.client_of_deal(deal)
        if client is None:
            named = "; ".join([*deal.companies, *deal.company_names, *deal.contacts][:4])
            message = (
                f"none of its companies or contacts is known here ({named or 'it names none'}): import these first"
            )
            raise CannotPlace(message)
        self._stands(client, Standing.CLIENT, why=f"A deal was won ({self.terms.tool})")
        key = work_key(deal.name)
        work = self.work_of(client).get(key)
        if work is None:
            work = Engagement(
                public_id=self.id(f"engagement {client.public_id} {key}"), client=client, name=deal.name,
                value=deal.amount, currency=self._currency(deal), created_at=self.terms.now,
            )  # fmt: skip
            self.work_of(client)[key] = work
            self.new_work.append(work)
            placed = Placed("engagement", work.name, "new", client.name)
        else:
            placed = self._value(work, deal, "known")
        self.note(RecordKind.DEAL, deal.record, work)
        return [placed]

    def _value(self, work: Engagement, deal: Deal, how: str) -> Placed:
        """What a deal is worth, where nobody has said so yet."""
        if work.value is None and deal.amount is not None:
            work.value, work.currency = deal.amount, self._currency(deal)
            work.version += 1
            how = self.change(work)
        return Placed("engagement", work.name, how, work.client.name)

    def _currency(self, deal: Deal) -> str:
        return deal.currency if deal.amount is not None and deal.currency != self.firm.currency else ""

    def _new_client(self, name: str, company: Company | None) -> Client:
        client = Client(
            public_id=self.id(f"client {company_key(name)} {len(self.new_clients)}"), name=name[:200],
            name_fixed=company is not None and bool(company.name),
            named_by=self.terms.member if company is not None and company.name else None, created_at=self.terms.now,
            standing_why=f"Listed in a file ({self.terms.tool})",
        )  # fmt: skip
        client.claim()
        self.new_clients.append(client)
        self.by_name.setdefault(company_key(name), client)
        self.people[id(client)], self.work[id(client)] = [], {}
        return client

    def _stands(self, client: Client, standing: Standing, *, why: str = "") -> bool:
        """Say that they are a client, where the file says so and nobody said anything before; True where it is new."""
        if standing != Standing.CLIENT or client.standing_fixed:
            return False
        client.standing, client.standing_fixed, client.standing_at = standing, True, self.terms.now
        client.standing_by = self.terms.member
        client.standing_why = why or f"Listed as a client ({self.terms.tool})"
        self.change(client)
        return True

    def _new_contact(self, person: Person, emails: Sequence[str], client: Client) -> Placed:
        contact = Contact(
            public_id=self.id(f"contact {_first(emails) or person.name} {client.public_id}"), client=client,
            name=person.name, title=person.title, phone=person.phone,
        )  # fmt: skip
        contact.claim()
        self.new_contacts.append(contact)
        self.people.setdefault(id(client), []).append(contact)
        self.add_addresses(contact, emails)
        self.note(RecordKind.PERSON, person.record, contact)
        return Placed("person", person.name or _first(emails), "new", client.name)

    def _complete(self, contact: Contact, person: Person, emails: Sequence[str]) -> str:
        """Fill in what is not known of somebody; what is known stays."""
        how = "known"
        for name in ("name", "title", "phone"):
            value = getattr(person, name)
            if value and not getattr(contact, name) and not (name == "name" and contact.named_by_id):
                setattr(contact, name, value)
                how = self.change(contact)
        if self.add_addresses(contact, emails):
            how = "added"
        return how


def open_address_book(firm: Firm, terms: Terms) -> AddressBook:
    """The firm's clients, and nothing yet of their people and work: `AddressBook.load` looks these up."""
    book = AddressBook(terms=terms, firm=firm, own=own_organisations())
    book.clients = {client.pk: client for client in Client.objects.order_by("pk")}
    book.by_name = clients_by_name(None, rows=book.clients)
    return book


def _first(emails: Sequence[str]) -> str:
    return emails[0] if emails else ""
