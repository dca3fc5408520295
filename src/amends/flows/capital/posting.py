"""Posting: events become lines of clients' accounts by the policy that holds, each once.

`settle` is called with what a deed changed, in the deed's own transaction. `catch_up` looks at clients whole: after
their mail was judged, when the clock makes something true, and when a ledger is built for mail that was there before.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from amends.capital import queries
from amends.capital.actions import hold, policy_or_shipped, write
from amends.capital.models import PolicyVersion, Posting
from amends.capital.policy import Policy, read
from amends.capital.rules import Event
from amends.clients.models import Client, Engagement
from amends.flows.capital.sources import boundaries, goodwill, promises, recoveries, signals
from amends.mail.models import Message
from amends.signals.models import Signal, SignalKind

_AT_ONCE = 50  # clients in one transaction
_LATELY = timedelta(days=3)  # what came true by the clock is looked for so far back: a runner may have rested


def settle(events: Iterable[Event], *, now: datetime) -> int:
    """Post what the policy says of these events, once each; take back what is withdrawn or another client's.

    Returns how many lines that made. Joins the transaction that is open.
    """
    wanted = {event.key: event for event in events}
    if not wanted:
        return 0
    with transaction.atomic():
        version = policy_or_shipped(now=now)
        policy = read(version.text)
        held = {event.client for event in wanted.values()}
        hold(held)
        there = queries.by_keys(list(wanted))
        hold({line.client_id for lines in there.values() for line in lines} - held)
        kin = _accounts(wanted.values(), there)
        engagements = _engagements(wanted.values())
        made: list[Posting] = []
        for event in wanted.values():
            lines = there.get(event.key, [])
            last = lines[-1] if lines and lines[-1].turn % 2 == 0 else None
            moved = last is not None and kin.get(last.client_id) != kin.get(event.client)
            if last is not None and (event.withdrawn or moved):
                made.append(_back(last, now))
            if not event.withdrawn and (last is None or moved):
                turn = len(lines) + int(moved)
                made += _lines(event, version, policy, turn, engagements.get(event.engagement or 0), now)
        write(made)
    return len(made)


def catch_up(clients: Collection[int], *, now: datetime) -> int:
    """Bring the accounts of these clients (primary keys) up to what is known of them; returns how many lines it made.

    What was posted for mail that says so no more is taken back. What was posted for mail that was erased stays.
    """
    if not clients:
        return 0
    with transaction.atomic():
        hold(clients)
        policy = read(policy_or_shipped(now=now).text)
        events = signals.of_clients(clients, policy=policy, now=now)
        events += _outdated(clients, {event.key for event in events})
        for source in _SOURCES:
            events += source(clients)
        return settle(events, now=now)


def catch_up_on(threads: Collection[int], *, now: datetime) -> int:
    """The same for what was noticed in these conversations (primary keys), after somebody corrected or owned it."""
    messages = Message.objects.filter(thread__in=threads)
    clients = set(messages.exclude(client=None).values_list("client_id", flat=True))
    if not clients:
        return 0
    with transaction.atomic():
        hold(clients)
        policy = read(policy_or_shipped(now=now).text)
        events = signals.of_clients(clients, policy=policy, now=now, threads=threads)
        about = set(messages.values_list("public_id", flat=True))
        events += _outdated(clients, {event.key for event in events}, about=about)
        return settle(events, now=now)


_SOURCES: tuple[Callable[[Collection[int]], list[Event]], ...] = (
    boundaries.of_clients, goodwill.of_clients, promises.of_clients, recoveries.of_clients,
)  # fmt: skip
"""Sources of events that rest on rows of their own: each gives all of these clients."""


def any_came_true(*, now: datetime) -> bool:
    """Whether there is anything that the clock alone may have made true lately."""
    return any(rows.exists() for rows in _by_the_clock(now))


def came_true(*, now: datetime) -> int:
    """Post what the clock alone made true lately: silences, and complaints that nobody took on in time."""
    clients = {client for rows in _by_the_clock(now) for client in rows.values_list("client_id", flat=True)}
    return sum(catch_up(part, now=now) for part in _parts(sorted(clients)))


def _by_the_clock(now: datetime) -> tuple[QuerySet[Signal], ...]:
    lately = Signal.objects.order_by().filter(raised_at__lte=now)
    return (
        lately.filter(raised_at__gt=now - _LATELY, kind=SignalKind.SILENCE),
        lately.filter(raised_at__gt=now - 3 * _LATELY, kind=SignalKind.COMPLAINT, answered_at=None),
    )


def build(*, now: datetime, progress: Callable[[int, int], None] = lambda done, total: None) -> int:
    """Post everything that is known of every client; again, it changes nothing. Returns how many lines it made."""
    clients = list(Client.objects.filter(merged_into=None).order_by("pk").values_list("pk", flat=True))
    made = 0
    with transaction.atomic():
        policy_or_shipped(now=now)
    for start, part in enumerate(_parts(clients)):
        made += catch_up(part, now=now)
        progress(min(len(clients), (start + 1) * _AT_ONCE), len(clients))
    return made


def _lines(
    event: Event, version: PolicyVersion, policy: Policy, turn: int, engagement: Engagement | None, now: datetime
) -> list[Posting]:
    """The line of an event; none where the policy gives it nothing."""
    amount = policy.amount(event)
    if amount == 0:
        return []
    return [
        Posting(
            client_id=event.client, key=event.key, turn=turn, kind=event.kind, policy=version, amount=amount,
            strength=policy.heard(event.strength), speaker=event.speaker, cause=event.cause[:80],
            engagement=engagement.public_id if engagement else None, evidence_kind=event.evidence[0],
            evidence_id=event.evidence[1], effective_at=min(event.at, now), recorded_at=now,
        )
    ]  # fmt: skip


def _back(line: Posting, now: datetime) -> Posting:
    """What takes a line back: the same moment and policy, so that nothing of it is left on any day."""
    return Posting(
        client_id=line.client_id, key=line.key, turn=line.turn + 1, kind=line.kind, policy=line.policy,
        amount=-line.amount, strength=line.strength, speaker=line.speaker, cause=line.cause,
        engagement=line.engagement, evidence_kind=line.evidence_kind, evidence_id=line.evidence_id,
        effective_at=line.effective_at, recorded_at=now,
    )  # fmt: skip


def _accounts(events: Iterable[Event], there: dict[str, list[Posting]]) -> dict[int, int]:
    """The client whose account each one's is: they, or whom they were merged into."""
    named = {event.client for event in events} | {line.client_id for lines in there.values() for line in lines}
    rows = Client.objects.filter(pk__in=named).values_list("pk", "merged_into")
    return {pk: into or pk for pk, into in rows}


def _engagements(events: Iterable[Event]) -> dict[int, Engagement]:
    keys = {event.engagement for event in events if event.engagement is not None}
    return Engagement.objects.in_bulk(keys) if keys else {}


def _outdated(clients: Collection[int], told: set[str], *, about: set[uuid.UUID] | None = None) -> Iterator[Event]:
    """Lines that rest on what was noticed (in the messages `about`), and is not told any more, as withdrawn events."""
    lines = queries.standing_lines(list(queries.family(clients)), kinds=signals.KINDS)
    stale = [line for line in lines if line.key not in told and (about is None or line.evidence_id in about)]
    ids = {line.evidence_id for line in stale}
    there = set(Message.objects.filter(public_id__in=ids).values_list("public_id", flat=True)) if ids else set()
    for line in stale:
        if line.evidence_id in there:
            evidence = (line.evidence_kind, line.evidence_id)
            yield Event(line.key, line.kind, line.client_id, line.effective_at, evidence, withdrawn=True)


def _parts(clients: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(clients), _AT_ONCE):
        yield clients[start : start + _AT_ONCE]
