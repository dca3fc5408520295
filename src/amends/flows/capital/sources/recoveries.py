"""How recoveries ended, and gestures made in them, as events."""

from __future__ import annotations

from collections.abc import Collection

from amends.capital.rules import Event
from amends.recovery.models import Closing, Recovery, Remedy, RemedyKind, RemedyState
from amends.recovery.queries import playbooks

_ENDS = {Closing.YES: "recovery_yes", Closing.UNCONFIRMED: "recovery_unconfirmed"}


def of_recoveries(ids: Collection[int]) -> list[Event]:
    """Of these recoveries (primary keys): closed with the client's yes, unconfirmed, or not (any more)."""
    modes = _modes()
    return [event for row in Recovery.objects.filter(pk__in=ids) for event in _of(row, modes)]


def of_remedies(ids: Collection[int]) -> list[Event]:
    """Of these remedies (primary keys): gestures that were made, or not (any more)."""
    rows = Remedy.objects.filter(pk__in=ids, kind=RemedyKind.GESTURE).select_related("recovery")
    modes = _modes()
    return [_gesture(row, modes) for row in rows]


def of_clients(clients: Collection[int]) -> list[Event]:
    """Every recovery of these clients that ended, and every gesture made in one."""
    ended = Recovery.objects.filter(client__in=clients, closing__in=_ENDS)
    made = Remedy.objects.filter(recovery__client__in=clients, kind=RemedyKind.GESTURE, state=RemedyState.DONE)
    modes = _modes()
    found = [event for row in ended for event in _of(row, modes) if not event.withdrawn]
    return found + [_gesture(row, modes) for row in made.select_related("recovery")]


def _modes() -> set[str]:
    """Failure modes that have a playbook. What somebody put in their own words may name a person, and the ledger, from
    which nothing can be erased, holds no such words."""
    return {book.mode for book in playbooks(retired=True)}


def _of(row: Recovery, modes: set[str]) -> list[Event]:
    cause = row.failure_mode if row.failure_mode in modes else ""
    return [
        Event(
            f"recovery:{row.public_id}:{closing}", kind, row.client_id, row.closed_at or row.opened_at,
            ("recovery", row.public_id), engagement=row.engagement_id, cause=cause,
            withdrawn=row.closing != closing,
        )
        for closing, kind in _ENDS.items()
    ]  # fmt: skip


def _gesture(row: Remedy, modes: set[str]) -> Event:
    recovery = row.recovery
    return Event(
        f"remedy:{row.public_id}:gesture", "gesture", recovery.client_id, row.changed_at, ("remedy", row.public_id),
        engagement=recovery.engagement_id, cause=recovery.failure_mode if recovery.failure_mode in modes else "",
        withdrawn=row.state != RemedyState.DONE,
    )  # fmt: skip
