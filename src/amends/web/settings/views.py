"""Settings of the firm, for administrators."""

from __future__ import annotations

import json

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from amends.firm.models import Firm, OwnDomain
from amends.firm.rules import Right
from amends.flows.adjust import change_firm
from amends.flows.teach import NoConsent, take_lessons
from amends.insights.model import model_state
from amends.signals.queries import corrections_count
from amends.web.guard import needs, network_address
from amends.web.http import clock, member_of, reader_of
from amends.web.settings.forms import FirmForm


@needs(Right.ADMINISTER)
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """The firm's name, domains, working time, currency, and how far back reasons count."""
    firm = _firm(request)
    form = _form(firm, request.POST or None)
    if request.method == "POST" and form.is_valid():
        anew = change_firm(
            form.save(commit=False), domains=form.cleaned_data["domains"], by=member_of(request), now=clock(),
            address=network_address(request),
        )  # fmt: skip
        messages.success(request, _("Saved. Your mail is being looked through again.") if anew else _("Saved."))
        return redirect("settings")
    return _page(request, form, status=422 if request.method == "POST" else 200)


@needs(Right.ADMINISTER)
@require_POST
def corrections(request: HttpRequest) -> HttpResponse:
    """All that people corrected, as a file, where somebody agreed to what leaves with it."""
    firm = _firm(request)
    try:
        consent, place = request.POST.get("consent") == "yes", network_address(request)
        given = take_lessons(reader_of(request), consent=consent, now=clock(), address=place)
    except NoConsent:
        problem = _("Tick the box first: the file holds sentences of your clients, in clear.")
        return _page(request, _form(firm), status=422, consent_problem=problem)
    lines = (f"{json.dumps(one._asdict(), ensure_ascii=False)}\n" for one in given)
    name = f"amends-corrections-{clock():%Y-%m-%d}.jsonl"
    return HttpResponse(
        "".join(lines),
        content_type="application/jsonl; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
    )


def _firm(request: HttpRequest) -> Firm:
    """A row of its own, so that a form that is refused changes nothing that the page shows of the firm."""
    return Firm.objects.get(pk=member_of(request).firm_id)


def _form(firm: Firm, given: QueryDict | None = None) -> FirmForm:
    domains = OwnDomain.objects.order_by("id").values_list("value", flat=True)
    return FirmForm(given, instance=firm, initial={"domains": "\n".join(domains)})


def _page(request: HttpRequest, form: FirmForm, *, status: int, consent_problem: str = "") -> HttpResponse:
    context = {
        "form": form,
        "firm": member_of(request).firm,
        "corrections": corrections_count(reader_of(request)),
        "consent_problem": consent_problem,
        "model_state": model_state(),
    }
    return render(request, "settings/page.html", context, status=status)
