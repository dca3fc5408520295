"""Reading what clients and the firm wrote, each message once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from amends.firm.models import Firm
from amends.firm.queries import firm_in_scope, working_time
from amends.flows.judge.leaked import Company, leaks_in
from amends.flows.judge.promised import LATELY, owners, promised, raised_by
from amends.flows.judge.stages import Judge, Keep, Stage, Write
from amends.insights.today import moment_to_look_from
from amends.jobs.actions.portions import others_hold
from amends.judgement.answering import expects_answer
from amends.judgement.corrections import Taught
from amends.judgement.model import current
from amends.judgement.model.outputs import FEELINGS
from amends.judgement.reading import SHOWN, Reading, Span, read
from amends.mail.actions.judged import mark_judged, touch
from amends.mail.models import Direction, Message
from amends.mail.queries import new_text_of, unjudged
from amends.signals.actions import drop_unfound, keep_tones, record
from amends.signals.actions.promises import keep_candidates
from amends.signals.models import Promise, PromiseState, Signal, SignalKind, Tone
from amends.signals.queries import taught
from amends.signals.queries.promises import of_messages

VERSION = 2  # of the judgement; a message judged by an older one can be found and read again
BATCH = 100
_MOST = 3  # sentences of one kind that one message may contribute
_ABOUT_US = 0.35  # a feeling is news where the message also complains at least so likely: it may be about somebody else
_READ = (
    SignalKind.COMPLAINT,
    SignalKind.ANGER,
    SignalKind.FRUSTRATION,
    SignalKind.DISAPPOINTMENT,
    SignalKind.LEAVING,
    SignalKind.SCOPE_REQUEST,
    SignalKind.PRAISE,
    SignalKind.REFERRAL,
    SignalKind.PROMISE_DUE,
    SignalKind.WAITING_ON_CLIENT,
    SignalKind.INTERNAL_LEAK,
)  # what reading one message can find
_NEWS = 0.6
"""How sure the model must be of a complaint that no rule hears, before a person is called: *Today* cries no wolf."""
_FELT = (SignalKind.ANGER, SignalKind.FRUSTRATION, SignalKind.DISAPPOINTMENT)


@dataclass(slots=True)
class Found:
    """What one batch of messages gave."""

    signals: list[Signal] = field(default_factory=list)
    promises: list[Promise] = field(default_factory=list)
    tones: list[Tone] = field(default_factory=list)
    asks: dict[int, float] = field(default_factory=dict)


def _begin(now: datetime) -> Judge:
    """Read messages that nothing has read yet."""
    firm, company = firm_in_scope(), Company()
    since = moment_to_look_from(now=now)[0] - LATELY

    def judge(batch: Sequence[Message], keep: Keep) -> Write:
        found = Found(asks={message.pk: 0.0 for message in batch})
        lessons = taught()
        company.meet(batch)
        for message in batch:
            keep()
            if message.client_id is None:
                continue
            if message.direction == Direction.IN:
                _hear(message, firm, lessons, found)
            elif message.direction == Direction.OUT:
                _overhear(message, firm, company, found)
        owners(found.promises)

        def write() -> None:
            keep_candidates(batch, [one for one in found.promises if one.made_at > since])
            decided = [one for one in of_messages(found.asks) if one.state != PromiseState.CANDIDATE]
            signals = found.signals + raised_by(found.promises, decided, firm)
            drop_unfound(batch, signals, _READ)
            record(signals)
            keep_tones(found.tones)
            mark_judged(found.asks, version=VERSION)
            touch(batch, now=now, again=others_hold())

        return write

    return judge


STAGE = Stage("messages", pick=lambda exclude: unjudged(BATCH, exclude=exclude), begin=_begin)


def _hear(message: Message, firm: Firm, lessons: Taught, found: Found) -> None:
    """What a client wrote."""
    text = new_text_of(message.body)
    reading = read(text, at=_local(message, firm), working=working_time(firm), cascade=True)
    found.asks[message.pk] = expects_answer(text, reading=reading).p
    said = _said(message, reading)
    found.signals += [signal for signal in _corrected(said, lessons) if _news(signal)]
    found.promises += promised(message, reading.promises, firm)
    if reading.by == "model":
        feelings = {name: round(reading.emotions[name], 3) for name in FEELINGS}
        found.tones.append(Tone(message=message, feelings=feelings, complaint=round(reading.complaint, 3)))


def _overhear(message: Message, firm: Firm, company: Company, found: Found) -> None:
    """What we wrote to a client: promises, and what was not meant for them."""
    text = new_text_of(message.body)
    reading = read(text, writer="firm", at=_local(message, firm), working=working_time(firm), cascade=True)
    found.promises += promised(message, reading.promises, firm)
    found.signals += [signal_at(message, SignalKind.INTERNAL_LEAK, span) for span in leaks_in(message, text, company)]


def _local(message: Message, firm: Firm) -> datetime:
    return message.sent_at.astimezone(ZoneInfo(firm.timezone))


def _said(message: Message, reading: Reading) -> list[Signal]:
    found = []
    for kind, spans in _kinds(reading).items():
        for span in sorted(spans, key=lambda span: -span.p)[:_MOST]:
            signal = signal_at(message, kind, span)
            if kind == SignalKind.COMPLAINT and reading.wanted:
                signal.detail["wanted"] = reading.wanted[0].quote
            found.append(signal)
    return found


def _kinds(reading: Reading) -> dict[str, list[Span]]:
    found: dict[str, list[Span]] = {
        SignalKind.COMPLAINT: list(reading.issues),
        SignalKind.LEAVING: list(reading.leaving),
        SignalKind.SCOPE_REQUEST: list(reading.scope_request),
        SignalKind.PRAISE: list(reading.praise) if not reading.issues else [],
        SignalKind.REFERRAL: list(reading.referral),
    }
    for feeling in reading.feelings:
        if feeling.kind in _FELT and (reading.by == "rules" or reading.complaint >= _ABOUT_US):
            found.setdefault(SignalKind(feeling.kind), []).append(feeling)
    return found


def _corrected(signals: Sequence[Signal], lessons: Taught) -> Iterable[Signal]:
    """The signals as the firm's corrections make them: surer, less sure, or gone."""
    if not lessons or not signals:
        return signals
    model = current()
    vectors = model.vectors([signal.quote for signal in signals]) if model else [None] * len(signals)
    kept = []
    for signal, vector in zip(signals, vectors, strict=True):
        p, why = lessons.adjust(signal.kind, signal.quote, vector, signal.confidence)
        if p >= lessons.threshold(signal.kind, SHOWN):
            signal.confidence = p
            if why:
                signal.detail["why"] = why
            kept.append(signal)
    return kept


def _news(signal: Signal) -> bool:
    return signal.rule != "model.issue" or signal.confidence >= _NEWS


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
