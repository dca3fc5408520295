"""Who is at a client and where they write from, as far as a reader may know it.

Addresses, names and dates that only closed mail knows are not told to whom it is closed. What no mail knows (a person
or another file said it) is told to everybody.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet, Subquery

from amends.clients.models import Client, Contact, ContactAddress, Domain
from amends.clients.rules import organisation
from amends.mail.models import Participant
from amends.mail.privacy import Reader, is_readable, readable

_MOST = 60  # people of one client that are listed
_LOOKED_AT = 50  # messages of one address, for what a reader may know of it
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody at a client, with what this reader may know of them."""

    name: str
    addresses: list[str] = field(default_factory=list)
    last_at: datetime | None = None
    title: str = ""
    phone: str = ""


def domains_of(reader: Reader, clients: Sequence[int]) -> dict[int, list[str]]:
    """By client key, their domains (and free-mail addresses), the oldest first."""
    found: dict[int, list[str]] = {client: [] for client in clients}
    for row in known_domains(reader, Domain.objects.filter(client__in=clients).order_by("id")):
        found[row.client_id].append(row.value)
    return found


def known_domains(reader: Reader, rows: QuerySet[Domain]) -> list[Domain]:
    """Those of these domains that a reader may know: not the ones from which only closed mail came."""
    domains = list(rows)
    if not reader.restricted or not domains:
        return domains
    told: dict[str, bool] = {}
    people = ContactAddress.objects.filter(contact__client__in={row.client_id for row in domains})
    for email, known in people.annotate(known=_known(reader)).values_list("email", "known"):
        domain = organisation(email)
        told[domain] = told.get(domain, False) or known
    return [row for row in domains if told.get(row.value, True)]


def people_of(reader: Reader, client: Client) -> list[Person]:
    """The people at a client, the last heard first."""
    rows = Contact.objects.filter(client=client).order_by("-last_at", "name")
    if not reader.restricted:
        addresses = Prefetch("addresses", ContactAddress.objects.order_by("email"))
        return [
            Person(one.name, [address.email for address in one.addresses.all()], one.last_at, one.title, one.phone)
            for one in rows.prefetch_related(addresses)[:_MOST]
        ]
    by_contact: dict[int, list[ContactAddress]] = defaultdict(list)
    for address in told_addresses(reader, client):
        by_contact[address.contact_id].append(address)
    people = [as_known(each[0].contact, each) for each in by_contact.values()]
    people += [Person(one.name, [], None, one.title, one.phone) for one in rows.filter(addresses=None)]
    return sorted(people, key=lambda one: (one.last_at or _LONG_AGO, one.name), reverse=True)[:_MOST]


def told_addresses(reader: Reader, client: Client) -> QuerySet[ContactAddress]:
    """The addresses of a client that a reader may know, each with the newest name and date in mail that they read."""
    return _told(reader).filter(contact__client=client).order_by("email")


def names_by_client(reader: Reader, clients: Sequence[int]) -> dict[int, list[tuple[str, str]]]:
    """By client key, the addresses that a reader may know, each with its name; one query."""
    found: dict[int, list[tuple[str, str]]] = {client: [] for client in clients}
    for row in _told(reader).filter(contact__client__in=clients).order_by("email"):
        found[row.contact.client_id].append((row.email, as_known(row.contact, [row]).name))
    return found


def _told(reader: Reader) -> QuerySet[ContactAddress]:
    seen = Participant.objects.filter(is_readable(reader), email=OuterRef("email")).order_by("-message")
    seen = seen.filter(message__in=_newest(OuterRef(OuterRef("email"))))
    return (
        ContactAddress.objects.filter(_known(reader))
        .select_related("contact")
        .annotate(
            mailed=Exists(Participant.objects.filter(email=OuterRef("email"))),
            heard_name=Subquery(seen.exclude(name="").values("name")[:1]),
            heard_at=Subquery(seen.filter(role="from").values("message__sent_at")[:1]),
        )
    )


def as_known(contact: Contact, addresses: Iterable[ContactAddress]) -> Person:
    """As a person called them; else as the mail that is read calls them, where they stand in mail at all."""
    rows = list(addresses)
    dates = [at for row in rows if (at := getattr(row, "heard_at", None)) is not None]
    names = [name for row in rows if (name := getattr(row, "heard_name", None))]
    mailed = any(getattr(row, "mailed", True) for row in rows)
    name = contact.name if contact.named_by_id is not None or not mailed else (names or [""])[0]
    return Person(name, [row.email for row in rows], max(dates, default=None), contact.title, contact.phone)


def _known(reader: Reader) -> Q:
    """A condition on `ContactAddress`: it stands in mail that the reader may read, or in none at all.

    Its newest messages decide: else an address with nothing but closed mail would be a look at all of it.
    """
    read = readable(reader).filter(pk__in=_newest(OuterRef(OuterRef("email"))))
    return Q(Exists(read)) | ~Q(Exists(Participant.objects.filter(email=OuterRef("email"))))


def _newest(email: OuterRef) -> QuerySet[Participant, int]:
    """The keys of the newest messages on which an address stands."""
    return (
        Participant.objects.filter(email=email).order_by("-message").values_list("message_id", flat=True)[:_LOOKED_AT]
    )
