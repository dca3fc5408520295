"""Who needs us now, and why: live signals, one row a client, ranked by need and never by money.

A page costs the signals that are live, never the mail that is stored: signals are kept up when mail arrives
(`flows.judge`) and become true by the clock alone (`signals.models.Signal`).
"""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Exists, IntegerField, Prefetch, Q, QuerySet, Value

from amends.capital.queries import balances
from amends.clients.models import Client, Standing
from amends.firm.models import Firm
from amends.insights.facts import NO_FACTS, Facts, earlier_threads, facts_of, guarded
from amends.insights.people import domains_of
from amends.insights.ranking import HIDDEN, Ranked, answered_away, answers_at, owner_of, rank
from amends.insights.screen import Shown
from amends.insights.standing import standings_then
from amends.insights.steps import need, next_step
from amends.mail.privacy import SYSTEM, Reader, is_readable, owners_of, partly_hidden
from amends.mail.queries import newest_at, weekly_traffic
from amends.signals.models import Response, Signal, SignalKind

SPARK_WEEKS = 26
FEW = 1  # reasons that a page tells of a client at once; the others are counted, and come when they are asked for
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
    """One client on *Today*, its reasons strongest first; of `sentences` in all, where only few were asked for."""

    client_id: int
    public_id: uuid.UUID
    name: str
    domains: list[str]
    reasons: list[Reason] = field(default_factory=list)
    owner: str | None = None
    unowned_for_hours: float | None = None
    next_step: str = ""
    weeks: list[tuple[int, int]] = field(default_factory=list)  # (received, sent) a week, oldest first
    sentences: int = 0
    shown: Shown | None = None  # what a page that shows it covers
    balance: int | None = None  # points within the range that is shown; None where nothing was ever posted
    trend: int | None = None  # how many more than at `since`
    since: date | None = None

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
    few: int | None = None,
    only: uuid.UUID | None = None,
) -> Today:
    """Who needs us at `at` (default: `moment_to_look_from`).

    With `at`, it stands as it stood then: messages sent later, and answers given later, are not known.
    `kinds` keeps clients with such a reason; `owner` is "nobody", or a member's name. With `few`, a row has so many of
    its strongest reasons, and what the first of them rests on; with `only`, there is no row but this client's.
    """
    moment, moved = (at, False) if at else moment_to_look_from(now=now)
    known, then = at or now, at is not None
    ranked = rank(live(firm, at=moment, then=then).annotate(seen=seen_by(reader)), at=moment, known_at=known)
    chosen = [
        one
        for one in ranked
        if (not kinds or not one.kinds.isdisjoint(kinds)) and (not owner or (one.owner or "nobody") == owner)
    ]
    wanted = None if only is None else set(Client.objects.filter(public_id=only).values_list("pk", flat=True))
    page = [one for one in chosen if wanted is None or one.client_id in wanted][:limit]
    rows = _rows(reader, firm, moment, known_at=known, ranked=page, few=few, then=then)
    _dress(reader, rows, firm, moment)
    _balance(reader, rows, at=moment, known_at=at, now=now)
    return Today(
        as_of=moment, moved=moved, rows=rows, total=len(chosen),
        unowned=sum(one.owner is None for one in chosen),
        kinds=Counter(kind for one in ranked for kind in one.kinds),
    )  # fmt: skip


def seen_by(reader: Reader) -> Exists | Value:
    """Whether this reader may read what a signal rests on."""
    return is_readable(reader) if reader.restricted else Value(1, output_field=IntegerField())


def live(firm: Firm, *, at: datetime, clients: Sequence[int] | None = None, then: bool = False) -> QuerySet[Signal]:
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


def row_of(
    reader: Reader, firm: Firm, client: Client, *, at: datetime, known_at: datetime, few: int | None = None
) -> Row | None:
    """One client's row, without its balance; None where nothing needs us there."""
    theirs = live(firm, at=at, clients=[client.pk]).annotate(seen=seen_by(reader))
    ranked = rank(theirs, at=at, known_at=known_at)
    rows = _rows(reader, firm, at, known_at=known_at, ranked=ranked, few=few)
    _dress(reader, rows, firm, at)
    return rows[0] if rows else None


def reasons_of(reader: Reader, firm: Firm, client_id: uuid.UUID, *, now: datetime, at: datetime | None) -> Today:
    """*Today* of one client alone, with all its reasons; raises `Client.DoesNotExist`."""
    client = Client.objects.get(public_id=client_id, merged_into=None)
    moment, moved = (at, False) if at else moment_to_look_from(now=now)
    row = row_of(reader, firm, client, at=moment, known_at=at or now)
    _balance(reader, [row] if row else [], at=moment, known_at=at, now=now)
    return Today(as_of=moment, moved=moved, rows=[row] if row else [], total=int(row is not None))


