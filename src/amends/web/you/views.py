"""You: name, time zone, password, and where you are signed in."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from amends.firm import passkeys
from amends.firm.models import Member
from amends.firm.queries import passkeys as keys_of
from amends.firm.queries import sign_ins
from amends.firm.sign_in import change_password, sign_out_elsewhere
from amends.firm.two_factor import has_two_factor
from amends.flows.promises import digest
from amends.web.guard import PROVEN, is_proven, network_address, proven, to_prove
from amends.web.http import clock, firm_of, member_of
from amends.web.sign_in.entering import note_pause, safe_target
from amends.web.you.forms import ChangePasswordForm, ConfirmForm, MorningForm, YouForm


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """Who you are here."""
    form = YouForm(request.POST or None, instance=_fresh(request), firm_zone=firm_of(request).timezone)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Saved."))
        return redirect("you")
    return _page(request, form=form, status=422 if request.method == "POST" else 200)


@never_cache
@sensitive_post_parameters("current", "password")
@login_required
@require_POST
def password(request: HttpRequest) -> HttpResponse:
    """Another password; every other session ends."""
    member = _fresh(request)
    form = ChangePasswordForm(request.POST, request=request, member=member)
    if not member.has_usable_password() and not is_proven(request):  # who has none shows in another way that it is they
        return to_prove(request)
    if not form.is_valid():
        note_pause(request, member.email, now=clock())
        return _page(request, password_form=form, status=422)
    change_password(member, form.cleaned_data["password"], now=clock(), address=network_address(request))
    update_session_auth_hash(request, member)
    messages.success(request, _("Your password is changed. You are signed out everywhere else."))
    return redirect("you")


@login_required
@require_POST
def morning(request: HttpRequest) -> HttpResponse:
    """Whether the morning digest comes."""
    form = MorningForm(request.POST)
    if form.is_valid():
        digest.wish(member_of(request), wanted=form.cleaned_data["wanted"])
        messages.success(request, _("Saved."))
    return redirect("you")


@proven
@require_POST
def sessions(request: HttpRequest) -> HttpResponse:
    """Sign out everywhere else."""
    member = member_of(request)
    sign_out_elsewhere(member, now=clock(), address=network_address(request))
    update_session_auth_hash(request, member)
    messages.success(request, _("You are signed out everywhere else."))
    return redirect("you")


@never_cache
@sensitive_post_parameters("password")
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest) -> HttpResponse:
    """Show that it is you, before the way in is changed."""
    member, target = member_of(request), safe_target(request.POST.get("next") or request.GET.get("next") or "")
    form = ConfirmForm(request.POST or None, request=request, member=member)
    if request.method == "POST" and form.is_valid():
        request.session[PROVEN] = clock().isoformat()
        return redirect(target)
    note_pause(request, member.email, now=clock())
    context = {
        "form": form if member.has_usable_password() else None,
        "next": target,
        "passkeys": passkeys.possible() and bool(keys_of(member)),
    }
    return render(request, "you/confirm.html", context, status=422 if request.method == "POST" else 200)


def _fresh(request: HttpRequest) -> Member:
    """A row of their own, so that a form that is refused changes nothing that the page shows of them."""
    return Member.objects.select_related("firm").get(pk=member_of(request).pk)


def _page(
    request: HttpRequest, *, form: YouForm | None = None, password_form: ChangePasswordForm | None = None, status: int
) -> HttpResponse:
    member = _fresh(request)
    wish = digest.wish_of(member)
    context = {
        "morning": MorningForm(initial={"wanted": wish.wanted}),
        "can_send": wish.possible,
        "form": form or YouForm(instance=member, firm_zone=member.firm.timezone),
        "password_form": password_form or ChangePasswordForm(request=request, member=member),
        "member": member,
        "two_factor": has_two_factor(member),
        "sign_ins": sign_ins(member),
    }
    return render(request, "you/page.html", context, status=status)
