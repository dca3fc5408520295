"""One thread as a conversation: its messages, and what was noticed in each of them."""

from __future__ import annotations

import uuid
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch

from amends.firm.models import Firm
from amends.mail.models import Message, Thread
from amends.mail.queries import Reader, conversation
from amends.signals.models import Action, Response, Signal


@dataclass(frozen=True, slots=True)
class Noticed:
    """A signal on one message. `dismissed` says that a person called it not an issue."""

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


@dataclass(frozen=True, slots=True)
class Turn:
    """One message of the conversation."""

    message: Message
    noticed: list[Noticed]


def read_thread(reader: Reader, firm: Firm, thread_id: uuid.UUID, *, now: datetime) -> tuple[Thread, list[Turn]]:
    """A thread with what was noticed in it, oldest first; raises `Thread.DoesNotExist`."""
    thread, messages = conversation(reader, thread_id)
    found: dict[int, list[Noticed]] = defaultdict(list)
    answers = Prefetch(
        "responses",
        Response.objects.filter(undone_at=None, at__lte=now).select_related("member").order_by("at"),
        to_attr="answers",
    )
    signals = Signal.objects.filter(message__in=[message.pk for message in messages], raised_at__lte=now)
    for signal in signals.order_by("start", "id").prefetch_related(answers):
        found[signal.message_id].append(_noticed(signal))
    return thread, [Turn(message, found[message.pk]) for message in messages]


def _noticed(signal: Signal) -> Noticed:
    answers: list[Response] = getattr(signal, "answers", [])
    owners = [answer.member for answer in answers if answer.action == Action.OWN]
    return Noticed(
        signal=signal.public_id,
        kind=signal.kind,
        quote=signal.quote,
        start=signal.start,
        end=signal.end,
        rule=signal.rule,
        why=str(signal.detail.get("why", "")),
        confidence=signal.confidence,
        dismissed=any(answer.action == Action.NOT_AN_ISSUE for answer in answers),
        owner=owners[-1].name if owners and owners[-1] else "",
    )
