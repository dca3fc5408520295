"""Everybody outside the firm: by what they are to us, by name or by who was last heard."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import Count, F, Q, QuerySet

from amends.clients.models import Client, Domain, Standing
from amends.firm.models import Firm
from amends.insights.people import domains_of, known_domains
from amends.insights.today import SPARK_WEEKS, moment_to_look_from
from amends.mail.queries import Reader, weekly_traffic

PAGE = 50
# What the tabs of the page show; the order is the page's.
GROUPS: dict[str, tuple[Standing, ...]] = {
    "clients": (Standing.CLIENT,),
    "unsure": (Standing.UNSURE,),
    "vendors": (Standing.VENDOR, Standing.SERVICE),
    "others": (Standing.NOT_A_CLIENT, Standing.APPLICANT),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One client in the list."""

    client: Client
    domains: list[str]
    weeks: list[tuple[int, int]]
    received: int  # ever; in these weeks, where the list is `restricted`
    sent: int


@dataclass(frozen=True, slots=True)
class AddressBook:
    """One page of the list, and how many each tab holds.

    `restricted`: the reader may not read all mail of the firm, so what is counted is what they may read of `weeks`.
    """

    entries: list[Entry]
    counts: dict[str, int]
    more: bool
    as_of: datetime
    restricted: bool = False


def address_book(
    reader: Reader, firm: Firm, *, now: datetime, group: str, sort: str = "heard", words: str = "", page: int = 1
) -> AddressBook:
    """Clients of one of `GROUPS`; `sort` is "heard" or "name", `words` are looked for in names and domains."""
    rows = Client.objects.filter(merged_into=None)
    if words:
        places = Domain.objects.filter(value__icontains=words)
        if reader.restricted:  # a domain that only closed mail knows must not be found letter by letter
            places = places.filter(pk__in=[row.pk for row in known_domains(reader, places)])
        rows = rows.filter(Q(name__icontains=words) | Q(pk__in=places.values("client")))
    order = ["name", "pk"] if sort == "name" else [F("last_at").desc(nulls_last=True), "-pk"]
    start = (page - 1) * PAGE
    chosen = list(rows.filter(standing__in=GROUPS[group]).order_by(*order)[start : start + PAGE + 1])
    as_of, _ = moment_to_look_from(now=now)
    zone, keys = ZoneInfo(firm.timezone), [client.pk for client in chosen[:PAGE]]
    until = as_of.astimezone(zone).date()
    traffic = weekly_traffic(reader, keys, until=until, weeks=SPARK_WEEKS, zone=zone)
    domains = domains_of(reader, keys)
    return AddressBook(
        entries=[_entry(reader, client, domains[client.pk], traffic[client.pk]) for client in chosen[:PAGE]],
        counts=_counts(rows),
        more=len(chosen) > PAGE,
        as_of=as_of,
        restricted=reader.restricted,
    )


def _entry(reader: Reader, client: Client, domains: list[str], weeks: list[tuple[int, int]]) -> Entry:
    if reader.restricted:
        return Entry(client, domains, weeks, sum(week[0] for week in weeks), sum(week[1] for week in weeks))
    return Entry(client, domains, weeks, client.received, client.sent)


def standing_counts() -> dict[str, int]:
    """How many clients each of `GROUPS` holds."""
    return _counts(Client.objects.filter(merged_into=None))


def _counts(rows: QuerySet[Client]) -> dict[str, int]:
    by_standing: dict[str, int] = {
        found["standing"]: found["n"]
        for found in rows.order_by().values("standing").annotate(n=Count("pk", distinct=True))
    }
    return {name: sum(by_standing.get(one, 0) for one in standings) for name, standings in GROUPS.items()}


def clients_named(words: str, *, limit: int = 6) -> list[Client]:
    """Clients whose name begins with `words`, then those that hold them, the latest heard first."""
    rows = Client.objects.filter(merged_into=None, name__icontains=words).order_by(F("last_at").desc(nulls_last=True))
    found = list(rows[: 4 * limit])
    found.sort(key=lambda client: not client.name.lower().startswith(words.lower()))
    return found[:limit]


def clients_to_choose() -> list[Client]:
    """Clients by name, for a list to choose from; the first five hundred."""
    rows = Client.objects.filter(merged_into=None, standing=Standing.CLIENT)
    return list(rows.only("public_id", "name").order_by("name", "pk")[:500])
