"""Recoveries as pages: the list of all, and one whole."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from amends.firm.rules import Right
from amends.flows.recovery.owning import first_words
from amends.insights.recovery.choosing import choices
from amends.insights.recovery.giving import giving_of
from amends.insights.recovery.page import Point, RecoveryPage, counted, recovery_list, recovery_page
from amends.outbox.queries import can_send
from amends.recovery.actions.findings import WORDS
from amends.recovery.actions.issues import FEELINGS
from amends.recovery.models import Finding, Recovery, Responsibility, Sureness
from amends.recovery.queries import questions_of
from amends.recovery.wording import ASK_WANTED, MISTAKEN
from amends.web import words as looks
from amends.web.guard import has, needs
from amends.web.http import clock, firm_of, member_of, reader_of
from amends.web.recovery.learn import learning_context
from amends.web.recovery.remedies import giving_context


@login_required
@require_safe
def everything(request: HttpRequest) -> HttpResponse:
    """Open recoveries: whose, how far, what is missing, what is late; or the closed ones."""
    closed = request.GET.get("group") == "closed"
    lines = recovery_list(reader_of(request), firm_of(request), now=clock(), closed=closed)
    unowned, late = counted(lines)
    context = {
        "lines": lines,
        "closed": closed,
        "unowned": unowned,
        "late": late,
        "groups": [(_("Open"), "?", not closed), (_("Closed"), "?group=closed", closed)],
    }
    return render(request, "recovery/list.html", context)


@login_required
@require_safe
def page(request: HttpRequest, recovery_id: uuid.UUID) -> HttpResponse:
    """One recovery, whole, or what of it the reader may know."""
    return whole_page(request, recovery_id)


def found_page(request: HttpRequest, recovery_id: uuid.UUID) -> RecoveryPage:
    """What the page shows; 404 where there is none."""
    try:
        return recovery_page(reader_of(request), firm_of(request), recovery_id, now=clock())
    except Recovery.DoesNotExist as error:
        raise Http404 from error


@needs(Right.ACT)
@require_safe
def take(request: HttpRequest, recovery_id: uuid.UUID) -> HttpResponse:
    """Further conversations of its client that can be taken in, as a part of the page."""
    found = found_page(request, recovery_id)
    if not found.whole or found.recovery.closed_at:
        raise Http404
    there = {one.thread for one in found.threads}
    offered = choices(reader_of(request), found.recovery.client.public_id)
    offered.threads = [one for one in offered.threads if one.thread not in there]
    return render(request, "recovery/take.html", {"found": offered, "recovery": found.recovery})


def whole_page(
    request: HttpRequest,
    recovery_id: uuid.UUID,
    *,
    status: int = 200,
    opened: Collection[str] = (),
    typed_finding: uuid.UUID | None = None,
    typed_point: uuid.UUID | None = None,
    typed: QueryDict | None = None,
    **more: Any,
) -> HttpResponse:
    """The page; where something was not taken, with that as it was typed, and why (`problem`)."""
    found = found_page(request, recovery_id)
    if typed is not None:
        for point in found.points:
            if point.issue.public_id == typed_finding:
                _as_typed(point, typed)
            elif point.issue.public_id == typed_point:
                point.issue.words, point.issue.feeling = typed.get("words", ""), typed.get("feeling", "")
    context = {
        "page": found,
        "recovery": found.recovery,
        "client": found.recovery.client,
        "opened": {*opened, request.GET.get("at", "")},
        "unfolded": {request.GET.get("point", ""), str(typed_finding), _first_unanswered(found)},
        "feelings": [looks.sound(name) for name in FEELINGS if looks.sound(name)],
        "responsibilities": Responsibility.choices,
        "sure": Sureness.choices,
        "phrases": [*questions_of(found.recovery.failure_mode), *ASK_WANTED],
        "mistaken": MISTAKEN,
        "first_words": _first_words(request, found),
        "can_send": can_send(member_of(request)),
        "typed_finding": typed_finding,
        "typed_point": typed_point,
        **_giving_and_learning(request, found),
        **more,
    }
    return render(request, "recovery/page.html", context, status=status)


def _first_unanswered(found: RecoveryPage) -> str:
    """The one to write on next, which stands open; the others are folded to a line."""
    return next((str(point.issue.public_id) for point in found.points if point.finding is None), "")


def _giving_and_learning(request: HttpRequest, found: RecoveryPage) -> dict[str, Any]:
    """What the last three stages show; their slips stand on pages of their own."""
    if not found.whole:
        return {}
    reader, recovery = reader_of(request), found.recovery
    giving = giving_of(reader, recovery, by=member_of(request), now=clock())
    return {**giving_context(request, giving), **learning_context(request, recovery)}


def _first_words(request: HttpRequest, found: RecoveryPage) -> str:
    """A first reply to begin with, while there was none."""
    recovery = found.recovery
    if not found.whole or found.replied_at or recovery.closed_at or not has(request, Right.ACT):
        return ""
    return first_words(reader_of(request), recovery, by=member_of(request), now=clock())


def _as_typed(point: Point, typed: QueryDict) -> None:
    """Put back what a person wrote; what somebody else wrote meanwhile stands beside it."""
    seen = typed.get("version", "")
    there = point.finding
    if there is not None and str(there.version) != seen:
        point.theirs = there
    try:
        day = parse_date(typed.get("by_when", ""))
    except ValueError:
        day = None
    point.finding = Finding(
        issue=point.issue, version=there.version if there else 0, by_when=day,
        **{name: typed.get(name, "") for name in (*WORDS, "responsibility", "sure")},
    )  # fmt: skip
