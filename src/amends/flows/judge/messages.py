"""Reading what clients wrote, each message once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db import transaction

from amends.judgement.answering import expects_answer
from amends.judgement.reading import Reading, Span, read_incoming
from amends.mail.actions.judged import mark_judged
from amends.mail.models import Direction, Message
from amends.mail.queries import new_text_of, unjudged
from amends.signals.actions import record
from amends.signals.models import Signal, SignalKind

VERSION = 1  # of the judgement; a message judged by an older one can be found and read again
BATCH = 200
_MOST = 3  # sentences of one kind that one message may contribute


def read_messages(*, now: datetime) -> Iterator[int]:
    """Read every message that nothing has read yet, newest first; yields the size of each batch done."""
    while batch := unjudged(BATCH):
        found: list[Signal] = []
        asks = {message.pk: 0.0 for message in batch}
        for message in batch:
            if message.direction == Direction.IN and message.client_id is not None:
                text = new_text_of(message.body)
                reading = read_incoming(text, at=message.sent_at)
                asks[message.pk] = expects_answer(text, reading=reading).p
                found += _signals(message, reading)
        with transaction.atomic():
            record(found)
            mark_judged(asks, version=VERSION)
        yield len(batch)


def _signals(message: Message, reading: Reading) -> Iterator[Signal]:
    for kind, spans in _kinds(reading).items():
        for span in sorted(spans, key=lambda span: -span.p)[:_MOST]:
            yield signal_at(message, kind, span)


def _kinds(reading: Reading) -> dict[str, list[Span]]:
    found: dict[str, list[Span]] = {
        SignalKind.COMPLAINT: list(reading.issues),
        SignalKind.LEAVING: list(reading.leaving),
        SignalKind.SCOPE_REQUEST: list(reading.scope_request),
        SignalKind.PRAISE: list(reading.praise) if not reading.issues else [],
        SignalKind.REFERRAL: list(reading.referral),
    }
    for feeling in reading.feelings:
        found.setdefault(SignalKind(feeling.kind), []).append(feeling)
    return found


def signal_at(message: Message, kind: str, span: Span) -> Signal:
    """A signal that rests on one sentence of one message."""
    return Signal(
        client_id=message.client_id,  # type: ignore[misc]  # callers pass messages with a client only
        kind=kind,
        message=message,
        quote=span.quote,
        start=span.start,
        end=span.end,
        rule=span.rule,
        confidence=span.p,
        said_at=message.sent_at,
        raised_at=message.sent_at,
        detail={"why": span.why},
        key=f"{kind}:{message.public_id}:{span.start}",
    )
