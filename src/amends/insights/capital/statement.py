"""The statement of a client's account, like a bank's: opening, every posting with what it rests on, faded, closing.

`opening + postings + faded = closing`, to the hundredth of a point: fading is what is left of the difference. Days are
those of UTC, as the ledger counts them. A fixed number of queries, however much was posted.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Max

from amends.capital import fold
from amends.capital.models import PolicyVersion
from amends.capital.policy import Policy, read, shipped
from amends.capital.queries import Line, account
from amends.clients.models import Client
from amends.core.errors import AmendsError
from amends.firm.rules import Right, may
from amends.insights.capital.evidence import CLOSED, Proof, Wanted, proofs
from amends.insights.capital.kinds import kind_name
from amends.insights.capital.telling import Turn, sentence
from amends.insights.worth import worth_now
from amends.mail.privacy import Reader
from amends.recovery.models import Call
from amends.signals.models import Action, Response, Signal, SignalKind

PAGE = 40
_POINTS_A_WEEK = 400  # days: a longer period is drawn by months
_MARKS = 60
_FIRST = date(1980, 1, 1)


class NoSuchPeriod(AmendsError):
    """The days asked for are no period."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One posting as it is shown: its amount in hundredths, and what made it so."""

    line: Line
    name: str
    why: str
    base: int | None  # the amount of the policy's line, in hundredths; None where the policy has none any more
    speaker: float  # what who spoke multiplies it with
    policy: int  # number of the version
    proof: Proof

    @property
    def back(self) -> bool:
        """Whether it takes back the one before it."""
        return self.line.turn % 2 == 1


@dataclass(frozen=True, slots=True)
class Mark:
    """An event on the chart, and the balance then, in hundredths."""

    day: date
    balance: int
    kind: str
    amount: int
    id: uuid.UUID


@dataclass(frozen=True, slots=True)
class Statement:
    """An account from `first` to the end of `last`. Sums are hundredths of a point, without bounds; `points` and
    `before` whole points within the range that is shown."""

    client: Client
    first: date
    last: date
    opening: int
    posted: int
    faded: int
    closing: int
    points: int
    before: int
    range: tuple[int, int]
    count: int  # lines of the period
    entries: list[Entry]  # newest first; one page of them where pages were asked for
    next: int | None  # the page that follows
    series: list[tuple[date, int]]
    marks: list[Mark]
    sentence: str
    begins: bool  # whether nothing was posted before `first`
    value_at_risk: dict[str, Any] | None = None

    @property
    def trend(self) -> int:
        """How many points more than at the opening."""
        return self.points - self.before


def period(*, today: date, first: date | None, last: date | None) -> tuple[date, date]:
    """The days of a statement: as asked, or the last three months whole and this one. Raises `NoSuchPeriod`."""
    end = min(last or today, today)
    start = first or (end - timedelta(days=90)).replace(day=1)
    if start > end:
        raise NoSuchPeriod("The period ends before it begins: say the earlier day first.")
    return max(start, _FIRST), end


def statement(
    reader: Reader, client: Client, *, now: datetime, first: date | None = None, last: date | None = None,
    page: int | None = None,
) -> Statement:  # fmt: skip
    """One client's account; `page` None gives every line at once. Raises `NoSuchPeriod`."""
    today = fold.EPOCH + timedelta(days=fold.day_of(now))
    start, end = period(today=today, first=first, last=last)
    opening, lines, versions = account([client.pk], first=start, last=end)
    policy, began = _in_force(versions), not any(opening.values())
    series, marks, at_last = _course(opening, lines, versions, start, end)
    eve, at_first = series[0]
    posted = sum(line.amount for line in lines)
    faded = at_last - at_first - posted
    points, before = _shown(at_last, policy), _shown(at_first, policy)
    told = sentence(
        points, before, eve=None if began else eve, today=end,
        lines=[(line.kind, line.amount, line.turn) for line in lines], faded=faded,
        waited=_waited(lines, now=now),
        turn=_turn(client, series, policy, went=points - before, points=points, start=start, end=end),
    )  # fmt: skip
    return Statement(
        client=client, first=start, last=end, opening=at_first, posted=posted, faded=faded, closing=at_last,
        points=points, before=before, range=(policy.lowest, policy.highest), count=len(lines),
        entries=_entries(reader, _paged(lines[::-1], page), versions),
        next=page + 1 if page is not None and page * PAGE < len(lines) else None, series=series, marks=marks,
        sentence=told, begins=began, value_at_risk=value_at_risk(reader, client, now=now),
    )  # fmt: skip


def statement_of(
    reader: Reader, client_id: uuid.UUID, *, now: datetime, first: date | None = None, last: date | None = None,
    page: int | None = None,
) -> Statement:  # fmt: skip
    """The same by id. Raises `Client.DoesNotExist`."""
    client = Client.objects.select_related("merged_into").get(public_id=client_id)
    return statement(reader, client, now=now, first=first, last=last, page=page)


def value_at_risk(reader: Reader, client: Client, *, now: datetime) -> dict[str, Any] | None:
    """What of the client's yearly value is at risk, in the firm's currency, between `low` and `high` in eight of ten.

    None where nothing says what they are worth, or for who may not see money.
    """
    if reader.member is not None and not may(reader.member.role, Right.SEE_MONEY):
        return None
    found = worth_now(client.pk, now=now)
    if not found.lines:
        return None
    line = found.lines[0]
    money = {"amount": line.at_risk, "low": line.low, "high": line.high, "yearly": line.yearly}
    return {name: str(each.amount) for name, each in money.items()} | {
        "currency": line.at_risk.currency, "renewal": round(found.chance.p, 3), "own_outcomes": found.own,
    }  # fmt: skip


