"""Codes that change with the time: RFC 6238 (TOTP) over RFC 4226 (HOTP), as authenticator apps make them. Pure."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import struct
from datetime import datetime
from urllib.parse import quote, urlencode

PERIOD = 30  # seconds
DIGITS = 6
_BYTES = 20  # of a secret, as RFC 4226 recommends
_SKEW = 1  # periods that a telephone's clock may be early or late


def new_secret() -> str:
    """A fresh secret, in base32 as people type it."""
    return base64.b32encode(secrets.token_bytes(_BYTES)).decode()


def step_at(moment: datetime) -> int:
    """The number of the half minute."""
    return int(moment.timestamp()) // PERIOD


def code_of(secret: str, step: int) -> str:
    """The code of one half minute."""
    digest = hmac.new(base64.b32decode(secret), struct.pack(">Q", step), hashlib.sha1).digest()
    offset = digest[-1] & 0x0F
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**DIGITS:0{DIGITS}}"


def matching_step(secret: str, code: str, *, now: datetime) -> int | None:
    """The half minute, about now, whose code this is; None where it is none's."""
    given = "".join(code.split())
    found = None
    for step in range(step_at(now) - _SKEW, step_at(now) + _SKEW + 1):
        if hmac.compare_digest(code_of(secret, step).encode(), given.encode()):
            found = step
    return found


def address(secret: str, *, account: str, issuer: str) -> str:
    """The otpauth: address that a QR code carries to the telephone."""
    label = quote(f"{issuer.replace(':', ' ')}:{account}", safe=":@")
    return (
        f"otpauth://totp/{label}?{urlencode({'secret': secret, 'issuer': issuer, 'digits': DIGITS}, quote_via=quote)}"
    )
