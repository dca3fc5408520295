"""Signing in: by password, by a link that works once, by the codes of the second step; and ending sessions."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.db import transaction
from django.db.models import F, Q
from django.http import HttpRequest
from django.utils import timezone

from amends.core.errors import AmendsError
from amends.firm.audit import note
from amends.firm.models import Member, OneTimeLink, Purpose, Role
from amends.firm.scope import all_firms, firm_scope
from amends.firm.two_factor import spend_code

LINK_LASTS = timedelta(hours=24)
RESET_LASTS = timedelta(hours=1)  # of a link that was mailed because somebody asked for it
INVITATION_LASTS = timedelta(days=7)


class LinkNotValid(AmendsError):
    """The link was used before, is too old, or was never made."""


class AddressTaken(AmendsError):
    """Somebody, perhaps at another firm, signs in with this address already."""


class MemberBackend(ModelBackend):
    """Looks members up before a firm is in scope: e-mail addresses are unique over all firms."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **kwargs: Any,
    ) -> Member | None:
        if not username or password is None:
            return None
        member = member_anywhere(username)
        if member is None:
            Member().set_password(password)  # the same time passes whether or not the address is known
            return None
        with firm_scope(member.firm_id):  # an old hash is written anew when it is checked
            right = member.check_password(password)
        return member if right and self.user_can_authenticate(member) else None

    def get_user(self, user_id: int) -> Member | None:
        with all_firms():
            member = Member.across_firms.select_related("firm").filter(pk=user_id).first()
        return member if member and self.user_can_authenticate(member) else None


class SecondStepBackend:
    """Checks a code of the second step. A backend, so that wrong codes count towards the pause as passwords do."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, second_step_code: str | None = None
    ) -> Member | None:
        if not username or second_step_code is None:
            return None
        member = member_anywhere(username)
        if member is None or not member.is_active:
            return None
        with firm_scope(member.firm_id):
            return member if spend_code(member, second_step_code, now=timezone.now()) else None

    def get_user(self, user_id: int) -> None:
        """Sessions are never this backend's."""


def member_anywhere(email: str) -> Member | None:
    """The member of any firm who signs in with this address, with the firm."""
    with all_firms():
        return Member.across_firms.select_related("firm").filter(email=email.strip().lower()).first()


def address_taken(email: str) -> bool:
    """Whether somebody, of whichever firm, signs in with this address."""
    with all_firms():
        return Member.across_firms.filter(email=email.strip().lower()).exists()


# -- links --------------------------------------------------------------------------------------------------------


def make_link(
    member: Member | None,
    *,
    now: datetime,
    purpose: Purpose = Purpose.SIGN_IN,
    by: Member | None = None,
    lasts: timedelta = LINK_LASTS,
) -> str:
    """Record a one-time link of the firm in scope and return its secret, which is kept nowhere.

    `member` None is for the first administrator, who says on the page who they are.
    """
    token, token_hash = new_token()
    OneTimeLink.objects.create(
        token_hash=token_hash, purpose=purpose, member=member, made_by=by, made_at=now, expires_at=now + lasts
    )
    return token


def new_token() -> tuple[str, str]:
    """A secret for an address, and the hash that is kept of it."""
    token = secrets.token_urlsafe(32)
    return token, _hash(token)


def peek_link(token: str, *, now: datetime) -> OneTimeLink:
    """The link of this secret, not used up and for somebody who may enter; raises `LinkNotValid`."""
    found = OneTimeLink.across_firms.select_related("firm", "member", "made_by")
    enters = Q(member=None) | Q(member__is_active=True)
    with all_firms():
        link = found.filter(enters, token_hash=_hash(token), used_at=None, expires_at__gt=now).first()
    if link is None:
        message = "This link was used before, was withdrawn or is too old. Ask an administrator for a new one."
        raise LinkNotValid(message)
    return link


