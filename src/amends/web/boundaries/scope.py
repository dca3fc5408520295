"""Requests for more than agreed: the four ways to answer one, and how earlier ones were answered."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from amends.boundaries.actions.limits import say_scope
from amends.boundaries.models import ScopeAnswer, ScopeKind
from amends.boundaries.queries.limits import scope_of
from amends.clients.models import Client, Engagement
from amends.core.errors import AmendsError
from amends.firm.rules import Right
from amends.flows.boundaries import scope as flows
from amends.insights.boundaries.requests import Request, of_client, request_in, request_of
from amends.mail.models import Message
from amends.web.boundaries.typed import number, one_id
from amends.web.guard import has, needs
from amends.web.http import clock, firm_of, member_of, reader_of

_FIELDS = ("kind", "words", "engagement", "hours", "cost", "price", "supplier")


@needs(Right.ACT)
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, message_id: uuid.UUID) -> HttpResponse:
    """The request in a message; a POST answers it."""
    try:
        if request.method == "POST":
            return _answered(request, message=message_id)
        return _page(request, request_in(reader_of(request), message_id))
    except Message.DoesNotExist as error:
        raise Http404 from error


@needs(Right.ACT)
@require_http_methods(["GET", "HEAD", "POST"])
def everything(request: HttpRequest, client_id: uuid.UUID) -> HttpResponse:
    """How a client's requests were answered; a POST answers one that came by another way than mail."""
    try:
        client = Client.objects.select_related("merged_into").get(public_id=client_id)
    except Client.DoesNotExist as error:
        raise Http404 from error
    if client.merged_into is not None:
        return redirect("client-scope", client.merged_into.public_id)
    if request.method == "POST":
        return _answered(request, client=client)
    return _page(request, request_of(client))


@needs(Right.ACT)
@require_POST
def undo(request: HttpRequest, answer_id: uuid.UUID) -> HttpResponse:
    """It was not answered so after all."""
    try:
        row = flows.take_back(reader_of(request), answer_id, by=member_of(request), now=clock())
    except ScopeAnswer.DoesNotExist as error:
        raise Http404 from error
    except AmendsError as error:
        messages.error(request, str(error))
        row = flows.open_answer(reader_of(request), answer_id)
        return redirect(_address(row))
    messages.success(request, _("Taken back."))
    return redirect(_address(row))


@needs(Right.CURATE)
@require_http_methods(["GET", "HEAD", "POST"])
def work(request: HttpRequest, client_id: uuid.UUID, engagement_id: uuid.UUID) -> HttpResponse:
    """What an engagement includes and what not."""
    try:
        found = Engagement.objects.select_related("client").get(public_id=engagement_id)
    except Engagement.DoesNotExist as error:
        raise Http404 from error
    known, problem = scope_of(found), ""
    typed = {"inside": known.inside if known else "", "outside": known.outside if known else ""}
    if request.method == "POST":
        typed = {name: request.POST.get(name, "") for name in ("inside", "outside")}
        try:
            version = number(request.POST.get("version", ""))
            say_scope(found, **typed, version=version, by=member_of(request), now=clock())
        except AmendsError as error:
            problem = str(error)
        else:
            messages.success(request, _("Saved."))
            return redirect("engagement", found.client.public_id, engagement_id)
    context = {"engagement": found, "client": found.client, "typed": typed, "problem": problem,
               "version": known.version if known else 0}  # fmt: skip
    return render(request, "boundaries/work.html", context, status=422 if problem else 200)


def _answered(
    request: HttpRequest, *, message: uuid.UUID | None = None, client: Client | None = None
) -> HttpResponse:  # fmt: skip
    reader, by, given = reader_of(request), member_of(request), request.POST
    typed = flows.Typed(
        kind=given.get("kind", ""), words=given.get("words", ""), hours=given.get("hours", ""),
        cost=given.get("cost", ""), price=given.get("price", ""),
        engagement=one_id(given.get("engagement", "")), supplier=one_id(given.get("supplier", "")),
    )  # fmt: skip
    try:
        done = flows.answer(
            reader, typed, message=message, client=client.public_id if client else None, by=by, now=clock()
        )
    except AmendsError as error:
        found = request_in(reader, message) if message is not None else request_of(client) if client else None
        if found is None:
            raise Http404 from error
        return _page(request, found, problem=str(error))
    undo_at = reverse("scope-undo", args=[done.answer.public_id])
    if done.answer.kind == ScopeKind.ABSORBED:
        messages.success(request, _("Booked: scope absorbed."), extra_tags=undo_at)
        return redirect(_address(done.answer))
    if done.answer.draft is None or done.place is None:
        messages.success(request, _("Noted. There is no conversation to write in: tell them yourself."))
        return redirect(_address(done.answer))
    messages.success(request, _("Your answer is prepared below: read it, change it, send it."), extra_tags=undo_at)
    return redirect(f"{reverse('thread', args=[done.place.answered.thread.public_id])}#reply")


def _address(row: ScopeAnswer) -> str:
    if row.message is not None:
        return reverse("scope-answer", args=[row.message])
    return reverse("client-scope", args=[row.client.public_id])


def _page(request: HttpRequest, found: Request, *, problem: str = "") -> HttpResponse:
    source = request.POST if request.method == "POST" else request.GET
    typed: dict[str, Any] = {name: source.get(name, "") for name in _FIELDS}
    if not typed["engagement"] and len(found.works) == 1:
        typed["engagement"] = str(found.works[0].engagement.public_id)
    context = {
        "asked": found,
        "client": found.client,
        "typed": typed,
        "problem": problem,
        "see_money": has(request, Right.SEE_MONEY),
        "currency": firm_of(request).currency,
        "earlier": of_client(reader_of(request), found.client),
    }
    return render(request, "boundaries/scope.html", context, status=422 if problem else 200)
