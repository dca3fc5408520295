"""Opening a recovery: one click from *Today* or a conversation, or a page to choose on."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from amends.clients.models import Client
from amends.core.errors import AmendsError
from amends.firm.models import Member
from amends.firm.rules import Right
from amends.flows.recovery.opening import AlreadyOpen, Asked, open_recovery
from amends.insights.recovery.choosing import choices
from amends.insights.screen import Shown
from amends.web.guard import needs
from amends.web.http import clock, is_htmx, member_of, reader_of

_MOST = 200


@needs(Right.ACT)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Choose the client, the conversations, the engagement and who owns it."""
    if request.method == "POST":
        return _open(request)
    return _page(request, _one(request.GET.get("client", "")))


@needs(Right.ACT)
@require_POST
def at_once(request: HttpRequest) -> HttpResponse:
    """One click, from *Today* (the reasons of a row) or a conversation: it is theirs who clicked."""
    return _open(request)


def _open(request: HttpRequest) -> HttpResponse:
    member = member_of(request)
    given = request.POST
    asked = Asked(
        client=_one(given.get("client", "")), threads=ids(given.getlist("thread")),
        signals=ids(given.getlist("signal")), shown=Shown.of(given.get("shown", "")),
        engagement=_one(given.get("engagement", "")), title=given.get("title", "")[:200],
        owner=_owner(given.get("owner"), member),
    )  # fmt: skip
    try:
        made = open_recovery(reader_of(request), asked, by=member, now=clock())
    except AlreadyOpen as error:
        messages.info(request, str(error))
        return _to(request, error.recovery.public_id)
    except AmendsError as error:
        return _refused(request, asked, str(error))
    messages.success(request, _("It is open. Begin with a first reply."))
    return _to(request, made.public_id)


def _refused(request: HttpRequest, asked: Asked, problem: str) -> HttpResponse:
    """Back to the page that asked, or to the one to choose on, with what is wrong."""
    back = request.POST.get("next", "")
    if back and url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        messages.error(request, problem)
        return HttpResponse(status=204, headers={"HX-Redirect": back}) if is_htmx(request) else redirect(back)
    return _page(request, asked.client, problem=problem, chosen=asked)


def _page(
    request: HttpRequest, client: uuid.UUID | None, *, problem: str = "", chosen: Asked | None = None
) -> HttpResponse:
    found = None
    if client is not None:
        try:
            found = choices(reader_of(request), client)
        except Client.DoesNotExist as error:
            raise Http404 from error
    context = {"found": found, "problem": problem, "chosen": chosen}
    return render(request, "recovery/new.html", context, status=422 if problem else 200)


def _to(request: HttpRequest, recovery: uuid.UUID) -> HttpResponse:
    target = reverse("recovery", args=[recovery])
    return HttpResponse(status=204, headers={"HX-Redirect": target}) if is_htmx(request) else redirect(target)


def _owner(value: str | None, member: Member) -> Member | None:
    """Whoever opens it, unless the form says somebody else, or nobody."""
    if value is None or value == str(member.public_id):
        return member
    wanted = _one(value)
    return Member.objects.filter(public_id=wanted, is_active=True).first() if wanted else None


def _one(value: str) -> uuid.UUID | None:
    found = ids([value])
    return found[0] if found else None


def ids(values: Sequence[str]) -> list[uuid.UUID]:
    """Those of these that are ids; what is none is left out."""
    found = []
    for value in values[:_MOST]:
        try:
            found.append(uuid.UUID(value))
        except ValueError:
            continue
    return found
