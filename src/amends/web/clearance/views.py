"""What goes public: all of it, a new one, and one whole with its checks."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from amends.boundaries.models import (
    CheckState,
    ClearanceCheck,
    ClearanceEvidence,
    ClearanceEvidenceKind,
    Publication,
    PublicationState,
)
from amends.boundaries.queries.clearance import publications
from amends.clients.models import Engagement
from amends.core.errors import AmendsError
from amends.firm.models import Member
from amends.firm.rules import Right
from amends.flows.boundaries import clearance as flow
from amends.insights.clearance import clearance_page
from amends.web.clearance.deeds import DEEDS
from amends.web.clearance.forms import NewPublicationForm, PublicationForm
from amends.web.guard import has, needs
from amends.web.http import clock, member_of, reader_of
from amends.web.recovery.doing import one_id

_GONE = (Publication.DoesNotExist, ClearanceCheck.DoesNotExist, ClearanceEvidence.DoesNotExist, Member.DoesNotExist)


@login_required
@require_safe
def everything(request: HttpRequest) -> HttpResponse:
    """All that goes public, in one state; what is to be cleared first."""
    show = request.GET.get("show", "")
    state = PublicationState(show) if show in PublicationState.values else PublicationState.OPEN
    context = {"rows": publications(state=state), "state": state, "tabs": PublicationState.choices}
    return render(request, "clearance/list.html", context)


@needs(Right.ACT)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Write down what is to go public for an engagement."""
    named = one_id(request.POST.get("engagement") or request.GET.get("engagement", ""))
    engagement = Engagement.objects.select_related("client").filter(public_id=named).first() if named else None
    if engagement is None:
        raise Http404
    context: dict[str, Any] = {"engagement": engagement, "client": engagement.client}
    if request.method != "POST":
        initial = {"kind": flow.suggested(engagement), "answers": member_of(request).public_id}
        return render(request, "clearance/new.html", context | {"form": NewPublicationForm(initial=initial)})
    form = NewPublicationForm(request.POST)
    if form.is_valid():
        values = dict(form.cleaned_data)
        try:
            made = flow.announce(
                engagement.public_id, values, kind=values.pop("kind"), by=member_of(request), now=clock()
            )  # fmt: skip
        except AmendsError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Written down. These are its checks."))
            return redirect("clearance", made.public_id)
    return render(request, "clearance/new.html", context | {"form": form}, status=422)


@needs(Right.ACT, to_write=True)
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, publication_id: uuid.UUID) -> HttpResponse:
    """One thing that goes public; a POST does one thing with it: `do` says which."""
    if request.method != "POST":
        return _page(request, publication_id)
    given = request.POST
    do = given.get("do") or request.GET.get("do", "")
    deed = DEEDS.get(do)
    try:
        if deed is None:
            raise Http404
        done = deed(request, publication_id, given)
    except _GONE as error:
        raise Http404 from error
    except AmendsError as error:
        return _page(request, publication_id, status=422, problem=str(error), typed=given, tried=do)
    back = reverse("clearance", args=[publication_id])
    messages.success(request, done.said, extra_tags=f"{back}?do={done.undo}" if done.undo else "")
    return redirect(f"{back}#{done.at}" if done.at else back)


def _page(
    request: HttpRequest, publication_id: uuid.UUID, *, status: int = 200, typed: QueryDict | None = None, **more: Any
) -> HttpResponse:
    reader = reader_of(request)
    try:
        found = clearance_page(reader, publication_id)
    except Publication.DoesNotExist as error:
        raise Http404 from error
    one = found.publication
    going = one.state != PublicationState.DROPPED and has(request, Right.ACT)
    initial = {
        "what": one.what, "where": one.where, "goes_on": one.goes_on,
        "answers": one.answers.public_id if one.answers else None,
    }  # fmt: skip
    context = {
        "found": found,
        "one": one,
        "engagement": one.engagement,
        "client": one.engagement.client,
        "may_act": going,
        "may_skip": has(request, Right.CURATE),
        "form": PublicationForm(typed if more.get("tried") == "change" else None, initial=initial),
        "people": list(Member.objects.filter(is_active=True).order_by("name", "pk")) if going else [],
        "kinds": [one for one in ClearanceEvidenceKind.choices if one[0] != ClearanceEvidenceKind.MESSAGE],
        "states": CheckState,
        "noticed": flow.look(reader, one, now=clock()) if has(request, Right.ACT) else [],
        "typed": typed,
        **more,
    }
    return render(request, "clearance/page.html", context, status=status)
