"""Reads of partings."""

from __future__ import annotations

import uuid

from django.db.models import Q, QuerySet

from amends.boundaries.models import OPEN, HandoverItem, Parting, PartingState
from amends.clients.models import Client


def partings() -> QuerySet[Parting]:
    """All of them, with whom they are of, the newest first."""
    rows = Parting.objects.select_related("client", "opened_by", "decided_by")
    return rows.order_by("-opened_at", "-pk")


def of_client(client: Client) -> QuerySet[Parting]:
    """Those of a client and of whoever was merged into it."""
    return partings().filter(Q(client=client) | Q(client__merged_into=client))


def open_of(client: Client) -> Parting | None:
    """The one that is open; None where none is."""
    return of_client(client).filter(state__in=OPEN).first()


def find(parting_id: uuid.UUID) -> Parting:
    """One. Raises `Parting.DoesNotExist`."""
    return partings().get(public_id=parting_id)


def last_end(client: Client) -> Parting | None:
    """How it last ended with this client; None where it did not."""
    return of_client(client).filter(state=PartingState.PARTED).order_by("-ended_at", "-pk").first()


def items(parting: Parting) -> list[HandoverItem]:
    """What is handed over, in its order."""
    return list(parting.items.select_related("done_by", "by").order_by("at", "pk"))
