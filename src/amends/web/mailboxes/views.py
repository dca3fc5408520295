"""The pages of live mailboxes: administrators see all of them, everybody else their own."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from amends.core.errors import AmendsError
from amends.firm.models import Member
from amends.firm.rules import Right, may
from amends.flows.live import accounts
from amends.insights.mailboxes import Standing, left_out, standings
from amends.mail.live import LiveTrouble
from amends.mail.live.providers import Provider, provider_of
from amends.mail.models import Account, Folder
from amends.web.http import clock, is_htmx, member_of, reader_of
from amends.web.mailboxes.forms import AddForm, AdjustForm, MendForm
from amends.web.mailboxes.permission import ask_for, offered
from amends.web.mailboxes.words import Told, told


@login_required
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """All of them, with how it stands; asked for by HTMX it answers with the list alone."""
    member = _reader(request)
    found = [(standing, _told(standing)) for standing in standings(member)]
    name = "mailboxes/list.html" if is_htmx(request) else "mailboxes/page.html"
    context = {
        "rows": [{"standing": standing, "told": said} for standing, said in found],
        "busy": any(said.busy for _standing, said in found),
        "may_add": may(member.role, Right.ACT),
    }
    return render(request, name, context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """Connect a mailbox; it is tried at its server before anything is kept."""
    member = _reader(request)
    if not may(member.role, Right.ACT):
        raise PermissionDenied(_("Your role does not connect mailboxes. Ask an administrator."))
    form = AddForm(request.POST or None, member=member, today=timezone.localdate())
    if request.method == "POST" and form.is_valid():
        try:
            if kind := request.POST.get("permission"):
                return ask_for(request, kind, form.given())
            account = accounts.connect(form.given(), by=member, now=clock())
        except AmendsError as error:
            blame(form, error)
        else:
            said = _("%(address)s is connected. Its mail is being taken in, the newest first.")
            messages.success(request, said % {"address": account.mailbox.address})
            return redirect("mailbox", account.public_id)
    context = {
        "form": form,
        "server_open": server_open(form),
        "grantors": offered(),
    }
    return render(request, "mailboxes/add.html", context, status=422 if request.method == "POST" else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, account_id: uuid.UUID) -> HttpResponse:
    """How it stands with one mailbox, its folders and who may read it; a POST changes the latter."""
    member, standing = _found(request, account_id)
    account = standing.account
    form = AdjustForm(request.POST or None, member=member, account=account, folders=standing.folders)
    if request.method == "POST" and form.is_valid():
        kept = form.cleaned_data
        accounts.adjust(
            account, folders=kept["folders"], since=kept["since"], visibility=kept.get("visibility"),
            owner=form.owner_chosen(), by=member, now=clock(),
        )  # fmt: skip
        messages.success(request, _("Saved. What is new by it is being taken in."))
        return redirect("mailbox", account.public_id)
    context = {
        "standing": standing,
        "account": account,
        "told": _told(standing),
        "form": form,
        "rows": _rows(form, standing),
    }
    return render(request, "mailboxes/one.html", context, status=422 if request.method == "POST" else 200)


@login_required
@require_safe
def state(request: HttpRequest, account_id: uuid.UUID) -> HttpResponse:
    """The moving part of a mailbox's page."""
    _member, standing = _found(request, account_id)
    context = {"standing": standing, "account": standing.account, "told": _told(standing)}
    return render(request, "mailboxes/state.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def mend(request: HttpRequest, account_id: uuid.UUID) -> HttpResponse:
    """Another password, or another server, tried before it is kept."""
    member, standing = _found(request, account_id)
    account = standing.account
    form = MendForm(request.POST or None, account=account)
    if kind := request.POST.get("permission"):
        try:
            return ask_for(request, kind, None, account)
        except AmendsError as error:
            messages.error(request, str(error))
            return redirect("mailbox-mend", account.public_id)
    if request.method == "POST" and form.is_valid():
        kept = form.cleaned_data
        try:
            accounts.mend(
                account, password=kept["password"], host=kept["host"], port=kept["port"], security=kept["security"],
                username=kept["username"].strip(), by=member, now=clock(),
            )  # fmt: skip
        except AmendsError as error:
            blame(form, error)
        else:
            messages.success(request, _("It is let in again, and goes on where it was."))
            return redirect("mailbox", account.public_id)
    provider = provider_of(account.mailbox.address, account.host)
    grantors = [] if request.method == "POST" else _grantors(account, provider)
    context = {"form": form, "account": account, "told": _told(standing), "provider": provider, "grantors": grantors}
    return render(request, "mailboxes/mend.html", context, status=422 if request.method == "POST" else 200)


@login_required
@require_POST
def act(request: HttpRequest, account_id: uuid.UUID) -> HttpResponse:
    """Pause, go on, look now, ask for folders, or disconnect."""
    member, standing = _found(request, account_id)
    account = standing.account
    deeds: dict[str, tuple[Callable[..., object], str]] = {
        "pause": (accounts.pause, _("Paused. Nothing is fetched until you say go on.")),
        "resume": (accounts.resume, _("It goes on where it was.")),
        "look": (accounts.look_now, _("It is being looked through.")),
        "folders": (accounts.refresh_folders, _("The list of folders is new.")),
        "remove": (accounts.remove, _("Disconnected. The password is forgotten; the mail that was taken in stays.")),
    }
    deed = deeds.get(request.POST.get("act", ""))
    if deed is None:
        raise Http404
    try:
        deed[0](account, by=member, now=clock())
    except AmendsError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, deed[1])
    return redirect("mailboxes") if request.POST["act"] == "remove" else redirect("mailbox", account.public_id)


