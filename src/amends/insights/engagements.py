"""All engagements of the firm: which renew soon, for whom, and what was worked on them this month."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Case, DateField, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce

from amends.clients.models import Client, Engagement, TimeEntry
from amends.clients.queries import hours_by_week
from amends.firm.models import Firm

PAGE = 40
SPARK_WEEKS = 26
SORTS = ("renewal", "client", "hours")
_LONG_PAST = timedelta(days=31)  # a renewal so long ago is a date that nobody brought up to date


@dataclass(frozen=True, slots=True)
class Listed:
    """One engagement in the list: seconds this month, and by week."""

    engagement: Engagement
    month: int
    weeks: list[int]


@dataclass(frozen=True, slots=True)
class EngagementList:
    """One page of the list; `counts` are how many are open and closed, `ahead` how many renew within 90 days."""

    rows: list[Listed]
    counts: dict[str, int]
    ahead: int
    today: date
    more: bool


def engagement_list(
    firm: Firm, *, now: datetime, closed: bool = False, sort: str = "renewal", words: str = "", page: int = 1
) -> EngagementList:
    """Engagements that are open (or closed), by renewal, client or the hours of this month."""
    today = now.astimezone(ZoneInfo(firm.timezone)).date()
    found = Engagement.objects.filter(client__merged_into=None)
    if words:
        found = found.filter(Q(name__icontains=words) | Q(client__name__icontains=words))
    open_ones = found.filter(closed_at=None)
    rows = found.filter(closed_at__isnull=not closed).annotate(month=_month(today)).select_related("client")
    start = (page - 1) * PAGE
    chosen: list[Any] = list(_sorted(rows, sort, today, closed=closed)[start : start + PAGE + 1])
    weeks = hours_by_week([one.pk for one in chosen[:PAGE]], until=today, weeks=SPARK_WEEKS)
    return EngagementList(
        rows=[Listed(one, one.month, weeks[one.pk]) for one in chosen[:PAGE]],
        counts={"open": open_ones.count(), "closed": found.filter(closed_at__isnull=False).count()},
        ahead=open_ones.filter(renews_on__range=(today, today + timedelta(days=90))).count(),
        today=today,
        more=len(chosen) > PAGE,
    )


def open_engagements() -> int:
    """How many are open."""
    return Engagement.objects.filter(closed_at=None, client__merged_into=None).count()


def engagements_of(client: Client, *, today: date) -> list[Listed]:
    """A client's engagements, the open ones first, with their hours; two queries."""
    rows: list[Any] = list(
        Engagement.objects.filter(client=client)
        .annotate(month=_month(today))
        .order_by(F("closed_at").desc(nulls_first=True), F("starts_on").desc(nulls_last=True), "name")[:100]
    )
    weeks = hours_by_week([one.pk for one in rows], until=today, weeks=SPARK_WEEKS)
    return [Listed(one, one.month, weeks[one.pk]) for one in rows]


def _month(today: date) -> Coalesce:
    """Seconds since the first of the month."""
    entries = TimeEntry.objects.filter(engagement=OuterRef("pk"), day__gte=today.replace(day=1), day__lte=today)
    total = entries.order_by().values("engagement").annotate(n=Sum("seconds")).values("n")
    return Coalesce(Subquery(total, output_field=IntegerField()), 0)


def _sorted(rows: QuerySet[Engagement], sort: str, today: date, *, closed: bool) -> QuerySet[Engagement]:
    if sort == "client":
        return rows.order_by("client__name", "name", "pk")
    if sort == "hours":
        return rows.order_by(F("month").desc(), "name", "pk")
    if closed:
        return rows.order_by("-closed_at", "pk")
    near = Case(
        When(renews_on__gte=today - _LONG_PAST, then=F("renews_on")), default=Value(None), output_field=DateField()
    )
    return rows.annotate(near=near).order_by(F("near").asc(nulls_last=True), "client__name", "name", "pk")
