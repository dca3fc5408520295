"""Signing in: by password, and by a link that works once."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.db import transaction
from django.http import HttpRequest

from amends.core.errors import AmendsError
from amends.firm.models import Member, OneTimeLink, Role
from amends.firm.scope import all_firms, firm_scope

LINK_LASTS = timedelta(hours=24)


class LinkNotValid(AmendsError):
    """The link was used before, is too old, or was never made."""


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
        with all_firms():
            member = Member.across_firms.filter(email=username.strip().lower()).first()
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


def address_taken(email: str) -> bool:
    """Whether somebody, of whichever firm, signs in with this address."""
    with all_firms():
        return Member.across_firms.filter(email=email.strip().lower()).exists()


def make_link(member: Member | None, *, now: datetime) -> str:
    """Record a one-time link of the firm in scope and return its secret, which is kept nowhere.

    `member` None is for the first administrator, who says on the page who they are.
    """
    token = secrets.token_urlsafe(32)
    OneTimeLink.objects.create(token_hash=_hash(token), member=member, expires_at=now + LINK_LASTS)
    return token


def peek_link(token: str, *, now: datetime) -> OneTimeLink:
    """The link of this secret, not used up; raises `LinkNotValid`."""
    found = OneTimeLink.across_firms.select_related("firm", "member")
    with all_firms():
        link = found.filter(token_hash=_hash(token), used_at=None, expires_at__gt=now).first()
    if link is None:
        message = "This link was used before or is older than a day. Ask for a new one: amends link."
        raise LinkNotValid(message)
    return link


def use_link(link: OneTimeLink, *, now: datetime) -> None:
    """Use the link up; raises `LinkNotValid` where somebody was quicker."""
    with firm_scope(link.firm_id):
        used = OneTimeLink.objects.filter(pk=link.pk, used_at=None).update(used_at=now)
    if not used:
        message = "This link has just been used. Ask for a new one: amends link."
        raise LinkNotValid(message)


def enter_by_link(link: OneTimeLink, *, now: datetime) -> Member:
    """Use up a link that was made for a member, and give the member; raises `LinkNotValid`."""
    if link.member is None or not link.member.is_active:
        message = "This link is for nobody who may sign in. Ask for a new one: amends link."
        raise LinkNotValid(message)
    use_link(link, now=now)
    return link.member


def first_administrator(link: OneTimeLink, *, name: str, email: str, password: str, now: datetime) -> Member:
    """Use up a link that was made for nobody yet, and make its firm's administrator; raises `LinkNotValid`."""
    with transaction.atomic(), firm_scope(link.firm):
        use_link(link, now=now)
        return Member.objects.create_member(email=email, name=name, role=Role.ADMINISTRATOR, now=now, password=password)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
