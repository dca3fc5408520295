"""One-time links: the first administrator, an invitation, a new password, a way in for somebody who has none."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from amends.core.errors import AmendsError
from amends.firm.models import Member, OneTimeLink, Purpose
from amends.firm.sign_in import (
    accept_invitation,
    enter_by_link,
    first_administrator,
    peek_link,
    reset_password,
)
from amends.firm.single_sign_on import provider
from amends.web.guard import network_address
from amends.web.http import clock
from amends.web.sign_in.entering import first_step
from amends.web.sign_in.forms import FirstAdministratorForm, JoinForm, NewPasswordForm


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest, token: str) -> HttpResponse:
    """A one-time link. Opening it changes nothing; the button on its page uses it up."""
    now = clock()
    try:
        link = peek_link(token, now=now)
        form = _form(link, request)
        service = provider() if link.firm.single_sign_on_only and link.purpose != Purpose.SIGN_IN else None
        if request.method != "POST" or service is not None or (form is not None and not form.is_valid()):
            status = 422 if request.method == "POST" else 200
            context = {"link": link, "form": form, "service": service}
            return _private(render(request, "sign_in/enter.html", context, status=status))
        member = _use(link, form, address=network_address(request))
    except AmendsError as error:
        return _private(render(request, "sign_in/link.html", {"problem": str(error)}, status=410))
    target = resolve_url("welcome" if link.purpose == Purpose.INVITATION else settings.LOGIN_REDIRECT_URL)
    return redirect(
        first_step(request, member, by=str(link.purpose).replace("sign_in", "link"), target=target, now=now)
    )


def _form(link: OneTimeLink, request: HttpRequest) -> forms.Form | None:
    """What its page asks; nothing where the button is enough."""
    given = request.POST or None
    if link.purpose == Purpose.INVITATION:
        return JoinForm(given, email=link.invited, initial={"name": link.name})
    if link.purpose == Purpose.RESET:
        return NewPasswordForm(given, member=link.member)
    return FirstAdministratorForm(given) if link.member is None else None


def _use(link: OneTimeLink, form: forms.Form | None, *, address: str | None) -> Member:
    now = clock()
    if form is None:
        return enter_by_link(link, now=now)
    said = form.cleaned_data
    if link.purpose == Purpose.INVITATION:
        return accept_invitation(link, name=said["name"], password=said["password"], now=now, address=address)
    if link.purpose == Purpose.RESET:
        return reset_password(link, password=said["password"], now=now, address=address)
    return first_administrator(link, name=said["name"], email=said["email"], password=said["password"], now=now)


def _private(answer: HttpResponse) -> HttpResponse:
    """A secret in the address must not travel on."""
    answer["Referrer-Policy"] = "same-origin"
    return answer
