"""Writes of the signals part: what was noticed, and what a person made of it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.models import F

from amends.clients.models import Client
from amends.core.errors import AmendsError
from amends.core.ids import uuid7
from amends.firm.models import Member
from amends.firm.scope import update_rows
from amends.signals.models import Action, Response, RhythmPrior, Signal, SignalKind


class NoSuchSignal(AmendsError):
    """The signals that were to be answered are not there (any more)."""


_CHANGING = ["quote", "start", "end", "rule", "confidence", "raised_at", "cleared_at", "answered_at", "detail"]


def record(found: Iterable[Signal]) -> None:
    """Write signals; one that is known by its key is brought up to date and keeps its identity and its answers."""
    signals = list(found)
    Signal.objects.bulk_create(
        [signal for signal in signals if signal.pk is None],
        update_conflicts=True,
        unique_fields=["firm", "key"],
        update_fields=_CHANGING,
        batch_size=200,
    )
    update_rows([signal for signal in signals if signal.pk is not None], _CHANGING)


def forget_priors(*, after: date) -> None:
    """What was learned of rhythms after `after` is out of date: mail of that day has only now arrived."""
    RhythmPrior.objects.filter(as_of__gt=after).delete()


def respond(
    signal_ids: Sequence[uuid.UUID],
    *,
    action: Action,
    member: Member | None,
    at: datetime,
    why: str = "",
    until: datetime | None = None,
) -> uuid.UUID:
    """Record one answer to one or more signals; returns the batch that `undo` takes back. Raises `NoSuchSignal`."""
    batch = uuid7()
    with transaction.atomic():
        signals = list(Signal.objects.filter(public_id__in=signal_ids).only("id"))
        if not signals:
            message = "That reason is not there any more: reload the page."
            raise NoSuchSignal(message)
        Response.objects.bulk_create(
            [
                Response(signal=signal, member=member, action=action, why=why[:500], until=until, at=at, batch=batch)
                for signal in signals
            ]
        )
    return batch


def undo(batch: uuid.UUID, *, at: datetime) -> int:
    """Take back the answers of one click; returns how many signals are open again by it."""
    return Response.objects.filter(batch=batch, undone_at=None).update(undone_at=at)


def move_signals(source: Client, target: Client, *, only_moved: bool = False) -> None:
    """Signals follow their messages to another client; silences are worked out anew.

    `only_moved`: those whose message is the target's already; otherwise all.
    """
    theirs = Signal.objects.filter(client=source)
    theirs.filter(kind=SignalKind.SILENCE).delete()
    moving = theirs.filter(message__client=target) if only_moved else theirs
    Signal.objects.filter(pk__in=list(moving.values_list("pk", flat=True))).update(client=target)


def drop_misplaced() -> None:
    """Forget signals whose message is no longer from the client that they are about; judging makes them again."""
    Signal.objects.exclude(message__client=F("client")).delete()
    Signal.objects.exclude(message__direction="in").delete()
