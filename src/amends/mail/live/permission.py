"""Permission to read a mailbox without its password: OAuth 2.0's authorisation code flow with PKCE (RFC 6749, 7636).

The person says yes at the provider; what comes back is a refresh token, which is kept sealed, and turned into an access
token whenever a connection is opened.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import httpx

from amends.mail.live.troubles import LiveTrouble

_SECONDS = 20.0


class PermissionRefused(LiveTrouble):
    """The provider takes the permission back, or never gave it."""

    field = "address"


class ProviderAway(LiveTrouble):
    """The provider does not answer, or cannot just now."""

    field = "address"
    retry = True


@dataclass(frozen=True, slots=True)
class Grantor:
    """A provider that gives permissions, and as whom this installation is known there."""

    name: str
    authorise_url: str
    token_url: str
    scope: str
    host: str
    client_id: str
    client_secret: str = ""
    smtp: str = ""  # its server for sending, which takes the same permission
    more: Mapping[str, str] = field(default_factory=dict)  # what else its first page wants to be told


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a provider gave; `refresh` is "" where the one that we have stays good."""

    access: str
    refresh: str = ""


@dataclass(frozen=True, slots=True)
class Asking:
    """One attempt to get a permission: only whoever began it can end it."""

    state: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48))

    def address(self, grantor: Grantor, *, redirect: str, who: str) -> str:
        """Where the person says yes."""
        digest = hashlib.sha256(self.verifier.encode()).digest()
        asked = {
            "response_type": "code",
            "client_id": grantor.client_id,
            "redirect_uri": redirect,
            "scope": grantor.scope,
            "state": self.state,
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
            "login_hint": who,
            **grantor.more,
        }
        return f"{grantor.authorise_url}?{urlencode(asked)}"


def exchange(grantor: Grantor, code: str, *, verifier: str, redirect: str) -> Tokens:
    """A code from the provider's page for tokens; raises `PermissionRefused` or `ProviderAway`."""
    asked = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect, "code_verifier": verifier}
    found = _tokens(grantor, asked)
    if not found.refresh:
        message = (
            f"{grantor.name} gave a permission for an hour only: take Amends off the list of programs in your account "
            "there, and connect the mailbox again."
        )
        raise PermissionRefused(message)
    return found


def refreshed(grantor: Grantor, refresh: str) -> Tokens:
    """A fresh access token for what was permitted, which may be less than is asked for by now; raises
    `PermissionRefused` or `ProviderAway`."""
    return _tokens(grantor, {"grant_type": "refresh_token", "refresh_token": refresh})


def _tokens(grantor: Grantor, asked: Mapping[str, str]) -> Tokens:
    secret = {"client_secret": grantor.client_secret} if grantor.client_secret else {}
    given = {**asked, "client_id": grantor.client_id, **secret}
    try:
        answer = httpx.post(grantor.token_url, data=given, timeout=_SECONDS, follow_redirects=False)
        found: Any = answer.json()
    except (httpx.HTTPError, ValueError) as error:
        message = f"{grantor.name} does not answer as it should; Amends tries again by itself."
        raise ProviderAway(message) from error
    if answer.status_code >= 500 or answer.status_code == 429 or not isinstance(found, dict):
        message = f"{grantor.name} cannot just now; Amends tries again by itself."
        raise ProviderAway(message)
    access = found.get("access_token")
    if answer.status_code != 200 or not isinstance(access, str) or not access:
        why = "".join(each for each in str(found.get("error", "no reason given"))[:60] if each.isprintable())
        message = f"{grantor.name} does not give the permission ({why}): give it again on the mailbox's page."
        raise PermissionRefused(message)
    refresh = found.get("refresh_token")
    return Tokens(access, refresh if isinstance(refresh, str) else "")
