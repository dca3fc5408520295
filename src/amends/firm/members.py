"""Who works at the firm: invitations, roles, who may enter no more. Every change is in the audit log."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import QuerySet

from amends.core.errors import AmendsError
from amends.firm.audit import note
from amends.firm.models import Firm, Member, OneTimeLink, Purpose, Role
from amends.firm.rules import Right, may
from amends.firm.scope import current_firm_id
from amends.firm.sign_in import INVITATION_LASTS, drop_links, end_sessions, make_link, new_token
from amends.firm.two_factor import turn_off


class NoAddress(AmendsError):
    """What was given as an e-mail address is none."""


class AlreadyMember(AmendsError):
    """Somebody of the firm has this address."""


class LastAdministrator(AmendsError):
    """Nobody would be left who may administer the firm."""


class NoLongerAdministrator(AmendsError):
    """Whoever asks has just lost the right to."""


class NotAnAmount(AmendsError):
    """What was given as an authority is no amount of money."""


class NotInvited(AmendsError):
    """The invitation was accepted or withdrawn meanwhile."""


class NotActive(AmendsError):
    """The member was deactivated."""


def invite(
    email: str, *, name: str, role: Role, by: Member | None, now: datetime, address: str | None = None
) -> tuple[OneTimeLink, str]:
    """Invite somebody; returns the invitation and the secret of its link. An open one to the same address is replaced.

    Raises `NoAddress`, `AlreadyMember` and `NoLongerAdministrator`.
    """
    email = email.strip().lower()
    try:
        validate_email(email)
    except ValidationError as error:
        message = f"{email!r} is no e-mail address: write it as name@example.com."
        raise NoAddress(message) from error
    with transaction.atomic():
        _lock(by)
        known = Member.objects.filter(email=email).first()
        if known is not None:
            mend = "They are a member." if known.is_active else "They were deactivated: reactivate them instead."
            message = f"{email} is known here already. {mend}"
            raise AlreadyMember(message)
        _open_invitations().filter(invited=email).delete()
        token, token_hash = new_token()
        link = OneTimeLink.objects.create(
            token_hash=token_hash, purpose=Purpose.INVITATION, invited=email, name=name.strip(), role=role,
            made_by=by, made_at=now, expires_at=now + INVITATION_LASTS,
        )  # fmt: skip
        note("member.invited", member=by, about=email, detail={"role": role}, now=now, address=address)
    return link, token


def invite_again(
    invitation: OneTimeLink, *, by: Member | None, now: datetime, address: str | None = None
) -> tuple[OneTimeLink, str]:
    """A fresh link for an open invitation; the earlier one works no more. Raises `NotInvited`."""
    with transaction.atomic():
        _lock(by)
        token, token_hash = new_token()
        changed = _open_invitations().filter(pk=invitation.pk).update(
            token_hash=token_hash, made_by=by, made_at=now, expires_at=now + INVITATION_LASTS
        )  # fmt: skip
        if not changed:
            raise _not_invited()
        note("member.invited_again", member=by, about=invitation.invited, now=now, address=address)
    invitation.refresh_from_db()
    return invitation, token


def withdraw(invitation: OneTimeLink, *, by: Member | None, now: datetime, address: str | None = None) -> None:
    """Take an open invitation back. Raises `NotInvited`."""
    with transaction.atomic():
        _lock(by)
        if not _open_invitations().filter(pk=invitation.pk).delete()[0]:
            raise _not_invited()
        note("member.invitation_withdrawn", member=by, about=invitation.invited, now=now, address=address)


def change_role(member: Member, role: Role, *, by: Member | None, now: datetime, address: str | None = None) -> None:
    """Give a member another role. Raises `LastAdministrator` and `NoLongerAdministrator`."""
    with transaction.atomic():
        _lock(by)
        member.refresh_from_db()
        if member.role == role:
            return
        if member.is_active:
            _keep_one(member, role=role)
        detail = {"from": member.role, "to": str(role)}
        Member.objects.filter(pk=member.pk).update(role=role)
        note("member.role_changed", member=by, about=member.email, detail=detail, now=now, address=address)
    member.role = role


def set_authority(
    member: Member, amount: Decimal | None, *, by: Member | None, now: datetime, address: str | None = None
) -> None:
    """Say what a member may give a client alone, in the firm's currency; None: not said. Raises `NotAnAmount`,
    `NoLongerAdministrator`."""
    if amount is not None and not (amount.is_finite() and 0 <= amount < 10**12):
        raise NotAnAmount("Enter an amount of money, as in 500, or leave it empty.")
    with transaction.atomic():
        _lock(by)
        member.refresh_from_db()
        if member.authority == amount:
            return
        detail = {"from": _amount(member.authority), "to": _amount(amount)}
        Member.objects.filter(pk=member.pk).update(authority=amount)
        note("member.authority", member=by, about=member.email, detail=detail, now=now, address=address)
    member.authority = amount


def _amount(amount: Decimal | None) -> str:
    return "not said" if amount is None else f"{amount:f}"


def deactivate(member: Member, *, by: Member | None, now: datetime, address: str | None = None) -> None:
    """Let a member enter no more: sessions end at their next request, links work no more.

    What they own stays theirs, so that somebody can take it over. Raises `LastAdministrator`, `NoLongerAdministrator`.
    """
    with transaction.atomic():
        _lock(by)
        _keep_one(member, role=None)
        if not Member.objects.filter(pk=member.pk, is_active=True).update(is_active=False):
            return
        end_sessions(member)  # so that none of them lives again with the member
        drop_links(member)
        note("member.deactivated", member=by, about=member.email, now=now, address=address)
    member.is_active = False


def reactivate(member: Member, *, by: Member | None, now: datetime, address: str | None = None) -> None:
    """Let a member enter again, with the password and role of before."""
    with transaction.atomic():
        _lock(by)
        if not Member.objects.filter(pk=member.pk, is_active=False).update(is_active=True):
            return
        note("member.reactivated", member=by, about=member.email, now=now, address=address)
    member.is_active = True


def reset_link(member: Member, *, by: Member | None, now: datetime, address: str | None = None) -> str:
    """The secret of a link by which a member sets a new password. Raises `NotActive`."""
    with transaction.atomic():
        _lock(by)
        if not member.is_active:
            message = f"{member} may not enter: reactivate them first."
            raise NotActive(message)
        note("member.reset_made", member=by, about=member.email, now=now, address=address)
        return make_link(member, now=now, purpose=Purpose.RESET, by=by)


def take_two_factor(member: Member, *, by: Member | None, now: datetime, address: str | None = None) -> None:
    """Take app, passkeys and recovery codes from somebody who lost them; their sessions end."""
    with transaction.atomic():
        _lock(by)
        turn_off(member, now=now, by=by, address=address)
        end_sessions(member)


def change_policy(
    *, two_factor: bool, single_sign_on: bool, by: Member | None, now: datetime, address: str | None = None
) -> None:
    """Say how everybody of the firm signs in."""
    with transaction.atomic():
        firm = _lock(by)
        firm.two_factor_required, firm.single_sign_on_only = two_factor, single_sign_on
        firm.save(update_fields=["two_factor_required", "single_sign_on_only"])
        detail = {"two_factor_required": two_factor, "single_sign_on_only": single_sign_on}
        note("settings.sign_in_changed", member=by, detail=detail, now=now, address=address)


def _lock(by: Member | None) -> Firm:
    """One change of members at a time, so that two administrators cannot remove each other.

    Raises `NoLongerAdministrator` where the one who asks was demoted while they waited. (SQLite's transactions wait
    for each other anyhow.)
    """
    firm = Firm.objects.select_for_update().get(pk=current_firm_id())
    if by is not None:
        still = Member.objects.filter(pk=by.pk, is_active=True).first()
        if still is None or not may(still.role, Right.ADMINISTER):
            message = "You are no longer an administrator, so nothing was changed. Ask one of yours."
            raise NoLongerAdministrator(message)
    return firm


def _keep_one(member: Member, *, role: Role | None) -> None:
    """Raise `LastAdministrator` where nobody would be left who may administer."""
    if role is not None and may(role, Right.ADMINISTER):
        return
    others = Member.objects.filter(is_active=True).exclude(pk=member.pk).values_list("role", flat=True)
    if not any(may(other, Right.ADMINISTER) for other in others):
        message = f"{member} is the last administrator: make somebody else one first."
        raise LastAdministrator(message)


def _open_invitations() -> QuerySet[OneTimeLink]:
    return OneTimeLink.objects.filter(purpose=Purpose.INVITATION, used_at=None)


def _not_invited() -> NotInvited:
    return NotInvited("This invitation was accepted or withdrawn meanwhile. Reload the page.")
