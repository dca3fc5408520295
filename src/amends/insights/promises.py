"""Promises as people see them: what is overdue, this week, later; what waits to be confirmed; what we wait for.

Of promises that rest on mail which the reader may not read, one for each client and side is told, without its words.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Max, QuerySet

from amends.clients.models import Client, TimeEntry
from amends.firm.models import Firm
from amends.firm.queries import working_time
from amends.insights.today import moment_to_look_from
from amends.mail.queries import Reader, new_text_of, readable
from amends.signals.models import Promise, PromiseBy, PromiseState
from amends.signals.queries.promises import may_read, open_promises, promises_for, readable_promise

DAYS = 5  # working days that the week shows, today among them
_MOST = 300  # of a kind on one page
_SETTLED = 50


@dataclass(frozen=True, slots=True)
class Hint:
    """Words of a later message that may show that a promise was kept."""

    quote: str
    who: str
    at: datetime
    message: uuid.UUID
    thread: uuid.UUID


@dataclass(frozen=True, slots=True)
class Shown:
    """A promise whose evidence the reader may read. `no_hours`: nobody has booked work on its engagement since."""

    public_id: uuid.UUID
    version: int
    state: str
    by: str
    client: uuid.UUID
    client_name: str
    engagement: uuid.UUID | None
    engagement_name: str
    owner: uuid.UUID | None
    owner_name: str
    text: str
    quote: str
    message: uuid.UUID | None
    thread: uuid.UUID | None
    due: datetime | None
    due_exact: bool
    recurs: str
    made_at: datetime
    origin: str
    confidence: float
    why: str
    confirmed_at: datetime | None
    settled_at: datetime | None
    settled_by: str
    settled_why: str
    evidence: uuid.UUID | None
    replaces: uuid.UUID | None
    moved: bool  # it replaces another date
    agreed: str
    agreed_words: str
    overdue: bool
    no_hours: bool = False
    hint: Hint | None = None


@dataclass(frozen=True, slots=True)
class Unread:
    """That there is a promise in mail which the reader may not read."""

    client: uuid.UUID
    client_name: str
    by: str
    since: datetime
    owner: str


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the week and what is due on it."""

    day: date
    promises: list[Shown]


@dataclass(slots=True)
class Week:
    """The page of promises as the firm's moment has it."""

    as_of: datetime
    candidates: list[Shown] = field(default_factory=list)
    overdue: list[Shown] = field(default_factory=list)
    days: list[Day] = field(default_factory=list)
    later: list[Shown] = field(default_factory=list)
    undated: list[Shown] = field(default_factory=list)
    hidden: list[Unread] = field(default_factory=list)

    @property
    def this_week(self) -> int:
        """How many are due on its days."""
        return sum(len(day.promises) for day in self.days)

    @property
    def nothing(self) -> bool:
        """Whether there is nothing open at all."""
        return not (self.candidates or self.overdue or self.this_week or self.later or self.undated or self.hidden)


def week(reader: Reader, firm: Firm, *, now: datetime, by: str = "") -> Week:
    """All that is open, ours and theirs (`by`: of one side only), in its place."""
    as_of = moment_to_look_from(now=now)[0]
    rows = promises_for(reader, at=as_of)
    found = Week(as_of)
    zone = ZoneInfo(firm.timezone)
    days = _days(firm, as_of)
    placed: dict[date, list[Shown]] = {day: [] for day in days}
    for one in _shown(reader, firm, rows.filter(by=by) if by else rows, at=as_of):
        due = one.due.astimezone(zone).date() if one.due else None
        if one.state == PromiseState.CANDIDATE:
            found.candidates.append(one)
        elif due is None:
            found.undated.append(one)
        elif one.overdue:
            found.overdue.append(one)
        elif due <= days[-1]:
            placed.setdefault(due, []).append(one)
        else:
            found.later.append(one)
    found.days = [Day(day, placed[day]) for day in sorted(placed)]
    found.hidden = _hidden(reader, at=as_of, by=by)
    return found


def promises_of_client(reader: Reader, firm: Firm, client: Client, *, at: datetime) -> list[Shown]:
    """What is open with one client, ours and theirs, the next one first."""
    return _shown(reader, firm, promises_for(reader, at=at).filter(client=client), at=at)


def settled_lately(reader: Reader, firm: Firm, *, now: datetime) -> list[Shown]:
    """What became of promises, the latest first; what was no promise is left out."""
    states = (PromiseState.KEPT, PromiseState.BROKEN, PromiseState.RENEGOTIATED, PromiseState.WITHDRAWN)
    rows = Promise.objects.filter(may_read(reader), state__in=states, client__merged_into=None)
    rows = _loaded(rows).order_by("-settled_at", "-pk")[:_SETTLED]
    return [_one(row, firm, at=now) for row in rows]


def one_promise(reader: Reader, firm: Firm, promise_id: uuid.UUID, *, now: datetime) -> Shown:
    """One promise, whatever became of it; raises `Promise.DoesNotExist`."""
    return dressed(reader, firm, [readable_promise(reader, promise_id)], at=now)[0]


