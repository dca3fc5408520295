"""Who needs us now, and why: live signals, one row a client, ranked by need and never by money.

A page costs the signals that are live, never the mail that is stored: signals are kept up when mail arrives
(`flows.judge`) and become true by the clock alone (`signals.models.Signal`).
"""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Exists, Prefetch, Q, QuerySet, Value

from amends.clients.models import Client, Standing
from amends.firm.models import Firm
from amends.insights.facts import NO_FACTS, Facts, earlier_threads, facts_of, guarded
from amends.insights.people import domains_of
from amends.insights.ranking import answered_away, answers_at, owner_of, rank
from amends.insights.standing import standings_then
from amends.insights.steps import need, next_step
from amends.mail.privacy import SYSTEM, Reader, is_readable, owners_of, partly_hidden
from amends.mail.queries import newest_at, weekly_traffic
from amends.signals.models import Response, Signal, SignalKind

SPARK_WEEKS = 26
_STALE = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Hidden:
    """That the evidence is in mail which the reader may not read; `ask` names those who could share it."""

    ask: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a client needs us: a signal, its evidence, and who has taken it on.

    Where the reader may not read the evidence (`hidden`), they know kind, age and owner: one reason stands for all of
    its kind, and has no quote, message, thread, rule, confidence or detail.
    """

    signal: uuid.UUID
    kind: str
    quote: str
    message: uuid.UUID | None
    thread: uuid.UUID | None
    at: datetime  # when the evidence was sent
    since: datetime  # when it became a reason: for a silence, weeks later
    confidence: float
    rule: str
    detail: dict[str, float | str]
    answered_at: datetime | None
    owner: str | None
    need: float
    who: str = ""  # who said it
    facts: Facts = NO_FACTS
    whole: bool = False  # it rests on the course of a conversation; its quote is only the beginning of the message
    also: tuple[uuid.UUID, ...] = ()  # weaker signals of the same kind and message, answered along with it
    hidden: Hidden | None = None

    @property
    def signals(self) -> tuple[uuid.UUID, ...]:
        return (self.signal, *self.also)


@dataclass(slots=True)
class Row:
    """One client on *Today*, its reasons strongest first."""

    client_id: int
    public_id: uuid.UUID
    name: str
    domains: list[str]
    reasons: list[Reason] = field(default_factory=list)
    owner: str | None = None
    unowned_for_hours: float | None = None
    next_step: str = ""
    weeks: list[tuple[int, int]] = field(default_factory=list)  # (received, sent) a week, oldest first
    balance: int | None = None  # until the ledger exists
    trend: int | None = None

    @property
    def strongest(self) -> Reason:
        return self.reasons[0]

    @property
    def unread(self) -> bool:
        """Whether the reader may read nothing that it rests on, and so cannot say that it is no issue."""
        return all(reason.hidden is not None for reason in self.reasons)


@dataclass(frozen=True, slots=True)
class Today:
    """The answer. `moved` says that `as_of` is not now but the day of the newest message."""

    as_of: datetime
    moved: bool
    rows: list[Row]
    total: int  # clients that need us, also those beyond the limit
    unowned: int = 0  # of these, how many nobody has taken on
    kinds: dict[str, int] = field(default_factory=dict)  # clients by kind of reason, before any filter


def moment_to_look_from(*, now: datetime) -> tuple[datetime, bool]:
    """Now; or, where the firm's newest message is over 90 days old, the end of that message's day.

    The same for every reader, whether they may read that message or not: a firm looks from one day.
    """
    newest = newest_at(SYSTEM)
    if newest is None or now - newest <= _STALE:
        return now, False
    day = newest.replace(hour=23, minute=59, second=59, microsecond=0)
    return min(day, now), True


def today(
    reader: Reader,
    firm: Firm,
    *,
    now: datetime,
    at: datetime | None = None,
    limit: int = 50,
    kinds: Sequence[str] = (),
    owner: str = "",
) -> Today:
    """Who needs us at `at` (default: `moment_to_look_from`).

    With `at`, it stands as it stood then: messages sent later, and answers given later, are not known.
    `kinds` keeps clients with such a reason; `owner` is "nobody", or a member's name.
    """
    moment, moved = (at, False) if at else moment_to_look_from(now=now)
    known = at or now
    then = at is not None
    ranked = rank(_live(firm, at=moment, then=then).annotate(seen=_seen(reader)), at=moment, known_at=known)
    chosen = [
        one
        for one in ranked
        if (not kinds or not one.kinds.isdisjoint(kinds)) and (not owner or (one.owner or "nobody") == owner)
    ]
    page = [one.client_id for one in chosen[:limit]]
    rows = _rows(reader, firm, moment, known_at=known, clients=page, then=then)
    _dress(reader, rows, firm, moment)
    return Today(
        as_of=moment,
        moved=moved,
        rows=rows,
        total=len(chosen),
        unowned=sum(one.owner is None for one in chosen),
        kinds=Counter(kind for one in ranked for kind in one.kinds),
    )


def _seen(reader: Reader) -> Exists | Value:
    """Whether this reader may read what a signal rests on."""
    return is_readable(reader) if reader.restricted else Value(True)


def _live(firm: Firm, *, at: datetime, clients: Sequence[int] | None = None, then: bool = False) -> QuerySet[Signal]:
    """Signals that are true at `at`, of clients (or of these clients only), whoever may read them.

    Who is a client goes by what is known now; with `then` by what was known at `at`, which costs a look at their mail.
    """
    rows = Signal.objects.filter(
        Q(cleared_at=None) | Q(cleared_at__gt=at),
        raised_at__lte=at,
        raised_at__gt=at - timedelta(days=firm.reasons_days),
        said_at__lte=at,
        client__merged_into=None,
    )
    if clients is not None:
        rows = rows.filter(client__in=clients)
    if then:
        candidates = Client.objects.filter(pk__in=rows.values("client"))
        standings = standings_then(SYSTEM, candidates, at=at)  # what a client is, everybody sees
        sure = Q(client__in=[key for key, standing in standings.items() if standing == Standing.CLIENT])
        unsure = Q(client__in=[key for key, standing in standings.items() if standing == Standing.UNSURE])
    else:
        sure, unsure = Q(client__standing=Standing.CLIENT), Q(client__standing=Standing.UNSURE)
    return rows.filter(sure | (unsure & ~Q(kind=SignalKind.SILENCE)))


def row_of(reader: Reader, firm: Firm, client: Client, *, at: datetime, known_at: datetime) -> Row | None:
    """One client's row; None where nothing needs us there."""
    rows = _rows(reader, firm, at, known_at=known_at, clients=[client.pk])
    _dress(reader, rows, firm, at)
    return rows[0] if rows else None


