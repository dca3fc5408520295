"""Access tokens: made once, shown once, kept as a hash; they never know more than their member does.

A token is `amends_`, 43 letters of chance (256 bits) and the id of its firm, so that whoever receives one enters the
firm before looking for it, and no search crosses firms.
"""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from amends.core.errors import AmendsError
from amends.firm.audit import note
from amends.firm.models import AccessToken, Firm, Member
from amends.firm.rules import Scope, may_use
from amends.firm.scope import firm_scope

_TOKEN = re.compile(r"amends_([A-Za-z0-9_-]{43})([A-Za-z0-9_-]{22})")
_SHOWN = len("amends_") + 6  # letters of a token that may be shown
_USE = timedelta(minutes=1)  # how exactly its last use is known
MOST = 50  # tokens of one member that still work


class TokenRefused(AmendsError):
    """A token cannot be made as it was asked for."""


def make_token(
    member: Member, *, name: str, scopes: Iterable[Scope], now: datetime, expires_at: datetime | None = None
) -> tuple[AccessToken, str]:
    """Make a token for a member's programs; returns it and its secret, kept nowhere. Raises `TokenRefused`."""
    name, wanted = " ".join(name.split())[:100], [scope for scope in Scope if scope in set(scopes)]
    if not name:
        raise TokenRefused("A token needs a name, to know later what it is for.")
    if not wanted:
        raise TokenRefused("Choose at least one thing that this token may do.")
    if not all(may_use(member.role, scope) for scope in wanted):
        raise TokenRefused("A token may do no more than you may: leave out what your role does not allow.")
    if expires_at is not None and expires_at <= now:
        raise TokenRefused("A token must end in the future: choose a later day.")
    secret = f"amends_{secrets.token_urlsafe(32)}{_letters(member.firm.public_id)}"
    with transaction.atomic():
        if tokens_of(member).filter(_works(now)).count() >= MOST:
            raise TokenRefused(f"You have {MOST} tokens that work: revoke one that you no longer need.")
        made = AccessToken.objects.create(
            member=member, name=name, token_hash=_hash(secret), beginning=secret[:_SHOWN],
            scopes=[str(scope) for scope in wanted], created_at=now, expires_at=expires_at,
        )  # fmt: skip
        detail = {"name": name, "scopes": made.scopes, "until": expires_at.isoformat() if expires_at else None}
        note("token.created", member=member, about=f"token {made.public_id}", detail=detail, now=now)
    return made, secret


def find_token(secret: str, *, now: datetime) -> AccessToken | None:
    """The token of this secret with `member` and its firm loaded; None where there is none that works now.

    No firm is in scope yet: the secret names it.
    """
    shape = _TOKEN.fullmatch(secret)
    firm = Firm.objects.filter(public_id=_uuid(shape[2])).first() if shape else None
    if firm is None:
        return None
    with firm_scope(firm):
        rows = AccessToken.objects.filter(_works(now), token_hash=_hash(secret), member__is_active=True)
        token = rows.select_related("member").first()
        if token is None:
            return None
        token.member.firm = token.firm = firm
        if token.last_used_at is None or now - token.last_used_at >= _USE:
            AccessToken.objects.filter(Q(last_used_at=None) | Q(last_used_at__lt=now), pk=token.pk).update(
                last_used_at=now
            )
    return token


def tokens_of(member: Member | None = None) -> QuerySet[AccessToken]:
    """A member's tokens, or everybody's, the newest first; revoked ones are not shown."""
    rows = AccessToken.objects.filter(revoked_at=None).select_related("member").order_by("-created_at", "-pk")
    return rows if member is None else rows.filter(member=member)


def revoke_token(token_id: uuid.UUID, *, by: Member, now: datetime) -> AccessToken:
    """End a token of one's own, or as an administrator anybody's; raises `AccessToken.DoesNotExist`."""
    with transaction.atomic():
        rows = AccessToken.objects.filter(public_id=token_id, revoked_at=None)
        token = (rows if by.is_administrator else rows.filter(member=by)).select_related("member").get()
        token.revoked_at = now
        token.save(update_fields=["revoked_at"])
        detail = {"name": token.name, "of": token.member.email}
        note("token.revoked", member=by, about=f"token {token.public_id}", detail=detail, now=now)
    return token


def _works(now: datetime) -> Q:
    return Q(revoked_at=None) & (Q(expires_at=None) | Q(expires_at__gt=now))


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _letters(number: uuid.UUID) -> str:
    return base64.urlsafe_b64encode(number.bytes).decode("ascii").rstrip("=")


def _uuid(letters: str) -> uuid.UUID:
    return uuid.UUID(bytes=base64.urlsafe_b64decode(f"{letters}=="))
