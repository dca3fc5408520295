"""Promises: the week in front of everybody, and one key for each decision."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from amends.core.errors import AmendsError
from amends.firm.models import Member
from amends.firm.queries import working_time
from amends.firm.rules import Right
from amends.flows.promises import settle as flow
from amends.flows.promises.settle import Deed
from amends.insights.address_book import clients_to_choose
from amends.insights.promises import settled_lately, week
from amends.signals.models import Agreed, Promise, PromiseBy, PromiseState, Recurs
from amends.signals.queries.promises import readable_promise
from amends.web import dates
from amends.web.guard import needs, network_address
from amends.web.http import clock, firm_of, is_htmx, reader_of, toast
from amends.web.promises.forms import client_of, given_by, number_of

_TABS = ("", "waiting", "settled")


@login_required
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The week, what we wait for, or what became of promises."""
    show = request.GET.get("show", "")
    show = show if show in _TABS else ""
    return render(request, "promises/page.html", _context(request, show) | {"clients": clients_to_choose()})


@needs(Right.ACT)
@require_POST
def settle(request: HttpRequest, promise_id: uuid.UUID) -> HttpResponse:
    """One decision on one promise: `do` says which."""
    do = _DEEDS.get(request.POST.get("do", ""))
    try:
        if do is None:
            readable_promise(reader_of(request), promise_id)
            raise flow.PromiseRefused(_("That is nothing that can be said of a promise: reload the page."))
        done = do(request, promise_id, _deed(request))
    except Promise.DoesNotExist as error:
        raise Http404 from error
    except AmendsError as error:
        return _refused(request, error)
    said, undo = _said(request, done, request.POST["do"]), _undo_of(done, request.POST["do"])
    if not is_htmx(request) or request.POST["do"] in {"renegotiate", "not_it", "answered"}:
        messages.success(request, said, extra_tags=undo)
        return _reload(request)
    name = "candidate" if request.headers.get("HX-Target", "").startswith("candidate-") else "promise"
    gone = {"promise": done, "said": said, "row_id": f"{name}-{promise_id}"}  # the keyboard stays where it was
    parts = render_to_string("promises/gone.html", gone, request)
    if request.POST["do"] in {"confirm", "correct"}:
        show = request.POST.get("show", "")
        parts += render_to_string("promises/week.html", _context(request, show) | {"out_of_band": True}, request)
    return HttpResponse(parts + toast(request, said, undo=undo))


@needs(Right.ACT)
@require_POST
def add(request: HttpRequest) -> HttpResponse:
    """A promise that no mail holds."""
    try:
        client = client_of(request.POST)
        done = flow.add(client, _deed(request), by=request.POST.get("by", "firm"), given=given_by(request))
    except AmendsError as error:
        return _refused(request, error)
    messages.success(request, _said(request, done, "add"), extra_tags=_undo_of(done, "add"))
    return _reload(request)


@needs(Right.ACT)
@require_POST
def take_back(request: HttpRequest, promise_id: uuid.UUID) -> HttpResponse:
    """Undo the last step."""
    version = number_of(request.GET.get("version", ""))
    try:
        flow.take_back(promise_id, _deed(request), version=version or 0)
    except Promise.DoesNotExist as error:
        raise Http404 from error
    except AmendsError as error:
        return _refused(request, error)
    messages.success(request, _("Taken back."))
    return _reload(request)


def _renegotiate(request: HttpRequest, promise_id: uuid.UUID, deed: Deed) -> Promise:
    posted = request.POST
    return flow.renegotiate(
        promise_id, deed, due=posted.get("due", ""), why=posted.get("why", ""), agreed=posted.get("agreed", "")
    )


def _keep(request: HttpRequest, promise_id: uuid.UUID, deed: Deed) -> Promise:
    try:
        evidence = uuid.UUID(request.POST["evidence"]) if request.POST.get("evidence") else None
    except ValueError:
        evidence = promise_id  # no message: it is refused like one that is not theirs
    return flow.keep(promise_id, deed, evidence=evidence, why=request.POST.get("why", ""))


