"""What every request passes: how much it may send, and whose firm is in scope while it lasts."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from amends.firm.scope import firm_scope

_SMALL = 100 * 10**6  # bytes of a request for which there is always room


class UploadLimitMiddleware:
    """Refuses a request that is larger than the setting allows, or than the disk holds, before any of it is read."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or "0"
        size = int(length) if length.isdigit() else 0
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
        if not request.user.is_authenticated:
            return self.get_response(request)
        with firm_scope(request.user.firm_id), timezone.override(ZoneInfo(request.user.firm.timezone)):
            return self.get_response(request)
