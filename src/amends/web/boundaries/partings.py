"""Parting: signs with their arithmetic, the decision, the handover, the letter. For partners."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from amends.boundaries.models import HandoverItem, HandoverKind, Parting
from amends.boundaries.queries import parting as queries
from amends.clients.models import Client
from amends.core.errors import AmendsError
from amends.firm.rules import Right
from amends.flows.boundaries import parting as flows
from amends.insights.boundaries.parting import parting_page, to_look_at
from amends.web.boundaries.typed import number
from amends.web.guard import needs
from amends.web.http import clock, firm_of, member_of, reader_of
from amends.web.recovery.doing import day_of


@needs(Right.DECIDE)
@require_safe
def everything(request: HttpRequest) -> HttpResponse:
    """Whom to look at, and what is under way or over."""
    looked = to_look_at(reader_of(request), firm_of(request), now=clock())
    context = {"looked": looked, "partings": list(queries.partings()[:200])}
    return render(request, "boundaries/partings.html", context)


@needs(Right.DECIDE)
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, client_id: uuid.UUID) -> HttpResponse:
    """One client; a POST considers it, or notes that they left."""
    client = _client(client_id)
    if client.merged_into is not None:
        return redirect("client-parting", client.merged_into.public_id)
    if request.method != "POST":
        return _page(request, client)
    given = request.POST
    return _done(request, client, lambda: flows.begin(
        client_id, whose=given.get("whose", "ours"), reasons=given.get("reasons", ""),
        why_they_left=given.get("why_they_left", ""), by=member_of(request), now=clock(),
    ), _("Noted."))  # fmt: skip


@needs(Right.DECIDE)
@require_POST
def act(request: HttpRequest, parting_id: uuid.UUID) -> HttpResponse:
    """One step of it."""
    parting = _parting(parting_id)
    reader, by, now, given = reader_of(request), member_of(request), clock(), request.POST
    why = given.get("reasons", "")
    deeds: dict[str, tuple[Callable[[], object], str]] = {
        "save": (lambda: flows.change(parting_id, _words(request), version=number(given.get("version", "")), by=by,
                                      now=now), _("Saved.")),
        "decide": (lambda: flows.decide(reader, parting_id, reasons=why, by=by, now=now), _("Decided.")),
        "stay": (lambda: flows.stay(parting_id, reasons=why, by=by, now=now), _("Noted: you stay together.")),
        "hand_over": (lambda: flows.hand_over_now(reader, parting_id, by=by, now=now),
                      _("Handing over. What we promised them is on the list.")),
        "part": (lambda: flows.part(parting_id, by=by, now=now), _("Parted, and kept in memory.")),
        "reopen": (lambda: flows.open_again(parting_id, by=by, now=now), _("It is open again.")),
        "item": (lambda: flows.add_item(parting_id, kind=given.get("kind", ""), what=given.get("what", ""),
                                        due_on=day_of(given.get("due", "")), by=by, now=now), _("On the list.")),
    }  # fmt: skip
    do = given.get("do", "")
    if do in {"letter", "ask"}:
        return _letter(request, parting, ask=do == "ask")
    if do not in deeds:
        raise Http404
    deed, said = deeds[do]
    return _done(request, parting.client, deed, said)


@needs(Right.DECIDE)
@require_POST
def item(request: HttpRequest, parting_id: uuid.UUID, item_id: uuid.UUID) -> HttpResponse:
    """Something of the list: handed over, not yet, or not at all."""
    parting, do = _parting(parting_id), request.POST.get("do", "")
    deed = lambda: flows.settle_item(  # noqa: E731
        reader_of(request), parting_id, item_id, do=do, by=member_of(request), now=clock()
    )
    return _done(request, parting.client, deed, _("Noted."))


def _letter(request: HttpRequest, parting: Parting, *, ask: bool) -> HttpResponse:
    try:
        place = flows.prepare_letter(reader_of(request), parting.public_id, ask=ask, by=member_of(request), now=clock())
    except AmendsError as error:
        return _page(request, parting.client, problem=str(error))
    messages.success(request, _("The letter is prepared below: read it, change it, send it."))
    return redirect(f"{reverse('thread', args=[place.answered.thread.public_id])}#reply")


def _done(request: HttpRequest, client: Client, deed: Callable[[], object], said: str) -> HttpResponse:
    try:
        deed()
    except (Parting.DoesNotExist, HandoverItem.DoesNotExist, Client.DoesNotExist) as error:
        raise Http404 from error
    except AmendsError as error:
        return _page(request, client, problem=str(error))
    messages.success(request, said)
    return redirect("client-parting", client.public_id)


def _words(request: HttpRequest) -> flows.Words:
    given = request.POST
    until, invoiced = day_of(given.get("until", "")), day_of(given.get("invoiced_on", ""))
    return flows.Words(
        reasons=given.get("reasons"), why_they_left=given.get("why_they_left"), until=until, no_until=until is None,
        invoice=given.get("invoice"), invoiced_on=invoiced, no_invoiced_on=invoiced is None,
    )  # fmt: skip


def _page(request: HttpRequest, client: Client, *, problem: str = "") -> HttpResponse:
    found = parting_page(reader_of(request), firm_of(request), client, now=clock())
    typed = {name: request.POST.get(name, "") for name in ("reasons", "what", "kind", "due", "why_they_left")}
    if found.parting is not None and "reasons" not in request.POST:
        typed["reasons"] = found.parting.reasons
    context = {"found": found, "client": client, "problem": problem, "typed": typed, "kinds": HandoverKind.choices}
    return render(request, "boundaries/parting.html", context, status=422 if problem else 200)


def _client(client_id: uuid.UUID) -> Client:
    try:
        return Client.objects.select_related("merged_into").get(public_id=client_id)
    except Client.DoesNotExist as error:
        raise Http404 from error


def _parting(parting_id: uuid.UUID) -> Parting:
    try:
        return queries.find(parting_id)
    except Parting.DoesNotExist as error:
        raise Http404 from error
