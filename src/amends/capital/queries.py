"""Reads of the ledger: balances now and before, the lines of an account, and whether totals are what postings say."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

from django.db import connection
from django.db.models import Q, QuerySet

from amends.capital import fold
from amends.capital.models import PolicyVersion, Posting, Total
from amends.capital.policy import Policy, read
from amends.clients.models import Client
from amends.firm.scope import current_firm_id

ALL = 0
"""The month of a total over all months."""
_AT_ONCE = 500  # keys in one query
_Sums = defaultdict[tuple[int, int], int]  # weights by account and half-life


@dataclass(frozen=True, slots=True)
class Balance:
    """A client's account at two moments, in whole points as they are shown: `before` is what it was at `since`."""

    points: int
    before: int
    since: date
    exact: int  # hundredths, without bounds

    @property
    def trend(self) -> int:
        """How many points more (or fewer, below zero) than before."""
        return self.points - self.before


def policy_version() -> PolicyVersion | None:
    """The firm's policy that holds now; None before the first posting."""
    return PolicyVersion.objects.order_by("-number").first()


def policy_in_force() -> Policy | None:
    """The firm's policy that holds now, read."""
    version = policy_version()
    return read(version.text) if version else None


def family(clients: Collection[int]) -> dict[int, int]:
    """Whose account is one with these clients': they, and who was merged into them, each with whose account it is."""
    found = {pk: pk for pk in clients}
    merged = Client.objects.filter(merged_into__in=clients).values_list("pk", "merged_into")
    return found | {pk: into for pk, into in merged if into is not None}


def balances(
    clients: Collection[int] | None, *, at: datetime, now: datetime, known_at: datetime | None = None
) -> dict[int, Balance]:
    """The balance of these clients (None: all that have one) at a moment, and what it was some three months before.

    With `known_at`, what was taken back (or posted again) after that moment counts as it did then. Three queries,
    whatever is stored; postings themselves are read only where `at` is not now, and then those of its month that came
    after it.
    """
    policy = policy_in_force()
    if policy is None:
        return {}
    since, this = _first_of_month(at - timedelta(days=90)), _month(at)
    kin = _merged() if clients is None else family(clients)
    theirs = {} if clients is None else {"client__in": list(kin)}
    whole, late, after = _sums(), _sums(), _sums()
    rows = Total.objects.filter(Q(month=ALL) | Q(month__gte=_month(since)), **theirs)
    for client, half_life, month, weight in rows.values_list("client_id", "half_life", "month", "weight"):
        key, number = (kin.get(client, client), half_life), int(weight)
        if month == ALL:
            whole[key] += number
        else:
            late[key] += number
            if month > this:
                after[key] += number
    if at < now:
        _add(after, Posting.objects.filter(effective_at__gt=at, effective_at__lt=_next_month(at), **theirs), kin)
    if known_at is not None and known_at < now:
        unknown = Posting.objects.filter(turn__gt=0, recorded_at__gt=known_at, effective_at__lte=at, **theirs)
        _add(after, unknown, kin)
        _add(late, unknown.filter(effective_at__lt=_midnight(since)), kin)
    return _at_both(whole, after, late, at, since - timedelta(days=1), policy)


def _at_both(whole: _Sums, after: _Sums, late: _Sums, at: datetime, eve: date, policy: Policy) -> dict[int, Balance]:
    """The balances at a moment and on an eve, from what all weighs, and what of it came after the one and the other."""
    day, day_before = fold.day_of(at), fold.day_of(eve)
    exact: dict[int, int] = defaultdict(int)
    before: dict[int, int] = defaultdict(int)
    for key, weight in whole.items():
        account, half_life = key
        exact[account] += fold.points(weight - after.get(key, 0), fold.factor(day, half_life))
        before[account] += fold.points(weight - late.get(key, 0), fold.factor(day_before, half_life))
    low, high = policy.lowest, policy.highest
    return {
        account: Balance(fold.shown(held, low, high), fold.shown(before[account], low, high), eve, held)
        for account, held in exact.items()
    }


def _merged() -> dict[int, int]:
    """Everybody who was merged into another one, and into whom."""
    rows = Client.objects.exclude(merged_into=None).values_list("pk", "merged_into")
    return {pk: into for pk, into in rows if into is not None}


def _add(sums: _Sums, rows: QuerySet[Posting], kin: Mapping[int, int]) -> None:
    """Add what these postings weigh."""
    names = "client_id", "policy__half_life", "amount", "effective_at"
    for client, half_life, amount, effective in rows.values_list(*names):
        sums[kin.get(client, client), half_life] += fold.weight(amount, effective, half_life)


def lines(clients: Iterable[int]) -> QuerySet[Posting]:
    """The lines of these clients' accounts (with who was merged into them), oldest first."""
    kin = list(family(list(clients)))
    return Posting.objects.filter(client__in=kin).select_related("policy").order_by("effective_at", "pk")


class Line(NamedTuple):
    """One posting as it is read for a statement: a plain row, for an account has many."""

    id: int
    public_id: uuid.UUID
    kind: str
    policy: int  # primary key of its version
    amount: int
    turn: int
    strength: int
    speaker: str
    cause: str
    engagement: uuid.UUID | None
    evidence_kind: str
    evidence_id: uuid.UUID
    effective_at: datetime
    recorded_at: datetime

    @property
    def day(self) -> date:
        """Its day as the account counts days: that of UTC."""
        return self.effective_at.astimezone(UTC).date()


_COLUMNS = tuple("policy_id" if name == "policy" else name for name in Line._fields)