def use_link(link: OneTimeLink, *, now: datetime) -> None:
    """Use the link up; raises `LinkNotValid` where somebody was quicker."""
    with firm_scope(link.firm_id):
        fresh = OneTimeLink.objects.filter(pk=link.pk, token_hash=link.token_hash, used_at=None, expires_at__gt=now)
        used = fresh.update(used_at=now)
    if not used:
        message = "This link has just been used or withdrawn. Ask an administrator for a new one."
        raise LinkNotValid(message)


def enter_by_link(link: OneTimeLink, *, now: datetime) -> Member:
    """Use up a link that was made for a member, and give the member; raises `LinkNotValid`."""
    if link.member is None or not link.member.is_active or link.purpose != Purpose.SIGN_IN:
        message = "This link is for nobody who may sign in. Ask an administrator for a new one."
        raise LinkNotValid(message)
    use_link(link, now=now)
    return link.member


def first_administrator(link: OneTimeLink, *, name: str, email: str, password: str, now: datetime) -> Member:
    """Use up a link that was made for nobody yet, and make its firm's administrator; raises `LinkNotValid`."""
    with transaction.atomic(), firm_scope(link.firm):
        use_link(link, now=now)
        made = Member.objects.create_member(email=email, name=name, role=Role.ADMINISTRATOR, now=now, password=password)
        note("member.joined", member=made, about=made.email, detail={"role": made.role}, now=now)
        return made


def accept_invitation(
    link: OneTimeLink, *, name: str, password: str | None, now: datetime, address: str | None = None
) -> Member:
    """Use up an invitation and make its member; without a password they enter by single sign-on.

    Raises `LinkNotValid` or `AddressTaken`.
    """
    with transaction.atomic(), firm_scope(link.firm_id):
        use_link(link, now=now)
        if member_anywhere(link.invited) is not None:
            message = f"{link.invited} signs in to Amends already; one address belongs to one firm. Use another one."
            raise AddressTaken(message)
        made = Member.objects.create_member(
            email=link.invited, name=name, role=link.role or Role.STAFF, now=now, password=password
        )
        detail = {"role": made.role}
        note("member.joined", member=made, about=made.email, detail=detail, now=now, address=address)
        return made


def reset_password(link: OneTimeLink, *, password: str, now: datetime, address: str | None = None) -> Member:
    """Use up a link for a new password; all sessions and other links of the member end. Raises `LinkNotValid`."""
    if link.member is None or link.purpose != Purpose.RESET:
        message = "This link sets nobody's password. Ask an administrator for a new one."
        raise LinkNotValid(message)
    with transaction.atomic(), firm_scope(link.firm_id):
        use_link(link, now=now)
        change_password(link.member, password, now=now, address=address, by_link=True)
    return link.member


# -- passwords and sessions ---------------------------------------------------------------------------------------


def change_password(
    member: Member, password: str, *, now: datetime, address: str | None = None, by_link: bool = False
) -> None:
    """Give a member another password. All their sessions end; links that were made for them work no more."""
    with transaction.atomic():
        member.set_password(password)
        Member.objects.filter(pk=member.pk).update(password=member.password)
        drop_links(member)
        detail = {"by": "link"} if by_link else {}
        note("member.password_changed", member=member, about=member.email, detail=detail, now=now, address=address)


def drop_links(member: Member) -> None:
    """Take back every link that waits for this member."""
    OneTimeLink.objects.filter(member=member, used_at=None).delete()


def end_sessions(member: Member) -> None:
    """End every session of a member, at their next request; `member` carries the new epoch."""
    Member.objects.filter(pk=member.pk).update(session_epoch=F("session_epoch") + 1)
    member.session_epoch = Member.objects.values_list("session_epoch", flat=True).get(pk=member.pk)


def sign_out_elsewhere(member: Member, *, now: datetime, address: str | None = None) -> None:
    """End every session of a member because they say so; whoever asks keeps theirs by its new epoch."""
    with transaction.atomic():
        end_sessions(member)
        note("member.sessions_ended", member=member, about=member.email, now=now, address=address)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