def reasons_of(reader: Reader, firm: Firm, client_id: uuid.UUID, *, now: datetime, at: datetime | None) -> Today:
    """*Today* of one client alone, with all its reasons; raises `Client.DoesNotExist`."""
    client = Client.objects.get(public_id=client_id, merged_into=None)
    moment, moved = (at, False) if at else moment_to_look_from(now=now)
    row = row_of(reader, firm, client, at=moment, known_at=at or now)
    return Today(as_of=moment, moved=moved, rows=[row] if row else [], total=int(row is not None))


def live_signals(
    reader: Reader,
    firm: Firm,
    *,
    at: datetime,
    known_at: datetime | None = None,
    clients: Sequence[int] | None = None,
    then: bool = False,
) -> list[Signal]:
    """Signals that are true at `at`, not answered away, of clients, whose evidence this reader may read.

    With `message`, `client` and `answers` loaded; `detail` is what the reader may know of it.

    Answers given until `known_at` count: where `at` has moved to an old archive's last day, people answer later.
    """
    known = known_at or at
    live = _live(firm, at=at, clients=clients, then=then)
    rows = (
        (live.filter(is_readable(reader)) if reader.restricted else live)
        .select_related("client", "message__thread")
        .only(
            "public_id", "kind", "quote", "start", "rule", "confidence", "said_at", "raised_at", "answered_at",
            "detail",
            "client__name", "client__public_id", "client__standing", "message__public_id", "message__sender_name",
            "message__sender_email", "message__direction", "message__thread__public_id",
        )
        .prefetch_related(Prefetch("responses", answers_at(known), to_attr="answers"))
    )  # fmt: skip
    found: list[Signal] = [signal for signal in rows if not answered_away(_answers(signal), known)]
    partly = partly_hidden(reader, {signal.message.thread_id for signal in found})
    for signal in found:
        within = signal.message.thread_id in partly
        signal.detail = guarded(reader, signal.detail, kind=signal.kind, partly=within)
    return found


def _answers(signal: Signal) -> list[Response]:
    """The answers that `live_signals` loaded with a signal."""
    found: list[Response] = signal.answers  # type: ignore[attr-defined]  # Prefetch's to_attr
    return found


