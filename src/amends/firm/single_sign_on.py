"""Single sign-on: OpenID Connect Core 1.0, authorization code flow with PKCE (RFC 7636), one provider an installation.

The provider says who somebody is; whether they may enter is decided here: a member with that address, verified by the
provider, who was not deactivated. Nothing is believed that the provider did not sign for us, for this very attempt.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote_plus, urlencode

import httpx
import jwt
from django.conf import settings
from django.db import transaction

from amends.core.errors import AmendsError
from amends.firm.audit import note
from amends.firm.models import Firm, Member, OneTimeLink, OwnDomain, Purpose, Role
from amends.firm.scope import all_firms, firm_scope
from amends.firm.sign_in import accept_invitation, member_anywhere

_PATIENCE = 10.0  # seconds for an answer of the provider
_SKEW = timedelta(seconds=60)  # that its clock may differ
ATTEMPT_LASTS = timedelta(minutes=10)
# Signed with a key that only the provider has: never HS256 and its kind, never "none".
_ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
_DISCOVERY = "/.well-known/openid-configuration"


class ProviderUnreachable(AmendsError):
    """The sign-in service does not answer, or not as OpenID Connect says."""

    retry = True


class NotProven(AmendsError):
    """What came back does not prove who it is."""


class NoEntry(AmendsError):
    """It is proven who they are, and they may not enter."""


@dataclass(frozen=True, slots=True)
class Provider:
    """The sign-in service, from the settings."""

    issuer: str
    client_id: str
    client_secret: str
    name: str
    create: bool  # whether people of an own domain become members when they come first


@dataclass(frozen=True, slots=True)
class Attempt:
    """What is kept in the session while somebody is away at the provider."""

    state: str
    nonce: str
    verifier: str
    began_at: str  # ISO 8601

    def kept(self) -> dict[str, str]:
        """As a session keeps it."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the provider says that it is."""

    email: str
    name: str


def provider() -> Provider | None:
    """The provider of the settings, None where there is none."""
    issuer, client_id = settings.OIDC_ISSUER, settings.OIDC_CLIENT_ID
    if not issuer or not client_id:
        return None
    return Provider(issuer, client_id, settings.OIDC_CLIENT_SECRET, settings.OIDC_NAME, settings.OIDC_CREATE)


def begin(service: Provider, *, back: str, now: datetime) -> tuple[str, Attempt]:
    """Where to send the browser, and what to keep until it is `back`. Raises `ProviderUnreachable`."""
    with _client() as client:
        endpoint = _discover(service, client)["authorization_endpoint"]
    attempt = Attempt(
        state=secrets.token_urlsafe(24),
        nonce=secrets.token_urlsafe(24),
        verifier=secrets.token_urlsafe(48),
        began_at=now.isoformat(),
    )
    challenge = base64.urlsafe_b64encode(hashlib.sha256(attempt.verifier.encode()).digest()).rstrip(b"=").decode()
    asked = {
        "response_type": "code", "client_id": service.client_id, "redirect_uri": back, "scope": "openid email profile",
        "state": attempt.state, "nonce": attempt.nonce, "code_challenge": challenge, "code_challenge_method": "S256",
    }  # fmt: skip
    return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(asked)}", attempt


def finish(service: Provider, attempt: Attempt, *, state: str, code: str, back: str, now: datetime) -> Identity:
    """Trade the `code` that came back for an identity. Raises `NotProven` and `ProviderUnreachable`."""
    began = datetime.fromisoformat(attempt.began_at)
    if not code or not hmac.compare_digest(state.encode(), attempt.state.encode()) or now - began > ATTEMPT_LASTS:
        raise _not_proven()
    with _client() as client:
        found = _discover(service, client)
        given = _trade(service, found, client, {
            "grant_type": "authorization_code", "code": code, "redirect_uri": back, "code_verifier": attempt.verifier,
        })  # fmt: skip
        keys = _ask(client, "GET", found["jwks_uri"])
        claims = _read(service, found, keys, str(given.get("id_token", "")), nonce=attempt.nonce, now=now)
        if not claims.get("email") and found.get("userinfo_endpoint"):
            claims = {**claims, **_about(client, found["userinfo_endpoint"], given, claims)}
    if not claims.get("email") or claims.get("email_verified") not in (True, "true"):
        message = (
            f"{service.name} does not vouch for your e-mail address, and it is by that address that members are known. "
            "Verify it there, or ask an administrator."
        )
        raise NotProven(message)
    return Identity(str(claims["email"]).strip().lower(), str(claims.get("name") or "").strip()[:200])


def member_for(service: Provider, identity: Identity, *, now: datetime, address: str | None = None) -> Member:
    """The member of this identity; one who was invited joins, and where it is set so, one of an own domain.

    Raises `NoEntry`.
    """
    member = member_anywhere(identity.email)
    if member is None:
        member = _invited(identity, now=now, address=address)
    if member is None and service.create:
        member = _of_own_domain(identity, now=now, address=address)
    if member is None:
        message = f"Nobody here has the address {identity.email}. Ask an administrator of your firm to invite you."
        raise NoEntry(message)
    if not member.is_active:
        message = "Your account was deactivated. Ask an administrator of your firm."
        raise NoEntry(message)
    return member


