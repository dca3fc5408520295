"""The client page: what needs us, the year's letters, the timeline, people and work."""

from __future__ import annotations

import uuid
from datetime import UTC

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from amends.clients.models import Client, Standing
from amends.clients.queries import industries
from amends.firm.rules import Right
from amends.insights.boundaries.parting import parted_from
from amends.insights.relationship import Relationship, client_messages, relationship
from amends.web import bands, charts, dates, words
from amends.web.capital.charts import capital_head
from amends.web.guard import has
from amends.web.http import clock, firm_of, number_from, reader_of


@login_required
@require_safe
def page(request: HttpRequest, client_id: uuid.UUID) -> HttpResponse:
    """One client, whole."""
    try:
        found = relationship(reader_of(request), firm_of(request), client_id, now=clock())
    except Client.DoesNotExist as error:
        raise Http404 from error
    context = {
        "found": found,
        "client": found.client,
        "as_of": found.as_of,
        "charts": _charts(found),
        "bands": _bands(found),
        "standings": Standing.choices,
        "row": found.need,
        "capital": capital_head(found.capital, today=clock().astimezone(UTC).date()),
        "query": "",
        "parted": parted_from(found.client),
        "industries": industries() if has(request, Right.CURATE) else [],
    }
    return render(request, "client/page.html", context)


@login_required
@require_safe
def timeline(request: HttpRequest, client_id: uuid.UUID) -> HttpResponse:
    """A further page of the timeline, as a part to be swapped in."""
    try:
        client, messages, older = client_messages(reader_of(request), client_id, before=number_from(request, "before"))
    except Client.DoesNotExist as error:
        raise Http404 from error
    context = {"client": client, "messages_shown": messages, "older": older, "as_of": clock()}
    return render(request, "client/timeline.html", context)


def _bands(found: Relationship) -> list[bands.Bands]:
    """How their messages sound, for the same widths; empty where there is nothing to show."""
    made = [
        bands.bands(found.tones, until=found.until, key=key, shown=shown, step=step)
        for key, shown, step in (("wide", 52, 14), ("narrow", 26, 11))
    ]
    return [one for one in made if one is not None]


def _charts(found: Relationship) -> list[charts.Chart]:
    """The same chart for a wide page (a year) and a narrow one (half of it)."""
    zone = timezone.get_current_timezone()
    events = [
        (
            event.week,
            words.feeling(event.kind).tone,
            f"{words.feeling(event.kind).word}, {dates.day(event.at, zone=zone)}",
        )
        for event in found.events
    ]
    return [
        charts.correspondence(
            found.weeks, until=found.until, events=events, key=key, shown=shown, step=step, height=height
        )
        for key, shown, step, height in (("wide", 52, 14, 190), ("narrow", 26, 11, 170))
    ]