_Do = Callable[[HttpRequest, uuid.UUID, Deed], Promise]
_DEEDS: dict[str, _Do] = {
    "confirm": lambda request, promise, deed: flow.confirm(promise, deed),
    "correct": lambda request, promise, deed: flow.correct(
        promise, deed, given=given_by(request), version=number_of(request.POST.get("version", ""))
    ),
    "refuse": lambda request, promise, deed: flow.refuse(promise, deed, why=request.POST.get("why", "")),
    "keep": _keep,
    "break": lambda request, promise, deed: flow.break_(promise, deed, why=request.POST.get("why", "")),
    "withdraw": lambda request, promise, deed: flow.withdraw(promise, deed, why=request.POST.get("why", "")),
    "renegotiate": _renegotiate,
    "answered": lambda request, promise, deed: flow.answered(
        promise, deed, agreed=request.POST.get("agreed", ""), words=request.POST.get("words", "")
    ),
    "not_it": lambda request, promise, deed: flow.not_it(promise, deed),
}


def _context(request: HttpRequest, show: str) -> dict[str, Any]:
    reader, firm, now = reader_of(request), firm_of(request), clock()
    found: dict[str, Any] = {
        "show": show if show in _TABS else "",
        "recurs": Recurs.choices,
        "members": Member.objects.filter(is_active=True).order_by("name", "email"),
        "agreed_choices": [choice for choice in Agreed.choices if choice[0]],
    }
    if show == "settled":
        return found | {"settled": settled_lately(reader, firm, now=now)}
    return found | {"week": week(reader, firm, now=now, by=PromiseBy.CLIENT if show == "waiting" else "")}


def _deed(request: HttpRequest) -> Deed:
    return Deed(reader_of(request), clock(), network_address(request))


def _said(request: HttpRequest, done: Promise, do: str) -> str:
    """What was done, and when it is due."""
    firm = firm_of(request)
    zone = ZoneInfo(firm.timezone)
    due = dates.due(done.due, now=clock(), zone=zone, day_end=firm.day_end) if done.due else ""
    match do:
        case "refuse":
            return _("Noted: no promise.")
        case "keep":
            return _("Kept.")
        case "break":
            return _("Noted: broken.")
        case "withdraw":
            return _("Withdrawn.")
        case "not_it":
            return _("Noted. A later message may show it.")
        case "answered":
            return _("Noted what the client says of the new date.")
    if done.state != PromiseState.PENDING:
        return str(done.get_state_display())
    new = {"renegotiate": _("The new date stands."), "add": _("Written down.")}.get(do, _("Confirmed."))
    if not done.due:
        return new
    off = dates.day_off(done.due.astimezone(zone).date(), working_time(firm))
    return f"{new} {_('Due %(day)s.') % {'day': f'{due} ({off})' if off else due}}"


def _undo_of(done: Promise, do: str) -> str:
    """The address that takes it back."""
    step = done.replaces if do == "renegotiate" and done.replaces is not None else done
    if do in {"not_it", "answered"} or (do == "correct" and step.version > 2):
        return ""
    return f"{reverse('promise-undo', args=[step.public_id])}?version={step.version}"


def _refused(request: HttpRequest, error: AmendsError) -> HttpResponse:
    if is_htmx(request):
        return HttpResponseBadRequest(str(error), content_type="text/plain; charset=utf-8")
    messages.error(request, str(error))
    return _reload(request)


def _reload(request: HttpRequest) -> HttpResponse:
    target = request.POST.get("next", "")
    back = target if url_has_allowed_host_and_scheme(target, allowed_hosts=None) else reverse("promises")
    return HttpResponse(status=204, headers={"HX-Redirect": back}) if is_htmx(request) else redirect(back)
