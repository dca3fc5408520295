"""Signing in by password or one-time link, and out."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import login, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from amends.firm.models import Member, OneTimeLink
from amends.firm.scope import firm_scope
from amends.firm.sign_in import LinkNotValid, enter_by_link, first_administrator, peek_link
from amends.web.http import clock
from amends.web.sign_in.forms import FirstAdministratorForm, SignInForm

_BACKEND = "amends.firm.sign_in.MemberBackend"


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """E-mail address and password."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    if not url_has_allowed_host_and_scheme(target, allowed_hosts=None):
        target = settings.LOGIN_REDIRECT_URL
    if request.user.is_authenticated:
        return redirect(target)
    form = SignInForm(request.POST or None, request=request)
    if request.method == "POST" and form.is_valid() and form.member:
        _login(request, form.member)
        return redirect(target)
    status = 422 if request.method == "POST" else 200
    return render(request, "sign_in/page.html", {"form": form, "next": target}, status=status)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    logout(request)
    return redirect("sign-in")


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest, token: str) -> HttpResponse:
    """A one-time link. Opening it changes nothing; the button on its page uses it up."""
    now = clock()
    try:
        link = peek_link(token, now=now)
        form = FirstAdministratorForm(request.POST or None) if link.member is None else None
        if request.method != "POST" or (form is not None and not form.is_valid()):
            status = 422 if request.method == "POST" else 200
            return _private(render(request, "sign_in/enter.html", {"link": link, "form": form}, status=status))
        member = _use(link, form)
    except LinkNotValid as error:
        return _private(render(request, "sign_in/link.html", {"problem": str(error)}, status=410))
    _login(request, member)
    return redirect(settings.LOGIN_REDIRECT_URL)


def _use(link: OneTimeLink, form: FirstAdministratorForm | None) -> Member:
    if form is None:
        return enter_by_link(link, now=clock())
    said = form.cleaned_data
    return first_administrator(link, name=said["name"], email=said["email"], password=said["password"], now=clock())


def _login(request: HttpRequest, member: Member) -> None:
    with firm_scope(member.firm_id):  # signing in writes the moment of it
        login(request, member, backend=_BACKEND)


def _private(answer: HttpResponse) -> HttpResponse:
    """A secret in the address must not travel on."""
    answer["Referrer-Policy"] = "same-origin"
    return answer
