"""Everybody outside the firm: by what they are to us, by name or by who was last heard."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import Count, F, Q, QuerySet

from amends.clients.models import Client, Standing
from amends.firm.models import Firm
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


@dataclass(frozen=True, slots=True)
class AddressBook:
    """One page of the list, and how many each tab holds."""

    entries: list[Entry]
    counts: dict[str, int]
    more: bool
    as_of: datetime


def address_book(
    reader: Reader, firm: Firm, *, now: datetime, group: str, sort: str = "heard", words: str = "", page: int = 1
) -> AddressBook:
    """Clients of one of `GROUPS`; `sort` is "heard" or "name", `words` are looked for in names and domains."""
    rows = Client.objects.filter(merged_into=None)
    if words:
        rows = rows.filter(Q(name__icontains=words) | Q(domains__value__icontains=words)).distinct()
    order = ["name", "pk"] if sort == "name" else [F("last_at").desc(nulls_last=True), "-pk"]
    start = (page - 1) * PAGE
    chosen = list(
        rows.filter(standing__in=GROUPS[group]).order_by(*order).prefetch_related("domains")[start : start + PAGE + 1]
    )
    as_of, _ = moment_to_look_from(reader, now=now)
    until = as_of.astimezone(ZoneInfo(firm.timezone)).date()
    traffic = weekly_traffic([client.pk for client in chosen[:PAGE]], until=until, weeks=SPARK_WEEKS)
    return AddressBook(
        entries=[
            Entry(client, [domain.value for domain in client.domains.all()], traffic[client.pk])
            for client in chosen[:PAGE]
        ],
        counts=_counts(rows),
        more=len(chosen) > PAGE,
        as_of=as_of,
    )


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
