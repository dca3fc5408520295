"""Promises, ours and theirs: candidates that people look at, and reasons that come true by the clock.

A promise with a date is a reason before anybody confirmed it, and says so (`unconfirmed`): ours from the morning of the
last working day before it is due until we write in that conversation again, or ten working days after; what the client
owes us from the working day after it was due until they write. Once somebody confirmed it, it is a reason until it is
settled: ours is due, and from then on broken. All of it follows from the promise's row (`signals_of`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from amends.firm.models import Firm, Member
from amends.firm.queries import working_time
from amends.judgement import promises as judged
from amends.mail.models import Direction, Message
from amends.signals.models import Origin, Promise, PromiseBy, PromiseState, Signal, SignalKind
from amends.signals.rules import is_exact

_LEAST = 0.7  # what is put before people is surely a promise
_FADES = 10  # working days after the date
_UNDATED = timedelta(days=30)  # so long a candidate without a date is shown
_FARTHEST = timedelta(days=400)
LATELY = timedelta(days=90)  # candidates are found in mail no older than that
_DUE, _WAITING, _BROKEN = SignalKind.PROMISE_DUE, SignalKind.WAITING_ON_CLIENT, SignalKind.PROMISE_BROKEN


def promised(message: Message, promises: Iterable[judged.Promise], firm: Firm) -> Iterator[Promise]:
    """What the writer of a message surely promised, as rows that are not written yet; those with a date that lies
    behind it or years ahead have none. What a message says twice, as one that brings its text as HTML too, is one."""
    ours, said = message.direction == Direction.OUT, set()
    for promise in promises:
        if promise.p < _LEAST or promise.negative or (promise.by == "firm") != ours:
            continue
        due = promise.due
        if due is not None and not message.sent_at < due < message.sent_at + _FARTHEST:
            continue
        words = " ".join(promise.quote.casefold().split())
        if words not in said:
            said.add(words)
            yield _candidate(message, promise, due, firm)


def owners(promises: Iterable[Promise]) -> None:
    """Give what our people promised to whoever wrote it."""
    ours = [one for one in promises if one.by == PromiseBy.FIRM and one.message is not None]
    emails = {one.message.sender_email.lower() for one in ours if one.message is not None}
    members = {one.email: one for one in Member.objects.filter(email__in=emails)} if emails else {}
    for one in ours:
        one.owner = members.get(one.message.sender_email.lower()) if one.message is not None else None


def raised_by(found: Sequence[Promise], decided: Iterable[Promise], firm: Firm) -> list[Signal]:
    """The signals of what was found in some messages, and of what people have decided on there."""
    known = {one.key: one for one in decided}
    rows = [one for one in found if one.key not in known]
    return [signal for one in (*rows, *known.values()) for signal in signals_of(one, firm)]


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


def keys_of(promise: Promise) -> set[str]:
    """The keys of all signals that a promise may ever have."""
    return {_key(promise, kind) for kind in (_DUE, _WAITING, _BROKEN)}


def signals_of(promise: Promise, firm: Firm) -> list[Signal]:
    """The signals of a promise as its row stands; none without a date, or without a message to show for it."""
    if promise.due is None or promise.message is None:
        return []
    settled = promise.settled_at
    if promise.by == PromiseBy.CLIENT:
        made = [_signal(promise, _WAITING, raised=_after(promise.due, firm), cleared=settled)]
    else:
        due = min(promise.due, settled) if settled else promise.due
        made = [_signal(promise, _DUE, raised=_before(promise.due, firm), cleared=due)]
        if promise.confirmed_at is not None:
            broken = promise.state == PromiseState.BROKEN
            raised = min(promise.due, settled) if broken and settled else promise.due
            made.append(_signal(promise, _BROKEN, raised=raised, cleared=None if broken else settled))
    if promise.confirmed_at is None:
        made = [_unconfirmed(made[0], promise, firm)]
    for signal in made:
        signal.raised_at = max(signal.raised_at, signal.said_at)
    return [one for one in made if one.cleared_at is None or one.cleared_at > one.raised_at]


def _unconfirmed(signal: Signal, promise: Promise, firm: Firm) -> Signal:
    """It ends of itself some time after its date, and when somebody says that it is no promise."""
    fades = _fades(promise.due, promise.made_at, firm)
    if promise.settled_at is not None:
        fades = min(fades, promise.settled_at)
    signal.cleared_at = fades
    signal.detail |= {"fades": fades.isoformat(), "unconfirmed": True}
    signal.confidence = promise.confidence
    return signal


def _candidate(message: Message, promise: judged.Promise, due: datetime | None, firm: Firm) -> Promise:
    return Promise(
        client_id=message.client_id,  # type: ignore[misc]  # callers pass messages with a client only
        by=promise.by,
        text=" ".join(promise.quote.split()),
        due=due,
        due_exact=is_exact(due, timezone=firm.timezone, day_end=firm.day_end),
        made_at=message.sent_at,
        origin=Origin.MESSAGE,
        message=message,
        quote=promise.quote,
        start=promise.start,
        end=promise.end,
        rule=promise.rule,
        why=promise.why[:300],
        confidence=promise.p,
        fades_at=_fades(due, message.sent_at, firm),
        key=f"{promise.by}:{message.public_id}:{promise.start}",
        state=PromiseState.CANDIDATE,
    )


def _signal(promise: Promise, kind: str, *, raised: datetime, cleared: datetime | None) -> Signal:
    message = promise.message
    assert message is not None and promise.due is not None  # noqa: S101, PT018  # `signals_of` has looked
    return Signal(
        client_id=promise.client_id,
        kind=kind,
        message=message,
        quote=promise.quote,
        start=promise.start,
        end=promise.end,
        rule=promise.rule,
        confidence=1.0,
        said_at=message.sent_at,
        raised_at=raised,
        cleared_at=cleared,
        detail={"why": promise.why, "due": promise.due.isoformat()},
        key=_key(promise, kind),
    )


def _key(promise: Promise, kind: str) -> str:
    """A promise that somebody confirms keeps the signal that it had, with what people answered to it."""
    found = promise.origin == Origin.MESSAGE and promise.replaces_id is None and promise.message is not None
    if found and promise.message is not None and kind != _BROKEN:
        return f"{kind}:{promise.message.public_id}:{promise.start}"
    return f"{kind}:promise:{promise.public_id}"


def _fades(due: datetime | None, made: datetime, firm: Firm) -> datetime:
    if due is None:
        return made + _UNDATED
    working = working_time(firm)
    return _morning(working.add_days(working.local_day(due), _FADES), firm)


def _before(due: datetime, firm: Firm) -> datetime:
    """The morning of the last working day before."""
    working = working_time(firm)
    day = working.local_day(due)
    before = day - timedelta(days=1)
    while not working.is_working_day(before) and day - before < timedelta(days=7):
        before -= timedelta(days=1)
    return _morning(before, firm)


def _after(due: datetime, firm: Firm) -> datetime:
    """The morning of the working day after."""
    working = working_time(firm)
    return _morning(working.add_days(working.local_day(due), 1), firm)


def _morning(day: date, firm: Firm) -> datetime:
    return datetime.combine(day, firm.day_start, tzinfo=ZoneInfo(firm.timezone))
