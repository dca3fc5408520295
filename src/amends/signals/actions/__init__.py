"""Writes of the signals part: what was noticed, what a person made of it, and what people corrected."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Subquery

from amends.clients.models import Client
from amends.core.errors import AmendsError
from amends.core.ids import uuid7
from amends.firm.models import Member
from amends.firm.scope import update_rows
from amends.mail.models import Message
from amends.signals.models import (
    BY_PERSON,
    Action,
    Correction,
    IssueVector,
    Response,
    RhythmPrior,
    Signal,
    SignalKind,
    Tone,
)


class NoSuchSignal(AmendsError):
    """The signals that were to be answered are not there (any more)."""


_CHANGING = ["quote", "start", "end", "rule", "confidence", "raised_at", "cleared_at", "answered_at", "detail"]


def record(found: Iterable[Signal]) -> None:
    """Write signals; one that is known by its key is brought up to date and keeps its identity and its answers.

    What a person said is there stays as they said it, whatever is found at the same place.
    """
    signals = list(found)
    new, known = [one for one in signals if one.pk is None], [one for one in signals if one.pk is not None]
    keys = [signal.key for signal in new]
    fixed = set(Signal.objects.filter(key__in=keys, rule=BY_PERSON).values_list("key", flat=True)) if new else set()
    Signal.objects.bulk_create(
        [signal for signal in new if signal.key not in fixed],
        update_conflicts=True,
        unique_fields=["firm", "key"],
        update_fields=_CHANGING,
        batch_size=200,
    )
    update_rows(known, _CHANGING)


def keep_tones(tones: Iterable[Tone]) -> None:
    """Write how messages sound, anew where that is known."""
    Tone.objects.bulk_create(
        tones,
        update_conflicts=True,
        unique_fields=["firm", "message"],
        update_fields=["feelings", "complaint"],
        batch_size=200,
    )


def keep_vectors(vectors: Iterable[IssueVector]) -> None:
    """Write the vectors of complaints, anew where there are some."""
    IssueVector.objects.bulk_create(
        vectors,
        update_conflicts=True,
        unique_fields=["firm", "signal"],
        update_fields=["numbers", "made_by"],
        batch_size=200,
    )


def drop_unfound(messages: Iterable[Message], found: Iterable[Signal], kinds: Collection[str]) -> None:
    """Forget signals of these messages and kinds that reading them again did not find, and that nobody has answered."""
    keys = {signal.key for signal in found}
    numbers = [message.pk for message in messages]
    there = Signal.objects.filter(message__in=numbers, kind__in=kinds, responses=None).exclude(rule=BY_PERSON)
    Signal.objects.filter(pk__in=[pk for pk, key in there.values_list("pk", "key") if key not in keys]).delete()


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
        _answer(signals, action, member=member, at=at, batch=batch, why=why, until=until)
    return batch


def _answer(
    signals: Iterable[Signal],
    action: Action,
    *,
    member: Member | None,
    at: datetime,
    batch: uuid.UUID,
    why: str = "",
    until: datetime | None = None,
) -> None:
    Response.objects.bulk_create(
        [
            Response(signal=signal, member=member, action=action, why=why[:500], until=until, at=at, batch=batch)
            for signal in signals
        ]
    )


def undo(batch: uuid.UUID, *, at: datetime) -> int:
    """Take back the answers and corrections of one click; returns how many answers it took back.

    A signal that a person made, and that nobody says any more, is gone.
    """
    with transaction.atomic():
        Correction.objects.filter(batch=batch, undone_at=None).update(undone_at=at)
        count = Response.objects.filter(batch=batch, undone_at=None).update(undone_at=at)
        said = Response.objects.filter(signal=OuterRef("pk"), action=Action.CONFIRMED, undone_at=None)
        made = Signal.objects.filter(rule=BY_PERSON, responses__batch=batch, responses__action=Action.CONFIRMED)
        Signal.objects.filter(pk__in=list(made.exclude(Exists(said)).values_list("pk", flat=True))).delete()
    return count


def forget_returns(messages: Collection[int]) -> None:
    """Forget that an issue came back, where these messages (keys) are what it came back from: it quotes them."""
    ids = {str(one) for one in Message.objects.filter(pk__in=messages).values_list("public_id", flat=True)}
    clients = Message.objects.filter(pk__in=messages, client__isnull=False).values("client")
    back = Signal.objects.filter(kind=SignalKind.RETURNING_ISSUE, client__in=clients)
    going = [pk for pk, detail in back.values_list("pk", "detail") if detail.get("earlier_message") in ids]
    Signal.objects.filter(pk__in=going).delete()


def keep(corrections: Iterable[Correction]) -> None:
    """Write what people corrected."""
    Correction.objects.bulk_create(corrections, batch_size=200)


def give_vectors(corrections: Iterable[Correction]) -> None:
    """Write the vectors of corrections and which model made them."""
    update_rows(corrections, ["vector", "vector_by"])


def take_away(signals: Iterable[Signal], *, member: Member | None, at: datetime, batch: uuid.UUID) -> None:
    """Say of signals that they were read wrongly: they are seen nowhere any more, until that is taken back."""
    _answer(signals, Action.CORRECTED, member=member, at=at, batch=batch)


def say(signals: Sequence[Signal], *, member: Member | None, at: datetime, batch: uuid.UUID) -> None:
    """Say that these signals hold: those that are there are confirmed, the others made as a person's own."""
    keys = [signal.key for signal in signals]
    there = set(Signal.objects.filter(key__in=keys).values_list("key", flat=True))
    new = [signal for signal in signals if signal.key not in there]
    for signal in new:
        signal.rule, signal.confidence = BY_PERSON, 1.0
    Signal.objects.bulk_create(new, batch_size=200)
    _answer(Signal.objects.filter(key__in=keys).order_by("pk"), Action.CONFIRMED, member=member, at=at, batch=batch)


def move_signals(source: Client, target: Client, *, only_moved: bool = False) -> None:
    """Signals follow their messages to another client; silences are worked out anew.

    `only_moved`: those whose message is the target's already; otherwise all.
    """
    theirs = Signal.objects.filter(client=source)
    theirs.filter(kind=SignalKind.SILENCE).delete()
    moving = theirs.filter(message__client=target) if only_moved else theirs
    Signal.objects.filter(pk__in=list(moving.values_list("pk", flat=True))).update(client=target)


def drop_misplaced() -> None:
    """Forget signals whose message is no longer from the client that they are about; judging makes them again.

    What a person said of a sentence, nothing makes again: it goes with its message.
    """
    owner = Message.objects.filter(pk=OuterRef("message"), client__isnull=False).values("client")
    strayed = Signal.objects.filter(rule=BY_PERSON, message__client__isnull=False)
    strayed = strayed.exclude(message__client=F("client"))
    Signal.objects.filter(pk__in=list(strayed.values_list("pk", flat=True))).update(client=Subquery(owner[:1]))
    Signal.objects.exclude(message__client=F("client")).delete()
    ours = [SignalKind.PROMISE_DUE, SignalKind.PROMISE_BROKEN, SignalKind.INTERNAL_LEAK]
    Signal.objects.exclude(message__direction="in").exclude(kind__in=ours).delete()
    Signal.objects.exclude(message__direction="out").filter(kind__in=ours).delete()
