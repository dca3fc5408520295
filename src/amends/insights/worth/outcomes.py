"""What became of the firm's own renewals, and what was known of each client before: what the model learns from.

- **Renewed**: somebody wrote the renewal down, or the engagement was closed and another one with the client began
  within `FOLLOWS` of that.
- **Not renewed**: an engagement with a renewal date was closed before that date or at most `LATE` after it, and no
  other followed. One closed later had a date that nobody brought up to date, and says nothing; one that is open says
  nothing either, as long as nobody wrote down that it was renewed.

What was known is taken at the end of the last month that was over a month before the renewal was due: then there is
still something to be done. The latest `MOST` count; how it was years ago says less.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.db.models import Q

from amends.capital.past import balances_then
from amends.clients.models import Engagement
from amends.goodwill.models import Renewal
from amends.judgement.renewal import Known, Outcome
from amends.signals.models import Action, SignalKind
from amends.signals.queries import standing

MOST = 200
LATE = timedelta(days=60)
FOLLOWS = (timedelta(days=-31), timedelta(days=92))
LEAVING = timedelta(days=90)
"""Whoever said that they think of leaving is taken at their word for so long."""
_BEFORE = timedelta(days=30)


def outcomes(*, today: date) -> list[Outcome]:
    """The firm's latest outcomes that are known today, oldest first; as many queries whatever is stored."""
    ends = sorted({*_renewed(today), *_closed(today)}, key=lambda each: (each.day, each.client, each.due))[-MOST:]
    moments = {(each.client, asked_on(each.due)) for each in ends}
    balances = balances_then(moments)
    live = known_live(moments)
    return [
        Outcome(at, each.day, each.renewed, Known(balances[each.client, at] / 100, *live[each.client, at]))
        for each in ends
        for at in [asked_on(each.due)]
    ]


def asked_on(due: date) -> date:
    """The last day of the last month that was over `_BEFORE` the day on which a renewal was due."""
    return (due - _BEFORE).replace(day=1) - timedelta(days=1)


def known_live(moments: Collection[tuple[int, date]]) -> dict[tuple[int, date], tuple[bool, bool]]:
    """Of each client (primary key) at the end of that day: whether they had said that they think of leaving, and
    whether they were unusually quiet. One query."""
    found = dict.fromkeys(moments, (False, False))
    if not found:
        return found
    rows = (
        standing()
        .exclude(verdict=Action.NOT_AN_ISSUE)  # type: ignore[misc]  # an alias of `standing`
        .filter(client__in={client for client, _day in moments}, kind__in=(SignalKind.LEAVING, SignalKind.SILENCE))
        .order_by()
        .values_list("client_id", "kind", "said_at", "raised_at", "cleared_at")
    )
    signals = defaultdict(list)
    for row in rows:
        signals[row[0]].append(row[1:])
    for client, day in moments:
        end = datetime.combine(day + timedelta(days=1), time(), tzinfo=UTC)
        leaving = silent = False
        for kind, said_at, raised_at, cleared_at in signals[client]:
            if kind == SignalKind.LEAVING:
                leaving = leaving or end - LEAVING <= said_at < end
            else:
                silent = silent or (raised_at < end and (cleared_at is None or cleared_at >= end))
        found[client, day] = (leaving, silent)
    return found


@dataclass(frozen=True, slots=True)
class _End:
    """How a renewal ended: when it was due, and on which day it was known."""

    client: int
    due: date
    day: date
    renewed: bool


def _renewed(today: date) -> Iterator[_End]:
    rows = Renewal.objects.filter(removed_at=None, renewed_on__lte=today).order_by("-renewed_on", "-pk")
    for client, was_on, on in rows.values_list("engagement__client_id", "was_on", "renewed_on")[:MOST]:
        yield _End(client, min(was_on or on, on), on, renewed=True)


def _closed(today: date) -> Iterator[_End]:
    end = datetime.combine(today + timedelta(days=1), time(), tzinfo=UTC)
    rows = Engagement.objects.filter(closed_at__lt=end).exclude(renews_on=None).order_by("-closed_at", "-pk")
    closed = [
        (pk, client, renews_on, closed_at.date())
        for pk, client, renews_on, closed_at in rows.values_list("pk", "client_id", "renews_on", "closed_at")[:MOST]
        if renews_on is not None and closed_at is not None  # for the type checker: the filter says so
    ]
    began: dict[int, list[tuple[int, date]]] = defaultdict(list)
    others = Engagement.objects.filter(
        Q(starts_on=None) | Q(starts_on__lte=today), client__in={row[1] for row in closed}
    )
    for pk, client, starts_on, created_at in others.values_list("pk", "client_id", "starts_on", "created_at"):
        began[client].append((pk, starts_on or created_at.date()))
    for pk, client, renews_on, day in closed:
        if day > renews_on + LATE:
            continue
        first, last = (day + each for each in FOLLOWS)
        followers = [on for other, on in began[client] if other != pk and first <= on <= min(last, today)]
        known_on = max(day, min(followers)) if followers else day
        yield _End(client, min(renews_on, day), known_on, renewed=bool(followers))
