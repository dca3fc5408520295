"""The page of one client: what was given, what came back, and writing either down."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from amends.clients.models import Client
from amends.firm.rules import Right
from amends.flows.goodwill import gestures
from amends.goodwill.models import Gesture, GestureState
from amends.insights.goodwill.client import goodwill_of
from amends.web.goodwill.doing import do, number, one_id, text, texts
from amends.web.guard import needs
from amends.web.http import clock, firm_of, member_of, reader_of


@never_cache
@login_required
@require_safe
def page(request: HttpRequest, client_id: uuid.UUID) -> HttpResponse:
    """Everything of one client."""
    return goodwill_page(request, client_id)


def goodwill_page(request: HttpRequest, client_id: uuid.UUID, *, status: int = 200, **more: Any) -> HttpResponse:
    """The page; where something was not taken, with the form `opened`, what was `given`, and the `problem`."""
    try:
        found = goodwill_of(reader_of(request), firm_of(request), client_id, by=member_of(request), now=clock())
    except Client.DoesNotExist as error:
        raise Http404 from error
    context = {"found": found, "client": found.client, "given": {}, "back_to": request.path, **more}
    return render(request, "goodwill/client.html", context, status=status)


@needs(Right.ACT)
@require_POST
def plan(request: HttpRequest, client_id: uuid.UUID) -> HttpResponse:
    """Plan a gesture."""
    typed, by, now = _gesture(request), member_of(request), clock()
    return do(
        request, lambda: gestures.plan(client_id, typed, by=by, now=now), to=reverse("goodwill", args=[client_id]),
        said=_("Planned. Its cost is set aside in your budget."),
        refused=lambda why: goodwill_page(request, client_id, status=422, problem=why, opened="gesture",
                                          given=request.POST.dict()),
    )  # fmt: skip


@needs(Right.ACT)
@require_POST
def act(request: HttpRequest, gesture_id: uuid.UUID) -> HttpResponse:
    """A gesture is done, dropped, said anew, or followed by what came of it; or the last step was a slip."""
    try:
        gesture = gestures.one(gesture_id)
    except Gesture.DoesNotExist as error:
        raise Http404 from error
    client_id, by, now = gesture.client.public_id, member_of(request), clock()
    here = reverse("goodwill", args=[client_id])
    undo = f"{reverse('gesture', args=[gesture_id])}?do=undo&from="

    def refused(why: str) -> HttpResponse:
        given = {**request.POST.dict(), "of": str(gesture_id)}
        return goodwill_page(request, client_id, status=422, problem=why, opened=request.POST.get("do"), given=given)

    match request.POST.get("do") or request.GET.get("do"):
        case "done":
            said = texts(request, "on", "cost")
            return do(request, lambda: gestures.done(gesture_id, **said, by=by, now=now), to=here, said=_("Done."),
                      undo=f"{undo}{GestureState.DONE}", refused=refused)  # fmt: skip
        case "drop":
            return do(request, lambda: gestures.drop(gesture_id, by=by, now=now), to=here,
                      said=_("Dropped. What was set aside is back."), undo=f"{undo}{GestureState.DROPPED}")  # fmt: skip
        case "undo":
            before = request.GET.get("from", "")
            return do(request, lambda: gestures.undo(gesture_id, before=before, by=by, now=now), to=here,
                      said=_("As it was before."))  # fmt: skip
        case "change":
            typed, version = _gesture(request), number(request, "version")
            return do(request, lambda: gestures.change(gesture_id, typed, version=version, by=by, now=now), to=here,
                      said=_("Saved."), refused=refused)  # fmt: skip
        case "came":
            results, version, words = _results(request), number(request, "version"), text(request, "words")
            return do(
                request,
                lambda: gestures.came_of(gesture_id, words, results=results, version=version, by=by, now=now),
                to=here, said=_("Noted."), refused=refused,
            )  # fmt: skip
        case _:
            raise Http404


def _gesture(request: HttpRequest) -> gestures.Typed:
    return gestures.Typed(
        **texts(request, "what", "why", "cost", "planned_for"), engagement=one_id(text(request, "engagement"))
    )


def _results(request: HttpRequest) -> list[tuple[str, uuid.UUID]]:
    """Results as the boxes name them: a kind and an id each."""
    found = []
    for value in request.POST.getlist("result")[:500]:
        kind, _colon, said = value.partition(":")
        result_id = one_id(said)
        if kind in gestures.RESULTS and result_id is not None:
            found.append((kind, result_id))
    return found
