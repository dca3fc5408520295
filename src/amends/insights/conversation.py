"""One thread as a conversation: its messages, and what was noticed in each of them."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Prefetch, Q

from amends.firm.models import Firm
from amends.insights.facts import NO_FACTS, Facts, earlier_threads, facts_of, guarded
from amends.insights.tones import loudest
from amends.mail.models import Direction, Message, Thread
from amends.mail.privacy import Glimpse, Reader, partly_hidden
from amends.mail.queries import beside, conversation
from amends.mail.sharing import Sharing, sharing_of
from amends.signals.models import BY_PERSON, SAID, Action, Response, Signal, SignalKind
from amends.signals.queries import dismissed, standing, tones_of

_AHEAD = (SignalKind.PROMISE_DUE, SignalKind.WAITING_ON_CLIENT)  # said already, although no reason for anything yet
_BY_COURSE = (SignalKind.DERAILING, SignalKind.UNANSWERED)  # later mail may show that it was never so


@dataclass(frozen=True, slots=True)
class Noticed:
    """A signal on one message. `dismissed`: a person called it not an issue; `by`: who said that it is there."""

    signal: uuid.UUID
    kind: str
    quote: str
    start: int | None
    end: int | None
    rule: str
    why: str
    confidence: float
    dismissed: bool
    owner: str
    by: str = ""
    facts: Facts = NO_FACTS
    live: bool = True  # whether it still holds

    @property
    def by_person(self) -> bool:
        """Whether a person noticed it, and no rule."""
        return self.rule == BY_PERSON

    @property
    def correctable(self) -> bool:
        """Whether one can say of these words that they mean something else."""
        return self.kind in SAID and self.end is not None


@dataclass(frozen=True, slots=True)
class Turn:
    """One message of the conversation; `tone` is the feeling that a client's message shows most, with its share."""

    message: Message
    noticed: list[Noticed]
    tone: tuple[str, float] | None = None


@dataclass(frozen=True, slots=True)
class Around:
    """What stands around the messages that a reader reads of a conversation.

    Its subject and dates are those of what they read or know of. `closed`: there is more, of which they may know no
    more than that. `sharing`: who else reads what is closed to others; None where nothing of it is theirs to share.
    """

    subject: str
    first_at: datetime
    last_at: datetime
    glimpses: list[Glimpse]
    closed: bool
    sharing: Sharing | None


def around(reader: Reader, thread: Thread, turns: Sequence[Turn]) -> Around:
    """That of a conversation that was read; `turns` are its messages."""
    beyond = beside(reader, thread)
    known: list[Message | Glimpse] = [*(turn.message for turn in turns), *beyond.glimpses]
    known.sort(key=lambda one: one.pk)
    return Around(
        subject=known[0].subject,
        first_at=known[0].sent_at,
        last_at=known[-1].sent_at,
        glimpses=beyond.glimpses,
        closed=beyond.closed,
        sharing=sharing_of(reader, thread=thread),
    )


def read_thread(reader: Reader, firm: Firm, thread_id: uuid.UUID, *, now: datetime) -> tuple[Thread, list[Turn]]:
    """A thread with what was noticed in it, oldest first; raises `Thread.DoesNotExist`."""
    thread, messages = conversation(reader, thread_id)
    found: dict[int, list[Noticed]] = defaultdict(list)
    answers = Prefetch(
        "responses",
        Response.objects.filter(undone_at=None, at__lte=now).select_related("member").order_by("at", "pk"),
        to_attr="answers",
    )
    numbers = [message.pk for message in messages]
    rows = standing().filter(Q(raised_at__lte=now) | Q(kind__in=_AHEAD), message__in=numbers)
    rows = rows.exclude(kind__in=_BY_COURSE, cleared_at__isnull=False, cleared_at__lte=F("raised_at"))
    signals = list(rows.order_by("start", "id").prefetch_related(answers))
    threads, tones = earlier_threads(reader, (signal.detail for signal in signals)), tones_of(numbers)
    partly = bool(partly_hidden(reader, [thread.pk]))
    for signal in signals:
        detail = guarded(reader, signal.detail, kind=signal.kind, partly=partly)
        found[signal.message_id].append(_noticed(signal, facts_of(detail, threads), now))
    heard = {number: loudest(feelings) for number, (feelings, _complaint) in tones.items()}
    return thread, [
        Turn(message, found[message.pk], heard.get(message.pk) if message.direction == Direction.IN else None)
        for message in messages
    ]


def forecast(turns: list[Turn]) -> tuple[Message, Noticed] | None:
    """That the conversation is about to derail and where it shows, if that still holds and nobody said otherwise."""
    for turn in reversed(turns):
        for one in turn.noticed:
            if one.kind == SignalKind.DERAILING and one.live and not one.dismissed:
                return turn.message, one
    return None


def _noticed(signal: Signal, facts: Facts, now: datetime) -> Noticed:
    answers: list[Response] = getattr(signal, "answers", [])
    owners = [answer.member for answer in answers if answer.action == Action.OWN]
    sayers = [answer.member for answer in answers if answer.action == Action.CONFIRMED]
    return Noticed(
        signal=signal.public_id,
        kind=signal.kind,
        quote=signal.quote,
        start=signal.start,
        end=signal.end,
        rule=signal.rule,
        why=facts.why,
        confidence=signal.confidence,
        dismissed=bool(dismissed(answers)),
        owner=owners[-1].name if owners and owners[-1] else "",
        by=sayers[-1].name if sayers and sayers[-1] else "",
        facts=facts,
        live=signal.cleared_at is None or signal.cleared_at > now,
    )
