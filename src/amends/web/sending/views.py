"""Sending: the firm's mail server, for administrators, and each member's own."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from amends.firm.models import Member
from amends.firm.rules import Right, may
from amends.flows import send
from amends.flows.adjust import change_undo
from amends.outbox.models import SmtpAccount, State
from amends.outbox.queries import firm_account, last_test, own_account, permitted_accounts
from amends.web.guard import needs, network_address
from amends.web.http import clock, firm_of, member_of
from amends.web.sending.forms import AccountForm, UndoForm

FIRM, OWN = "firm", "own"


@needs(Right.ACT)
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """Both accounts; a POST saves the one that it names."""
    if request.method != "POST":
        return _page(request)
    whose = _whose(request, request.POST.get("whose", ""))
    permitted = permitted_accounts(member_of(request), shared=whose == FIRM)
    form = AccountForm(request.POST, account=_account(request, whose), permitted=permitted, prefix=whose)
    if not form.is_valid():
        return _page(request, form=form, whose=whose)
    member = member_of(request)
    send.save_account(form.settings, whose=None if whose == FIRM else member, by=member, now=clock())
    messages.success(request, _("Saved. Send yourself a message to see whether it works."))
    return redirect(f"{reverse('sending')}#{whose}")


@needs(Right.ADMINISTER)
@require_POST
def undo(request: HttpRequest) -> HttpResponse:
    """How long what anybody sends waits, to be taken back."""
    form = UndoForm(request.POST)
    if not form.is_valid():
        return _page(request, undo=form)
    change_undo(form.cleaned_data["seconds"], by=member_of(request), now=clock(), address=network_address(request))
    messages.success(request, _("Saved."))
    return redirect(f"{reverse('sending')}#undo")


@needs(Right.ACT)
@require_POST
def trial(request: HttpRequest) -> HttpResponse:
    """Send a message to oneself."""
    whose = _whose(request, request.POST.get("whose", ""))
    send.send_test(_there(request, whose), by=member_of(request), now=clock())
    return redirect(f"{reverse('sending')}#{whose}")


@needs(Right.ACT)
@require_safe
def state(request: HttpRequest) -> HttpResponse:
    """How the last trial of an account went; asks again by itself while it is on its way."""
    whose = _whose(request, request.GET.get("whose", ""))
    return render(request, "sending/trial.html", _told(request, whose, _there(request, whose)))


@needs(Right.ACT)
@require_POST
def remove(request: HttpRequest) -> HttpResponse:
    """Forget an account and its password."""
    whose = _whose(request, request.POST.get("whose", ""))
    send.remove_account(_there(request, whose), by=member_of(request), now=clock())
    messages.success(request, _("Removed, and its password forgotten."))
    return redirect("sending")


def _whose(request: HttpRequest, whose: str) -> str:
    if whose not in {FIRM, OWN}:
        raise Http404
    if whose == FIRM and not may(member_of(request).role, Right.ADMINISTER):
        raise PermissionDenied(_("Only an administrator may change the firm's mail server. Ask one of yours."))
    return whose


def _account(request: HttpRequest, whose: str) -> SmtpAccount | None:
    return firm_account() if whose == FIRM else own_account(member_of(request))


def _there(request: HttpRequest, whose: str) -> SmtpAccount:
    found = _account(request, whose)
    if found is None:
        raise Http404
    return found


def _page(
    request: HttpRequest, *, form: AccountForm | None = None, whose: str = "", undo: UndoForm | None = None
) -> HttpResponse:
    member = member_of(request)
    administers = may(member.role, Right.ADMINISTER)
    parts = []
    for name in (FIRM, OWN) if administers else (OWN,):
        account = _account(request, name)
        shown = form if form is not None and name == whose else _form(account, name, member)
        parts.append({**_told(request, name, account), "form": shown, "open": shown is form or account is not None})
    seconds = firm_of(request).undo_seconds
    context = {
        "parts": parts, "firm_account": None if administers else firm_account(), "seconds": seconds,
        "undo": (undo or UndoForm(initial={"seconds": seconds})) if administers else None,
    }  # fmt: skip
    return render(request, "sending/page.html", context, status=422 if form or undo else 200)


def _form(account: SmtpAccount | None, whose: str, member: Member) -> AccountForm:
    initial = {} if account else {"port": 587, "security": "starttls"}
    if account is None and whose == OWN:
        initial |= {"from_address": member.email, "from_name": member.name, "user": member.email}
    if account is None and whose == FIRM:
        initial |= {"from_name": member.firm.name}
    permitted = permitted_accounts(member, shared=whose == FIRM)
    return AccountForm(account=account, permitted=permitted, prefix=whose, initial=initial)


def _told(request: HttpRequest, whose: str, account: SmtpAccount | None) -> dict[str, Any]:
    """An account with how its last trial went."""
    tried = last_test(account, by=member_of(request)) if account else None
    busy = tried is not None and tried.state in {State.QUEUED, State.SENDING}
    return {"whose": whose, "account": account, "tried": tried, "busy": busy}
