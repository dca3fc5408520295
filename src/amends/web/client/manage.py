"""What a person says about a client: its name, what it is, and whom it belongs to."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from amends.clients.models import Client, Domain, Standing
from amends.core.errors import AmendsError
from amends.firm.rules import Right
from amends.flows import curate
from amends.flows.boundaries import gates
from amends.insights.people import known_domains
from amends.web.client.forms import MergeForm, RenameForm, SplitForm, StandingForm
from amends.web.guard import needs
from amends.web.http import clock, member_of, reader_of


@needs(Right.CURATE)
@require_POST
def rename(request: HttpRequest, client_id: uuid.UUID) -> HttpResponse:
    """Give a client another name."""
    client, form = _client(client_id), RenameForm(request.POST)
    if not form.is_valid():
        return _refused(request, client, form.errors.as_text())
    return _done(
        request,
        client,
        lambda: curate.rename(
            client, form.cleaned_data["name"], member=member_of(request), seen=request.POST.get("seen")
        ),
        _("Renamed to %(name)s.") % {"name": form.cleaned_data["name"]},
    )


@needs(Right.CURATE)
@require_POST
def standing(request: HttpRequest, client_id: uuid.UUID) -> HttpResponse:
    """Say what somebody is to us."""
    client, form = _client(client_id), StandingForm(request.POST)
    if not form.is_valid():
        return _refused(request, client, form.errors.as_text())
    chosen = Standing(form.cleaned_data["standing"])
    return _done(
        request,
        client,
        lambda: curate.set_standing(
            client, chosen, why=form.cleaned_data["why"], member=member_of(request), now=clock()
        ),
        _("%(name)s: %(standing)s.") % {"name": client.name, "standing": str(chosen.label).lower()},
    )


@needs(Right.CURATE)
@require_POST
def industry(request: HttpRequest, client_id: uuid.UUID) -> HttpResponse:
    """Say in which industry a client works."""
    client, said = _client(client_id), request.POST.get("industry", "")
    deed = lambda: gates.say_industry(client, said, member=member_of(request), now=clock())  # noqa: E731
    return _done(request, client, deed, _("Saved."))


@needs(Right.CURATE)
@require_POST
def merge(request: HttpRequest, client_id: uuid.UUID) -> HttpResponse:
    """Make a client part of another."""
    client, form = _client(client_id), MergeForm(request.POST)
    if not form.is_valid():
        return _refused(request, client, _("Choose the client that this one is part of."))
    target = _client(form.cleaned_data["target"])
    try:
        curate.merge(client, target, member=member_of(request), now=clock())
    except AmendsError as error:
        return _refused(request, client, str(error))
    messages.success(request, _("%(name)s is part of %(target)s now.") % {"name": client.name, "target": target.name})
    return redirect("client", target.public_id)


@needs(Right.CURATE)
@require_POST
def split(request: HttpRequest, client_id: uuid.UUID) -> HttpResponse:
    """Make a domain of a client somebody of their own."""
    client, form = _client(client_id), SplitForm(request.POST)
    there = Domain.objects.filter(client=client, value=form.data.get("domain", ""))
    domain = next(iter(known_domains(reader_of(request), there)), None)
    if not form.is_valid() or domain is None:
        return _refused(request, client, _("Choose one of the domains, and say whose it is."))
    try:
        made = curate.split(domain, form.cleaned_data["name"], member=member_of(request), now=clock())
    except AmendsError as error:
        return _refused(request, client, str(error))
    messages.success(request, _("%(name)s stands for itself now.") % {"name": made.name})
    return redirect("client", made.public_id)


def _client(client_id: uuid.UUID) -> Client:
    try:
        return Client.objects.get(public_id=client_id)
    except Client.DoesNotExist as error:
        raise Http404 from error


def _done(request: HttpRequest, client: Client, act: Callable[[], object], said: str) -> HttpResponse:
    try:
        act()
    except AmendsError as error:
        return _refused(request, client, str(error))
    messages.success(request, said)
    return redirect("client", client.public_id)


def _refused(request: HttpRequest, client: Client, why: str) -> HttpResponse:
    messages.error(request, why)
    return redirect("client", client.public_id)