@login_required
@require_safe
def aside(request: HttpRequest, account_id: uuid.UUID) -> HttpResponse:
    """What a mailbox left out or set aside, and why."""
    _member, standing = _found(request, account_id)
    rows = left_out(reader_of(request), standing.account)
    return render(request, "mailboxes/aside.html", {"account": standing.account, "rows": rows})


_SERVER = ("host", "port", "security", "username")


def _reader(request: HttpRequest) -> Member:
    member = member_of(request)
    if not may(member.role, Right.READ_MAIL) and not may(member.role, Right.ADMINISTER):
        raise PermissionDenied(_("Your role has nothing to do with mailboxes."))
    return member


def _found(request: HttpRequest, account_id: uuid.UUID) -> tuple[Member, Standing]:
    """The account, where this member may tend it; for everybody else it is not there."""
    member = _reader(request)
    for standing in standings(member):
        if standing.account.public_id == account_id and accounts.may_tend(member, standing.account.mailbox):
            return member, standing
    raise Http404


def _told(standing: Standing) -> Told:
    return told(standing, now=clock(), zone=timezone.get_current_timezone())


def blame(form: forms.Form, error: AmendsError) -> None:
    """Put a failure beside the field that it belongs to."""
    field = error.field if isinstance(error, LiveTrouble) else "address"
    form.add_error(field if field in form.fields else None, str(error))


def _grantors(account: Account, provider: Provider | None) -> list[tuple[str, str]]:
    """Who may give permission for this mailbox: whoever gave it before, else whose mailbox it is."""
    kinds = {account.credential, provider.oauth if provider else ""}
    return [(kind, name) for kind, name in offered() if kind in kinds]


def server_open(form: AddForm) -> bool:
    """Whether something was said of the server, or has to be."""
    return any(form[name].errors for name in _SERVER) or bool(form.data.get("host") or form.data.get("username"))


def _rows(form: AdjustForm, standing: Standing) -> list[dict[str, Any]]:
    """Each folder's box beside its counts."""
    folders: dict[str, Folder] = {str(folder.public_id): folder for folder in standing.folders}
    return [{"box": box, "folder": folders[str(box.data["value"])]} for box in form["folders"]]
