"""How long the firm leaves clients in peace before it asks for a favour."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from amends.core.errors import AmendsError
from amends.firm.rules import Right
from amends.flows.goodwill.asking import BOUNDS, set_manners
from amends.goodwill.queries import manners
from amends.web.goodwill.doing import number, text
from amends.web.guard import needs
from amends.web.http import clock, member_of


@needs(Right.ADMINISTER)
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """The cool-downs, from how many stars on a review is a complaint, and where reviews are asked for."""
    if request.method != "POST":
        return _page(request, {})
    values, link = {name: number(request, name) for name in BOUNDS}, text(request, "review_link")
    try:
        set_manners(values, review_link=link, by=member_of(request), now=clock())
    except AmendsError as error:
        return _page(request, request.POST.dict(), problem=str(error), status=422)
    messages.success(request, _("Saved."))
    return redirect("manners")


def _page(request: HttpRequest, given: dict[str, Any], *, status: int = 200, problem: str = "") -> HttpResponse:
    stored = manners()
    shown = given or {**{name: getattr(stored, name) for name in BOUNDS}, "review_link": stored.review_link}
    context = {"given": shown, "bounds": BOUNDS, "problem": problem}
    return render(request, "goodwill/settings.html", context, status=status)