def how_many_due(reader: Reader, firm: Firm, *, at: datetime) -> tuple[int, int]:
    """How many of our promises are due today, and how many are overdue; one query."""
    zone = ZoneInfo(firm.timezone)
    end = (at.astimezone(zone) + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    rows = open_promises(at=at).filter(may_read(reader), state=PromiseState.PENDING, by=PromiseBy.FIRM, due__lt=end)
    dues = list(rows.values_list("due", flat=True))
    overdue = sum(due is not None and due <= at for due in dues)
    return len(dues) - overdue, overdue


def dressed(reader: Reader, firm: Firm, promises: Sequence[Promise], *, at: datetime) -> list[Shown]:
    """Promises that this reader may read, with hints and hours; two queries, whatever their number."""
    hints, worked = _hints(reader, promises), _last_worked(promises)
    zone = ZoneInfo(firm.timezone)
    return [
        _one(row, firm, at=at, hint=hints.get(row.hint_id or 0), no_hours=_untouched(row, worked, zone))
        for row in promises
    ]


def _shown(reader: Reader, firm: Firm, rows: QuerySet[Promise], *, at: datetime) -> list[Shown]:
    found = list(rows.order_by("due", "made_at", "pk")[:_MOST])
    found.sort(key=lambda row: (row.due is None, row.due or row.made_at, row.pk))  # databases differ in where null is
    return dressed(reader, firm, found, at=at)


def _loaded(rows: QuerySet[Promise]) -> QuerySet[Promise]:
    return rows.select_related("client", "engagement", "owner", "message__thread", "replaces", "settled_by")


def _one(row: Promise, firm: Firm, *, at: datetime, hint: Hint | None = None, no_hours: bool = False) -> Shown:
    message = row.message
    return Shown(
        public_id=row.public_id, version=row.version, state=row.state, by=row.by, client=row.client.public_id,
        client_name=row.client.name, engagement=row.engagement.public_id if row.engagement else None,
        engagement_name=row.engagement.name if row.engagement else "",
        owner=row.owner.public_id if row.owner else None, owner_name=row.owner.name if row.owner else "",
        text=row.text, quote=row.quote, message=message.public_id if message else None,
        thread=message.thread.public_id if message else None,
        due=row.due.astimezone(ZoneInfo(firm.timezone)) if row.due else None, due_exact=row.due_exact,
        recurs=row.recurs, made_at=row.made_at, origin=row.origin, confidence=row.confidence, why=row.why,
        confirmed_at=row.confirmed_at, settled_at=row.settled_at,
        settled_by=row.settled_by.name if row.settled_at and row.settled_by else "", settled_why=row.settled_why,
        evidence=row.evidence, replaces=row.replaces.public_id if row.replaces else None,
        moved=row.replaces is not None and row.replaces.state == PromiseState.RENEGOTIATED,
        agreed=row.agreed, agreed_words=row.agreed_words,
        overdue=row.state == PromiseState.PENDING and row.due is not None and row.due <= at, hint=hint,
        no_hours=no_hours,
    )  # fmt: skip


def _hints(reader: Reader, rows: Iterable[Promise]) -> dict[int, Hint]:
    """By message key, the words that were suggested, of messages that this reader may read."""
    wanted = {row.hint_id: row for row in rows if row.hint_id and row.state in {"pending", "candidate"}}
    if not wanted:
        return {}
    found = {}
    for message in readable(reader).filter(pk__in=wanted).select_related("body", "thread"):
        row = wanted[message.pk]
        quote = " ".join(new_text_of(message.body)[row.hint_start or 0 : row.hint_end or 0].split())
        who = message.sender_name or message.sender_email
        found[message.pk] = Hint(quote, who, message.sent_at, message.public_id, message.thread.public_id)
    return found


def _last_worked(rows: Iterable[Promise]) -> dict[int, date] | None:
    """The last day with hours, by engagement; None where the firm books no hours here at all."""
    keys = {row.engagement_id for row in rows if _counts(row)}
    if not keys:
        return {}
    last = TimeEntry.objects.filter(engagement__in=keys).values_list("engagement").annotate(last=Max("day"))
    return dict(last) or ({} if TimeEntry.objects.exists() else None)


def _untouched(row: Promise, worked: dict[int, date] | None, zone: ZoneInfo) -> bool:
    if worked is None or not _counts(row) or row.engagement_id is None:
        return False
    last = worked.get(row.engagement_id)
    return last is None or last < row.made_at.astimezone(zone).date()


def _counts(row: Promise) -> bool:
    """Whether hours tell that work on it has begun."""
    ours = row.by == PromiseBy.FIRM and row.state == PromiseState.PENDING
    return ours and row.engagement_id is not None and row.due is not None


def _hidden(reader: Reader, *, at: datetime, by: str) -> list[Unread]:
    if not reader.restricted:
        return []
    rows = open_promises(at=at).filter(state=PromiseState.PENDING).exclude(may_read(reader))
    rows = rows.filter(by=by) if by else rows
    found: dict[tuple[int, str], Unread] = {}
    for row in rows.select_related("client", "owner").order_by("made_at", "pk"):
        told = Unread(row.client.public_id, row.client.name, row.by, row.made_at, row.owner.name if row.owner else "")
        found.setdefault((row.client_id, row.by), told)
    return list(found.values())


def _days(firm: Firm, at: datetime) -> list[date]:
    """The next working days, from today on."""
    working = working_time(firm)
    today = working.local_day(at)
    first = today if working.is_working_day(today) else working.add_days(today, 1)
    return [working.add_days(first, number) for number in range(DAYS)]
