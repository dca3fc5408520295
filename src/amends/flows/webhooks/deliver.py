"""Sending what waits: each endpoint gets everything in order, one at a time, from one runner at a time.

No transaction is open while something is sent. Killed in the middle, the same event is sent again, with the same id.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import datetime, timedelta

import httpx
from django.conf import settings

from amends.core.ids import uuid7_floor
from amends.firm.queries import firm_in_scope
from amends.firm.secrets import CannotUnseal
from amends.signals.queries import came_true, next_to_come_true
from amends.webhooks import actions
from amends.webhooks.models import Delivery, Endpoint
from amends.webhooks.queries import listeners, next_for, told, with_work
from amends.webhooks.rules import RECENT, Kind, body_of, signed
from amends.webhooks.sending import Outcome, client, send

HOLD = timedelta(seconds=60)
_AT_ONCE = timedelta(seconds=30)  # for one endpoint, before other jobs have their turn

Clock = Callable[[], datetime]


def deliver(*, clock: Clock) -> datetime | None:
    """Send everything of the firm in scope that is due; returns when something will be due next."""
    actions.forget_old(now=clock())
    wakes = [tell_raised(now=clock())]
    with client(private=settings.WEBHOOKS_PRIVATE) as sender:
        wakes += [_serve(endpoint, clock=clock, http=sender) for endpoint in with_work()]
    return min((wake for wake in wakes if wake is not None), default=None)


def tell_raised(*, now: datetime) -> datetime | None:
    """Write an event for each signal that has come true and of which nothing was told; when will the next come true?

    A signal is its own record that there is something to tell: it was written with its evidence, some come true by
    the clock alone, and what mail that follows takes back at once is never told. Only what was noticed, or came true,
    after an endpoint was added is told to it.
    """
    wanted = listeners(Kind.SIGNAL_RAISED)
    if not wanted:
        return None
    since = max(min(endpoint.created_at for endpoint in wanted), now - RECENT)
    raised = came_true(since=since, at=now, days=firm_in_scope().reasons_days)
    known = told(one.signal for one in raised)
    groups: dict[tuple[int, ...], list[actions.Told]] = defaultdict(list)
    for one in raised:
        ears = tuple(
            place
            for place, endpoint in enumerate(wanted)
            if one.raised_at >= endpoint.created_at or one.signal >= uuid7_floor(endpoint.created_at)
        )
        if ears and one.signal not in known:
            data = {
                "signal": str(one.signal), "kind": one.kind, "client": str(one.client), "thread": str(one.thread),
                "message": str(one.message), "raised_at": one.raised_at.isoformat(),
            }  # fmt: skip
            groups[ears].append(actions.Told(Kind.SIGNAL_RAISED, one.signal, data))
    for ears, events in groups.items():
        actions.write(events, [wanted[place] for place in ears], now=now)
    return next_to_come_true(after=now)


def _serve(endpoint: Endpoint, *, clock: Clock, http: httpx.Client) -> datetime | None:
    """Send what waits for one endpoint; returns when to look again."""
    began = clock()
    held = began + HOLD
    if not actions.hold(endpoint, now=began, until=held):
        return held  # another runner is at it, or was killed at it
    try:
        while (now := clock()) - began <= _AT_ONCE:
            delivery = next_for(endpoint)
            if delivery is None:
                return None
            if delivery.next_at > now:
                return delivery.next_at
            longer = now + HOLD
            if not actions.keep_hold(endpoint, held=held, until=longer):
                return longer
            held = longer
            _attempt(delivery, endpoint, clock=clock, http=http)
            endpoint.refresh_from_db()
        return now
    finally:
        actions.let_go(endpoint, held=held)


def _attempt(delivery: Delivery, endpoint: Endpoint, *, clock: Clock, http: httpx.Client) -> None:
    event, now = delivery.event, clock()
    body = body_of(event.kind, at=event.at, data=event.data)
    try:
        keys = actions.secrets_of(endpoint, now=now)
    except CannotUnseal:
        outcome = Outcome(None, "Its secret cannot be opened any more: make a new one.")
        actions.not_delivered(delivery, status=None, problem=outcome.problem, now=now, gone=True)
        return
    headers = signed(body, event_id=f"msg_{event.public_id.hex}", at=now, keys=keys)
    outcome = send(http, endpoint.url, body, headers=headers)
    if outcome.arrived:
        actions.delivered(delivery, status=outcome.status or 0, now=clock())
    else:
        actions.not_delivered(delivery, status=outcome.status, problem=outcome.problem, now=clock(), gone=outcome.gone)
