"""Whose a recovery is, how far it goes, and taking back."""

from __future__ import annotations

import uuid
from datetime import datetime
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_naive
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from amends.core.errors import AmendsError
from amends.firm.rules import Right
from amends.flows.recovery import failing, owning, points, stages
from amends.recovery.models import Recovery
from amends.web.guard import needs
from amends.web.http import clock, member_of, reader_of
from amends.web.recovery.doing import back, number, one_id

_STAGE = {"own", "listen", "answer", "agree", "make_good", "learn"}


@needs(Right.ACT)
@require_POST
def own(request: HttpRequest, recovery_id: uuid.UUID) -> HttpResponse:
    """Take it on, or give it to somebody."""
    try:
        owning.own(
            reader_of(request), recovery_id, to=one_id(request.POST.get("to", "")),
            seen=one_id(request.POST.get("seen", "")), by=member_of(request), now=clock(),
        )  # fmt: skip
    except Recovery.DoesNotExist as error:
        raise Http404 from error
    except AmendsError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Noted."))
    return back(recovery_id, "own", "recovery-head")


@needs(Right.ACT)
@require_POST
def replied(request: HttpRequest, recovery_id: uuid.UUID) -> HttpResponse:
    """Note that somebody answered them past Amends, or take that back."""
    reader, member, now = reader_of(request), member_of(request), clock()
    try:
        if "undo" in request.GET:
            owning.not_replied(reader, recovery_id, at=_moment(request.GET["undo"]), by=member, now=now)
            messages.success(request, _("Taken back."))
        else:
            at = owning.replied(reader, recovery_id, by=member, now=now)
            address = f"{reverse('recovery-replied', args=[recovery_id])}?{urlencode({'undo': at.isoformat()})}"
            messages.success(request, _("Noted: they have had a first reply."), extra_tags=address)
    except Recovery.DoesNotExist as error:
        raise Http404 from error
    except AmendsError as error:
        messages.error(request, str(error))
    return back(recovery_id, "own", "first-reply")


def _moment(given: str) -> datetime:
    try:
        found = parse_datetime(given[:40])
    except ValueError:
        found = None
    if found is None or is_naive(found):
        raise Http404
    return found


@needs(Right.ACT)
@require_POST
def failed(request: HttpRequest, recovery_id: uuid.UUID) -> HttpResponse:
    """Say how we failed, as far as it is known, or take that back."""
    undoing = request.GET.get("do") == "undo"
    given = request.GET if undoing else request.POST
    try:
        recovery, before = failing.fail_as(
            reader_of(request), recovery_id, given.get("mode", ""), version=number(given.get("version", "")),
            by=member_of(request), now=clock(),
        )  # fmt: skip
    except Recovery.DoesNotExist as error:
        raise Http404 from error
    except AmendsError as error:
        messages.error(request, str(error))
        return back(recovery_id, "own", "failed")
    if undoing:
        messages.success(request, _("Taken back."))
    elif before != recovery.failure_mode:
        query = urlencode({"do": "undo", "mode": before, "version": recovery.version})
        address = f"{reverse('recovery-failed', args=[recovery_id])}?{query}"
        messages.success(request, _("Noted, until Learn asks once more."), extra_tags=address)
    return back(recovery_id, "own", "failed")


@needs(Right.ACT)
@require_POST
def step(request: HttpRequest, recovery_id: uuid.UUID) -> HttpResponse:
    """On to the next stage, or back to an earlier one, with a reason."""
    before, after = request.POST.get("before", ""), request.POST.get("after", "")
    try:
        stages.step(
            reader_of(request), recovery_id, before=before, after=after, why=request.POST.get("why", ""),
            by=member_of(request), now=clock(),
        )  # fmt: skip
    except Recovery.DoesNotExist as error:
        raise Http404 from error
    except AmendsError as error:
        messages.error(request, str(error))
        return back(recovery_id, before if before in _STAGE else "own", "recovery-head")
    messages.success(request, stages.said(before, after))
    return back(recovery_id, after, "recovery-head")


@needs(Right.ACT)
@require_POST
def mistaken(request: HttpRequest, recovery_id: uuid.UUID) -> HttpResponse:
    """Close what should not have been opened, or open that again."""
    reader, member, now = reader_of(request), member_of(request), clock()
    try:
        if request.POST.get("do") == "reopen":
            stages.reopen_mistaken(reader, recovery_id, by=member, now=now)
            messages.success(request, _("It is open again."))
        else:
            stages.close_as_mistaken(reader, recovery_id, why=request.POST.get("why", ""), by=member, now=now)
            messages.success(request, _("Closed, as opened by mistake."))
    except Recovery.DoesNotExist as error:
        raise Http404 from error
    except AmendsError as error:
        messages.error(request, str(error))
    return back(recovery_id, "own", "recovery-head")


@needs(Right.ACT)
@require_POST
def undo(request: HttpRequest, recovery_id: uuid.UUID) -> HttpResponse:
    """Take back what was done a moment ago."""
    try:
        points.undo(reader_of(request), recovery_id, request.POST.get("seal", ""))
    except Recovery.DoesNotExist as error:
        raise Http404 from error
    except AmendsError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Taken back."))
    at = request.POST.get("at", "")
    return back(recovery_id, at if at in _STAGE else "listen")
