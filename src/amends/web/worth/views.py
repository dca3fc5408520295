"""The page *What it means in money*."""

from __future__ import annotations

import uuid

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from amends.clients.models import Client
from amends.firm.rules import Right
from amends.insights.worth.page import worth_page
from amends.web.guard import needs
from amends.web.http import clock, firm_of
from amends.web.worth import words


@needs(Right.SEE_MONEY)
@require_safe
def page(request: HttpRequest, client_id: uuid.UUID) -> HttpResponse:
    """What a client is worth, what is at risk and why, what a remedy may change, and whether forecasts were right."""
    try:
        found = worth_page(firm_of(request), client_id, now=clock())
    except Client.DoesNotExist as error:
        raise Http404 from error
    context = {
        "found": found,
        "client": found.client,
        "worth": found.worth,
        "steps": words.steps(found.worth),
        "values": words.values(found.worth),
        "basis": words.basis(found.worth),
        "forecasts": words.forecasts(found),
        "verdict": words.verdict(found),
    }
    return render(request, "worth/page.html", context)
