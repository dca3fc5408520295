"""What we do and what we don't: the firm's services, and who does the rest."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from amends.boundaries.actions.limits import ServiceTyped, add_service, change_service, remove_service
from amends.boundaries.models import HowWell, Service, Supplier
from amends.boundaries.queries import limits
from amends.boundaries.refused import Refused
from amends.core.errors import AmendsError
from amends.firm.rules import Right
from amends.web import once
from amends.web.boundaries.typed import ids, number
from amends.web.guard import ask, needs
from amends.web.http import clock, member_of

_REMOVED = "removed_service"


@needs(Right.ACT)
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """Everything that is said; a POST adds one, or brings one back."""
    if request.method != "POST":
        return _page(request)
    ask(request, Right.CURATE)
    return _saved(request, lambda: add_service(_typed(request), by=member_of(request), now=clock()))


@needs(Right.CURATE)
@require_POST
def change(request: HttpRequest, service_id: uuid.UUID) -> HttpResponse:
    """Say it anew, or take it away; the next page offers to bring it back."""
    try:
        row = limits.service(service_id)
    except Service.DoesNotExist as error:
        raise Http404 from error
    by, now = member_of(request), clock()
    if request.POST.get("do") == "remove":
        suppliers = [str(one) for one in row.done_by.values_list("supplier__public_id", flat=True)]
        if remove_service(row, by=by, now=now):
            kept = {"name": row.name, "how": row.how, "sentence": row.sentence, "suppliers": suppliers}
            once.keep(request, _REMOVED, kept)
        return redirect("services")
    version = number(request.POST.get("version", ""))
    deed = lambda: change_service(row, _typed(request), version=version, by=by, now=now)  # noqa: E731
    return _saved(request, deed, changing=service_id)


def _saved(request: HttpRequest, deed: Callable[[], object], *, changing: uuid.UUID | None = None) -> HttpResponse:
    try:
        deed()
    except AmendsError as error:
        return _page(request, problem=str(error), changing=changing)
    messages.success(request, _("Saved."))
    return redirect("services")


def _page(request: HttpRequest, *, problem: str = "", changing: uuid.UUID | None = None) -> HttpResponse:
    found = limits.services()
    groups = [(how, label, [one for one in found if one.how == how]) for how, label in HowWell.choices]
    typed: dict[str, Any] = {}
    if problem:
        typed = {name: request.POST.get(name, "") for name in ("name", "how", "sentence")}
        chosen = ids(request.POST.getlist("suppliers")) or []
        typed["chosen"] = list(Supplier.objects.filter(public_id__in=chosen).values_list("pk", flat=True))
    context = {
        "groups": groups,
        "anything": bool(found),
        "ways": HowWell.choices,
        "suppliers": [one.supplier for one in limits.suppliers(all_of_them=False)],
        "problem": problem,
        "changing": changing,
        "typed": typed,
        "removed": once.take(request, _REMOVED),
    }
    return render(request, "boundaries/services.html", context, status=422 if problem else 200)


def _typed(request: HttpRequest) -> ServiceTyped:
    given = request.POST
    suppliers = ids(given.getlist("suppliers"))
    if suppliers is None:
        raise Refused(_("One of these suppliers is not in the directory: choose again."))
    return ServiceTyped(given.get("name", ""), given.get("how", ""), given.get("sentence", ""), suppliers)