def account(
    clients: Iterable[int], *, first: date | None, last: date
) -> tuple[dict[int, int], list[Line], dict[int, PolicyVersion]]:
    """What these clients' accounts weighed on the eve of `first` (by half-life), their lines from then to the end of
    `last`, oldest first, and every version of the policy by its key.

    `first` None: from the beginning. Four queries; the opening comes of totals, and of postings only where `first` is
    not the first of a month.
    """
    kin = list(family(list(clients)))
    versions = PolicyVersion.objects.in_bulk()
    opening: dict[int, int] = {}
    rows = Posting.objects.filter(client__in=kin, effective_at__lt=_midnight(last + timedelta(days=1)))
    if first is not None:
        _weigh_before(opening, kin, first, versions)
        rows = rows.filter(effective_at__gte=_midnight(first))
    found = rows.order_by("effective_at", "pk").values_list(*_COLUMNS)
    return opening, [Line._make(row) for row in found], versions


def _weigh_before(
    opening: dict[int, int], kin: Sequence[int], first: date, versions: Mapping[int, PolicyVersion]
) -> None:
    """Add what weighed before a day: all, less the months from its own on, and what of its month came before it."""
    totals = Total.objects.filter(Q(month=ALL) | Q(month__gte=_month(first)), client__in=kin)
    for half_life, month, weight in totals.values_list("half_life", "month", "weight"):
        opening[half_life] = opening.get(half_life, 0) + (int(weight) if month == ALL else -int(weight))
    if first.day == 1:
        return
    began = _midnight(first.replace(day=1))
    early = Posting.objects.filter(client__in=kin, effective_at__gte=began, effective_at__lt=_midnight(first))
    for policy, amount, at in early.values_list("policy_id", "amount", "effective_at"):
        half_life = versions[policy].half_life
        opening[half_life] = opening.get(half_life, 0) + fold.weight(amount, at, half_life)


def by_keys(keys: Sequence[str]) -> dict[str, list[Posting]]:
    """What was posted for events, by their keys, each in the order of its turns."""
    found: dict[str, list[Posting]] = defaultdict(list)
    for start in range(0, len(keys), _AT_ONCE):
        rows = Posting.objects.filter(key__in=keys[start : start + _AT_ONCE]).select_related("policy")
        for row in rows.order_by("key", "turn"):
            found[row.key].append(row)
    return found


def standing_lines(clients: Collection[int], *, kinds: Collection[str]) -> list[Posting]:
    """The lines of these clients and kinds that are not taken back."""
    rows = Posting.objects.filter(client__in=clients, kind__in=kinds).select_related("policy")
    last = {row.key: row for row in rows.order_by("key", "turn")}
    return [row for row in last.values() if row.turn % 2 == 0]


def added_up() -> dict[tuple[int, int, int], tuple[int, int]]:
    """What totals must be, from the postings: (client, half-life, month) to (weight, postings).

    The database adds up each day, in whole hundredths; a day weighs the same for all that is posted on it.
    """
    half_lives = dict(PolicyVersion.objects.values_list("pk", "half_life"))
    months: dict[tuple[int, int, int], tuple[int, int]] = {}
    days: dict[tuple[str, int], tuple[int, int]] = {}
    for client, policy, day, amount, count in _days():
        half_life = half_lives[policy]
        known = days.get((day, half_life))
        if known is None:
            on = date.fromisoformat(day)
            known = days[day, half_life] = (_month(on), fold.factor(fold.day_of(on), half_life))
        key = client, half_life, known[0]
        weight, lines = months.get(key, (0, 0))
        months[key] = weight + amount * known[1], lines + count
    whole: dict[tuple[int, int, int], tuple[int, int]] = {}
    for (client, half_life, _one), (weight, lines) in months.items():
        before, counted = whole.get((client, half_life, ALL), (0, 0))
        whole[client, half_life, ALL] = before + weight, counted + lines
    return months | whole


def _days() -> Iterator[tuple[int, int, str, int, int]]:
    """Client, policy, day (ISO, UTC), amount and number of all postings, past the ORM, which costs twice as much."""
    zone = "" if connection.vendor == "sqlite" else " AT TIME ZONE 'UTC'"
    statement = (
        f"SELECT client_id, policy_id, substr(CAST(effective_at{zone} AS text), 1, 10), sum(amount), count(*)"  # noqa: S608
        f" FROM {Posting._meta.db_table} WHERE firm_id = %s GROUP BY 1, 2, 3"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, (current_firm_id(),))
        while rows := cursor.fetchmany(20_000):
            yield from rows


def outdated_totals() -> int:
    """How many totals differ from what the postings say."""
    rows = Total.objects.values_list("client_id", "half_life", "month", "weight", "postings")
    there = {(client, half_life, month): (int(weight), count) for client, half_life, month, weight, count in rows}
    wanted = added_up()
    return sum(there.get(key) != wanted.get(key) for key in {*there, *wanted})


def month_of(at: datetime | date) -> int:
    """The month of a moment (UTC) as totals count them."""
    return _month(at)


def is_empty() -> bool:
    """Whether nothing was ever posted in this firm."""
    return not PolicyVersion.objects.exists()


def posting(public_id: uuid.UUID) -> Posting:
    """One line. Raises `Posting.DoesNotExist`."""
    return Posting.objects.select_related("policy", "client").get(public_id=public_id)


def _sums() -> _Sums:
    return defaultdict(int)


def _month(at: datetime | date) -> int:
    day = at.astimezone(UTC).date() if isinstance(at, datetime) else at
    return day.year * 100 + day.month


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=UTC)


def _first_of_month(at: datetime) -> date:
    return at.astimezone(UTC).date().replace(day=1)


def _next_month(at: datetime) -> datetime:
    first = at.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return (first + timedelta(days=32)).replace(day=1)
