"""Reads of clients and contacts."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db.models import F, Q, QuerySet

from amends.clients.models import Client, Standing


def touched_clients(limit: int, *, exclude: Collection[int] = ()) -> list[Client]:
    """Clients whose signals may be out of date, but those with these keys."""
    return list(_touched().exclude(pk__in=exclude)[:limit])


def unstood_clients(limit: int, *, known: int, exclude: Collection[int] = ()) -> list[Client]:
    """Touched organisations of which it is to be decided what they are: no person has, and new mail may say.

    Where it was decided and there are more than `known` messages, another one changes nothing.
    """
    rows = _touched().filter(Q(stood_at=None) | Q(stood_at__lt=F("touched_at")), standing_fixed=False)
    settled = ~Q(standing=Standing.UNSURE) & Q(all_mail__gt=known)
    return list(rows.annotate(all_mail=F("received") + F("sent")).exclude(settled).exclude(pk__in=exclude)[:limit])


def _touched() -> QuerySet[Client]:
    return Client.objects.filter(touched_at__isnull=False, merged_into=None).order_by("touched_at", "pk")


def live_clients(moment: datetime) -> int:
    """How many clients had been in touch within the year before `moment`, as far as their totals say."""
    return Client.objects.filter(
        standing=Standing.CLIENT, merged_into=None, first_at__lt=moment, last_at__gte=moment - timedelta(days=365)
    ).count()
