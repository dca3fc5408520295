"""Drills as pages: the list, one being played, and how it went."""

from __future__ import annotations

import random
import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from amends.firm.rules import Right
from amends.flows.recovery import drilling
from amends.flows.recovery.drilling import CannotGoOn, NoSuchDrill, NothingSaid, Run
from amends.insights.recovery.practice import one_result, own_results, shown_by_others
from amends.recovery.drills import Ending
from amends.recovery.models import DrillResult
from amends.web.drills.words import MOVES, ended, told, turn_of
from amends.web.guard import has, needs
from amends.web.http import clock, member_of


@needs(Right.ACT)
@require_safe
def everything(request: HttpRequest) -> HttpResponse:
    """Which there are, how one's own went, and what colleagues show."""
    member = member_of(request)
    found, problems = drilling.drills()
    names = {one.slug: one.title for one in found}
    own = own_results(member)
    context = {
        "drills": [(one, [MOVES[move] for move in one.moves]) for one in found],
        "problems": problems if has(request, Right.ADMINISTER) else [],
        "own": [(one, names.get(one.scenario, one.scenario), ended(one)) for one in own],
        "others": [(one, names.get(one.scenario, one.scenario)) for one in shown_by_others(member)],
    }
    return render(request, "drills/list.html", context)


@needs(Right.ACT)
@require_http_methods(["GET", "HEAD", "POST"])
def play(request: HttpRequest, slug: str) -> HttpResponse:
    """One drill from its beginning; or an answer, which leads on or ends it."""
    try:
        if request.method != "POST":
            return _page(request, drilling.begin(slug))
        return _on(request, slug)
    except NoSuchDrill as error:
        raise Http404 from error
    except CannotGoOn as error:
        messages.error(request, str(error))
        return redirect("drill", slug)


@needs(Right.ACT)
@require_http_methods(["GET", "HEAD", "POST"])
def result(request: HttpRequest, result_id: uuid.UUID) -> HttpResponse:
    """How a drill went; its own member shows it, keeps it to themselves, or removes it."""
    member = member_of(request)
    try:
        if request.method == "POST":
            return _change(request, result_id)
        found = one_result(member, result_id)
    except DrillResult.DoesNotExist as error:
        raise Http404 from error
    drill = next((one for one in drilling.drills()[0] if one.slug == found.scenario), None)
    context = {"told": told(found), "result": found, "drill": drill, "mine": found.member_id == member.pk}
    return render(request, "drills/result.html", context)


def _on(request: HttpRequest, slug: str) -> HttpResponse:
    given, member = request.POST, member_of(request)
    run = drilling.opened(given.get("run", ""), slug=slug, by=member)
    if given.get("do") == "back":
        before = run.turns[-1]["answer"] if run.turns else ""
        return _page(request, run.back, typed=before)
    line = run.at
    chosen = given.get("choice", "")
    text = given.get("text", "")
    if chosen and not isinstance(line, Ending):
        place = next((number for number in range(len(line.answers)) if chosen == str(number)), None)
        if place is None:
            raise CannotGoOn
        text = line.answers[place]
    try:
        run = drilling.say(run, text, by=member, now=clock())
    except NothingSaid as error:
        return _page(request, run, typed=text, problem=str(error))
    if isinstance(run.at, Ending):
        return redirect("drill-result", drilling.finish(run, by=member, now=clock()).public_id)
    return _page(request, run)


def _change(request: HttpRequest, result_id: uuid.UUID) -> HttpResponse:
    member = member_of(request)
    match request.POST.get("do") or request.GET.get("do"):
        case "share" | "keep" as do:
            drilling.share(result_id, shared=do == "share", by=member)
            back = f"{reverse('drill-result', args=[result_id])}?do={'keep' if do == 'share' else 'share'}"
            said = _("Your colleagues can see it now.") if do == "share" else _("It is yours alone again.")
            messages.success(request, said, extra_tags=back)
            return redirect("drill-result", result_id)
        case "remove":
            drilling.remove(result_id, by=member)
            messages.success(request, _("Removed."))
            return redirect("drills")
        case _:
            raise Http404


def _page(request: HttpRequest, run: Run, *, typed: str = "", problem: str = "") -> HttpResponse:
    line = run.at
    if isinstance(line, Ending):
        raise CannotGoOn
    numbered = list(enumerate(line.answers))
    random.Random(f"{run.key}{line.id}").shuffle(numbered)  # noqa: S311  # an order that says nothing of which is best
    context: dict[str, Any] = {
        "drill": run.drill, "line": line, "turns": [turn_of(one) for one in run.turns], "answers": numbered,
        "run": drilling.sealed(run, by=member_of(request)), "typed": typed, "problem": problem,
    }  # fmt: skip
    return render(request, "drills/play.html", context, status=422 if problem else 200)
