"""Signing in: by password, by a code after it, and out; and asking for a new password."""

from __future__ import annotations

from django.contrib.auth import authenticate, logout
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from amends.firm import passkeys
from amends.firm.models import Passkey, TimeCode
from amends.firm.scope import firm_scope
from amends.firm.secrets import CannotUnseal
from amends.firm.single_sign_on import provider
from amends.flows.members import ask_reset
from amends.web.guard import network_address
from amends.web.http import clock
from amends.web.sign_in.entering import enter, first_step, half_way, missed, note_pause, safe_target
from amends.web.sign_in.forms import CodeForm, ForgottenForm, SignInForm

_ASKED = 5  # requests for a new password from one place
_WITHIN = 15 * 60  # seconds


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """E-mail address and password."""
    target = safe_target(request.POST.get("next") or request.GET.get("next") or "")
    if request.user.is_authenticated:
        return redirect(target)
    now, form = clock(), SignInForm(request.POST or None, request=request)
    if request.method == "POST" and form.is_valid() and form.member:
        return redirect(first_step(request, form.member, by="password", target=target, now=now))
    note_pause(request, form.data.get("email", ""), now=now)
    context = {"form": form, "next": target, "service": provider(), "passkeys": passkeys.possible()}
    return render(request, "sign_in/page.html", context, status=422 if request.method == "POST" else 200)


@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def second(request: HttpRequest) -> HttpResponse:
    """The second step: a code of the app, or a recovery code."""
    now = clock()
    half = half_way(request, now=now)
    if half is None:
        return redirect("sign-in")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            member = authenticate(request, username=half.member.email, second_step_code=form.cleaned_data["code"])
            problem = _("That code is wrong or was used before. Wait for the next one and try again.")
        except CannotUnseal:
            member, problem = None, _(
                "Your second step cannot be checked: the secret key of this installation has changed since. "
                "Ask an administrator to take it away, and set it up anew."
            )  # fmt: skip
        if member is not None:
            enter(request, half.member, by=half.by, two=True, now=now)
            return redirect(half.target)
        missed(request)
        note_pause(request, half.member.email, now=now)
        form.add_error("code", problem)
    with firm_scope(half.member.firm_id):
        context = {
            "form": form,
            "app": TimeCode.objects.filter(member=half.member).exists(),
            "passkeys": passkeys.possible() and Passkey.objects.filter(member=half.member).exists(),
        }
    return render(request, "sign_in/second.html", context, status=422 if request.method == "POST" else 200)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    logout(request)
    return redirect("sign-in")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def forgotten(request: HttpRequest) -> HttpResponse:
    """Ask for a link by mail. The answer is the same, and takes as long, whether or not the address is a member's."""
    form = ForgottenForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        status = 422 if request.method == "POST" else 200
        return render(request, "sign_in/forgotten.html", {"form": form}, status=status)
    place = network_address(request)
    if not _may_ask(place):
        return render(request, "sign_in/locked.html", status=429)
    ask_reset(form.cleaned_data["email"], address=place)
    return render(request, "sign_in/forgotten.html", {"sent_to": form.cleaned_data["email"]})


def _may_ask(place: str | None) -> bool:
    """At most so many requests from one place in a while; counted in this process."""
    key = f"forgotten:{place}"
    cache.add(key, 0, timeout=_WITHIN)
    try:
        return cache.incr(key) <= _ASKED
    except ValueError:  # it ran out between the two
        return True