def live_signals(
    reader: Reader,
    firm: Firm,
    *,
    at: datetime,
    known_at: datetime | None = None,
    clients: Sequence[int] | None = None,
    then: bool = False,
    keys: Sequence[int] | None = None,
) -> list[Signal]:
    """Signals that are true at `at`, not answered away, of clients, whose evidence this reader may read.

    With `message`, `client` and `answers` loaded; `detail` is what the reader may know of it.

    Answers given until `known_at` count: where `at` has moved to an old archive's last day, people answer later.
    `keys` names signals that are known to be true then.
    """
    known = known_at or at
    true = live(firm, at=at, clients=clients, then=then) if keys is None else Signal.objects.filter(pk__in=keys)
    rows = (
        (true.filter(is_readable(reader)) if reader.restricted else true)
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
    reader: Reader,
    firm: Firm,
    at: datetime,
    *,
    known_at: datetime,
    ranked: Sequence[Ranked],
    few: int | None = None,
    then: bool = False,
) -> list[Row]:
    """The rows of these clients, in their order."""
    clients = [one.client_id for one in ranked]
    keys = None if few is None else [key for one in ranked for key in one.strongest(few)]
    found = live_signals(reader, firm, at=at, known_at=known_at, clients=clients, then=then, keys=keys)
    threads = earlier_threads(reader, (signal.detail for signal in found))
    reasons: dict[int, list[Reason]] = defaultdict(list)
    who = {signal.client_id: signal.client for signal in found}
    for signal in found:
        reasons[signal.client_id].append(_reason(signal, at, facts_of(signal.detail, threads)))
    if reader.restricted:
        true = live(firm, at=at, clients=clients, then=then) if keys is None else Signal.objects.filter(pk__in=keys)
        for client, reason in _hidden(reader, true.exclude(is_readable(reader)), at=at, known_at=known_at):
            who.setdefault(client.pk, client)
            reasons[client.pk].append(reason)
    return [
        _row(who[one.client_id], _said_once(reasons[one.client_id]), one, at=at, known_at=known_at)
        for one in ranked
        if one.client_id in reasons
    ]


def _row(client: Client, reasons: list[Reason], ranked: Ranked, *, at: datetime, known_at: datetime) -> Row:
    """A row with these reasons, which are not empty."""
    row = Row(client.pk, client.public_id, client.name, [], reasons, sentences=ranked.sentences)
    hidden = sorted({one.kind for one in ranked.reasons if one.message == HIDDEN})
    row.shown = Shown(known_at, ranked.newest, len(ranked.reasons), tuple(hidden))
    owners = [reason.owner for reason in reasons]
    row.owner = owners[0] if all(owners) else None
    if row.owner is None:
        unowned = next(reason for reason in reasons if reason.owner is None)
        row.unowned_for_hours = max(0.0, (at - unowned.since).total_seconds() / 3600)
    first = row.strongest
    row.next_step = next_step(
        first.kind, answered=first.answered_at is not None, owner=row.owner, unread=first.hidden is not None
    )
    return row


def _hidden(
    reader: Reader, hidden: QuerySet[Signal], *, at: datetime, known_at: datetime
) -> Iterator[tuple[Client, Reason]]:
    """What a reader may know of signals whose evidence they may not read: one reason for each client and kind.

    Of several one speaks, if there is one that nobody has taken on: that there are others cannot be told.
    """
    columns = "public_id", "kind", "confidence", "said_at", "raised_at", "answered_at", "message"
    rows = hidden.select_related("client").only(*columns, "client__name", "client__public_id")
    answers = Prefetch("responses", answers_at(known_at), to_attr="answers")
    true: list[Signal] = list(rows.prefetch_related(answers))
    speaking: dict[tuple[int, str], tuple[Signal, Reason]] = {}
    for signal in true:
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


def _balance(reader: Reader, rows: list[Row], *, at: datetime, known_at: datetime | None, now: datetime) -> None:
    """The account of each as it stood at `at`; with `known_at` without what was taken back later.

    Not for whoever reads a part of the mail alone: a balance would tell how much there is that they may not read.
    """
    if reader.restricted:
        return
    accounts = balances([row.client_id for row in rows], at=at, known_at=known_at, now=now) if rows else {}
    for row in rows:
        if (found := accounts.get(row.client_id)) is not None:
            row.balance, row.trend, row.since = found.points, found.trend, found.since