def _invited(identity: Identity, *, now: datetime, address: str | None) -> Member | None:
    """Who was invited by one firm joins it; by several, they choose by opening a link."""
    open_links = OneTimeLink.across_firms.filter(
        purpose=Purpose.INVITATION, invited=identity.email, used_at=None, expires_at__gt=now
    )
    with all_firms():
        links = list(open_links[:2])
    if len(links) != 1:
        return None
    name = links[0].name or identity.name
    return accept_invitation(links[0], name=name, password=None, now=now, address=address)


def _of_own_domain(identity: Identity, *, now: datetime, address: str | None) -> Member | None:
    """A new member of the one firm whose own domain this is; None where it is no firm's, or several firms'."""
    domain = identity.email.rpartition("@")[2]
    theirs = []
    for firm in Firm.objects.order_by("pk"):
        with firm_scope(firm):
            if OwnDomain.objects.filter(value__in=[domain, identity.email]).exists():
                theirs.append(firm)
    if len(theirs) != 1:
        return None
    with transaction.atomic(), firm_scope(theirs[0]):
        made = Member.objects.create_member(email=identity.email, name=identity.name, role=Role.STAFF, now=now)
        detail = {"role": made.role, "by": "single sign-on"}
        note("member.joined", member=made, about=made.email, detail=detail, now=now, address=address)
    with all_firms():
        return Member.across_firms.select_related("firm").get(pk=made.pk)


# -- talking to the provider --------------------------------------------------------------------------------------


def _client() -> httpx.Client:
    return httpx.Client(timeout=_PATIENCE, follow_redirects=False)


def _discover(service: Provider, client: httpx.Client) -> dict[str, Any]:
    """What the provider says of itself; it must be the issuer that the settings name."""
    found = _ask(client, "GET", service.issuer.rstrip("/") + _DISCOVERY)
    wanted = ("authorization_endpoint", "token_endpoint", "jwks_uri")
    if str(found.get("issuer", "")).rstrip("/") != service.issuer.rstrip("/") or not all(map(found.get, wanted)):
        message = f"{service.name} does not describe itself as {service.issuer}: look at AMENDS_OIDC_ISSUER."
        raise ProviderUnreachable(message)
    return found


def _ask(client: httpx.Client, method: str, url: str, **more: Any) -> dict[str, Any]:
    try:
        answer = client.request(method, url, **more)
        found = answer.raise_for_status().json()
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        message = "The sign-in service cannot be reached, or does not accept us. Try again, or sign in another way."
        raise ProviderUnreachable(message) from error
    if not isinstance(found, dict):
        raise _not_proven()
    return found


def _trade(service: Provider, found: dict[str, Any], client: httpx.Client, said: dict[str, str]) -> dict[str, Any]:
    """Tokens for a code. Who we are stands where the provider takes it: in a header (RFC 6749, 2.3.1) or the form."""
    ways = found.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    if "client_secret_basic" in ways:
        named = httpx.BasicAuth(quote_plus(service.client_id), quote_plus(service.client_secret))
        return _ask(client, "POST", found["token_endpoint"], data=said, auth=named)
    shown = {**said, "client_id": service.client_id, "client_secret": service.client_secret}
    return _ask(client, "POST", found["token_endpoint"], data=shown)


def _about(client: httpx.Client, url: str, given: dict[str, Any], claims: dict[str, Any]) -> dict[str, Any]:
    """What the provider knows of the same person, where the token said no address."""
    found = _ask(client, "GET", url, headers={"Authorization": f"Bearer {given.get('access_token', '')}"})
    if found.get("sub") != claims["sub"]:
        raise _not_proven()
    return {name: found.get(name) for name in ("email", "email_verified", "name")}


def _read(
    service: Provider, found: dict[str, Any], keys: dict[str, Any], token: str, *, nonce: str, now: datetime
) -> dict[str, Any]:
    """The claims of an ID token that is signed by the provider, meant for us, fresh, and of this attempt."""
    try:
        header = jwt.get_unverified_header(token)
        if header.get("alg") not in _ALGORITHMS:
            raise _not_proven()
        claims: dict[str, Any] = jwt.decode(
            token,
            _key(keys, header.get("kid")),
            algorithms=[header["alg"]],
            audience=service.client_id,
            issuer=found["issuer"],
            options={
                "require": ["iss", "aud", "exp", "iat", "sub"],
                "verify_exp": False,  # below, by the clock that is passed in
                "verify_iat": False,
                "verify_nbf": False,
            },
        )
        expires, issued = float(claims["exp"]), float(claims["iat"])
    except (jwt.PyJWTError, ValueError, TypeError) as error:
        raise _not_proven() from error
    skew = _SKEW.total_seconds()
    fresh = expires + skew > now.timestamp() and issued - skew < now.timestamp()
    ours = claims.get("azp", service.client_id) == service.client_id
    same = hmac.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode())
    if not (fresh and ours and same):
        raise _not_proven()
    return claims


def _key(keys: dict[str, Any], kid: str | None) -> jwt.PyJWK:
    """The provider's key of this name; the only one, where the token names none."""
    known = jwt.PyJWKSet.from_dict(keys).keys
    chosen = [key for key in known if key.public_key_use in (None, "sig") and kid in (None, key.key_id)]
    if len(chosen) != 1:
        raise _not_proven()
    return chosen[0]


def _not_proven() -> NotProven:
    return NotProven("That sign-in could not be proven, or took too long. Begin again.")
