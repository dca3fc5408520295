"""A client's glossary: the words that mail to them uses, and those that it never uses."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from amends.clients.actions.glossary import add_term, change_term, remove_term
from amends.clients.models import Client, GlossaryTerm
from amends.core.errors import AmendsError
from amends.firm.rules import Right
from amends.web import once
from amends.web.guard import needs
from amends.web.http import clock, member_of

_REMOVED = "removed_term"


@never_cache
@needs(Right.ACT)
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, client_id: uuid.UUID) -> HttpResponse:
    """All terms; a POST adds one, or brings one back."""
    client = _client(client_id)
    if request.method != "POST":
        return _page(request, client)
    given, member, now = _given(request), member_of(request), clock()
    return _saved(request, client, given, lambda: add_term(client, **given, by=member, now=now))


@needs(Right.ACT)
@require_POST
def change(request: HttpRequest, client_id: uuid.UUID, term_id: uuid.UUID) -> HttpResponse:
    """Say a term anew."""
    client = _client(client_id)
    term = GlossaryTerm.objects.filter(client=client, public_id=term_id).select_related("client").first()
    if term is None:
        raise Http404
    given, member, now = _given(request), member_of(request), clock()
    return _saved(request, client, given, lambda: change_term(term, **given, by=member, now=now), term=term_id)


@needs(Right.ACT)
@require_POST
def remove(request: HttpRequest, client_id: uuid.UUID, term_id: uuid.UUID) -> HttpResponse:
    """Take a term away; the next page offers to bring it back."""
    row = remove_term(_client(client_id), term_id, by=member_of(request), now=clock())
    if row is not None:
        once.keep(request, _REMOVED, {"client": str(client_id), "wrong": row.wrong, "right": row.right, "why": row.why})
    return redirect("glossary", client_id)


def _saved(
    request: HttpRequest, client: Client, given: dict[str, str], act: Callable[[], object], *,
    term: uuid.UUID | None = None,
) -> HttpResponse:  # fmt: skip
    try:
        act()
    except AmendsError as error:
        return _page(request, client, given={**given, "problem": str(error)}, term=term, status=422)
    messages.success(request, _("Saved. It counts from the next word that somebody writes to them."))
    return redirect("glossary", client.public_id)


def _page(
    request: HttpRequest, client: Client, *, given: dict[str, str] | None = None, term: uuid.UUID | None = None,
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    removed = once.take(request, _REMOVED)
    context = {
        "client": client,
        "terms": list(GlossaryTerm.objects.filter(client=client).select_related("by").order_by("wrong", "pk")),
        "given": given or {},
        "changing": term,
        "removed": removed if removed and removed["client"] == str(client.public_id) else None,
    }
    return render(request, "client/glossary.html", context, status=status)


def _given(request: HttpRequest) -> dict[str, str]:
    return {name: request.POST.get(name, "")[:1000] for name in ("wrong", "right", "why")}


def _client(client_id: uuid.UUID) -> Client:
    try:
        return Client.objects.select_related("merged_into").get(public_id=client_id)
    except Client.DoesNotExist as error:
        raise Http404 from error
