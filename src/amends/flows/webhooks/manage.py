"""What an administrator does with webhooks; each deed is noted in the audit log."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction

from amends.core.errors import AmendsError
from amends.core.ids import uuid7
from amends.firm.audit import note
from amends.firm.models import Member
from amends.firm.scope import current_firm_id
from amends.flows.webhooks.tasks import ask_for_delivery
from amends.webhooks import actions
from amends.webhooks.models import Delivery, Endpoint
from amends.webhooks.queries import endpoint as one_endpoint
from amends.webhooks.queries import endpoints
from amends.webhooks.rules import Kind, checked_url

MOST = 20  # endpoints of one firm


class TooManyEndpoints(AmendsError):
    """There is a bound, because each event is written once for each."""


class NothingChosen(AmendsError):
    """An endpoint that wants to hear of nothing."""


def add(url: str, *, kinds: Iterable[Kind], description: str, member: Member, now: datetime) -> tuple[Endpoint, str]:
    """Add an endpoint; returns it with its secret, which is not shown again.

    Raises `webhooks.rules.AddressRefused`, `NothingChosen` and `TooManyEndpoints`.
    """
    address, wanted = checked_url(url, private=settings.WEBHOOKS_PRIVATE), _wanted(kinds)
    with transaction.atomic():
        if len(endpoints()) >= MOST:
            raise TooManyEndpoints(f"There are {MOST} webhooks: remove one that is no longer needed.")
        made, secret = actions.add_endpoint(address, kinds=wanted, description=description, member=member, now=now)
        _note("added", made, member, now, kinds=made.kinds)
    return made, secret


def change(
    endpoint_id: uuid.UUID, *, url: str, kinds: Iterable[Kind], description: str, member: Member, now: datetime
) -> Endpoint:
    """Change where it goes and what is told. Raises as `add`, and `Endpoint.DoesNotExist`."""
    address, wanted = checked_url(url, private=settings.WEBHOOKS_PRIVATE), _wanted(kinds)
    with transaction.atomic():
        found = one_endpoint(endpoint_id)
        actions.change_endpoint(found, url=address, kinds=wanted, description=description)
        _note("changed", found, member, now, kinds=found.kinds)
    return found


def remove(endpoint_id: uuid.UUID, *, member: Member, now: datetime) -> None:
    """Remove it with what waits for it; raises `Endpoint.DoesNotExist`."""
    with transaction.atomic():
        found = one_endpoint(endpoint_id)
        _note("removed", found, member, now)
        found.delete()


def new_secret(endpoint_id: uuid.UUID, *, member: Member, now: datetime) -> tuple[Endpoint, str]:
    """A new secret, not shown again; the old one signs too for a day."""
    with transaction.atomic():
        found = one_endpoint(endpoint_id)
        secret = actions.renew_secret(found, now=now)
        _note("secret_renewed", found, member, now)
    return found, secret


def pause(endpoint_id: uuid.UUID, *, member: Member, now: datetime) -> None:
    """Send nothing until `resume`; what happens meanwhile is kept, and sent then."""
    with transaction.atomic():
        found = one_endpoint(endpoint_id)
        actions.pause(found, now=now)
        _note("paused", found, member, now)


def resume(endpoint_id: uuid.UUID, *, member: Member, now: datetime) -> None:
    """Go on at once, with what waits."""
    with transaction.atomic():
        found = one_endpoint(endpoint_id)
        actions.resume(found, now=now)
        _note("resumed", found, member, now)
        ask_for_delivery(current_firm_id(), now=now)


def ping(endpoint_id: uuid.UUID, *, member: Member, now: datetime) -> None:
    """Send a test, once and out of order, also where it is paused."""
    with transaction.atomic():
        found = one_endpoint(endpoint_id)
        told = actions.Told(Kind.PING, uuid7(), {"endpoint": str(found.public_id)})
        actions.write([told], [found], now=now, by_hand=True)
        _note("pinged", found, member, now)
        ask_for_delivery(current_firm_id(), now=now)


def redeliver(endpoint_id: uuid.UUID, delivery_id: uuid.UUID, *, member: Member, now: datetime) -> None:
    """Send a past delivery again, once and out of order; raises `Delivery.DoesNotExist`."""
    with transaction.atomic():
        delivery = Delivery.objects.select_related("endpoint").get(
            public_id=delivery_id, endpoint__public_id=endpoint_id
        )
        actions.send_again(delivery, now=now)
        _note("redelivered", delivery.endpoint, member, now, delivery=str(delivery.public_id))
        ask_for_delivery(current_firm_id(), now=now)


def _wanted(kinds: Iterable[Kind]) -> list[Kind]:
    wanted: list[Kind] = [kind for kind in kinds if kind is not Kind.PING]
    if not wanted:
        raise NothingChosen("Choose at least one thing to be told of.")
    return wanted


def _note(did: str, endpoint: Endpoint, member: Member, now: datetime, **detail: object) -> None:
    detail = {"host": urlsplit(endpoint.url).hostname, **detail}  # what follows the host is often a secret
    note(f"webhook.{did}", member=member, about=f"webhook {endpoint.public_id}", detail=detail, now=now)
