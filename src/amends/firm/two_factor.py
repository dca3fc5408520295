"""The second step of signing in: an authenticator app, and recovery codes for the day it is lost."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.db import transaction
from django.utils.crypto import salted_hmac

from amends.core.errors import AmendsError
from amends.firm import totp
from amends.firm.audit import note
from amends.firm.models import Member, Passkey, RecoveryCode, TimeCode
from amends.firm.secrets import seal, unseal

RECOVERY_CODES = 10
_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"  # nothing that looks like something else
_LENGTH = 12  # of these: 59 bits
_PURPOSE = "two-factor"


class WrongCode(AmendsError):
    """The six digits are not those that the app shows now."""


def has_two_factor(member: Member) -> bool:
    """Whether this member's sign-in has a second step, or needs none because a passkey is both."""
    return TimeCode.objects.filter(member=member).exists() or Passkey.objects.filter(member=member).exists()


def turn_on(member: Member, secret: str, code: str, *, now: datetime, address: str | None = None) -> list[str]:
    """Add the authenticator app that shows `code`; returns new recovery codes where there were none.

    Raises `WrongCode`.
    """
    step = totp.matching_step(secret, code, now=now)
    if step is None:
        message = "That is not the code that the app shows now. Wait for the next one and try again."
        raise WrongCode(message)
    with transaction.atomic():
        TimeCode.objects.filter(member=member).delete()
        sealed = seal(secret, purpose=_PURPOSE)
        TimeCode.objects.create(member=member, sealed=sealed, last_step=step, made_at=now)
        note("two_factor.app_added", member=member, about=member.email, now=now, address=address)
        return codes_where_none(member, now=now)


def turn_off(member: Member, *, now: datetime, by: Member | None, address: str | None = None) -> None:
    """Take a member's app, passkeys and recovery codes away, as they themselves or an administrator ask."""
    with transaction.atomic():
        for model in (TimeCode, Passkey, RecoveryCode):
            model.objects.filter(member=member).delete()
        note("two_factor.taken_away", member=by, about=member.email, now=now, address=address)


def app_removed(member: Member, *, now: datetime, address: str | None = None) -> None:
    """Take the app away; without any other factor the recovery codes go with it."""
    with transaction.atomic():
        TimeCode.objects.filter(member=member).delete()
        drop_idle_codes(member)
        note("two_factor.app_removed", member=member, about=member.email, now=now, address=address)


def drop_idle_codes(member: Member) -> None:
    """Recovery codes without a factor that they stand in for are of no use."""
    if not has_two_factor(member):
        RecoveryCode.objects.filter(member=member).delete()


def codes_where_none(member: Member, *, now: datetime) -> list[str]:
    """New recovery codes for somebody who has none left, else nothing."""
    if RecoveryCode.objects.filter(member=member, used_at=None).exists():
        return []
    return _make_codes(member, now=now)


def new_codes(member: Member, *, now: datetime, address: str | None = None) -> list[str]:
    """Fresh recovery codes in the place of all earlier ones. They are shown once and kept nowhere."""
    with transaction.atomic():
        note("two_factor.recovery_made", member=member, about=member.email, now=now, address=address)
        return _make_codes(member, now=now)


def spend_code(member: Member, code: str, *, now: datetime) -> str:
    """What `code` is, and use it up: "app", "recovery code", or "" where it is wrong or was used before."""
    row = TimeCode.objects.filter(member=member).first()
    if row is not None:
        step = totp.matching_step(unseal(row.sealed, purpose=_PURPOSE), code, now=now)
        if step is not None:
            fresh = TimeCode.objects.filter(pk=row.pk, last_step__lt=step)
            return "app" if fresh.update(last_step=step) else ""
    left = RecoveryCode.objects.filter(member=member, code_hash=_hash(member, code), used_at=None)
    if left.update(used_at=now):
        note("two_factor.recovery_used", member=member, about=member.email, now=now)
        return "recovery code"
    return ""


def codes_left(member: Member) -> int:
    """How many recovery codes are not used up."""
    return RecoveryCode.objects.filter(member=member, used_at=None).count()


def _make_codes(member: Member, *, now: datetime) -> list[str]:
    RecoveryCode.objects.filter(member=member).delete()
    codes = ["".join(secrets.choice(_LETTERS) for _ in range(_LENGTH)) for _ in range(RECOVERY_CODES)]
    RecoveryCode.objects.bulk_create(
        [RecoveryCode(member=member, code_hash=_hash(member, code), made_at=now) for code in codes]
    )
    return [f"{code[:4]}-{code[4:8]}-{code[8:]}" for code in codes]


def _hash(member: Member, code: str) -> str:
    plain = "".join(letter for letter in code.lower() if letter.isalnum())
    return salted_hmac("amends.recovery-code", f"{member.pk}:{plain}", algorithm="sha256").hexdigest()
