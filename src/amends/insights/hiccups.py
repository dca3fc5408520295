"""What went wrong in an engagement's period and is not known to be right again.

A wrong is open while nobody answered it, and unconfirmed while the client has not thanked for the answer: only their
yes counts (`flows.judge.threads`). What a person called no issue, or read wrongly, is neither.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Exists, Min, OuterRef, Prefetch, QuerySet

from amends.clients.models import Engagement, TimeEntry
from amends.firm.models import Firm
from amends.insights.ranking import answers_at, owner_of
from amends.insights.steps import need
from amends.mail.queries import Reader, readable
from amends.signals.models import SAID, Action, Response, Signal, SignalKind
from amends.signals.queries import dismissed, standing

WRONGS = (
    SignalKind.COMPLAINT, SignalKind.ANGER, SignalKind.FRUSTRATION, SignalKind.DISAPPOINTMENT, SignalKind.DERAILING,
    SignalKind.UNANSWERED, SignalKind.PROMISE_DUE, SignalKind.PROMISE_BROKEN, SignalKind.RETURNING_ISSUE,
    SignalKind.LEAVING, SignalKind.INTERNAL_LEAK,
)  # fmt: skip
_MOST = 400
_FIRST, _LAST = date(1900, 1, 1), date(9000, 1, 1)  # days beyond, which a file may have said, have no moments


@dataclass(frozen=True, slots=True)
class Period:
    """The days of an engagement; `start` None where neither a date nor an hour says when it began."""

    start: date | None
    end: date

    def bounds(self, zone: ZoneInfo) -> tuple[datetime, datetime] | None:
        """From the first moment to the one after the last."""
        if self.start is None:
            return None
        first, last = max(self.start, _FIRST), min(max(self.end, _FIRST), _LAST)
        after = last + timedelta(days=1)
        return datetime.combine(first, time(), tzinfo=zone), datetime.combine(after, time(), tzinfo=zone)


@dataclass(slots=True)
class Hiccup:
    """Words of one message in which something is wrong: all its kinds, the strongest first."""

    kinds: list[str]
    quote: str
    who: str
    said_at: datetime
    message: uuid.UUID
    thread: uuid.UUID
    answered: bool
    owner: str | None
    until: datetime | None  # put off until then
    signals: list[uuid.UUID] = field(default_factory=list)

    @property
    def key(self) -> uuid.UUID:
        return self.signals[0]


def period_of(engagement: Engagement, firm: Firm, *, now: datetime, first_entry: date | None) -> Period:
    """The days that an engagement has had so far; where nothing says when it began, its first hours do."""
    zone = ZoneInfo(firm.timezone)
    start = engagement.starts_on or first_entry
    closed = engagement.closed_at.astimezone(zone).date() if engagement.closed_at else None
    end = min(day for day in (now.astimezone(zone).date(), engagement.ends_on, closed) if day)
    return Period(start, max(start, end) if start else end)


def period_now(engagement: Engagement, firm: Firm, *, now: datetime) -> Period:
    """The same, with its first hours looked up."""
    first = TimeEntry.objects.filter(engagement=engagement).aggregate(first=Min("day"))["first"]
    return period_of(engagement, firm, now=now, first_entry=first)


@dataclass(frozen=True, slots=True)
class Noticed:
    """What was noticed in an engagement's period: what is open or unconfirmed, and what is settled or was praise."""

    open: list[Hiccup]
    settled: list[Hiccup]


def open_hiccups(reader: Reader, firm: Firm, engagement: Engagement, *, now: datetime) -> list[Hiccup]:
    """What is open or unconfirmed of an engagement's period, of what this reader may read."""
    return noticed_in(reader, firm, engagement, period_now(engagement, firm, now=now), now=now).open


def noticed_in(reader: Reader, firm: Firm, engagement: Engagement, period: Period, *, now: datetime) -> Noticed:
    """All that was noticed in the mail of a period, of what this reader may read; two queries."""
    bounds = period.bounds(ZoneInfo(firm.timezone))
    if bounds is None:
        return Noticed([], [])
    rows = _said_in(reader, engagement, bounds).filter(raised_at__lte=now)
    signals = list(rows.prefetch_related(Prefetch("responses", answers_at(now), to_attr="answers"))[:_MOST])
    live = [one for one in signals if one.kind in WRONGS and not _cleared(one, now)]
    there = {(one.message.public_id, one.quote) for one in live}
    done = [
        one
        for one in signals
        if one.kind in SAID
        and (one.message.public_id, one.quote) not in there
        and not (one.cleared_at and one.cleared_at <= one.raised_at)  # the same said again is no issue of its own
    ]
    settled = sorted(_grouped(done, now), key=lambda one: one.said_at, reverse=True)
    return Noticed(_grouped(live, now), settled)


def _cleared(signal: Signal, now: datetime) -> bool:
    return signal.cleared_at is not None and signal.cleared_at <= now


def _said_in(reader: Reader, engagement: Engagement, bounds: tuple[datetime, datetime]) -> QuerySet[Signal]:
    """What was noticed in mail of an engagement's client between two moments, the newest first."""
    return (
        standing()
        .filter(
            Exists(readable(reader).filter(pk=OuterRef("message"))),
            client=engagement.client_id,
            said_at__gte=bounds[0],
            said_at__lt=bounds[1],
        )
        .select_related("message__thread")
        .only(
            "public_id", "kind", "quote", "confidence", "said_at", "raised_at", "answered_at", "cleared_at", "detail",
            "message__public_id", "message__sender_name", "message__sender_email", "message__thread__public_id",
        )
        .order_by("-said_at", "pk")
    )  # fmt: skip


def _grouped(signals: Sequence[Signal], now: datetime) -> list[Hiccup]:
    """The same words of the same message once; the strongest reason leads, the most needed first."""
    found: dict[tuple[uuid.UUID, str], Hiccup] = {}
    weights: dict[tuple[uuid.UUID, str], float] = {}
    for signal in sorted(signals, key=lambda one: -_need(one, now)):
        answers: list[Response] = signal.answers  # type: ignore[attr-defined]  # Prefetch's to_attr
        if dismissed(answers):
            continue
        key = (signal.message.public_id, signal.quote)
        if key not in found:
            later = [one for one in answers if one.action == Action.LATER and one.until and one.until > now]
            found[key] = Hiccup(
                kinds=[], quote=signal.quote, who=signal.message.sender_name or signal.message.sender_email,
                said_at=signal.said_at, message=signal.message.public_id, thread=signal.message.thread.public_id,
                answered=_answered(signal, now), owner=owner_of(answers), until=later[-1].until if later else None,
            )  # fmt: skip
            weights[key] = _need(signal, now)
        if signal.kind not in found[key].kinds:
            found[key].kinds.append(signal.kind)
        found[key].signals.append(signal.public_id)
    return [found[key] for key in sorted(found, key=lambda one: -weights[one])]


def _answered(signal: Signal, now: datetime) -> bool:
    return signal.answered_at is not None and signal.answered_at <= now


def _need(signal: Signal, now: datetime) -> float:
    age = now - signal.raised_at
    return need(signal.kind, confidence=signal.confidence, answered=_answered(signal, now), age=age)
