"""What was noticed in mail, as events: said, fallen silent, come back, leaked; whether complaints were owned in time.

Of one message each kind counts once, and of the feelings the strongest. A complaint that follows another one of its
conversation before anybody took care begins no second wait: they are owned, or late, once.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Min, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from amends.capital.policy import Policy
from amends.capital.rules import Event, Speaker
from amends.clients.models import ContactAddress, Standing
from amends.firm.queries import firm_in_scope, working_time
from amends.recovery.queries import clocks
from amends.signals.models import VERDICTS, Action, Response, Signal, SignalKind

_SAID = {
    SignalKind.COMPLAINT: "complaint",
    SignalKind.ANGER: "anger",
    SignalKind.FRUSTRATION: "frustration",
    SignalKind.DISAPPOINTMENT: "disappointment",
    SignalKind.LEAVING: "leaving",
    SignalKind.PRAISE: "praise",
    SignalKind.REFERRAL: "recommended",
    SignalKind.RETURNING_ISSUE: "recurrence",
    SignalKind.INTERNAL_LEAK: "internal_leak",
}
_FELT = ("anger", "frustration", "disappointment")  # the strongest first
_OURS = ("internal_leak",)  # happened in what we wrote: nobody of theirs spoke
KINDS = frozenset({*_SAID.values(), "silence", "owned_in_time", "owned_late"})
"""The kinds of events that this module tells: whatever of them is posted and not told any more is taken back."""


class _Noticed(NamedTuple):
    client: int
    kind: str
    message: uuid.UUID
    thread: int
    sender: str
    said_at: datetime
    raised_at: datetime
    cleared_at: datetime | None
    answered_at: datetime | None
    confidence: float
    key: str
    owned_at: datetime | None


def of_clients(
    clients: Collection[int], *, policy: Policy, now: datetime, threads: Collection[int] | None = None
) -> list[Event]:
    """Everything that was noticed of these clients until now, and that nobody called no issue or misread.

    With `threads` (primary keys), what was noticed in those conversations alone.
    """
    rows = _rows().filter(client__in=clients)
    if threads is not None:
        rows = rows.filter(message__thread__in=threads)
    noticed = [_Noticed(*row) for row in rows]
    titles = _titles(clients)
    return [*_said(noticed, titles, policy), *_fallen_silent(noticed, now), *_owned(noticed, now)]


def _rows() -> QuerySet[Signal, Any]:
    verdict = Response.objects.filter(signal=OuterRef("pk"), undone_at=None, action__in=VERDICTS).order_by("-at", "-pk")
    owned = Response.objects.filter(signal=OuterRef("pk"), undone_at=None, action=Action.OWN)
    stands = Q(verdict="") | Q(verdict=Action.CONFIRMED)
    return (
        Signal.objects.alias(verdict=Coalesce(Subquery(verdict.values("action")[:1]), Value("")))
        .annotate(owned_at=Subquery(owned.values("signal").annotate(first=Min("at")).values("first")))
        .filter(
            stands, ~Q(message__kind="review"),  # these have lines of their own (`sources.goodwill`)
            client__standing__in=(Standing.CLIENT, Standing.UNSURE), kind__in=[*_SAID, SignalKind.SILENCE]
        )
        .order_by("said_at", "pk")
        .values_list(
            "client_id", "kind", "message__public_id", "message__thread_id", "message__sender_email", "said_at",
            "raised_at", "cleared_at", "answered_at", "confidence", "key", "owned_at",
        )
    )  # fmt: skip


def _titles(clients: Collection[int]) -> dict[str, str]:
    rows = ContactAddress.objects.filter(contact__client__in=clients).exclude(contact__title="")
    return dict(rows.values_list("email", "contact__title"))


def _said(noticed: Iterable[_Noticed], titles: dict[str, str], policy: Policy) -> Iterator[Event]:
    by_message: dict[uuid.UUID, dict[str, _Noticed]] = defaultdict(dict)
    for one in noticed:
        kind = _SAID.get(SignalKind(one.kind))
        if kind is not None:
            before = by_message[one.message].get(kind)
            if before is None or before.confidence < one.confidence:
                by_message[one.message][kind] = one
    for message, kinds in by_message.items():
        felt = [kind for kind in _FELT if kind in kinds]
        for kind, one in kinds.items():
            if kind in felt[1:]:
                continue
            speaker = Speaker.NOBODY if kind in _OURS else policy.speaker_of(titles.get(one.sender, ""))
            yield Event(
                f"message:{message}:{kind}", kind, one.client, one.said_at, ("message", message),
                strength=one.confidence, speaker=speaker,
            )  # fmt: skip


def _fallen_silent(noticed: Iterable[_Noticed], now: datetime) -> Iterator[Event]:
    for one in noticed:
        happened = one.raised_at <= now and (one.cleared_at is None or one.cleared_at > one.raised_at)
        if one.kind == SignalKind.SILENCE and happened:
            yield Event(f"signal:{one.key}", "silence", one.client, one.raised_at, ("message", one.message))


@dataclass(slots=True)
class _Wait:
    """A complaint until it was taken care of."""

    first: _Noticed
    met_at: datetime | None


def _owned(noticed: Iterable[_Noticed], now: datetime) -> Iterator[Event]:
    complaints = [one for one in noticed if one.kind == SignalKind.COMPLAINT]
    if not complaints:
        return
    firm = firm_in_scope()
    working, hours = working_time(firm), clocks().to_own
    for wait in _waits(complaints):
        until = working.add(wait.first.said_at, hours)
        if wait.met_at is not None and wait.met_at <= until:
            yield _event(wait.first, "owned_in_time", wait.met_at)
        elif until < now and (wait.met_at is not None or wait.first.said_at >= firm.created_at):
            # Of an archive without our answers nobody knows whether somebody took care.
            yield _event(wait.first, "owned_late", until)


def _waits(complaints: Iterable[_Noticed]) -> Iterator[_Wait]:
    """One a conversation and stretch in which nobody took care."""
    current: dict[int, _Wait] = {}
    for one in complaints:  # oldest first
        met = min((at for at in (one.owned_at, one.answered_at) if at is not None), default=None)
        wait = current.get(one.thread)
        if wait is not None and (wait.met_at is None or one.said_at < wait.met_at):
            wait.met_at = min((at for at in (wait.met_at, met) if at is not None), default=None)
            continue
        if wait is not None:
            yield wait
        current[one.thread] = _Wait(one, met)
    yield from current.values()


def _event(one: _Noticed, kind: str, at: datetime) -> Event:
    return Event(f"message:{one.message}:{kind}", kind, one.client, at, ("message", one.message))
