"""Who may open which page: signed in, with the right that it needs, and freshly proven where it is about the way in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from axes.helpers import get_client_ip_address
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from amends.firm.rules import Right, may
from amends.web.http import clock, is_htmx, member_of

View = Callable[..., HttpResponseBase]
PROVEN = "proven_at"  # in the session: when somebody last showed that it is they
_FRESH = timedelta(minutes=15)


def needs(right: Right, *, to_write: bool = False) -> Callable[[View], View]:
    """Signed in, and with this right; `to_write` lets everybody look, and asks only whoever changes things."""

    def guard(view: View) -> View:
        @login_required
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not (to_write and request.method in {"GET", "HEAD"}):
                ask(request, right)
            return view(request, *args, **kwargs)

        return guarded

    return guard


def has(request: HttpRequest, right: Right) -> bool:
    """Whether whoever is signed in has this right."""
    return may(member_of(request).role, right)


def ask(request: HttpRequest, right: Right) -> None:
    """Refuse, in words, whoever has not this right."""
    if not has(request, right):
        raise PermissionDenied(_refusal(right))


def proven(view: View) -> View:
    """Signed in, and seen to be oneself within the last quarter of an hour; else asked for it first."""

    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return view(request, *args, **kwargs) if is_proven(request) else to_prove(request)

    return guarded


def is_proven(request: HttpRequest) -> bool:
    """Whether it was shown a moment ago that it is they."""
    said = request.session.get(PROVEN)
    return said is not None and clock() - datetime.fromisoformat(said) < _FRESH


def to_prove(request: HttpRequest) -> HttpResponse:
    """To where that is asked, and then back to the page that leads on."""
    page = reverse("two-factor" if "two-factor" in request.path else "you")
    target = f"{reverse('you-confirm')}?{urlencode({'next': page})}"
    return HttpResponse(status=204, headers={"HX-Redirect": target}) if is_htmx(request) else redirect(target)


def network_address(request: HttpRequest) -> str | None:
    """Where a request comes from, as the pause after too many attempts counts it."""
    found: str | None = get_client_ip_address(request)
    return found or None


def _refusal(right: Right) -> str:
    return {
        Right.READ_MAIL: _("Your role does not read mail. Ask an administrator of your firm."),
        Right.SEE_MONEY: _("Your role does not see money. Ask an administrator of your firm."),
        Right.ACT: _("Your role looks on: it answers and changes nothing. Ask an administrator of your firm."),
        Right.CURATE: _("Account managers, partners and administrators change clients. Ask one of yours."),
        Right.DECIDE: _("Partners decide this. Ask one of yours."),
        Right.ADMINISTER: _("Only an administrator may do this. Ask one of yours."),
    }[right]
