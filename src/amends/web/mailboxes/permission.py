"""Permission in place of a password: asking for it at the provider, and coming back with it.

The provider's page is reached by a link and not by a form: what a form leads to is bound to this site (CSP).
What was typed waits in the session meanwhile; the answer counts for whoever asked, once.
"""

from __future__ import annotations

import hmac
import uuid
from dataclasses import asdict, replace
from datetime import date
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from amends.core.errors import AmendsError
from amends.firm.models import Member
from amends.flows.live import accounts
from amends.flows.live.accounts import Given, Permission
from amends.flows.live.opening import grantor
from amends.mail.live.permission import Asking, exchange
from amends.mail.models import Account
from amends.web.http import clock, is_setting_up, member_of

_KEY = "asked-for-mailbox"


def offered() -> list[tuple[str, str]]:
    """The providers at whom this installation is registered: kind and name."""
    return [(kind, str(found["name"])) for kind, found in settings.MAIL_GRANTORS.items()]


def ask_for(request: HttpRequest, kind: str, given: Given | None, account: Account | None = None) -> HttpResponse:
    """A page that leads on to the provider; raises `NotSetUp`."""
    who, asking = grantor(kind), Asking()
    waiting: dict[str, Any] = {"kind": kind, "state": asking.state, "verifier": asking.verifier}
    address = given.address if given else ""
    if given is not None:
        kept = asdict(replace(given, owner=None, password=""))
        waiting["given"] = {**kept, "since": given.since.isoformat()}
        waiting["owner"] = str(given.owner.public_id) if given.owner else ""
    elif account is not None:
        waiting["account"], address = str(account.public_id), account.username
    request.session[_KEY] = waiting
    there = asking.address(who, redirect=_here(), who=address)
    context = {"name": who.name, "address": address, "there": there}
    return render(request, "mailboxes/permission.html", context)


@login_required
@require_safe
def back(request: HttpRequest) -> HttpResponse:
    """The provider sends people here, with a code or a refusal."""
    waiting = request.session.pop(_KEY, None)
    state = request.GET.get("state", "")
    if not isinstance(waiting, dict) or not hmac.compare_digest(state.encode(), str(waiting["state"]).encode()):
        messages.error(request, _("That answer was not asked for, or was used already. Begin again here."))
        return redirect("mailboxes")
    if not request.GET.get("code"):
        messages.error(request, _("The permission was not given. Nothing was connected."))
        return redirect("mailboxes")
    try:
        account = _finish(member_of(request), waiting, request.GET["code"])
    except AmendsError as error:
        messages.error(request, str(error))
        return redirect("mailboxes")
    said = _("%(address)s is connected. Its mail is being taken in, the newest first.")
    messages.success(request, said % {"address": account.mailbox.address})
    return redirect("set-up") if is_setting_up(request) else redirect("mailbox", account.public_id)


def _finish(member: Member, waiting: dict[str, Any], code: str) -> Account:
    """Exchange the code, and connect or mend what was asked for."""
    kind = str(waiting["kind"])
    tokens = exchange(grantor(kind), code, verifier=str(waiting["verifier"]), redirect=_here())
    permission = Permission(kind, tokens)
    if "account" in waiting:
        account = Account.objects.select_related("mailbox").get(public_id=uuid.UUID(waiting["account"]))
        accounts.permit(account, permission, by=member, now=clock())
        return account
    kept = waiting["given"]
    owner = Member.objects.filter(public_id=uuid.UUID(waiting["owner"])).first() if waiting["owner"] else None
    given = Given(**{**kept, "since": date.fromisoformat(kept["since"]), "owner": owner})
    return accounts.connect(given, by=member, now=clock(), permission=permission)


def _here() -> str:
    """The address that the provider knows us by."""
    return settings.PUBLIC_URL.rstrip("/") + reverse("mailbox-permission")
