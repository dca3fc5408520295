"""Gestures, reviews, guarantees and claims as the command line names and prints them: as administrator, all of them."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from amends.clients.models import Client
from amends.core.errors import AmendsError
from amends.core.money import Money
from amends.goodwill.models import Claim, Gesture, Guarantee, Review
from amends.goodwill.queries import theirs

_KINDS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "gesture": (Gesture, ("what", "why", "state", "planned_for", "done_at", "came_of", "at")),
    "review": (Review, ("place", "link", "said_on", "author", "stars", "words", "answered_at", "at")),
    "claim": (
        Claim,
        ("words", "who", "state", "claimed_on", "kind", "gives", "why", "failure_mode", "mended", "mended_at", "at"),
    ),
}


class NotThere(AmendsError):
    """Nothing is called so."""


def rows_of(kind: str, client: Client) -> list[Any]:
    """All of a kind of one client, the newest first."""
    model = _KINDS[kind][0]
    rows = model.objects.filter(theirs(client)).select_related("client").order_by("-at", "-pk")
    return list(rows.filter(removed_at=None) if kind == "review" else rows)


def row_called(kind: str, row_id: uuid.UUID) -> Any:
    """One by its id. Raises `NotThere`."""
    row = _KINDS[kind][0].objects.select_related("client").filter(public_id=row_id).first()
    if row is None:
        raise NotThere(f"There is no {kind} {row_id}: see `amends {kind} list CLIENT`.")
    return row


def guarantee_called(said: str) -> uuid.UUID:
    """A guarantee by its name or id. Raises `NotThere`."""
    try:
        rows = Guarantee.objects.filter(public_id=uuid.UUID(said))
    except ValueError:
        rows = Guarantee.objects.filter(name__iexact=said.strip(), ended_at=None)
    found = list(rows.values_list("public_id", flat=True)[:2])
    if len(found) != 1:
        how = "Several guarantees are" if found else "No guarantee is"
        raise NotThere(f"{how} called {said[:80]!r}: give its whole name, or its id.")
    return found[0]


def plain(row: Any) -> dict[str, Any]:
    """A row as plain values."""
    names = next(names for model, names in _KINDS.values() if isinstance(row, model))
    said = {"id": str(row.public_id), "client": row.client.name if row.client else None}
    if hasattr(row, "cost"):
        said |= {"cost": str(Money(row.cost, row.currency).amount), "currency": row.currency}
    return said | {name: _value(getattr(row, name)) for name in names}


def _value(value: Any) -> Any:
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    return f"{value:.1f}" if isinstance(value, Decimal) else value
