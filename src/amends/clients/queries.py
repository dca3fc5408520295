"""Reads of clients and contacts."""

from __future__ import annotations

from datetime import datetime, timedelta

from amends.clients.models import Client, Standing
from amends.clients.rules import company_key


def touched_clients(limit: int | None) -> list[Client]:
    """Clients whose signals may be out of date."""
    rows = Client.objects.filter(touched_at__isnull=False, merged_into=None).order_by("touched_at", "pk")
    return list(rows[:limit] if limit else rows)


def live_clients(moment: datetime) -> int:
    """How many clients had been in touch within the year before `moment`, as far as their totals say."""
    return Client.objects.filter(
        standing=Standing.CLIENT, merged_into=None, first_at__lt=moment, last_at__gte=moment - timedelta(days=365)
    ).count()


def clients_by_name(keys: set[str] | None = None, *, rows: dict[int, Client] | None = None) -> dict[str, Client]:
    """The firm's client for each of these names (by `company_key`; all where none are given), where there is one.

    `rows` are all clients by key, where they are loaded already.
    """
    if rows is None:
        rows = {client.pk: client for client in Client.objects.order_by("pk")}
    found: dict[str, Client] = {}
    for client in sorted(rows.values(), key=_less_likely):
        key = company_key(client.name)
        if keys is None or key in keys:
            found.setdefault(key, root_of(client, rows))
    return found


def _less_likely(client: Client) -> tuple[bool, bool, float, int]:
    """Of several that share a name: one that stands for itself, is a client, was in touch last, came first."""
    touched = client.last_at.timestamp() if client.last_at else 0.0
    return client.merged_into_id is not None, client.standing != Standing.CLIENT, -touched, client.pk


def root_of(client: Client, rows: dict[int, Client]) -> Client:
    """What a merged client became a part of; `rows` are all clients, by key."""
    seen: set[int] = set()
    while client.merged_into_id is not None and client.pk not in seen:
        seen.add(client.pk)
        client = rows[client.merged_into_id]
    return client
