"""Single sign-on: away to the firm's sign-in service, and back with what it says."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from amends.core.errors import AmendsError
from amends.firm.single_sign_on import Attempt, NotProven, ProviderUnreachable, begin, finish, member_for, provider
from amends.web.guard import network_address
from amends.web.http import clock
from amends.web.sign_in.entering import first_step, safe_target

_ATTEMPT = "single_sign_on"


@never_cache
@require_safe
def away(request: HttpRequest) -> HttpResponse:
    """To the service."""
    service = provider()
    if service is None:
        raise Http404
    try:
        target, attempt = begin(service, back=_back(), now=clock())
    except ProviderUnreachable as error:
        return _refused(request, error, status=502)
    request.session[_ATTEMPT] = {**attempt.kept(), "target": safe_target(request.GET.get("next", ""))}
    return redirect(target)


@never_cache
@require_safe
def back(request: HttpRequest) -> HttpResponse:
    """Back from it. What was kept of the attempt serves once, whatever comes of it."""
    service = provider()
    if service is None:
        raise Http404
    kept = request.session.pop(_ATTEMPT, None)
    given = request.GET
    try:
        if kept is None or given.get("error"):
            raise NotProven(f"{service.name} did not sign you in. Begin again, or ask an administrator.")
        target = kept.pop("target")
        identity = finish(
            service,
            Attempt(**kept),
            state=given.get("state", ""),
            code=given.get("code", ""),
            back=_back(),
            now=clock(),
        )
        member = member_for(service, identity, now=clock(), address=network_address(request))
    except ProviderUnreachable as error:
        return _refused(request, error, status=502)
    except AmendsError as error:
        return _refused(request, error, status=403)
    return redirect(first_step(request, member, by="single sign-on", target=target, now=clock()))


def _back() -> str:
    """Where the service sends people back to; it must be noted there."""
    return f"{settings.PUBLIC_URL.rstrip('/')}{reverse('single-sign-on-back')}"


def _refused(request: HttpRequest, error: AmendsError, *, status: int) -> HttpResponse:
    return render(request, "sign_in/single.html", {"problem": str(error)}, status=status)
