"""What every balance would be had another policy always held, beside what it is. Writes nothing.

One pass over all postings: an amount depends on kind, strength and speaker alone, and a posting keeps these. What it
does not keep is not seen: events to which no policy gave anything were never posted (`Preview.missing` names their
kinds), and who decides, and what was heard less clearly than an older policy counts, stay as they were posted.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

from django.db import connection

from amends.capital import fold
from amends.capital.models import PolicyVersion, Posting
from amends.capital.policy import KINDS, Policy, read, shipped
from amends.clients.models import Client
from amends.firm.scope import current_firm_id
from amends.insights.capital.kinds import kind_name

Progress = Callable[[int, int], None]
_AT_ONCE = 20_000  # postings read at once
_MOVERS = 3  # kinds named beside a client


_Line = tuple[int, str, int, str, int, int, int, str]
"""What a posting keeps: client, kind, strength, speaker, turn, policy, amount, its day (ISO, UTC)."""


@dataclass(frozen=True, slots=True)
class Moved:
    """What one kind of event makes of balances today, in hundredths of a point: as it is, and as it would be."""

    kind: str
    now: int
    then: int

    @property
    def name(self) -> str:
        """The kind in words."""
        return kind_name(self.kind)

    @property
    def more(self) -> int:
        """How much more it would be."""
        return self.then - self.now


@dataclass(frozen=True, slots=True)
class Would:
    """One client's balance in whole points as shown, and the kinds that would make most of the difference."""

    id: uuid.UUID
    name: str
    now: int
    then: int
    movers: list[Moved]

    @property
    def more(self) -> int:
        """How many points more it would be."""
        return self.then - self.now


@dataclass(frozen=True, slots=True)
class Preview:
    """Every account under another policy, the largest differences first; all of them together by kind.

    `missing` are kinds that the policy gives something and that an earlier one gave nothing: what happened of them
    while that one held was never posted, and is not counted.
    """

    clients: list[Would]
    kinds: list[Moved]
    missing: list[str]
    postings: int

    @property
    def changed(self) -> list[Would]:
        """The clients whose balance would be another one."""
        return [one for one in self.clients if one.more]

    @property
    def missing_names(self) -> list[str]:
        """Those kinds in words."""
        return [kind_name(kind) for kind in self.missing]


_Sums = dict[tuple[int, str], list[int]]
"""By account and kind: what postings weigh by today's half-lives, in turn, and by the other policy's."""


def preview(text: str, *, now: datetime, progress: Progress = lambda _done, _total: None) -> Preview:
    """Every balance had the policy of this text always held. Raises `BadPolicy`; some seconds a million postings."""
    other = read(text)
    held = list(PolicyVersion.objects.order_by("number"))
    half_lives = sorted({one.half_life for one in held})
    total = Posting.objects.count()
    sums = _sums(other, held, half_lives, lambda done: progress(done, total))
    accounts: dict[int, list[int]] = defaultdict(lambda: [0] * (len(half_lives) + 1))
    by_kind: dict[str, list[int]] = defaultdict(lambda: [0] * (len(half_lives) + 1))
    movers: dict[int, list[Moved]] = defaultdict(list)
    for (client, kind), weights in sums.items():
        for number, weight in enumerate(weights):
            accounts[client][number] += weight
            by_kind[kind][number] += weight
        movers[client].append(_moved(kind, weights, half_lives, other, now))
    range_now = read(held[-1].text) if held else read(shipped())
    names = _names(list(accounts))
    clients = []
    for pk, weights in accounts.items():
        whole = _moved("", weights, half_lives, other, now)
        moved = sorted((one for one in movers[pk] if one.more), key=lambda one: -abs(one.more))
        clients.append(Would(
            *names[pk], fold.shown(whole.now, range_now.lowest, range_now.highest),
            fold.shown(whole.then, other.lowest, other.highest), moved[:_MOVERS],
        ))  # fmt: skip
    clients.sort(key=lambda one: (-abs(one.more), one.name, one.id))
    kinds = [_moved(kind, by_kind[kind], half_lives, other, now) for kind in KINDS if kind in by_kind]
    return Preview(clients, kinds, _missing(other, held), total)


def _sums(
    other: Policy, held: list[PolicyVersion], half_lives: list[int], progress: Callable[[int], None]
) -> _Sums:  # fmt: skip
    """One pass. Names are bound outside its loop, and whatever repeats is looked up: it runs a million times."""
    into = dict(Client.objects.exclude(merged_into=None).values_list("pk", "merged_into"))
    place = {one.pk: half_lives.index(one.half_life) for one in held}
    worth = cache(other.worth)

    @cache
    def factors(day: str) -> list[int]:
        at = fold.day_of(date.fromisoformat(day))
        return [fold.factor(at, half_life) for half_life in (*half_lives, other.half_life_days)]

    empty = [0] * (len(half_lives) + 1)
    sums: _Sums = {}
    done = 0
    for part in _lines():
        for client, kind, strength, speaker, turn, policy, amount, day in part:
            key = into.get(client) or client, kind
            entry = sums.get(key)
            if entry is None:
                entry = sums[key] = empty.copy()
            by_day, at = factors(day), place[policy]
            would = worth(kind, strength, speaker)
            entry[at] += amount * by_day[at]
            entry[-1] += (-would if turn % 2 else would) * by_day[-1]
        done += len(part)
        progress(done)
    return sums


def _lines() -> Iterator[list[_Line]]:
    """All postings in parts, past the ORM, which costs twice as much."""
    zone = "" if connection.vendor == "sqlite" else " AT TIME ZONE 'UTC'"
    statement = (
        "SELECT client_id, kind, strength, speaker, turn, policy_id, amount,"  # noqa: S608
        f" substr(CAST(effective_at{zone} AS text), 1, 10) FROM {Posting._meta.db_table} WHERE firm_id = %s"
    )
    with connection.chunked_cursor() as cursor:
        cursor.execute(statement, (current_firm_id(),))
        while rows := cursor.fetchmany(_AT_ONCE):
            yield rows


def _moved(kind: str, weights: list[int], half_lives: list[int], other: Policy, now: datetime) -> Moved:
    """What weights are worth today."""
    *present, would = weights
    is_now = fold.balance(dict(zip(half_lives, present, strict=True)), now)
    return Moved(kind, is_now, fold.balance({other.half_life_days: would}, now))


def _names(clients: list[int]) -> dict[int, tuple[uuid.UUID, str]]:
    rows = Client.objects.only("public_id", "name").in_bulk(clients)
    return {pk: (row.public_id, row.name) for pk, row in rows.items()}


def _missing(other: Policy, held: list[PolicyVersion]) -> list[str]:
    """Kinds that count in the other policy, and did not in one of those that held."""
    earlier = [read(one.text) for one in held]
    return [
        kind for kind, line in other.lines.items()
        if line.amount and any(kind not in one.lines or not one.lines[kind].amount for one in earlier)
    ]  # fmt: skip
