"""Reads of clients and contacts."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from amends.clients.models import Client, Engagement, Standing


def touched_clients(limit: int | None) -> list[Client]:
    """Clients whose signals may be out of date."""
    rows = Client.objects.filter(touched_at__isnull=False, merged_into=None).order_by("touched_at", "pk")
    return list(rows[:limit] if limit else rows)


def live_clients(moment: datetime) -> int:
    """How many clients had been in touch within the year before `moment`, as far as their totals say."""
    return Client.objects.filter(
        standing=Standing.CLIENT, merged_into=None, first_at__lt=moment, last_at__gte=moment - timedelta(days=365)
    ).count()


def version_of(engagement: Engagement) -> str:
    """What changes whenever anything of a stored engagement does: two people who change it see each other."""
    values = [str(getattr(engagement, field.attname)) for field in engagement._meta.concrete_fields]
    return hashlib.sha256("\x1f".join(values).encode()).hexdigest()[:32]
