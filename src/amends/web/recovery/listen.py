"""Listen: what a person does with the points, and what would put it right."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from amends.firm.rules import Right
from amends.flows.recovery import points
from amends.flows.recovery.opening import listen_to
from amends.flows.recovery.within import within
from amends.recovery.actions.issues import Undo
from amends.web.guard import needs
from amends.web.http import clock, firm_of, member_of, reader_of
from amends.web.recovery.doing import done, moment_of, number, one_id
from amends.web.recovery.opening import ids

_AT = "listen"


@needs(Right.ACT)
@require_POST
def issues(request: HttpRequest, recovery_id: uuid.UUID) -> HttpResponse:
    """Add a point, merge some, or take a further conversation in."""
    deed = {"add": _add, "merge": _merge, "thread": _thread}.get(request.POST.get("do", ""))
    if deed is None:
        raise Http404
    return deed(request, recovery_id)


@needs(Right.ACT)
@require_POST
def issue(request: HttpRequest, recovery_id: uuid.UUID, issue_id: uuid.UUID) -> HttpResponse:
    """One deed on one point."""
    given, reader, now, member = request.POST, reader_of(request), clock(), member_of(request)
    place = number(given.get("number", ""))
    deeds: dict[str, tuple[Callable[[], Undo], str]] = {
        "split": (
            lambda: points.split(reader, recovery_id, issue_id, at=number(given.get("cut", "")), by=member, now=now),
            _("Split in two."),
        ),
        "part": (lambda: points.part(reader, recovery_id, issue_id), _("It stands by itself again.")),
        "remove": (lambda: points.remove(reader, recovery_id, issue_id, now=now), _("Off the page.")),
        "back": (lambda: points.bring_back(reader, recovery_id, issue_id), _("It is back.")),
        "up": (lambda: points.place(reader, recovery_id, issue_id, number=max(1, place - 1)), _("Moved up.")),
        "down": (lambda: points.place(reader, recovery_id, issue_id, number=place + 1), _("Moved down.")),
        "same": (
            lambda: points.same_as(reader, recovery_id, issue_id, earlier=one_id(given.get("earlier", ""))),
            _("Noted: it is the same, come back."),
        ),
        "other": (lambda: points.same_as(reader, recovery_id, issue_id, earlier=None), _("Noted: it is another.")),
    }
    do, to = given.get("do", ""), f"p-{issue_id}"
    if do in deeds:
        deed, said = deeds[do]
        return done(request, recovery_id, deed, said=said, at=_AT, to=_AT if do == "remove" else to)
    if do != "words":
        raise Http404
    return done(
        request, recovery_id,
        lambda: points.reword(
            reader, recovery_id, issue_id, version=number(given.get("version", "")), words=given.get("words", ""),
            feeling=given.get("feeling", ""), engagement=one_id(given.get("engagement", "")),
        ),
        said=_("Noted."), at=_AT, to=to, typed=lambda: {"typed_point": issue_id, "typed": given},
    )  # fmt: skip


@needs(Right.ACT)
@require_POST
def wanted(request: HttpRequest, recovery_id: uuid.UUID) -> HttpResponse:
    """Record what would put it right."""
    words = request.POST.get("wanted", "")

    def write() -> None:
        version = number(request.POST.get("version", ""))
        points.want(reader_of(request), recovery_id, words, version=version, now=clock())

    return done(
        request, recovery_id, write, said=_("Noted."), at=_AT, to="wanted", typed=lambda: {"typed_wanted": words}
    )


def _add(request: HttpRequest, recovery_id: uuid.UUID) -> HttpResponse:
    given = request.POST

    def add() -> Undo:
        return points.add(
            reader_of(request), recovery_id, quote=given.get("quote", ""), words=given.get("words", ""),
            feeling=given.get("feeling", ""),
            said_at=moment_of(given.get("said_on", ""), ZoneInfo(firm_of(request).timezone)),
            engagement=one_id(given.get("engagement", "")), by=member_of(request), now=clock(),
        )  # fmt: skip

    return done(
        request, recovery_id, add, said=_("Added."), at=_AT, to="points-end", typed=lambda: {"typed_new": given}
    )


def _merge(request: HttpRequest, recovery_id: uuid.UUID) -> HttpResponse:
    def merge() -> Undo:
        return points.merge(reader_of(request), recovery_id, ids(request.POST.getlist("point")), now=clock())

    return done(request, recovery_id, merge, said=_("They are one point now."), at=_AT)


def _thread(request: HttpRequest, recovery_id: uuid.UUID) -> HttpResponse:
    def take() -> None:
        reader = reader_of(request)
        chosen = ids(request.POST.getlist("thread"))
        listen_to(reader, within(reader, recovery_id), chosen, by=member_of(request), now=clock())

    return done(request, recovery_id, take, said=_("Taken in."), at=_AT)
