"""Promises with a date, ours and theirs, as reasons that come true by the clock.

Nobody has confirmed them: they say so (`unconfirmed`), and end of themselves. Ours is shown from the morning of the
last working day before it is due until we write in that conversation again, or ten working days after; what the
client owes us from the working day after it was due until they write.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from amends.firm.models import Firm
from amends.firm.queries import working_time
from amends.judgement.promises import Promise
from amends.mail.models import Direction, Message
from amends.signals.models import Signal, SignalKind

_LEAST = 0.7  # a date on Today nags: only what is surely a promise
_FADES = 10  # working days after the date
_FARTHEST = timedelta(days=400)


def promised(message: Message, promises: Iterable[Promise], firm: Firm) -> Iterator[Signal]:
    """The signals of a message's promises that have a date ahead of it."""
    for promise in promises:
        due = promise.due
        if due is None or promise.p < _LEAST or promise.negative:
            continue
        if not message.sent_at < due < message.sent_at + _FARTHEST:
            continue
        ours = promise.by == "firm"
        if ours == (message.direction == Direction.OUT):
            yield _signal(message, promise, due, firm, ours=ours)


def followed_up(messages: Sequence[Message], known: Mapping[int, Sequence[Signal]]) -> list[Signal]:
    """Those of one conversation's dated promises that now end otherwise: with the next letter of whoever promised."""
    changed = []
    for message in messages:
        for signal in known[message.pk]:
            if "fades" not in signal.detail:
                continue
            fades = datetime.fromisoformat(signal.detail["fades"])
            later = (m.sent_at for m in messages if m.direction == message.direction and m.sent_at >= signal.raised_at)
            ended = min(fades, next((at for at in later if at > message.sent_at), fades))
            if signal.cleared_at != ended:
                signal.cleared_at = ended
                changed.append(signal)
    return changed


def _signal(message: Message, promise: Promise, due: datetime, firm: Firm, *, ours: bool) -> Signal:
    working = working_time(firm)
    day = working.local_day(due)
    kind = SignalKind.PROMISE_DUE if ours else SignalKind.WAITING_ON_CLIENT
    if ours:
        before = day - timedelta(days=1)
        while not working.is_working_day(before) and day - before < timedelta(days=7):
            before -= timedelta(days=1)
        raised = max(_morning(before, firm), message.sent_at)
    else:
        raised = _morning(working.add_days(day, 1), firm)
    return Signal(
        client_id=message.client_id,  # type: ignore[misc]  # callers pass messages with a client only
        kind=kind,
        message=message,
        quote=promise.quote,
        start=promise.start,
        end=promise.end,
        rule=promise.rule,
        confidence=promise.p,
        said_at=message.sent_at,
        raised_at=raised,
        cleared_at=_morning(working.add_days(day, _FADES), firm),
        detail={
            "why": promise.why,
            "due": due.isoformat(),
            "fades": _morning(working.add_days(day, _FADES), firm).isoformat(),
            "unconfirmed": True,
        },
        key=f"{kind}:{message.public_id}:{promise.start}",
    )


def _morning(day: object, firm: Firm) -> datetime:
    return datetime.combine(day, firm.day_start, tzinfo=ZoneInfo(firm.timezone))  # type: ignore[arg-type]
