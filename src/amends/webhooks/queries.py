"""Reads of the webhooks part."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime

from django.db.models import Count, Q

from amends.webhooks.models import Delivery, DeliveryState, Endpoint, Event
from amends.webhooks.rules import Kind


def listeners(kind: Kind) -> list[Endpoint]:
    """The endpoints that want to hear of this, paused ones too: they get it when they go on."""
    return [endpoint for endpoint in Endpoint.objects.order_by("pk") if kind in endpoint.kinds]


def endpoints() -> list[Endpoint]:
    """All endpoints, oldest first, each with `waiting`: how many deliveries wait."""
    waiting = Count("deliveries", filter=Q(deliveries__state=DeliveryState.WAITING))
    return list(Endpoint.objects.annotate(waiting=waiting).order_by("created_at", "pk"))


def endpoint(endpoint_id: uuid.UUID) -> Endpoint:
    """One endpoint; raises `Endpoint.DoesNotExist`."""
    return Endpoint.objects.select_related("made_by").get(public_id=endpoint_id)


def deliveries(endpoint: Endpoint, *, before: int | None = None, limit: int = 30) -> list[Delivery]:
    """What was sent to an endpoint, the newest first, with its events."""
    rows = Delivery.objects.filter(endpoint=endpoint)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return list(rows.select_related("event").order_by("-pk")[:limit])


def next_for(endpoint: Endpoint) -> Delivery | None:
    """What is to be sent next: what a person asked for, then the oldest; where that one waits, the others wait too."""
    rows = Delivery.objects.filter(endpoint=endpoint, state=DeliveryState.WAITING)
    if endpoint.paused_at is not None:
        rows = rows.filter(by_hand=True)
    return rows.select_related("event").order_by("-by_hand", "pk").first()


def with_work() -> list[Endpoint]:
    """Endpoints for which something waits and may be sent now or later."""
    waiting = Delivery.objects.filter(state=DeliveryState.WAITING)
    busy = Q(paused_at=None, pk__in=waiting.values("endpoint"))
    asked = Q(pk__in=waiting.filter(by_hand=True).values("endpoint"))
    return list(Endpoint.objects.filter(busy | asked).order_by("pk"))


def told(signals: Iterable[uuid.UUID]) -> set[uuid.UUID]:
    """Those of these signals of which has been told that they were raised."""
    return set(Event.objects.filter(kind=Kind.SIGNAL_RAISED, about__in=list(signals)).values_list("about", flat=True))


def oldest_listener(kind: Kind) -> datetime | None:
    """Since when somebody wants to hear of this; None where nobody does."""
    return min((endpoint.created_at for endpoint in listeners(kind)), default=None)
