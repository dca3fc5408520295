"""Engagements as pages: all of them, and one whole."""

from __future__ import annotations

import uuid
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from amends.boundaries.queries.clearance import publications_of
from amends.boundaries.queries.limits import scope_of
from amends.clients.models import Engagement
from amends.firm.rules import Right
from amends.insights.address_book import standing_counts
from amends.insights.boundaries.requests import of_engagement
from amends.insights.engagement import EngagementPage, engagement_page, more_entries, more_mail
from amends.insights.engagements import SORTS, engagement_list
from amends.insights.gates import standing_of
from amends.web import work_charts
from amends.web.clients.tabs import tabs
from amends.web.gates import words as gate_words
from amends.web.guard import has
from amends.web.http import clock, firm_of, number_from, reader_of

_NAMES = {
    "renewal": gettext_lazy("renewal"),
    "client": gettext_lazy("client"),
    "hours": gettext_lazy("hours this month"),
}


@login_required
@require_safe
def everything(request: HttpRequest) -> HttpResponse:
    """All engagements: open ones by renewal, or the closed ones."""
    closed = request.GET.get("group") == "closed"
    sort = request.GET.get("sort", "")
    sort = sort if sort in SORTS else SORTS[0]
    words = request.GET.get("q", "").strip()[:100]
    number = max(1, min(number_from(request, "page") or 1, 10_000))
    found = engagement_list(firm_of(request), now=clock(), closed=closed, sort=sort, words=words, page=number)

    def link(**changes: str) -> str:
        values = {"group": "closed" if closed else "", "sort": sort if sort != SORTS[0] else "", "q": words, **changes}
        return "?" + urlencode({name: value for name, value in values.items() if value})

    context = {
        "found": found,
        "closed": closed,
        "sort": sort,
        "words": words,
        "groups": [
            (_("Open"), found.counts["open"], link(group=""), not closed),
            (_("Closed"), found.counts["closed"], link(group="closed"), closed),
        ],
        "sorts": [(_NAMES[name], link(sort=name), name == sort) for name in SORTS],
        "tabs": tabs(standing_counts(), engagements=found.counts["open"] if not words else None, chosen="engagements"),
        "see_money": has(request, Right.SEE_MONEY),
        "next": link(page=str(number + 1)) if found.more else "",
        "previous": link(page=str(number - 1)) if number > 1 else "",
    }
    return render(request, "engagement/everything.html", context)


@login_required
@require_safe
def page(request: HttpRequest, client_id: uuid.UUID, engagement_id: uuid.UUID) -> HttpResponse:
    """One engagement, whole."""
    see_money = has(request, Right.SEE_MONEY)
    try:
        found = engagement_page(reader_of(request), firm_of(request), engagement_id, now=clock(), see_money=see_money)
    except Engagement.DoesNotExist as error:
        raise Http404 from error
    if found.client.public_id != client_id:  # it belongs to whom its client became a part of
        return redirect("engagement", found.client.public_id, engagement_id)
    gate = standing_of(found.engagement)
    context = {
        "found": found,
        "gate": gate,
        "publications": publications_of(found.engagement),
        "gate_left": gate_words.standing(gate) if gate is not None and gate.gate.state == "open" else [],
        "client": found.client,
        "engagement": found.engagement,
        "charts": _charts(found),
        "weeks": work_charts.week_table(found.hours.people, until=found.hours.until),
        "remarks": _remarks(found),
        "see_money": see_money,
        "may_change": has(request, Right.CURATE),
        "scope": scope_of(found.engagement),
        "answers": of_engagement(reader_of(request), found.engagement),
        "currency": found.engagement.currency or firm_of(request).currency,
    }
    return render(request, "engagement/page.html", context)


@login_required
@require_safe
def time(request: HttpRequest, client_id: uuid.UUID, engagement_id: uuid.UUID) -> HttpResponse:
    """A further page of its entries, as a part to be swapped in."""
    number = max(1, min(number_from(request, "page") or 1, 10_000))
    try:
        engagement, entries, more = more_entries(engagement_id, page=number)
    except Engagement.DoesNotExist as error:
        raise Http404 from error
    context = {"engagement": engagement, "client": engagement.client, "entries": entries,
               "next": number + 1 if more else None, "see_money": has(request, Right.SEE_MONEY)}  # fmt: skip
    return render(request, "engagement/entries.html", context)


@login_required
@require_safe
def mail(request: HttpRequest, client_id: uuid.UUID, engagement_id: uuid.UUID) -> HttpResponse:
    """A further page of the mail in its period, as a part to be swapped in."""
    before = number_from(request, "before")
    now = clock()
    try:
        engagement, rows, older = more_mail(reader_of(request), firm_of(request), engagement_id, before=before, now=now)
    except Engagement.DoesNotExist as error:
        raise Http404 from error
    context = {"engagement": engagement, "client": engagement.client, "messages_shown": rows, "older": older,
               "as_of": now}  # fmt: skip
    return render(request, "engagement/mail.html", context)


def _charts(found: EngagementPage) -> list[work_charts.WorkChart]:
    """The same chart for a wide page (up to a year) and a narrow one (half of it)."""
    weeks, people = found.hours.weeks, found.hours.people
    wide = work_charts.work_chart(people, until=found.hours.until, key="wide", shown=52, step=max(14, 728 // weeks))
    narrow = work_charts.work_chart(
        people, until=found.hours.until, key="narrow", shown=26, step=max(12, 312 // min(26, weeks)), named=True
    )
    return [one for one in (wide, narrow) if one is not None]


def _remarks(found: EngagementPage) -> list[tuple[str, list[Any]]]:
    names = {
        "overlap": _("Two things at once"), "elsewhere": _("The same words on two clients"),
        "late": _("Written down late"), "gap": _("Working days without an entry"),
    }  # fmt: skip
    return [(name, found.remarks[kind]) for kind, name in names.items() if kind in found.remarks]
