"""Answer: findings, the evidence that they rest on, and time reports."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from amends.core.errors import AmendsError
from amends.firm.rules import Right
from amends.flows.recovery import answering
from amends.flows.recovery.within import point
from amends.insights.recovery.evidence import suggestions
from amends.insights.recovery.time_report import NoHours, TimeReport, time_report
from amends.recovery.models import Issue, Recovery
from amends.recovery.queries import find, may_see
from amends.web import work_charts
from amends.web.guard import needs
from amends.web.http import clock, firm_of, member_of, reader_of
from amends.web.recovery.doing import day_of, done, number, one_id

_AT = "answer"


@needs(Right.ACT)
@require_POST
def finding(request: HttpRequest, recovery_id: uuid.UUID, issue_id: uuid.UUID) -> HttpResponse:
    """Write what was found about one point."""
    given = request.POST

    def write() -> None:
        values = {**given.dict(), "by_when": day_of(given.get("by_when", ""))}
        answering.find_out(
            reader_of(request), recovery_id, issue_id, values, version=number(given.get("version", "")),
            by=member_of(request), now=clock(),
        )  # fmt: skip

    return done(
        request, recovery_id, write, said=_("Noted."), at=_AT, to=f"f-{issue_id}",
        typed=lambda: {"typed_finding": issue_id, "typed": given},
    )  # fmt: skip


@needs(Right.ACT)
@require_http_methods(["GET", "HEAD", "POST"])
def evidence(request: HttpRequest, recovery_id: uuid.UUID, issue_id: uuid.UUID) -> HttpResponse:
    """What could be picked for one point, as a part of the page; picking it."""
    given = request.POST
    if request.method != "POST":
        return _suggest(request, recovery_id, issue_id)

    def pick() -> None:
        answering.rest_on(
            reader_of(request), recovery_id, issue_id, kind=given.get("kind", ""), about=one_id(given.get("about", "")),
            label=given.get("label", ""), quote=given.get("quote", ""), by=member_of(request), now=clock(),
        )  # fmt: skip

    return done(request, recovery_id, pick, said=_("It rests on that now."), at=_AT, to=f"e-{issue_id}")


@needs(Right.ACT)
@require_POST
def piece(request: HttpRequest, recovery_id: uuid.UUID, evidence_id: uuid.UUID) -> HttpResponse:
    """Take one away, or say whether the client was shown it."""
    do, reader = request.POST.get("do", ""), reader_of(request)

    def act() -> None:
        if do == "drop":
            answering.drop(reader, recovery_id, evidence_id)
        else:
            answering.show(reader, recovery_id, evidence_id, shown=do == "shown")

    said = {"drop": _("Taken away."), "shown": _("Noted: they were shown it.")}.get(do, _("Noted: not shown."))
    return done(request, recovery_id, act, said=said, at=_AT, to=_place(request))


@needs(Right.READ_MAIL)
@require_safe
def hours(request: HttpRequest, recovery_id: uuid.UUID) -> HttpResponse:
    """The time report of an engagement, or of some days of it; made to be printed."""
    try:
        recovery = find(recovery_id)
    except Recovery.DoesNotExist as error:
        raise Http404 from error
    if not may_see(reader_of(request), recovery):
        raise Http404
    now = clock()
    engagement = one_id(request.GET.get("engagement", ""))
    if engagement is None:
        raise Http404
    try:
        report = time_report(
            recovery, engagement_id=engagement, first=_day(request, "from"), last=_day(request, "to"),
            evidence_id=one_id(request.GET.get("evidence", "")),
            today=now.astimezone(ZoneInfo(firm_of(request).timezone)).date(),
        )  # fmt: skip
    except NoHours as error:
        raise Http404 from error
    context = {"recovery": recovery, "client": recovery.client, "report": report, **_drawn(report)}
    return render(request, "recovery/hours.html", context)


def _place(request: HttpRequest) -> str:
    issue = one_id(request.POST.get("issue", ""))
    return f"e-{issue}" if issue else _AT


def _drawn(report: TimeReport) -> dict[str, Any]:
    weeks = max((len(one) for one in report.weeks.values()), default=1)
    chart = work_charts.work_chart(
        report.weeks, until=report.until, key="wide", shown=52, step=max(14, min(60, 720 // weeks)), named=True
    )
    return {"charts": [chart] if chart else []}


def _suggest(request: HttpRequest, recovery_id: uuid.UUID, issue_id: uuid.UUID) -> HttpResponse:
    try:
        issue = point(reader_of(request), recovery_id, issue_id)
    except (Recovery.DoesNotExist, Issue.DoesNotExist, AmendsError) as error:
        raise Http404 from error
    found = suggestions(reader_of(request), firm_of(request), issue)
    groups = [
        (_("What was written"), found.messages),
        (_("Where we counselled otherwise"), found.advice),
        (_("Documents"), found.documents),
    ]
    context = {"found": found, "groups": groups, "recovery": issue.recovery, "issue": issue}
    return render(request, "recovery/evidence.html", context)


def _day(request: HttpRequest, name: str) -> date | None:
    value = request.GET.get(name, "")
    try:
        found = parse_date(value) if value else None
    except ValueError:
        found = None
    if value and found is None:
        raise Http404
    return found
