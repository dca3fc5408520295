"""Agreeing and making good: what is offered, agreed, done, withdrawn, and the ledger of one's own budget."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from amends.core.errors import AmendsError
from amends.firm.models import Member
from amends.firm.rules import Right
from amends.flows.recovery import remedies as flows
from amends.insights.recovery.giving import Giving, giving_of, ledger
from amends.recovery.models import Recovery, Remedy, RemedyKind, RemedyState
from amends.recovery.queries import find
from amends.web.guard import has, needs
from amends.web.http import clock, member_of, reader_of


@needs(Right.ACT)
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, recovery_id: uuid.UUID) -> HttpResponse:
    """What is offered, agreed and done, what it costs, and what more may be given; or give it."""
    if request.method != "POST":
        return giving_page(request, recovery_id)
    typed, by, now = _typed(request), member_of(request), clock()
    deed = flows.offer if request.POST.get("do") == "offer" else flows.give
    try:
        remedy = deed(reader_of(request), recovery_id, typed, by=by, now=now)
    except Recovery.DoesNotExist as error:
        raise Http404 from error
    except AmendsError as error:
        return giving_page(request, recovery_id, problem=str(error), status=422)
    _say(request, remedy, before="offered")
    return redirect(back(request, recovery_id, stage="agree"))


@needs(Right.ACT)
@require_POST
def act(request: HttpRequest, recovery_id: uuid.UUID, remedy_id: uuid.UUID) -> HttpResponse:
    """The client takes it, it is done, it is withdrawn, or the last of these was a slip."""
    reader, by, now, given = reader_of(request), member_of(request), clock(), request.POST
    try:
        match given.get("do") or request.GET.get("do"):
            case "agree":
                due, because = given.get("due", ""), given.get("because", "")
                remedy = flows.agree(reader, recovery_id, remedy_id, due=due, because=because, by=by, now=now)
                _say(request, remedy, before="offered")
            case "done":
                _say(request, flows.done(reader, recovery_id, remedy_id, by=by, now=now), before="agreed")
            case "withdraw":
                before = given.get("was", "")
                _say(request, flows.withdraw(reader, recovery_id, remedy_id, by=by, now=now), before=before)
            case "undo":
                before, to = request.GET.get("from", ""), request.GET.get("to", "")
                flows.undo(reader, recovery_id, remedy_id, before=before, back_to=to, by=by, now=now)
                messages.success(request, _("As it was before."))
            case _:
                raise Http404
    except (Recovery.DoesNotExist, Remedy.DoesNotExist) as error:
        raise Http404 from error
    except AmendsError as error:
        return giving_page(request, recovery_id, problem=str(error), status=422)
    return redirect(back(request, recovery_id, stage="make_good" if given.get("was") == "agreed" else "agree"))


@needs(Right.ACT)
@require_safe
def budget(request: HttpRequest) -> HttpResponse:
    """What one may give alone, what is left of it, and each line; whoever decides may look at everybody's."""
    member = member_of(request)
    whose, decides = request.GET.get("who", ""), has(request, Right.DECIDE)
    if whose and not decides:
        raise Http404
    shown: Member | None = member
    if whose == "all":
        shown = None
    elif whose:
        try:
            shown = Member.objects.get(public_id=whose)
        except (Member.DoesNotExist, ValidationError) as error:
            raise Http404 from error
    context = {
        "ledger": ledger(shown, now=clock()),
        "people": list(Member.objects.filter(is_active=True).order_by("name", "pk")) if decides else [],
        "whose": whose,
    }
    return render(request, "recovery/budget.html", context)


def giving_page(request: HttpRequest, recovery_id: uuid.UUID, *, status: int = 200, **more: Any) -> HttpResponse:
    """The page; where something was not taken, with it as it was typed, and why (`problem`)."""
    try:
        recovery = find(recovery_id)
    except Recovery.DoesNotExist as error:
        raise Http404 from error
    found = giving_of(reader_of(request), recovery, by=member_of(request), now=clock())
    context = {"recovery": recovery, "client": recovery.client, **giving_context(request, found), **more}
    return render(request, "recovery/giving.html", context, status=status)


def giving_context(request: HttpRequest, found: Giving) -> dict[str, Any]:
    """What the sections *Agree* and *Make good* take, on this page and on that of the whole recovery."""
    chosen = _suggested(request, found)
    source = request.POST if request.method == "POST" else request.GET
    typed = {
        name: source.get(name, chosen.get(name, "")) for name in ("kind", "what", "cost", "due", "because", "issue")
    }
    typed["goodwill"] = source.get("goodwill", "yes" if found.all_mistaken else "")
    return {"giving": found, "kinds": RemedyKind.choices, "typed": typed, "back_to": request.path}


def back(request: HttpRequest, recovery_id: uuid.UUID, name: str = "recovery-giving", *, stage: str = "") -> str:
    """The page that a form was on, where it is one of ours; on that of the recovery, the stage."""
    page = request.POST.get("next", "")
    if page == reverse("recovery", args=[recovery_id]) and stage:
        return f"{page}?at={stage}#{stage}"
    if page and url_has_allowed_host_and_scheme(page, allowed_hosts=None):
        return page
    return reverse(name, args=[recovery_id])


def _suggested(request: HttpRequest, found: Giving) -> dict[str, str]:
    """What a playbook suggests, chosen by its number."""
    number = request.GET.get("suggestion", "")
    if number not in {str(one) for one in range(len(found.suggestions))}:
        return {}
    chosen = found.suggestions[int(number)]
    return {"kind": chosen.kind, "what": chosen.what, "cost": f"{chosen.cost.amount}"}


def _typed(request: HttpRequest) -> flows.Typed:
    given = request.POST
    try:
        issue = uuid.UUID(given["issue"]) if given.get("issue") else None
    except ValueError:
        issue = uuid.UUID(int=0)  # no point of ours
    return flows.Typed(
        kind=given.get("kind", ""), what=given.get("what", ""), cost=given.get("cost", ""), due=given.get("due", ""),
        goodwill=given.get("goodwill") == "yes", issue=issue, because=given.get("because", ""),
    )  # fmt: skip


def _say(request: HttpRequest, remedy: Remedy, *, before: str) -> None:
    """What was done, with its undo where there is one."""
    said = {
        RemedyState.OFFERED: _("Noted as offered. Nothing is spent yet."),
        RemedyState.ASKED: _("That is more than you may give alone: approval was asked."),
        RemedyState.AGREED: _("Agreed."),
        RemedyState.DONE: _("Done."),
        RemedyState.WITHDRAWN: _("Withdrawn."),
    }[RemedyState(remedy.state)]
    undo = ""
    if (remedy.state, before) in flows.UNDOES:
        address = reverse("remedy-do", args=[remedy.recovery.public_id, remedy.public_id])
        undo = f"{address}?do=undo&from={remedy.state}&to={before}"
    messages.success(request, said, extra_tags=undo)
