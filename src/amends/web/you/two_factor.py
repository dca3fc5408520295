"""Two-factor: an authenticator app, passkeys, recovery codes."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from amends.firm import passkeys, totp, two_factor
from amends.firm.models import Member, TimeCode
from amends.firm.passkeys import PasskeyRefused
from amends.firm.queries import passkeys as keys_of
from amends.firm.sign_in import end_sessions
from amends.firm.two_factor import WrongCode
from amends.web import once
from amends.web.guard import network_address, proven
from amends.web.http import clock, firm_of, member_of
from amends.web.middleware import TWO_FACTOR
from amends.web.sign_in.by_passkey import STATE, answer_of, take_state
from amends.web.sign_in.forms import CodeForm
from amends.web.you.qr import qr

_SECRET, _CODES = "app_secret", "recovery_codes"  # in the session, sealed


@never_cache
@proven
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """What there is, and what can be added."""
    return _page(request, CodeForm(), status=200)


@never_cache
@sensitive_post_parameters("code")
@proven
@require_POST
def add_app(request: HttpRequest) -> HttpResponse:
    """Add the app that shows this code."""
    form, secret = CodeForm(request.POST), once.look(request, _SECRET)
    if not form.is_valid() or not secret:
        return _page(request, form, status=422)
    try:
        codes = two_factor.turn_on(
            member_of(request), secret, form.cleaned_data["code"], now=clock(), address=network_address(request)
        )
    except WrongCode as error:
        form.add_error("code", str(error))
        return _page(request, form, status=422)
    request.session.pop(_SECRET, None)
    return _changed(request, _("Done: signing in asks for a code of the app from now on."), codes)


@proven
@require_POST
def remove_app(request: HttpRequest) -> HttpResponse:
    """Take the app away."""
    two_factor.app_removed(member_of(request), now=clock(), address=network_address(request))
    return _changed(request, _("The app is removed."))


@proven
@require_POST
def recovery(request: HttpRequest) -> HttpResponse:
    """New recovery codes in the place of the earlier ones."""
    codes = two_factor.new_codes(member_of(request), now=clock(), address=network_address(request))
    return _changed(request, _("Here are new codes; the earlier ones work no more."), codes)


@never_cache
@proven
@require_POST
def passkey_begin(request: HttpRequest) -> JsonResponse:
    """What the browser asks a device for."""
    options, request.session[STATE] = passkeys.begin_adding(member_of(request))
    return JsonResponse(options)


@never_cache
@proven
@require_POST
def passkey_add(request: HttpRequest) -> JsonResponse:
    """Keep what the device made."""
    try:
        given = answer_of(request)
        name = str(given.get("name") or "")
        codes = passkeys.add(
            member_of(request), take_state(request), given, name=name, now=clock(), address=network_address(request)
        )
    except PasskeyRefused as error:
        return JsonResponse({"problem": str(error)}, status=422)
    _changed(request, _("The passkey is added."), codes)
    return JsonResponse({"url": reverse("two-factor")})


@proven
@require_POST
def passkey_remove(request: HttpRequest, passkey_id: uuid.UUID) -> HttpResponse:
    """Forget a passkey."""
    if not passkeys.remove(member_of(request), passkey_id, now=clock(), address=network_address(request)):
        return HttpResponse(status=404)
    return _changed(request, _("The passkey is removed."))


def _changed(request: HttpRequest, said: str, codes: list[str] | None = None) -> HttpResponse:
    """Other sessions end, this one goes on; new codes are shown on the next page, once."""
    member: Member = member_of(request)
    end_sessions(member)
    update_session_auth_hash(request, member)
    request.session[TWO_FACTOR] = two_factor.has_two_factor(member)
    if codes:
        once.keep(request, _CODES, codes)
    messages.success(request, said)
    return redirect("two-factor")


def _page(request: HttpRequest, form: CodeForm, *, status: int) -> HttpResponse:
    member = member_of(request)
    app, keys = TimeCode.objects.filter(member=member).first(), keys_of(member)
    secret = None
    if app is None:
        secret = once.look(request, _SECRET) or totp.new_secret()
        once.keep(request, _SECRET, secret)
    otpauth = totp.address(secret, account=member.email, issuer=f"Amends {firm_of(request).name}") if secret else ""
    context = {
        "form": form,
        "app": app,
        "keys": keys,
        "codes": once.take(request, _CODES),
        "codes_left": two_factor.codes_left(member),
        "secret": " ".join(secret[at : at + 4] for at in range(0, len(secret), 4)) if secret else "",
        "otpauth": otpauth,
        "qr": qr(otpauth) if otpauth else None,
        "passkeys": passkeys.possible(),
        "asked": firm_of(request).two_factor_required and app is None and not keys,
    }
    return render(request, "you/two_factor.html", context, status=status)
