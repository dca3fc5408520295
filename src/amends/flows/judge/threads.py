"""What the course of a conversation says: what waits for our answer, what was answered, what was put right."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime

from amends.firm.queries import firm_in_scope, working_time
from amends.flows.judge.course import course_of
from amends.flows.judge.kept import kept_by
from amends.flows.judge.promised import followed_up
from amends.flows.judge.stages import Judge, Keep, Stage, Write
from amends.judgement.answering import ANSWER_DUE, expects_answer, usual_time
from amends.judgement.reading import read
from amends.judgement.working_time import WorkingTime
from amends.mail.actions.judged import settle
from amends.mail.models import Direction, Message, Thread
from amends.mail.queries import SYSTEM, readable, texts, touched_threads
from amends.mail.rules import first_order_at
from amends.signals.actions import record
from amends.signals.actions.promises import suggest
from amends.signals.models import Signal, SignalKind
from amends.signals.queries import standing

BATCH = 100
_SAMPLES = 400  # past answers that tell the firm's usual time
_WRONGS = {
    SignalKind.COMPLAINT,
    SignalKind.ANGER,
    SignalKind.FRUSTRATION,
    SignalKind.DISAPPOINTMENT,
    SignalKind.LEAVING,
    SignalKind.SCOPE_REQUEST,
    SignalKind.RETURNING_ISSUE,
}
_FOLDED = "same_as"  # a complaint that repeats an open one counts with it
_KINDNESSES = {SignalKind.PRAISE, SignalKind.REFERRAL}  # done with when we have answered


def _begin(now: datetime) -> Judge:
    """Bring touched threads' signals up to date."""
    usual = Usual(working_time(firm_in_scope()))

    def judge(batch: Sequence[Thread], keep: Keep) -> Write:
        messages = _messages(batch)
        known = _known(messages)
        found: list[Signal] = []
        for thread in batch:
            keep()
            found += _settled(messages[thread.pk], known, usual)
        _quote(signal for signal in found if signal.kind == SignalKind.UNANSWERED and not signal.rule)
        keep()
        course = course_of(batch, messages, known)
        keeping = kept_by(messages, now=now)
        folded = [signal for thread in batch for signal in _course(messages[thread.pk], known)]

        def write() -> None:
            for each in (found, course, folded):
                record(each)
            for promise, message, start, end in keeping:
                suggest(promise, message=message, start=start, end=end)
            settle(batch)

        return write

    return judge


STAGE = Stage("threads", pick=lambda exclude: touched_threads(BATCH, exclude=exclude), begin=_begin)


def settle_said(threads: Sequence[Thread]) -> None:
    """Note anew what was answered and put right in these threads, after a person corrected what was noticed there."""
    messages = _messages(threads)
    known = _known(messages)
    record(signal for thread in threads for signal in _course(messages[thread.pk], known))


class Usual:
    """Within how many business hours this firm usually answers, as its answers showed at the start of each month.

    Looked up by the month of a message, so that what was known then does not change with what came later.
    """

    def __init__(self, working: WorkingTime) -> None:
        self.working = working
        self._known: dict[date, float] = {}

    def hours(self, moment: datetime) -> float:
        """The usual time for a message sent at `moment`."""
        month = moment.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        if month.date() not in self._known:
            self._known[month.date()] = usual_time(self._samples(first_order_at(month)))
        return self._known[month.date()]

    def _samples(self, before: int) -> Iterator[float]:
        """How long the latest answers in conversations took, of those older than this key."""
        rows = (
            readable(SYSTEM)
            .filter(kind="personal", direction__in=[Direction.IN, Direction.OUT], id__lt=before)
            .order_by("-id")
            .values_list("thread_id", "direction", "sent_at")[: 10 * _SAMPLES]
        )
        answer: dict[int, datetime] = {}
        found = 0
        for thread, direction, sent_at in rows:  # newest first: an answer comes before what it answers
            if direction == Direction.OUT:
                answer[thread] = sent_at
            elif thread in answer and found < _SAMPLES:
                found += 1
                yield self.working.hours_between(sent_at, answer.pop(thread))


def _messages(threads: Sequence[Thread]) -> dict[int, list[Message]]:
    """The personal messages of each thread, oldest first."""
    found: dict[int, list[Message]] = defaultdict(list)
    rows = readable(SYSTEM).filter(thread__in=[thread.pk for thread in threads], kind="personal").order_by("id")
    for message in rows.only("id", "public_id", "thread_id", "client_id", "direction", "sent_at", "asks"):
        found[message.thread_id].append(message)
    return found


def _known(messages: dict[int, list[Message]]) -> dict[int, list[Signal]]:
    """The signals that stand, by message."""
    known: dict[int, list[Signal]] = defaultdict(list)
    keys = [message.pk for thread in messages.values() for message in thread]
    for signal in standing().filter(message__in=keys).order_by("id"):
        known[signal.message_id].append(signal)
    return known


