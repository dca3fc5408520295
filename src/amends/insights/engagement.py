"""One engagement, whole: its period, its hours by week and person, the mail and what went wrong in that time."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from amends.clients.models import Client, Engagement, TimeEntry
from amends.clients.queries import (
    WorkMoney,
    WorkTotals,
    entries_around,
    entries_of,
    hours_by_person,
    monday_of,
    work_money,
    work_totals,
)
from amends.clients.timesheets import Remark, TimeRow, remarks
from amends.firm.models import Firm
from amends.firm.queries import working_time
from amends.insights.hiccups import Hiccup, Period, noticed_in, period_now, period_of
from amends.mail.models import Message
from amends.mail.queries import Reader, between

WEEKS = 52
ENTRIES = 15  # a page of them
MAIL = 12
_REMARKED = 13  # weeks that are looked through for what stands out
_MOST = 6000  # entries that are


@dataclass(frozen=True, slots=True)
class Hours:
    """Seconds a week by person, in the order of their names; `until` is the Sunday that ends the last week."""

    people: dict[str, list[int]]
    until: date
    weeks: int

    @property
    def total(self) -> list[int]:
        return [sum(week) for week in zip(*self.people.values(), strict=True)] if self.people else [0] * self.weeks


@dataclass(frozen=True, slots=True)
class EngagementPage:
    """The page. `beside` are other engagements of this client in the same time: mail is not told apart between them."""

    client: Client
    engagement: Engagement
    period: Period
    totals: WorkTotals
    money: list[WorkMoney]
    hours: Hours
    entries: list[TimeEntry]
    more_entries: bool
    messages: list[Message]
    older: int | None
    beside: list[Engagement]
    hiccups: list[Hiccup]
    settled: list[Hiccup]
    remarks: dict[str, list[Remark]]


def engagement_page(
    reader: Reader, firm: Firm, engagement_id: uuid.UUID, *, now: datetime, see_money: bool
) -> EngagementPage:
    """All of one engagement as it stands; raises `Engagement.DoesNotExist`."""
    engagement = find_engagement(engagement_id)
    totals = work_totals(engagement)
    period = period_of(engagement, firm, now=now, first_entry=totals.first)
    entries, more = entries_of(engagement, page=1, size=ENTRIES)
    messages, older = mail_page(reader, firm, engagement, period, before=None)
    noticed = noticed_in(reader, firm, engagement, period, now=now)
    return EngagementPage(
        client=engagement.client,
        engagement=engagement,
        period=period,
        totals=totals,
        money=work_money(engagement) if see_money else [],
        hours=_hours(engagement, totals, period),
        entries=entries,
        more_entries=more,
        messages=messages,
        older=older,
        beside=_beside(engagement, period),
        hiccups=noticed.open,
        settled=noticed.settled,
        remarks=_remarks(firm, engagement, totals),
    )


def find_engagement(engagement_id: uuid.UUID) -> Engagement:
    """One engagement with its client and who closed it; raises `Engagement.DoesNotExist`."""
    return Engagement.objects.select_related("client", "closed_by").get(public_id=engagement_id)


def mail_page(
    reader: Reader, firm: Firm, engagement: Engagement, period: Period, *, before: int | None
) -> tuple[list[Message], int | None]:
    """Mail with the engagement's client in its period, newest first, and the key of the next page."""
    bounds = period.bounds(ZoneInfo(firm.timezone))
    if bounds is None:
        return [], None
    rows = between(reader, engagement.client, first=bounds[0], after=bounds[1], before=before, limit=MAIL + 1)
    return rows[:MAIL], rows[MAIL - 1].pk if len(rows) > MAIL else None


def more_mail(
    reader: Reader, firm: Firm, engagement_id: uuid.UUID, *, before: int | None, now: datetime
) -> tuple[Engagement, list[Message], int | None]:
    """A further page of an engagement's mail; raises `Engagement.DoesNotExist`."""
    engagement = find_engagement(engagement_id)
    return engagement, *mail_page(reader, firm, engagement, period_now(engagement, firm, now=now), before=before)


def more_entries(engagement_id: uuid.UUID, *, page: int) -> tuple[Engagement, list[TimeEntry], bool]:
    """A further page of its entries; raises `Engagement.DoesNotExist`."""
    engagement = find_engagement(engagement_id)
    return engagement, *entries_of(engagement, page=page, size=ENTRIES)


def _hours(engagement: Engagement, totals: WorkTotals, period: Period) -> Hours:
    """The weeks up to the last with work in it, or to today where it goes on; at least twelve, at most a year."""
    last = max(totals.last, min(period.end, totals.last + timedelta(weeks=4))) if totals.last else period.end
    first = totals.first or last
    weeks = min(WEEKS, max(12, (monday_of(last) - monday_of(first)).days // 7 + 1))
    people = hours_by_person(engagement, until=last, weeks=weeks) if totals.entries else {}
    return Hours(people, monday_of(last) + timedelta(days=6), weeks)


def _beside(engagement: Engagement, period: Period) -> list[Engagement]:
    """Other engagements of the client whose time overlaps with this one's; without dates they may be any time."""
    if period.start is None:
        return []
    rows = Engagement.objects.filter(client=engagement.client_id).exclude(pk=engagement.pk).order_by("name")
    return [
        one
        for one in rows[:50]
        if (one.starts_on is None or one.starts_on <= period.end)
        and (one.ends_on is None or one.ends_on >= period.start)
        and (one.closed_at is None or one.closed_at.date() >= period.start)
    ]


def _remarks(firm: Firm, engagement: Engagement, totals: WorkTotals) -> dict[str, list[Remark]]:
    """What stands out in the last quarter of its hours, among all that its people did in that time."""
    if totals.first is None or totals.last is None:
        return {}
    first = max(totals.first, totals.last - timedelta(weeks=_REMARKED))
    entries = entries_around(engagement, first=first, last=totals.last, most=_MOST)
    rows = [_row(number, entry, ZoneInfo(firm.timezone)) for number, entry in enumerate(entries)]
    found: dict[str, list[Remark]] = {}
    for remark in remarks(rows, works=working_time(firm).is_working_day, where=_where):
        if remark.kind == "gap" or any(entries[line].engagement_id == engagement.pk for line in remark.lines):
            found.setdefault(remark.kind, []).append(remark)
    return found


def _row(number: int, entry: TimeEntry, zone: ZoneInfo) -> TimeRow:
    """A stored entry as the reader of time sheets knows it."""
    local = [at and at.astimezone(zone).replace(tzinfo=None) for at in (entry.starts_at, entry.ends_at)]
    work = entry.engagement
    return TimeRow(
        line=number, person=entry.person, email="", client=work.client.name if work else "",
        project=work.name if work else entry.project, task=entry.task, description=entry.description, day=entry.day,
        start=local[0], end=local[1], seconds=entry.seconds, billable=entry.billable, tags=(),
        entered=entry.entered_on,
    )  # fmt: skip


def _where(*rows: TimeRow) -> str:
    """On what stored entries are booked."""
    names = dict.fromkeys(f"{row.client}, {row.project}" if row.client else row.project for row in rows)
    return "; ".join(list(names)[:3])
