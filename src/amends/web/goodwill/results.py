"""Reviews, recommendations and renewals: written down, put right, taken back; reviews of the whole firm, and a file."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from amends.clients.models import Client, Standing
from amends.core.errors import AmendsError
from amends.firm.rules import Right
from amends.flows.goodwill import asking, results
from amends.flows.goodwill.review_files import LARGEST, take_reviews
from amends.goodwill.models import Referral, Renewal, Review
from amends.insights.goodwill.reviews import reviews_of_firm
from amends.web.goodwill.client import goodwill_page
from amends.web.goodwill.doing import do, number, one_id, text, texts
from amends.web.guard import has, needs
from amends.web.http import clock, member_of, number_from, reader_of


def _of(request: HttpRequest, client_id: uuid.UUID, opened: str) -> Any:
    """How the client's page says that something was not taken."""
    return lambda why: goodwill_page(request, client_id, status=422, problem=why, opened=opened,
                                     given=request.POST.dict())  # fmt: skip


@needs(Right.ACT)
@require_POST
def add(request: HttpRequest, client_id: uuid.UUID) -> HttpResponse:
    """Write down a review, a recommendation, a renewal; or ask for one of the first two."""
    by, now, here = member_of(request), clock(), reverse("goodwill", args=[client_id])
    client = Client.objects.filter(public_id=client_id, merged_into=None).first()
    if client is None:
        raise Http404
    match request.POST.get("do"):
        case "review":
            said = _review(request)
            return do(request, lambda: results.add_review(client, said, by=by, now=now), to=here,
                      said=_("Written down."), refused=_of(request, client_id, "review"))  # fmt: skip
        case "referral":
            recommended = _referral(request)
            return do(request, lambda: results.add_referral(client_id, recommended, by=by, now=now), to=here,
                      said=_("Written down."), refused=_of(request, client_id, "referral"))  # fmt: skip
        case "renewal":
            renewed = results.Renewed(one_id(text(request, "engagement")), **texts(request, "on", "next_on", "value"))
            return do(request, lambda: results.renew(renewed, by=by, now=now), to=here,
                      said=_("Written down."), refused=_of(request, client_id, "renewal"))  # fmt: skip
        case "ask":
            return _ask(request, client_id)
        case _:
            raise Http404


def _ask(request: HttpRequest, client_id: uuid.UUID) -> HttpResponse:
    """Prepare the mail that asks, and go to where it is read and sent."""
    try:
        draft = asking.prepare(
            reader_of(request), client_id, favour=request.POST.get("favour", ""), link=text(request, "link"),
            by=member_of(request), now=clock(),
        )  # fmt: skip
    except AmendsError as error:
        return goodwill_page(request, client_id, status=422, problem=str(error), opened="ask",
                             given=request.POST.dict())  # fmt: skip
    messages.success(request, _("The mail is prepared. Read it, and send it."))
    return redirect("thread", draft.thread.public_id) if draft.thread else redirect("outbox")


@needs(Right.ACT)
@require_POST
def review(request: HttpRequest, review_id: uuid.UUID) -> HttpResponse:
    """Take it back, say what it is, whose it is, or that it was answered."""
    found = Review.objects.select_related("client").filter(public_id=review_id).first()
    if found is None:
        raise Http404
    deed = request.POST.get("do") or request.GET.get("do", "")
    whose = one_id(text(request, "client"))
    here = reverse("goodwill", args=[found.client.public_id]) if found.client else reverse("reviews")
    undo = f"{reverse('review', args=[review_id])}?do=restore" if deed == "remove" else ""
    said = {
        "remove": _("Taken back."), "restore": _("As it was before."),
        "answered": _("Noted: it is no reason any more."), "open": _("It is a reason on Today again."),
        "complaint": _("It is a public complaint now, and a reason on Today."),
        "none": _("It is no complaint."), "whose": _("Noted whose it is."),
    }.get(deed, "")  # fmt: skip
    by, now = member_of(request), clock()
    return do(request, lambda: results.change_review(review_id, do=deed, client=whose, by=by, now=now),
              to=_back(request, here), said=said, undo=undo)  # fmt: skip


@needs(Right.ACT)
@require_POST
def referral(request: HttpRequest, referral_id: uuid.UUID) -> HttpResponse:
    """What it became; or that it was written down by mistake."""
    found = Referral.objects.select_related("client").filter(public_id=referral_id).first()
    if found is None:
        raise Http404
    by, now, here = member_of(request), clock(), reverse("goodwill", args=[found.client.public_id])
    match request.POST.get("do") or request.GET.get("do"):
        case "change":
            said, version = _referral(request), number(request, "version")
            return do(request, lambda: results.change_referral(referral_id, said, version=version, by=by, now=now),
                      to=here, said=_("Saved."))  # fmt: skip
        case "remove":
            return do(request, lambda: results.remove_referral(referral_id, by=by, now=now), to=here,
                      said=_("Taken back."), undo=f"{reverse('referral', args=[referral_id])}?do=restore")  # fmt: skip
        case "restore":
            return do(request, lambda: results.remove_referral(referral_id, again=True, by=by, now=now), to=here,
                      said=_("As it was before."))  # fmt: skip
        case _:
            raise Http404


@needs(Right.CURATE)
@require_POST
def renewal(request: HttpRequest, renewal_id: uuid.UUID) -> HttpResponse:
    """It was written down by mistake."""
    found = Renewal.objects.select_related("client").filter(public_id=renewal_id).first()
    if found is None:
        raise Http404
    by, now = member_of(request), clock()
    return do(request, lambda: results.remove_renewal(renewal_id, by=by, now=now),
              to=reverse("goodwill", args=[found.client.public_id]),
              said=_("Taken back; the engagement is as it was before."))  # fmt: skip


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def reviews(request: HttpRequest) -> HttpResponse:
    """Everything that was said in public; a POST takes a file of reviews in."""
    if request.method != "POST":
        return _reviews(request)
    if not has(request, Right.ACT):
        return needs(Right.ACT)(_reviews)(request)  # type: ignore[return-value]
    file = request.FILES.get("file")
    if file is None:
        return _reviews(request, problem=_("Choose a CSV file first."), status=422)
    try:
        taken = take_reviews(file.read(LARGEST + 1), place=text(request, "place"), by=member_of(request), now=clock())
    except AmendsError as error:
        return _reviews(request, problem=str(error), status=422)
    return _reviews(request, taken=taken)


def _reviews(request: HttpRequest, *, status: int = 200, **more: Any) -> HttpResponse:
    page = max(1, min(number_from(request, "page") or 1, 10_000))
    whose = "nobody" if request.GET.get("whose") == "nobody" else ""
    context = {
        "found": reviews_of_firm(page=page, whose=whose), "whose": whose, "page": page,
        "clients": list(Client.objects.filter(merged_into=None, standing=Standing.CLIENT).order_by("name")[:500]),
        "back_to": request.path, **more,
    }  # fmt: skip
    return render(request, "goodwill/reviews.html", context, status=status)


def _back(request: HttpRequest, here: str) -> str:
    """The page of reviews where a form was on it, else the client's."""
    return reverse("reviews") if request.POST.get("next") == reverse("reviews") else here


def _review(request: HttpRequest) -> results.Said:
    return results.Said(**texts(request, "place", "on", "stars", "words", "author", "link", "complaint"))


def _referral(request: HttpRequest) -> results.Recommended:
    given = texts(request, "whom", "who", "on", "words", "worth")
    became = request.POST.get("became") or "open"
    return results.Recommended(**given, became=became, new_client=one_id(text(request, "new_client")))
