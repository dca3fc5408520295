"""Members: who works here, who is invited, what each may do, and how everybody signs in."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from amends.core.errors import AmendsError
from amends.firm import members
from amends.firm.models import Member, OneTimeLink, Purpose, Role
from amends.firm.queries import all_members, open_invitations
from amends.firm.rules import Right
from amends.firm.single_sign_on import provider
from amends.flows import members as bring
from amends.flows.members import Delivered
from amends.web import once
from amends.web.guard import needs, network_address
from amends.web.http import clock, firm_of, member_of
from amends.web.members.forms import AuthorityForm, InviteForm, PolicyForm, RoleForm
from amends.web.members.roles import told_roles
from amends.web.templatetags.work import money

_LINK = "made_link"  # in the session, sealed


@never_cache
@needs(Right.ADMINISTER)
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """Everybody; a POST invites somebody."""
    form = InviteForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return _page(request, form, status=422 if request.method == "POST" else 200)
    said, mail = form.cleaned_data, "copy" not in request.POST
    try:
        made = bring.invite(
            said["email"], name=said["name"], role=Role(said["role"]), mail=mail, by=member_of(request), now=clock(),
            address=network_address(request),
        )  # fmt: skip
    except AmendsError as error:
        form.add_error("email", str(error))
        return _page(request, form, status=422)
    return _brought(request, made, wanted=mail)


@needs(Right.ADMINISTER)
@require_POST
def invite_again(request: HttpRequest, invitation_id: uuid.UUID) -> HttpResponse:
    """Another mail, or another link to copy; the earlier one works no more."""
    invitation, mail = _invitation(invitation_id), "copy" not in request.POST
    try:
        made = bring.invite_again(
            invitation, mail=mail, by=member_of(request), now=clock(), address=network_address(request)
        )
    except AmendsError as error:
        return _refused(request, error)
    return _brought(request, made, wanted=mail)


@needs(Right.ADMINISTER)
@require_POST
def withdraw(request: HttpRequest, invitation_id: uuid.UUID) -> HttpResponse:
    """Take an invitation back."""
    invitation = _invitation(invitation_id)
    return _done(
        request,
        lambda: members.withdraw(invitation, by=member_of(request), now=clock(), address=network_address(request)),
        _("The invitation to %(who)s is withdrawn.") % {"who": invitation.invited},
    )


@needs(Right.ADMINISTER)
@require_POST
def role(request: HttpRequest, member_id: uuid.UUID) -> HttpResponse:
    """Give somebody another role."""
    member, form = _member(member_id), RoleForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose one of the roles."))
        return redirect("members")
    chosen = Role(form.cleaned_data["role"])
    return _done(
        request,
        lambda: members.change_role(
            member, chosen, by=member_of(request), now=clock(), address=network_address(request)
        ),
        _("%(who)s: %(role)s.") % {"who": member, "role": str(chosen.label).lower()},
    )


@needs(Right.ADMINISTER)
@require_POST
def authority(request: HttpRequest, member_id: uuid.UUID) -> HttpResponse:
    """Say what somebody may give a client alone; the check stops what goes beyond it."""
    member, form = _member(member_id), AuthorityForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Enter an amount of money, as in 500, or leave it empty."))
        return redirect("members")
    amount = form.cleaned_data["authority"]
    said = {"who": member, "amount": money(amount, firm_of(request).currency)}
    return _done(
        request,
        lambda: members.set_authority(
            member, amount, by=member_of(request), now=clock(), address=network_address(request)
        ),
        _("%(who)s may give %(amount)s alone.") % said if amount is not None else _("Saved."),
    )


@needs(Right.ADMINISTER)
@require_POST
def deactivate(request: HttpRequest, member_id: uuid.UUID) -> HttpResponse:
    """Somebody enters no more, from their next click on."""
    member = _member(member_id)
    return _done(
        request,
        lambda: members.deactivate(member, by=member_of(request), now=clock(), address=network_address(request)),
        _("%(who)s is deactivated and signed out everywhere.") % {"who": member},
    )


@needs(Right.ADMINISTER)
@require_POST
def reactivate(request: HttpRequest, member_id: uuid.UUID) -> HttpResponse:
    """Somebody enters again."""
    member = _member(member_id)
    return _done(
        request,
        lambda: members.reactivate(member, by=member_of(request), now=clock(), address=network_address(request)),
        _("%(who)s may sign in again.") % {"who": member},
    )


@needs(Right.ADMINISTER)
@require_POST
def reset(request: HttpRequest, member_id: uuid.UUID) -> HttpResponse:
    """A link by which somebody sets a new password."""
    member, mail = _member(member_id), "copy" not in request.POST
    try:
        made = bring.reset(member, mail=mail, by=member_of(request), now=clock(), address=network_address(request))
    except AmendsError as error:
        return _refused(request, error)
    return _brought(request, made, wanted=mail)


@needs(Right.ADMINISTER)
@require_POST
def two_factor_off(request: HttpRequest, member_id: uuid.UUID) -> HttpResponse:
    """Take a second step away that somebody lost."""
    member = _member(member_id)
    return _done(
        request,
        lambda: members.take_two_factor(member, by=member_of(request), now=clock(), address=network_address(request)),
        _("%(who)s has no two-factor any more, and is signed out everywhere.") % {"who": member},
    )


@needs(Right.ADMINISTER)
@require_POST
def policy(request: HttpRequest) -> HttpResponse:
    """How everybody signs in."""
    form = PolicyForm(request.POST)
    form.full_clean()
    said = form.cleaned_data
    return _done(
        request,
        lambda: members.change_policy(
            two_factor=said["two_factor"], single_sign_on=said["single_sign_on"] and provider() is not None,
            by=member_of(request), now=clock(), address=network_address(request),
        ),
        _("Saved."),
    )  # fmt: skip


def _page(request: HttpRequest, form: InviteForm, *, status: int) -> HttpResponse:
    everybody = all_members()
    context = {
        "form": form,
        "active": [one for one in everybody if one.is_active],
        "gone": [one for one in everybody if not one.is_active],
        "invitations": open_invitations(),
        "made": once.take(request, _LINK),
        "roles": told_roles(),
        "role_choices": Role.choices,
        "firm": firm_of(request),
        "service": provider(),
    }
    return render(request, "members/page.html", context, status=status)


def _brought(request: HttpRequest, made: Delivered, *, wanted: bool) -> HttpResponse:
    """Say that it was mailed, or show the link on the next page, once."""
    if made.mailed:
        messages.success(request, _("A link is on its way to %(who)s.") % {"who": made.to})
    else:
        once.keep(request, _LINK, {"to": made.to, "url": made.url, "could_not": wanted})
    return redirect("members")


def _done(request: HttpRequest, act: Callable[[], object], said: str) -> HttpResponse:
    try:
        act()
    except AmendsError as error:
        return _refused(request, error)
    messages.success(request, said)
    return redirect("members")


def _refused(request: HttpRequest, error: AmendsError) -> HttpResponse:
    messages.error(request, str(error))
    return redirect("members")


def _member(member_id: uuid.UUID) -> Member:
    try:
        return Member.objects.get(public_id=member_id)
    except Member.DoesNotExist as error:
        raise Http404 from error


def _invitation(invitation_id: uuid.UUID) -> OneTimeLink:
    try:
        return OneTimeLink.objects.get(public_id=invitation_id, purpose=Purpose.INVITATION, used_at=None)
    except OneTimeLink.DoesNotExist as error:
        raise Http404 from error