def _settled(messages: list[Message], known: dict[int, list[Signal]], usual: Usual) -> list[Signal]:
    """Those signals of one thread that its course decides and that are not yet as they should be."""
    return _course(messages, known) + _unanswered(messages, known, usual)


def _course(messages: list[Message], known: dict[int, list[Signal]]) -> list[Signal]:
    """Those of what was said in one thread of which it is not yet noted whether it was answered and put right."""
    said = [signal for message in messages for signal in known[message.pk] if signal.kind in _WRONGS | _KINDNESSES]
    before = [(signal.answered_at, signal.cleared_at) for signal in said]
    for message in messages:
        _note_answer([signal for signal in said if signal.message_id == message.pk], message, messages)
    _put_right(said)
    changed = [
        signal for signal, was in zip(said, before, strict=True) if (signal.answered_at, signal.cleared_at) != was
    ]
    return changed + followed_up(messages, known)


def _note_answer(signals: list[Signal], message: Message, messages: list[Message]) -> None:
    """Note our first answer after the message; thanks that were answered are done with."""
    answer = next(
        (other.sent_at for other in messages if other.direction == Direction.OUT and other.id > message.id), None
    )
    for signal in signals:
        signal.answered_at = answer
        if _FOLDED in signal.detail:
            continue
        signal.cleared_at = answer if signal.kind in _KINDNESSES else None


def _put_right(signals: list[Signal]) -> None:
    """A wrong that we answered, and that was followed by thanks in the same conversation, is right again.

    A wrong that is said after the thanks speaks for itself; it does not change what was right until then. Thanks in
    one breath with a wrong are none.
    """
    wrongs = {signal.said_at for signal in signals if signal.kind in _WRONGS}
    thanks = sorted({signal.said_at for signal in signals if signal.kind == SignalKind.PRAISE} - wrongs)
    for signal in signals:
        if signal.kind in _WRONGS and _FOLDED not in signal.detail:
            answered = signal.answered_at
            signal.cleared_at = next((at for at in thanks if answered and at > answered), None)


def _unanswered(messages: list[Message], known: dict[int, list[Signal]], usual: Usual) -> list[Signal]:
    """One signal for each stretch in which the client waited longer than is usual here, where that is news."""
    there = {
        message.pk: signal
        for message in messages
        for signal in known[message.pk]
        if signal.kind == SignalKind.UNANSWERED
    }
    changed = []
    for run, answer in _runs(messages):
        asking = next((message for message in run if message.asks >= ANSWER_DUE), None)
        hours = usual.hours(asking.sent_at) if asking else 0.0
        due = usual.working.add(asking.sent_at, hours) if asking else None
        if asking is None or due is None or (answer is not None and answer <= due):
            continue
        signal = there.pop(asking.pk, None)
        if signal is None:
            changed.append(_waiting(asking, due, hours, answer))
        elif signal.cleared_at != answer:
            signal.cleared_at = answer
            changed.append(signal)
    for signal in there.values():
        if signal.cleared_at != signal.raised_at:
            signal.cleared_at = signal.raised_at  # mail that came later shows that it was answered in time
            changed.append(signal)
    return changed


def _runs(messages: list[Message]) -> Iterator[tuple[list[Message], datetime | None]]:
    """Stretches of received messages, each with the moment of our answer that ended it (None: not yet)."""
    run: list[Message] = []
    for message in messages:
        if message.direction == Direction.IN and message.client_id:
            run.append(message)
        elif message.direction == Direction.OUT and run:
            yield run, message.sent_at
            run = []
    if run:
        yield run, None


def _waiting(message: Message, due: datetime, usual: float, answer: datetime | None) -> Signal:
    return Signal(
        client_id=message.client_id,  # type: ignore[misc]  # callers pass messages with a client only
        kind=SignalKind.UNANSWERED,
        message=message,
        confidence=message.asks,
        said_at=message.sent_at,
        raised_at=due,
        cleared_at=answer,
        detail={"usual_hours": round(usual, 1)},
        key=f"unanswered:{message.public_id}",
    )


def _quote(signals: Iterable[Signal]) -> None:
    """Put the asking sentence beside each new *unanswered*; only these are read a second time, as they were before."""
    waiting = {signal.message_id: signal for signal in signals}
    for number, text in texts(SYSTEM, waiting).items():
        expectation, signal = expects_answer(text, reading=read(text, cascade=True)), waiting[number]
        signal.rule = expectation.rule or "answering.assumed"
        signal.detail["why"] = expectation.reason
        if expectation.quote:
            signal.quote, signal.start, signal.end = expectation.quote, expectation.start, expectation.end
        else:
            signal.quote = " ".join(text.split())[:160]
