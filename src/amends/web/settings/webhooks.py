"""Webhooks, for administrators: where to and what about, a test, how deliveries went, sending again, pausing."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from amends.core.errors import AmendsError
from amends.firm.models import Member
from amends.firm.rules import Right, may
from amends.flows.webhooks import manage
from amends.web.http import clock, member_of
from amends.web.settings.program_forms import KINDS, WebhookForm
from amends.webhooks.models import Delivery, DeliveryState, Endpoint
from amends.webhooks.queries import deliveries, endpoint, endpoints
from amends.webhooks.rules import Kind


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """All webhooks; a POST adds one and shows its secret, this once."""
    member = _administrator(request)
    if request.method != "POST":
        return _list(request, WebhookForm())
    form = WebhookForm(request.POST)
    if not form.is_valid():
        return _list(request, form, status=422)
    try:
        made, secret = manage.add(
            form.cleaned_data["url"], kinds=form.chosen(), description=form.cleaned_data["description"],
            member=member, now=clock(),
        )  # fmt: skip
    except AmendsError as refused:
        form.add_error("url", str(refused))
        return _list(request, form, status=422)
    return _one(request, made, secret=secret)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, endpoint_id: uuid.UUID) -> HttpResponse:
    """One webhook and how its deliveries went; a POST changes where it goes, or what is told."""
    member, found = _administrator(request), _found(endpoint_id)
    if request.method != "POST":
        return _one(request, found)
    form = WebhookForm(request.POST)
    if not form.is_valid():
        return _one(request, found, form=form, status=422)
    try:
        manage.change(
            endpoint_id, url=form.cleaned_data["url"], kinds=form.chosen(),
            description=form.cleaned_data["description"], member=member, now=clock(),
        )  # fmt: skip
    except AmendsError as refused:
        form.add_error("url", str(refused))
        return _one(request, found, form=form, status=422)
    messages.success(request, _("Saved."))
    return redirect("webhook", endpoint_id)


@login_required
@never_cache
@require_POST
def act(request: HttpRequest, endpoint_id: uuid.UUID) -> HttpResponse:
    """A test, pausing, going on, a new secret, removing."""
    member, found, now = _administrator(request), _found(endpoint_id), clock()
    do = request.POST.get("do", "")
    if do == "secret":
        changed, secret = manage.new_secret(endpoint_id, member=member, now=now)
        return _one(request, changed, secret=secret, renewed=True)
    if do == "remove":
        manage.remove(endpoint_id, member=member, now=now)
        messages.success(request, _("Nothing is sent to %(url)s any more.") % {"url": found.url})
        return redirect("webhooks")
    deeds: dict[str, Callable[..., None]] = {"ping": manage.ping, "pause": manage.pause, "resume": manage.resume}
    if do not in deeds:
        return HttpResponseBadRequest(_("Choose what to do."), content_type="text/plain; charset=utf-8")
    deeds[do](endpoint_id, member=member, now=now)
    return redirect("webhook", endpoint_id)


@login_required
@never_cache
@require_safe
def recent(request: HttpRequest, endpoint_id: uuid.UUID) -> HttpResponse:
    """The deliveries alone, to be swapped in while something is on its way."""
    _administrator(request)
    return render(request, "settings/deliveries.html", _deliveries(_found(endpoint_id)))


@login_required
@require_POST
def redeliver(request: HttpRequest, endpoint_id: uuid.UUID, delivery_id: uuid.UUID) -> HttpResponse:
    """Send a past delivery once more."""
    member = _administrator(request)
    try:
        manage.redeliver(endpoint_id, delivery_id, member=member, now=clock())
    except Delivery.DoesNotExist as error:
        raise Http404 from error
    return redirect("webhook", endpoint_id)


def _administrator(request: HttpRequest) -> Member:
    member = member_of(request)
    if not may(member.role, Right.ADMINISTER):
        raise PermissionDenied(_("Only an administrator may look after webhooks. Ask one of yours."))
    return member


def _found(endpoint_id: uuid.UUID) -> Endpoint:
    try:
        return endpoint(endpoint_id)
    except Endpoint.DoesNotExist as error:
        raise Http404 from error


def _list(request: HttpRequest, form: WebhookForm, *, status: int = 200) -> HttpResponse:
    return render(request, "settings/webhooks.html", {"form": form, "endpoints": endpoints()}, status=status)


def _one(
    request: HttpRequest,
    found: Endpoint,
    *,
    form: WebhookForm | None = None,
    secret: str = "",
    renewed: bool = False,
    status: int = 200,
) -> HttpResponse:
    known = {"url": found.url, "description": found.description, "kinds": found.kinds}
    context = {"form": form or WebhookForm(initial=known), "secret": secret, "renewed": renewed}
    return render(request, "settings/webhook.html", context | _deliveries(found), status=status)


def _moves(waits: Sequence[Delivery]) -> bool:
    """Whether what waits is about to be sent, with nothing before it that is tried again later."""
    return bool(waits) and all(row.tries == 0 for row in waits)


def _deliveries(found: Endpoint) -> dict[str, object]:
    rows = deliveries(found)
    waits = [row for row in rows if row.state == DeliveryState.WAITING]
    return {
        "endpoint": found,
        "rows": [(row, KINDS[Kind(row.event.kind)]) for row in rows],
        "busy": any(row.by_hand for row in waits) or (found.paused_at is None and _moves(waits)),
        "now": clock(),
    }
