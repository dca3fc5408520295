"""The statement of a client's account: as a page, and as a file."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from amends.clients.models import Client
from amends.core.sheets import csv_rows
from amends.insights.capital.pdf import pdf
from amends.insights.capital.sheets import as_json, table
from amends.insights.capital.statement import NoSuchPeriod, Statement, statement_of
from amends.web.capital.charts import balance_chart, headline
from amends.web.http import clock, firm_of, is_htmx, number_from, reader_of

_FORMS = {"pdf": "application/pdf", "csv": "text/csv; charset=utf-8", "json": "application/json"}


@login_required
@require_safe
def page(request: HttpRequest, client_id: uuid.UUID) -> HttpResponse:
    """One account: what it was, what happened, what it is; further lines are swapped in."""
    number = max(1, min(number_from(request, "page") or 1, 100_000))
    now = clock()
    try:
        found = _found(request, client_id, now=now, page=number)
    except NoSuchPeriod as error:
        return _page(request, _found(request, client_id, now=now, page=1, whole=True), now, str(error), status=422)
    if found.client.merged_into is not None:
        return redirect("statement", found.client.merged_into.public_id)
    if number > 1 and is_htmx(request):
        return render(request, "capital/lines.html", {"found": found, "client": found.client, **_links(request, found)})
    return _page(request, found, now)


@login_required
@require_safe
def file(request: HttpRequest, client_id: uuid.UUID, form: str) -> HttpResponse:
    """The same, every line of the period, to be kept: pdf, csv or json."""
    if form not in _FORMS:
        raise Http404
    try:
        found = _found(request, client_id, now=clock(), page=None)
    except NoSuchPeriod as error:
        raise Http404 from error
    if form == "json":
        answer: HttpResponse = JsonResponse(as_json(found))
    else:
        made = pdf(found, firm_of(request)) if form == "pdf" else csv_rows(table(found)).encode()
        answer = HttpResponse(made, content_type=_FORMS[form])
    name = quote(f"{found.client.name} {found.first.isoformat()} {found.last.isoformat()}.{form}")
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    answer["Cache-Control"] = "no-store, private"
    return answer


def _found(
    request: HttpRequest, client_id: uuid.UUID, *, now: datetime, page: int | None, whole: bool = False
) -> Statement:
    first, last = (None, None) if whole else (_day(request, "from"), _day(request, "to"))
    try:
        return statement_of(reader_of(request), client_id, now=now, first=first, last=last, page=page)
    except Client.DoesNotExist as error:
        raise Http404 from error


def _page(
    request: HttpRequest, found: Statement, now: datetime, problem: str = "", *, status: int = 200
) -> HttpResponse:
    eve = found.first - timedelta(days=1)
    context = {
        "found": found,
        "client": found.client,
        "headline": headline(found.points, found.trend, since=eve, today=now.astimezone(UTC).date()),
        "charts": [balance_chart(found, key=key, width=width, height=height)
                   for key, width, height in (("wide", 760, 220), ("narrow", 340, 190))],
        "eve": eve,
        "periods": _periods(found, now.astimezone(UTC).date()),
        "problem": problem,
        **_links(request, found),
    }  # fmt: skip
    return render(request, "capital/statement.html", context, status=status)


def _links(request: HttpRequest, found: Statement) -> dict[str, Any]:
    """The period as the addresses of this page carry it."""
    days = {"from": found.first.isoformat(), "to": found.last.isoformat()}
    more = urlencode({**days, "page": found.next}) if found.next else ""
    return {"query": urlencode(days), "older": more}


def _periods(found: Statement, today: date) -> list[tuple[str, str, bool]]:
    """Periods to choose from: their names, addresses, and whether it is this one."""
    choices = [
        (_("3 months"), (today - timedelta(days=90)).replace(day=1)),
        (_("This year"), today.replace(month=1, day=1)),
        (_("12 months"), (today - timedelta(days=365)).replace(day=1)),
        (_("3 years"), today.replace(year=today.year - 3, month=1, day=1)),
        (_("All"), date(1980, 1, 1)),
    ]
    return [
        (name, f"?from={first.isoformat()}", found.first == first and found.last == today) for name, first in choices
    ]


def _day(request: HttpRequest, name: str) -> date | None:
    """A day of the query, None where it is left out; anything else is no page of ours."""
    value = request.GET.get(name, "")
    if not value:
        return None
    try:
        found = date.fromisoformat(value)
    except ValueError as error:
        raise Http404 from error
    if not 1980 <= found.year <= 2199:
        raise Http404
    return found
