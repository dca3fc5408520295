"""Writes of the webhooks part."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from amends.firm.models import Member
from amends.firm.secrets import seal, unseal
from amends.webhooks.models import Delivery, DeliveryState, Endpoint, Event
from amends.webhooks.rules import KEPT, Kind, new_secret, wait_after

PURPOSE = "webhook"
OLD_LASTS = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Told:
    """An event to be written: its kind, what it is about, and its ids and counts."""

    kind: Kind
    about: uuid.UUID
    data: dict[str, Any]


def add_endpoint(
    url: str, *, kinds: Iterable[Kind], description: str, member: Member | None, now: datetime
) -> tuple[Endpoint, str]:
    """Keep an endpoint; returns it with the secret that signs what is sent to it."""
    secret = new_secret()
    made = Endpoint.objects.create(
        url=url, kinds=_sorted(kinds), description=description.strip()[:200], made_by=member, created_at=now,
        secret=seal(secret, purpose=PURPOSE),
    )  # fmt: skip
    return made, secret


def change_endpoint(endpoint: Endpoint, *, url: str, kinds: Iterable[Kind], description: str) -> None:
    """Send elsewhere, or something else, from now on."""
    endpoint.url, endpoint.kinds, endpoint.description = url, _sorted(kinds), description.strip()[:200]
    endpoint.save(update_fields=["url", "kinds", "description"])


def renew_secret(endpoint: Endpoint, *, now: datetime) -> str:
    """A new secret; the old one signs too for a day, so that nothing is refused meanwhile."""
    secret = new_secret()
    endpoint.old_secret, endpoint.old_until = endpoint.secret, now + OLD_LASTS
    endpoint.secret = seal(secret, purpose=PURPOSE)
    endpoint.save(update_fields=["secret", "old_secret", "old_until"])
    return secret


def secrets_of(endpoint: Endpoint, *, now: datetime) -> list[str]:
    """The secrets that sign now, the present one first; raises `firm.secrets.CannotUnseal`."""
    found = [endpoint.secret]
    if endpoint.old_secret and endpoint.old_until is not None and now < endpoint.old_until:
        found.append(endpoint.old_secret)
    return [unseal(one, purpose=PURPOSE) for one in found]


def pause(endpoint: Endpoint, *, now: datetime, why: str = "") -> None:
    """Send nothing more until `resume`; what happens meanwhile is kept."""
    Endpoint.objects.filter(pk=endpoint.pk, paused_at=None).update(paused_at=now, paused_why=why[:300])


def resume(endpoint: Endpoint, *, now: datetime) -> None:
    """Go on where it stopped, at once."""
    with transaction.atomic():
        Endpoint.objects.filter(pk=endpoint.pk).update(paused_at=None, paused_why="")
        waiting = Delivery.objects.filter(endpoint=endpoint, state=DeliveryState.WAITING, by_hand=False)
        waiting.update(tries=0, next_at=now)


def write(told: Sequence[Told], endpoints: Sequence[Endpoint], *, now: datetime, by_hand: bool = False) -> int:
    """Write events and their deliveries to these endpoints, in the transaction of the deed; returns how many.

    That a signal was raised is told once, whoever else tells it at the same time.
    """
    if not told or not endpoints:
        return 0
    events = [Event(kind=one.kind, about=one.about, data=one.data, at=now) for one in told]
    with transaction.atomic():
        Event.objects.bulk_create(events, ignore_conflicts=True, batch_size=200)
        keys = [event.public_id for event in events]
        kept = list(Event.objects.filter(public_id__in=keys).order_by("pk"))
        rows = [
            Delivery(endpoint=endpoint, event=event, next_at=now, by_hand=by_hand)
            for event in kept
            for endpoint in endpoints
        ]
        Delivery.objects.bulk_create(rows, batch_size=200)
    return len(kept)


def hold(endpoint: Endpoint, *, now: datetime, until: datetime) -> bool:
    """Take an endpoint for oneself until then; False where another runner has it."""
    free = Q(held_until=None) | Q(held_until__lte=now)
    return bool(Endpoint.objects.filter(free, pk=endpoint.pk).update(held_until=until))


def keep_hold(endpoint: Endpoint, *, held: datetime, until: datetime) -> bool:
    """Hold it longer; False where it was lost meanwhile."""
    return bool(Endpoint.objects.filter(pk=endpoint.pk, held_until=held).update(held_until=until))


def let_go(endpoint: Endpoint, *, held: datetime) -> None:
    """Others may have it."""
    Endpoint.objects.filter(pk=endpoint.pk, held_until=held).update(held_until=None)


def delivered(delivery: Delivery, *, status: int, now: datetime) -> None:
    """It arrived."""
    delivery.state, delivery.status, delivery.problem = DeliveryState.DONE, status, ""
    delivery.tries, delivery.tried_at = delivery.tries + 1, now
    delivery.save(update_fields=["state", "status", "problem", "tries", "tried_at"])


def not_delivered(delivery: Delivery, *, status: int | None, problem: str, now: datetime, gone: bool = False) -> None:
    """It did not arrive: it is tried again later, or the endpoint is paused. What a person asked for is tried once."""
    delivery.status, delivery.problem = status, problem[:300]
    delivery.tries, delivery.tried_at = delivery.tries + 1, now
    wait = None if gone else wait_after(delivery.tries)
    if delivery.by_hand:
        delivery.state = DeliveryState.FAILED
    elif wait is not None:
        delivery.next_at = now + wait
    with transaction.atomic():
        delivery.save(update_fields=["state", "status", "problem", "tries", "tried_at", "next_at"])
        if wait is None and not delivery.by_hand:
            pause(delivery.endpoint, now=now, why=problem)


def send_again(delivery: Delivery, *, now: datetime) -> None:
    """Send once more, at once; what waits in its turn is left there."""
    if delivery.state != DeliveryState.WAITING:
        delivery.state, delivery.by_hand, delivery.tries, delivery.next_at = DeliveryState.WAITING, True, 0, now
        delivery.save(update_fields=["state", "by_hand", "tries", "next_at"])


def forget_old(*, now: datetime) -> None:
    """Drop events that are too old, with their deliveries, a few hundred at a time."""
    old = Event.objects.filter(at__lt=now - KEPT).order_by("at").values_list("pk", flat=True)
    Event.objects.filter(pk__in=list(old[:500])).delete()


def _sorted(kinds: Iterable[Kind]) -> list[str]:
    wanted = set(kinds)
    return [str(kind) for kind in Kind if kind in wanted]
