"""A time report for a point, or for its whole engagement: who, when, how long, on what, in all."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from amends.clients.models import Engagement, TimeEntry
from amends.clients.queries import monday_of
from amends.core.errors import AmendsError
from amends.recovery.models import Evidence, EvidenceKind, Recovery

_MOST = 1500  # entries of one report
_WEEKS = 52


class NoHours(AmendsError):
    """There is no such report."""


@dataclass(frozen=True, slots=True)
class TimeReport:
    """Entries in their order; seconds in all, by person, and by week and person (of which the last ends `until`)."""

    engagement: Engagement
    first: date | None
    last: date | None
    entries: list[TimeEntry]
    seconds: int
    people: list[tuple[str, int]]
    work: list[tuple[str, int]]
    weeks: dict[str, list[int]]
    until: date
    evidence: Evidence | None
    cut: bool  # whether there are more entries than it shows


def time_report(
    recovery: Recovery, *, engagement_id: uuid.UUID, first: date | None, last: date | None,
    evidence_id: uuid.UUID | None = None, today: date,
) -> TimeReport:  # fmt: skip
    """For an engagement of the recovery's client, from `first` to `last`; three queries. Raises `NoHours`."""
    engagement = Engagement.objects.filter(public_id=engagement_id, client=recovery.client_id).first()
    if engagement is None:
        raise NoHours("There is no such engagement of this client.")
    rows = TimeEntry.objects.filter(engagement=engagement).select_related("member").order_by("day", "starts_at", "pk")
    if first is not None:
        rows = rows.filter(day__gte=first)
    if last is not None:
        rows = rows.filter(day__lte=last)
    entries = list(rows[: _MOST + 1])
    kept, cut = entries[:_MOST], len(entries) > _MOST
    until = kept[-1].day if kept else today
    return TimeReport(
        engagement, first, last, kept, sum(one.seconds for one in kept), _summed(kept, name_of), _summed(kept, _task),
        _by_week(kept, until), monday_of(until) + timedelta(days=6), _evidence(recovery, engagement, evidence_id), cut,
    )  # fmt: skip


def name_of(entry: TimeEntry) -> str:
    """Who worked."""
    return entry.member.name if entry.member and entry.member.name else entry.person


def _task(entry: TimeEntry) -> str:
    return entry.task or entry.description.split("\n")[0][:80]


def _summed(entries: list[TimeEntry], name: Callable[[TimeEntry], str]) -> list[tuple[str, int]]:
    found: dict[str, int] = defaultdict(int)
    for entry in entries:
        found[name(entry)] += entry.seconds
    return sorted(found.items(), key=lambda one: one[0].casefold())


def _by_week(entries: list[TimeEntry], until: date) -> dict[str, list[int]]:
    if not entries:
        return {}
    weeks = min(_WEEKS, (monday_of(until) - monday_of(entries[0].day)).days // 7 + 1)
    first = monday_of(until) - timedelta(weeks=weeks - 1)
    found: dict[str, list[int]] = {}
    for entry in entries:
        if entry.day >= first:
            found.setdefault(name_of(entry), [0] * weeks)[(entry.day - first).days // 7] += entry.seconds
    return dict(sorted(found.items(), key=lambda one: one[0].casefold()))


def _evidence(recovery: Recovery, engagement: Engagement, evidence_id: uuid.UUID | None) -> Evidence | None:
    if evidence_id is None:
        return None
    rows = Evidence.objects.filter(
        public_id=evidence_id, issue__recovery=recovery, kind=EvidenceKind.TIME, about=engagement.public_id
    )
    return rows.select_related("issue").first()
