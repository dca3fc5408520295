"""Beginning, changing, closing and opening engagements; whoever edits what somebody else has changed is told."""

from __future__ import annotations

import uuid
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from amends.clients.actions.engagements import ChangedMeanwhile
from amends.clients.models import Client, Engagement
from amends.clients.queries import kinds_of_work
from amends.core.errors import AmendsError
from amends.firm.rules import Right
from amends.flows import engagements as flows
from amends.flows.recovery.disclosing import ask_how_it_was
from amends.insights.engagement import find_engagement
from amends.insights.hiccups import Hiccup, open_hiccups, period_now
from amends.insights.recovery.learning import left_of
from amends.web.engagement.forms import EngagementForm
from amends.web.guard import has, needs
from amends.web.http import clock, firm_of, member_of, reader_of


@needs(Right.CURATE)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, client_id: uuid.UUID) -> HttpResponse:
    """Begin a project or retainer."""
    client = _client(client_id)
    form = EngagementForm(request.POST or None, see_money=has(request, Right.SEE_MONEY))
    if request.method == "POST" and form.is_valid():
        made = flows.begin(client, form.cleaned_data, member=member_of(request), now=clock())
        messages.success(request, _("%(name)s is noted.") % {"name": made.name})
        return redirect("engagement", client.public_id, made.public_id)
    return _form(request, client, form, status=422 if request.method == "POST" else 200)


@needs(Right.CURATE)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, client_id: uuid.UUID, engagement_id: uuid.UUID) -> HttpResponse:
    """Change what is said of one."""
    engagement = _engagement(engagement_id)
    see_money = has(request, Right.SEE_MONEY)
    if request.method != "POST":
        return _form(request, engagement.client, EngagementForm(instance=engagement, see_money=see_money), engagement)
    form = EngagementForm(request.POST, see_money=see_money)
    if not form.is_valid():
        return _form(request, engagement.client, form, engagement, version=_version(request), status=422)
    try:
        flows.change(engagement, form.cleaned_data, version=_version(request), member=member_of(request), now=clock())
    except ChangedMeanwhile as error:
        theirs = _differences(form, error.current)
        return _form(request, engagement.client, form, error.current, problem=str(error), theirs=theirs, status=409)
    messages.success(request, _("%(name)s is noted.") % {"name": engagement.name})
    return redirect("engagement", engagement.client.public_id, engagement.public_id)


@needs(Right.CURATE)
@require_http_methods(["GET", "HEAD", "POST"])
def close(request: HttpRequest, client_id: uuid.UUID, engagement_id: uuid.UUID) -> HttpResponse:
    """What is open in its time, to go through; then the closing."""
    engagement = _engagement(engagement_id)
    now, why = clock(), request.POST.get("why", "")
    if engagement.closed_at is not None:
        return redirect("engagement", engagement.client.public_id, engagement.public_id)
    if request.method != "POST":
        return _closing(request, engagement, open_hiccups(reader_of(request), firm_of(request), engagement, now=now))
    try:
        flows.close(
            reader_of(request), firm_of(request), engagement, why=why, version=_version(request),
            member=member_of(request), now=now,
        )  # fmt: skip
    except AmendsError as error:
        current = error.current if isinstance(error, ChangedMeanwhile) else engagement
        left = open_hiccups(reader_of(request), firm_of(request), current, now=now)
        status = 409 if isinstance(error, ChangedMeanwhile) else 422
        return _closing(request, current, left, problem=str(error), why=why, status=status)
    messages.success(request, _("%(name)s is closed.") % {"name": engagement.name})
    return redirect("engagement", engagement.client.public_id, engagement.public_id)


@needs(Right.CURATE)
@require_POST
def ask(request: HttpRequest, client_id: uuid.UUID, engagement_id: uuid.UUID) -> HttpResponse:
    """Put the question that belongs to its end among one's drafts."""
    engagement = _engagement(engagement_id)
    try:
        draft = ask_how_it_was(reader_of(request), engagement, by=member_of(request), now=clock())
    except AmendsError as error:
        messages.error(request, str(error))
    else:
        if draft.thread is not None and draft.author == member_of(request):
            messages.success(request, _("The question is prepared. Read it, and send it."))
            return redirect(f"{reverse('thread', args=[draft.thread.public_id])}#reply")
        messages.success(request, _("The question was prepared already."))
    return redirect("engagement-close", engagement.client.public_id, engagement.public_id)


@needs(Right.CURATE)
@require_POST
def reopen(request: HttpRequest, client_id: uuid.UUID, engagement_id: uuid.UUID) -> HttpResponse:
    """Open it again."""
    engagement = _engagement(engagement_id)
    try:
        flows.reopen(engagement, member=member_of(request), now=clock())
    except AmendsError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("%(name)s is open again.") % {"name": engagement.name})
    return redirect("engagement", engagement.client.public_id, engagement.public_id)


def _client(client_id: uuid.UUID) -> Client:
    try:
        return Client.objects.get(public_id=client_id)
    except Client.DoesNotExist as error:
        raise Http404 from error


def _engagement(engagement_id: uuid.UUID) -> Engagement:
    try:
        return find_engagement(engagement_id)
    except Engagement.DoesNotExist as error:
        raise Http404 from error


def _version(request: HttpRequest) -> int:
    """Which version the form was made from; 0, which is none, where it says nothing sensible."""
    value = request.POST.get("version", "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 9 else 0


def _differences(form: EngagementForm, current: Engagement) -> list[tuple[str, object]]:
    """What the other one wrote where it is not what stands in this form."""
    return [
        (str(field.label), getattr(current, name))
        for name, field in form.fields.items()
        if getattr(current, name) != form.cleaned_data[name]
    ]


def _form(
    request: HttpRequest,
    client: Client,
    form: EngagementForm,
    engagement: Engagement | None = None,
    *,
    version: int | None = None,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    if version is None and engagement is not None:
        version = engagement.version
    context = {
        "client": client, "form": form, "engagement": engagement, "version": version, "kinds": kinds_of_work(), **more,
    }  # fmt: skip
    return render(request, "engagement/edit.html", context, status=status)


def _closing(
    request: HttpRequest, engagement: Engagement, hiccups: list[Hiccup], *, status: int = 200, **more: Any
) -> HttpResponse:
    firm = firm_of(request)
    period = period_now(engagement, firm, now=clock())
    recoveries = left_of(reader_of(request), engagement, period, zone=ZoneInfo(firm.timezone))
    context = {
        "engagement": engagement,
        "client": engagement.client,
        "hiccups": hiccups,
        "recoveries": recoveries,
        "needs_reason": any(one.owner is None for one in hiccups)
        or any(one.recovery.closed_at is None for one in recoveries),
        "may_act": has(request, Right.ACT),
        **more,
    }
    return render(request, "engagement/close.html", context, status=status)
