"""The directory of suppliers: what they do, what it was like with them, and what came of sending clients there."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from amends.boundaries.actions.limits import SupplierTyped, add_supplier, change_supplier
from amends.boundaries.models import Supplier
from amends.boundaries.queries import limits
from amends.core.errors import AmendsError
from amends.firm.rules import Right
from amends.insights.boundaries.referrals import referred_to
from amends.web.boundaries.typed import number
from amends.web.guard import ask, needs
from amends.web.http import clock, member_of, reader_of

_FIELDS = ("name", "contact", "email", "phone", "does", "experience")


@needs(Right.ACT)
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """The directory; a POST adds somebody."""
    if request.method != "POST":
        return _page(request)
    ask(request, Right.CURATE)
    try:
        made = add_supplier(_typed(request), by=member_of(request), now=clock())
    except AmendsError as error:
        return _page(request, problem=str(error))
    messages.success(request, _("%(name)s is in the directory.") % {"name": made.name})
    return redirect("supplier", made.public_id)


@needs(Right.ACT)
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, supplier_id: uuid.UUID) -> HttpResponse:
    """One supplier, whole; a POST changes what is known of them."""
    if request.method == "POST":
        ask(request, Right.CURATE)
    try:
        found = limits.supplier(supplier_id)
    except Supplier.DoesNotExist as error:
        raise Http404 from error
    if request.method != "POST":
        return _one(request, found)
    try:
        version = number(request.POST.get("version", ""))
        change_supplier(found, _typed(request), version=version, by=member_of(request), now=clock())
    except AmendsError as error:
        return _one(request, found, problem=str(error))
    messages.success(request, _("Saved."))
    return redirect("supplier", supplier_id)


def _page(request: HttpRequest, *, problem: str = "") -> HttpResponse:
    typed = {name: request.POST.get(name, "") for name in _FIELDS} if problem else {}
    context = {"suppliers": limits.suppliers(), "problem": problem, "typed": typed}
    return render(request, "boundaries/suppliers.html", context, status=422 if problem else 200)


def _one(request: HttpRequest, found: Supplier, *, problem: str = "") -> HttpResponse:
    typed = {name: request.POST.get(name, "") if problem else getattr(found, name) for name in _FIELDS}
    context = {
        "supplier": found,
        "tally": limits.tallies([found.pk]).get(found.pk, limits.Tally()),
        "services": [one.service for one in found.does_instead.select_related("service").order_by("service__name")],
        "referrals": referred_to(reader_of(request), found),
        "problem": problem,
        "typed": typed,
        "active": request.POST.get("active") == "yes" if problem else found.active,
    }
    return render(request, "boundaries/supplier.html", context, status=422 if problem else 200)


def _typed(request: HttpRequest) -> SupplierTyped:
    given = {name: request.POST.get(name, "") for name in _FIELDS}
    on_page = "version" in request.POST  # a new one is active
    return SupplierTyped(**given, active=not on_page or request.POST.get("active") == "yes")
