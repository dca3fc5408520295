"""Promises of the firm, kept and broken, as events."""

from __future__ import annotations

from collections.abc import Collection

from amends.capital.rules import Event
from amends.signals.models import Promise, PromiseBy, PromiseState


def of_promises(ids: Collection[int]) -> list[Event]:
    """Of these promises (primary keys): kept or broken, or not (any more)."""
    rows = Promise.objects.filter(pk__in=ids, by=PromiseBy.FIRM)
    return [event for row in rows for event in _both(row)]


def of_clients(clients: Collection[int]) -> list[Event]:
    """Every promise to these clients that was kept or broken."""
    settled = (PromiseState.KEPT, PromiseState.BROKEN)
    rows = Promise.objects.filter(client__in=clients, by=PromiseBy.FIRM, state__in=settled)
    return [event for row in rows for event in _both(row) if not event.withdrawn]


def _both(row: Promise) -> list[Event]:
    settled = row.settled_at or row.made_at
    broken = row.due if row.due is not None and row.due < settled else settled  # it broke when it was due
    return [
        Event(
            f"promise:{row.public_id}:{state}", f"promise_{state}", row.client_id, at, ("promise", row.public_id),
            engagement=row.engagement_id, withdrawn=row.state != state,
        )
        for state, at in ((PromiseState.KEPT, settled), (PromiseState.BROKEN, broken))
    ]  # fmt: skip
