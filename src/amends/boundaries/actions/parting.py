"""Writes of partings: each step is one conditional UPDATE, words carry a version."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F

from amends.boundaries.models import HandoverItem, Parting, PartingState
from amends.boundaries.refused import Refused, Stale
from amends.clients.models import Client
from amends.firm.models import Member

STEPS: dict[str, frozenset[str]] = {
    PartingState.CONSIDERED: frozenset({PartingState.DECIDED, PartingState.STAYED}),
    PartingState.DECIDED: frozenset({PartingState.HANDING_OVER, PartingState.CONSIDERED, PartingState.STAYED}),
    PartingState.HANDING_OVER: frozenset({PartingState.PARTED, PartingState.STAYED}),
    PartingState.PARTED: frozenset({PartingState.HANDING_OVER}),
    PartingState.STAYED: frozenset({PartingState.CONSIDERED}),
}
_ENDED = (PartingState.PARTED, PartingState.STAYED)


def begin(
    client: Client, *, whose: str, state: str, reasons: str, why_they_left: str, by: Member | None, now: datetime
) -> Parting:
    """Open one. Raises `Refused` where one is open already."""
    decided = {"decided_by": by, "decided_at": now} if state != PartingState.CONSIDERED else {}
    try:
        with transaction.atomic():
            return Parting.objects.create(
                client=client, whose=whose, state=state, reasons=reasons, why_they_left=why_they_left, opened_by=by,
                opened_at=now, **decided,
            )  # fmt: skip
    except IntegrityError:
        raise Refused("One is open already with this client: go on with that.") from None


def step(parting: Parting, after: str, *, by: Member | None, now: datetime, **more: Any) -> None:
    """Move it on from the state that it was read in. Raises `Stale`."""
    if after not in STEPS.get(parting.state, frozenset()):
        raise Stale("It stands otherwise now, and that step does not follow: look at it again.")
    values: dict[str, Any] = {"state": after, "ended_at": now if after in _ENDED else None, **more}
    if after == PartingState.DECIDED:
        values |= {"decided_by": by, "decided_at": now}
    try:
        with transaction.atomic():
            rows = Parting.objects.filter(pk=parting.pk, state=parting.state)
            if not rows.update(**values, version=F("version") + 1):
                raise Stale
    except IntegrityError:
        raise Refused("Another one is open with this client: go on with that.") from None
    parting.refresh_from_db()


def change(parting: Parting, values: dict[str, Any], *, version: int) -> None:
    """Change its words. Raises `Stale`."""
    if not Parting.objects.filter(pk=parting.pk, version=version).update(**values, version=version + 1):
        raise Stale
    parting.refresh_from_db()


def keep_draft(parting: Parting, **drafts: uuid.UUID) -> None:
    """Remember the letter (`draft`), or what asks why they left (`asked`)."""
    Parting.objects.filter(pk=parting.pk).update(**drafts)


def add_item(
    parting: Parting, *, kind: str, what: str, due_on: date | None, promise: uuid.UUID | None, by: Member | None,
    now: datetime,
) -> HandoverItem:  # fmt: skip
    """Put something on the list."""
    return HandoverItem.objects.create(
        parting=parting, kind=kind, what=what, due_on=due_on, promise=promise, by=by, at=now
    )


def settle_item(item: HandoverItem, *, done: bool, by: Member | None, now: datetime) -> None:
    """It is handed over, or that was a slip. Raises `Stale`."""
    rows = HandoverItem.objects.filter(pk=item.pk, done_at__isnull=done)
    if not rows.update(done_at=now if done else None, done_by=by if done else None):
        raise Stale


def remove_item(item: HandoverItem) -> None:
    """It does not belong on the list."""
    HandoverItem.objects.filter(pk=item.pk).delete()