def _rows(
    reader: Reader, firm: Firm, at: datetime, *, known_at: datetime, clients: Sequence[int], then: bool = False
) -> list[Row]:
    """The rows of these clients, in their order."""
    found: dict[int, Row] = {}
    live = live_signals(reader, firm, at=at, known_at=known_at, clients=clients, then=then)
    threads = earlier_threads(reader, (signal.detail for signal in live))
    reasons: dict[int, list[Reason]] = defaultdict(list)
    who = {signal.client_id: signal.client for signal in live}
    for signal in live:
        reasons[signal.client_id].append(_reason(signal, at, facts_of(signal.detail, threads)))
    if reader.restricted:
        hidden = _live(firm, at=at, clients=clients, then=then).exclude(is_readable(reader))
        for client, reason in _hidden(reader, hidden, at=at, known_at=known_at):
            who.setdefault(client.pk, client)
            reasons[client.pk].append(reason)
    for client_id, theirs in reasons.items():
        one = who[client_id]
        row = Row(client_id, one.public_id, one.name, [], _said_once(theirs))
        owners = [reason.owner for reason in row.reasons]
        row.owner = owners[0] if owners and all(owners) else None
        if row.owner is None:
            unowned = next(reason for reason in row.reasons if reason.owner is None)
            row.unowned_for_hours = max(0.0, (at - unowned.since).total_seconds() / 3600)
        first = row.strongest
        answered, unread = first.answered_at is not None, first.hidden is not None
        row.next_step = next_step(first.kind, answered=answered, owner=row.owner, unread=unread)
        found[client_id] = row
    return [found[client_id] for client_id in clients if client_id in found]


def _hidden(
    reader: Reader, hidden: QuerySet[Signal], *, at: datetime, known_at: datetime
) -> Iterator[tuple[Client, Reason]]:
    """What a reader may know of signals whose evidence they may not read: one reason for each client and kind.

    Of several one speaks, if there is one that nobody has taken on: that there are others cannot be told.
    """
    columns = "public_id", "kind", "confidence", "said_at", "raised_at", "answered_at", "message"
    rows = hidden.select_related("client").only(*columns, "client__name", "client__public_id")
    answers = Prefetch("responses", answers_at(known_at), to_attr="answers")
    live: list[Signal] = list(rows.prefetch_related(answers))
    speaking: dict[tuple[int, str], tuple[Signal, Reason]] = {}
    for signal in live:
        if answered_away(_answers(signal), known_at):
            continue
        reason = replace(_told(signal, at), answered_at=None)
        before = speaking.get((signal.client_id, signal.kind))
        if before is None or _speaks_before(reason, before[1]):
            speaking[signal.client_id, signal.kind] = signal, reason
    owners = {} if reader.doors.nothing else owners_of([signal.message_id for signal, _ in speaking.values()])
    for signal, reason in speaking.values():
        yield signal.client, replace(reason, hidden=Hidden(tuple(owners.get(signal.message_id, ()))))


def _speaks_before(one: Reason, other: Reason) -> bool:
    """In the same order as `ranking.rank` has them."""
    return (one.owner is not None, -one.need, one.at) < (other.owner is not None, -other.need, other.at)


def _said_once(reasons: list[Reason]) -> list[Reason]:
    """Strongest first, one for each kind and message: the strongest sentence speaks for the others."""
    kept: dict[tuple[str, uuid.UUID | None], Reason] = {}
    for reason in sorted(reasons, key=lambda reason: (-reason.need, reason.at)):
        same = (reason.kind, reason.message)
        if same in kept:
            kept[same] = replace(kept[same], also=(*kept[same].also, reason.signal))
        else:
            kept[same] = reason
    return list(kept.values())


def _told(signal: Signal, at: datetime) -> Reason:
    """A signal without its evidence."""
    answered = signal.answered_at if signal.answered_at and signal.answered_at <= at else None
    return Reason(
        signal=signal.public_id,
        kind=signal.kind,
        quote="",
        message=None,
        thread=None,
        at=signal.said_at,
        since=signal.raised_at,
        confidence=0.0,
        rule="",
        detail={},
        answered_at=answered,
        owner=owner_of(_answers(signal)),
        need=need(signal.kind, confidence=signal.confidence, answered=answered is not None, age=at - signal.raised_at),
    )


def _reason(signal: Signal, at: datetime, facts: Facts) -> Reason:
    return replace(
        _told(signal, at),
        quote=signal.quote,
        message=signal.message.public_id,
        thread=signal.message.thread.public_id,
        confidence=signal.confidence,
        rule=signal.rule,
        detail=signal.detail,
        who=signal.message.sender_name or signal.message.sender_email,
        facts=facts,
        whole=signal.kind == SignalKind.DERAILING and signal.start is None,
    )


def _dress(reader: Reader, rows: list[Row], firm: Firm, at: datetime) -> None:
    """What a row shows beside its reasons, for the rows of one page only."""
    keys, zone = [row.client_id for row in rows], ZoneInfo(firm.timezone)
    domains = domains_of(reader, keys)
    traffic = weekly_traffic(reader, keys, until=at.astimezone(zone).date(), weeks=SPARK_WEEKS, zone=zone)
    for row in rows:
        row.domains = domains[row.client_id]
        row.weeks = traffic[row.client_id]
