"""What every request passes: how much it may send, and whose firm is in scope while it lasts."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from amends.firm.scope import firm_scope
from amends.firm.two_factor import has_two_factor
from amends.web.http import is_htmx, member_of

TWO_FACTOR = "two_factor"  # in the session: whether two steps, or one that counts for two, led in
_ALLOWED = frozenset(  # without the second step, where the firm asks for it
    {
        "two-factor", "app-add", "passkey-begin", "passkey-add", "you-confirm", "confirm-passkey-begin",
        "confirm-passkey", "sign-in", "sign-out", "healthz",
    }
)  # fmt: skip

_SMALL = 100 * 10**6  # bytes of a request for which there is always room


class UploadLimitMiddleware:
    """Refuses a request that is larger than the setting allows, or than the disk holds, before any of it is read."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or "0"
        size = int(length) if length.isascii() and length.isdigit() and len(length) < 19 else 0
        if size > settings.UPLOAD_LIMIT:
            most = settings.UPLOAD_LIMIT / 10**9
            why = _("At most %(most)g GB can be sent at a time: send less, or bring it in with: amends import PATH")
            return _too_large(request, why % {"most": most})
        if size > _SMALL and shutil.disk_usage(settings.HOME).free < 2 * size:
            return _too_large(request, _("There is no room for it on the disk: ask an administrator to make some."))
        return self.get_response(request)


def _too_large(request: HttpRequest, why: str) -> HttpResponse:
    if request.headers.get("X-Requested-With") == "XMLHttpRequest":
        return JsonResponse({"problem": why}, status=413)
    return render(request, "413.html", {"why": why}, status=413)


class FirmMiddleware:
    """Enters `firm_scope` where somebody is signed in; pages without a firm raise if they touch its rows."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info.startswith("/api/"):  # no cookie counts there: it enters the firm of its token
            return self.get_response(request)
        if not request.user.is_authenticated:
            return self.get_response(request)
        member = member_of(request)
        zone = ZoneInfo(member.timezone or member.firm.timezone)
        with firm_scope(member.firm_id), timezone.override(zone):
            return self.get_response(request)

    def process_view(self, request: HttpRequest, view: object, args: object, kwargs: Any) -> HttpResponse | None:
        """Where the firm asks everybody for two-factor, nothing opens before it is set up."""
        if request.path_info.startswith("/api/") or not request.user.is_authenticated:
            return None
        if not member_of(request).firm.two_factor_required:
            return None
        match = request.resolver_match
        if request.session.get(TWO_FACTOR) or (match and match.url_name in _ALLOWED):
            return None
        if has_two_factor(member_of(request)):
            request.session[TWO_FACTOR] = True
            return None
        target = reverse("two-factor")
        return HttpResponse(status=204, headers={"HX-Redirect": target}) if is_htmx(request) else redirect(target)
