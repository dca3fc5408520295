"""Guarantees of the firm, and claims: recorded on the client's page, decided on their own."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from amends.clients.models import Client, Engagement
from amends.firm.rules import Right
from amends.flows.goodwill import guarantees as flows
from amends.goodwill.models import Claim
from amends.insights.goodwill.guarantees import claim_page, guarantees_of
from amends.recovery.models import RemedyKind
from amends.recovery.queries import playbooks
from amends.web.goodwill.client import goodwill_page
from amends.web.goodwill.doing import do, number, one_id, text, texts
from amends.web.goodwill.rates import rate_chart
from amends.web.guard import needs
from amends.web.http import clock, member_of, reader_of


@never_cache
@login_required
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Terms, claims, how many of each kind of work, and causes that many share."""
    return _page(request)


def _page(request: HttpRequest, *, status: int = 200, **more: Any) -> HttpResponse:
    found = guarantees_of(reader_of(request), by=member_of(request), now=clock())
    context = {"found": found, "chart": rate_chart(found.rates), "given": {}, "kinds": RemedyKind.choices,
               "engagements": _engagements(), **more}  # fmt: skip
    return render(request, "goodwill/guarantees.html", context, status=status)


@needs(Right.CURATE)
@require_POST
def new(request: HttpRequest) -> HttpResponse:
    """Stand by something from now on."""
    terms, by, now = _terms(request), member_of(request), clock()
    return do(
        request, lambda: flows.promise(terms, by=by, now=now), to=reverse("guarantees"),
        said=_("It stands from now on."),
        refused=lambda why: _page(request, status=422, problem=why, opened="new", given=request.POST.dict()),
    )  # fmt: skip


@needs(Right.CURATE)
@require_POST
def act(request: HttpRequest, guarantee_id: uuid.UUID) -> HttpResponse:
    """Say the terms anew, end it, or begin it again."""
    by, now, here = member_of(request), clock(), reverse("guarantees")
    match request.POST.get("do") or request.GET.get("do"):
        case "change":
            terms, version = _terms(request), number(request, "version")
            return do(
                request, lambda: flows.change_terms(guarantee_id, terms, version=version, by=by, now=now), to=here,
                said=_("Saved."),
                refused=lambda why: _page(request, status=422, problem=why, opened=str(guarantee_id),
                                          given=request.POST.dict()),
            )  # fmt: skip
        case "end":
            return do(request, lambda: flows.end(guarantee_id, by=by, now=now), to=here,
                      said=_("It is given no longer."),
                      undo=f"{reverse('guarantee', args=[guarantee_id])}?do=again")  # fmt: skip
        case "again":
            return do(request, lambda: flows.begin_again(guarantee_id, by=by, now=now), to=here,
                      said=_("As it was before."))  # fmt: skip
        case _:
            raise Http404


@needs(Right.ACT)
@require_POST
def record(request: HttpRequest, client_id: uuid.UUID) -> HttpResponse:
    """A client invokes a guarantee."""
    claimed = flows.Claimed(
        one_id(text(request, "guarantee")), **texts(request, "words", "who", "on"),
        engagement=one_id(text(request, "engagement")), evidence=one_id(text(request, "evidence")),
    )  # fmt: skip
    reader, by, now = reader_of(request), member_of(request), clock()
    if not Client.objects.filter(public_id=client_id, merged_into=None).exists():
        raise Http404
    return do(
        request, lambda: flows.record(reader, client_id, claimed, by=by, now=now),
        to=reverse("goodwill", args=[client_id]), said=_("Recorded. Decide it on its page."),
        refused=lambda why: goodwill_page(request, client_id, status=422, problem=why, opened="claim",
                                          given=request.POST.dict()),
    )  # fmt: skip


@never_cache
@needs(Right.ACT, to_write=True)
@require_http_methods(["GET", "HEAD", "POST"])
def claim(request: HttpRequest, claim_id: uuid.UUID) -> HttpResponse:
    """One claim; a POST decides it, makes it good, or says its cause."""
    if request.method != "POST":
        return _claim(request, claim_id)
    by, now, here = member_of(request), clock(), reverse("claim", args=[claim_id])
    deed = request.POST.get("do") or request.GET.get("do")

    def refused(why: str) -> HttpResponse:
        return _claim(request, claim_id, status=422, problem=why, opened=deed, given=request.POST.dict())

    def undo(state: str) -> str:
        return f"{here}?do=undo&from={state}"

    match deed:
        case "honour":
            said = texts(request, "gives", "cost", "kind", "why")
            return do(request, lambda: flows.honour(claim_id, **said, by=by, now=now), to=here, said=_("Honoured."),
                      undo=undo("honoured"), refused=refused)  # fmt: skip
        case "refuse":
            why = text(request, "why")
            return do(request, lambda: flows.refuse(claim_id, why=why, by=by, now=now), to=here, said=_("Refused."),
                      undo=undo("refused"), refused=refused)  # fmt: skip
        case "withdraw":
            why = text(request, "why")
            return do(request, lambda: flows.withdraw(claim_id, why=why, by=by, now=now), to=here,
                      said=_("Taken back."), undo=undo("withdrawn"), refused=refused)  # fmt: skip
        case "made_good":
            return do(request, lambda: flows.make_good(claim_id, by=by, now=now), to=here, said=_("Made good."),
                      undo=undo("made_good"), refused=refused)  # fmt: skip
        case "learn":
            learned, version = texts(request, "failure_mode", "mended"), number(request, "version")
            return do(request, lambda: flows.learn(claim_id, **learned, version=version, by=by, now=now), to=here,
                      said=_("Noted."), refused=refused)  # fmt: skip
        case "undo":
            before = request.GET.get("from", "")
            return do(request, lambda: flows.undo(claim_id, before=before, by=by, now=now), to=here,
                      said=_("As it was before."))  # fmt: skip
        case _:
            raise Http404


def _claim(request: HttpRequest, claim_id: uuid.UUID, *, status: int = 200, **more: Any) -> HttpResponse:
    try:
        found = claim_page(reader_of(request), claim_id, by=member_of(request), now=clock())
    except Claim.DoesNotExist as error:
        raise Http404 from error
    context = {"found": found, "claim": found.told.claim, "client": found.told.claim.client, "given": {},
               "kinds": RemedyKind.choices, "modes": playbooks(), **more}  # fmt: skip
    return render(request, "goodwill/claim.html", context, status=status)


def _terms(request: HttpRequest) -> flows.Terms:
    return flows.Terms(
        **texts(request, "name", "words", "kind", "most", "until"), engagement=one_id(text(request, "engagement"))
    )


def _engagements() -> list[Engagement]:
    rows = Engagement.objects.filter(closed_at=None).select_related("client")
    return list(rows.order_by("client__name", "name")[:500])
