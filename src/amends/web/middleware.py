"""Puts the signed-in member's firm, and its time zone, in scope for the length of a request."""

from __future__ import annotations

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from amends.firm.scope import firm_scope


class FirmMiddleware:
    """Enters `firm_scope` where somebody is signed in; pages without a firm raise if they touch its rows."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info.startswith("/api/"):  # no cookie counts there: it enters the firm of its token
            return self.get_response(request)
        if not request.user.is_authenticated:
            return self.get_response(request)
        with firm_scope(request.user.firm_id), timezone.override(ZoneInfo(request.user.firm.timezone)):
            return self.get_response(request)
