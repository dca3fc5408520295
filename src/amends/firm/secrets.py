"""Passwords and tokens of other services, sealed before they are stored.

Sealed with Fernet (AES-128-CBC and HMAC-SHA256) under a key that HKDF derives from the secret key of this
installation, which neither the database nor a backup holds. Each purpose has a key of its own, so that what was
sealed as a mailbox's password cannot be put in the place of a token.
"""

from __future__ import annotations

import base64
import hmac

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from amends.core.errors import AmendsError
from amends.firm.scope import current_firm_id


class CannotUnseal(AmendsError):
    """The secret key is not the one that this was sealed with, or the value was changed."""


def seal(secret: str, *, purpose: str) -> str:
    """`secret` as text that only this installation, this firm and this purpose can open."""
    return _box(purpose).encrypt(secret.encode()).decode("ascii")


def unseal(sealed: str, *, purpose: str) -> str:
    """What was sealed; raises `CannotUnseal`."""
    try:
        return _box(purpose).decrypt(sealed.encode("ascii")).decode()
    except (InvalidToken, UnicodeEncodeError) as error:
        message = (
            "A stored password cannot be opened with this secret key: put the old key back "
            "(AMENDS_SECRET_KEY_FILE or secret.key in the home), or enter the password anew."
        )
        raise CannotUnseal(message) from error


def mark(value: str, *, purpose: str) -> str:
    """A keyed hash (HMAC-SHA256, hex) of `value`, to recognise it again without keeping it.

    Without the secret key nobody can try values until one fits; another key knows none of the old marks.
    """
    return hmac.new(_key(f"mark {purpose}"), value.encode("utf-8", "surrogatepass"), "sha256").hexdigest()


def _box(purpose: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(_key(purpose)))


def _key(purpose: str) -> bytes:
    derive = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"amends {purpose} {current_firm_id()}".encode())
    return derive.derive(settings.SECRET_KEY.encode())