def _paged(lines: list[Line], page: int | None) -> list[Line]:
    return lines if page is None else lines[(page - 1) * PAGE : page * PAGE]


def _in_force(versions: dict[int, PolicyVersion]) -> Policy:
    if not versions:
        return read(shipped())
    return read(max(versions.values(), key=lambda one: one.number).text)


def _shown(hundredths: int, policy: Policy) -> int:
    return fold.shown(hundredths, policy.lowest, policy.highest)


def _course(
    opening: dict[int, int], lines: Sequence[Line], versions: dict[int, PolicyVersion], start: date, end: date
) -> tuple[list[tuple[date, int]], list[Mark], int]:
    """The balance on the eve and at the end of each week (of a long period, each month), the events, and the last."""
    eve = start - timedelta(days=1)
    weights, series = dict(opening), [(eve, fold.balance(opening, eve))]
    marks: list[tuple[Line, int]] = []
    back = {(line.evidence_id, line.kind) for line in lines if line.turn % 2}  # taken back: no event
    at = 0
    for day in _days(start, end):
        while at < len(lines) and lines[at].day <= day:
            line = lines[at]
            half_life = versions[line.policy].half_life
            weights[half_life] = weights.get(half_life, 0) + fold.weight(line.amount, line.day, half_life)
            if (line.evidence_id, line.kind) not in back:
                marks.append((line, fold.balance(weights, line.day)))
            at += 1
        series.append((day, fold.balance(weights, day)))
    marks.sort(key=lambda one: (-abs(one[0].amount), one[0].id))
    kept = sorted(marks[:_MARKS], key=lambda one: (one[0].day, one[0].id))
    return series, [Mark(line.day, held, line.kind, line.amount, line.public_id) for line, held in kept], series[-1][1]


def _days(start: date, end: date) -> list[date]:
    """The last days of the weeks, or of the months, that the chart has a point for; the last is `end`."""
    found = []
    if (end - start).days <= _POINTS_A_WEEK:
        day = end
        while day >= start:
            found.append(day)
            day -= timedelta(days=7)
        return found[::-1]
    day = start.replace(day=1)
    while day <= end:
        after = (day + timedelta(days=32)).replace(day=1)
        found.append(min(after - timedelta(days=1), end))
        day = after
    return found


def _entries(reader: Reader, lines: Sequence[Line], versions: dict[int, PolicyVersion]) -> list[Entry]:
    policies = {key: read(version.text) for key, version in versions.items()}
    wanted: set[Wanted] = {(line.evidence_kind, line.evidence_id, line.kind) for line in lines}
    seen = proofs(reader, wanted)
    made = []
    for line in lines:
        policy = policies[line.policy]
        rule = policy.lines.get(line.kind)
        made.append(
            Entry(
                line, kind_name(line.kind), rule.reason if rule else "", rule.amount if rule else None,
                policy.speakers.get(line.speaker, 1.0), versions[line.policy].number,
                seen.get((line.evidence_kind, line.evidence_id, line.kind), CLOSED),
            )
        )  # fmt: skip
    return made


def _waited(lines: Sequence[Line], *, now: datetime) -> int | None:
    """For how many days nobody owned the one complaint of the period that was not owned in time; else None."""
    late: dict[uuid.UUID, int] = {}
    for line in lines:
        if line.kind == "owned_late":
            late[line.evidence_id] = late.get(line.evidence_id, 0) + (1 if line.turn % 2 == 0 else -1)
    ids = [key for key, count in late.items() if count > 0]
    if len(ids) != 1:
        return None
    rows = Signal.objects.filter(message__public_id=ids[0], kind=SignalKind.COMPLAINT)
    said = rows.order_by("said_at").values_list("said_at", "answered_at").first()
    if said is None:
        return None
    first = Response.objects.filter(signal__in=rows, action=Action.OWN, undone_at=None).order_by("at").first()
    met = min((at for at in (said[1], first.at if first else None) if at is not None), default=now)
    return max(0, (met - said[0]).days)


def _turn(
    client: Client, series: Sequence[tuple[date, int]], policy: Policy, *, went: int, points: int, start: date,
    end: date,
) -> Turn | None:  # fmt: skip
    """From when on it went the other way: since the last call, or else since its lowest (highest) point."""
    if not went:
        return None
    called = Call.objects.filter(
        recovery__client=client, ended_at__date__gte=start, ended_at__date__lte=end
    ).aggregate(last=Max("ended_at"))["last"]  # fmt: skip
    if called is not None:
        day = fold.EPOCH + timedelta(days=fold.day_of(called))
        then = next((held for at, held in reversed(series) if at < day), series[0][1])
        since = points - _shown(then, policy)
        if since * went < 0:
            return Turn(day, since, call=True)
    pick = min if went < 0 else max
    day, held = pick(series[1:-1] or series[:1], key=lambda one: one[1])
    since = points - _shown(held, policy)
    return Turn(day, since) if since * went < 0 and abs(since) > 1 else None
