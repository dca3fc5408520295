"""Passkeys (WebAuthn): a member's device proves that it is there and that its owner unlocked it.

A passkey is both steps of signing in at once, so it is asked for with user verification, always. The protocol's
checks (challenge, origin, signature) are those of the library fido2; here is which keys are whose.
"""

from __future__ import annotations

import ipaddress
import uuid
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction

from amends.core.errors import AmendsError
from amends.firm.audit import note
from amends.firm.models import Member, Passkey
from amends.firm.scope import all_firms, firm_scope
from amends.firm.two_factor import codes_where_none, drop_idle_codes

if TYPE_CHECKING:
    from fido2.server import Fido2Server
    from fido2.webauthn import AttestedCredentialData

_MOST = 20  # keys of one member
_LOOPBACK = "localhost"


class PasskeyRefused(AmendsError):
    """The device's answer does not prove what it should."""


def possible() -> bool:
    """Whether browsers offer passkeys at AMENDS_URL: it must be a name, over https or on localhost."""
    found = urlsplit(settings.PUBLIC_URL)
    host = found.hostname or ""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return found.scheme == "https" or host == _LOOPBACK or host.endswith(f".{_LOOPBACK}")
    return False


def begin_adding(member: Member) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the browser asks a device for, and the state to keep until it answers."""
    from fido2.webauthn import PublicKeyCredentialUserEntity, ResidentKeyRequirement, UserVerificationRequirement

    options, state = _server().register_begin(
        PublicKeyCredentialUserEntity(id=member.public_id.bytes, name=member.email, display_name=str(member)),
        credentials=_credentials(member),
        resident_key_requirement=ResidentKeyRequirement.REQUIRED,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return dict(options), dict(state)


def add(
    member: Member,
    state: dict[str, Any],
    answer: dict[str, Any],
    *,
    name: str,
    now: datetime,
    address: str | None = None,
) -> list[str]:
    """Keep the public half of a new passkey; returns recovery codes where there were none.

    Raises `PasskeyRefused`.
    """
    if Passkey.objects.filter(member=member).count() >= _MOST:
        message = f"{_MOST} passkeys are enough: remove one first."
        raise PasskeyRefused(message)
    try:
        found = _server().register_complete(state, answer)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise _refused() from error
    if found.credential_data is None:
        raise _refused()
    from fido2.utils import websafe_encode

    with transaction.atomic():
        Passkey.objects.create(
            member=member,
            name=name.strip()[:100] or "Passkey",
            credential=websafe_encode(found.credential_data.credential_id),
            public_key=bytes(found.credential_data),
            sign_count=found.counter,
            made_at=now,
        )
        detail = {"name": name.strip()[:100]}
        note("two_factor.passkey_added", member=member, about=member.email, detail=detail, now=now, address=address)
        return codes_where_none(member, now=now)


def remove(member: Member, passkey_id: uuid.UUID, *, now: datetime, address: str | None = None) -> bool:
    """Forget one passkey of a member; returns whether it was there."""
    with transaction.atomic():
        gone, _ = Passkey.objects.filter(member=member, public_id=passkey_id).delete()
        if gone:
            drop_idle_codes(member)
            note("two_factor.passkey_removed", member=member, about=member.email, now=now, address=address)
    return bool(gone)


def begin_asking(member: Member | None) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the browser asks a device to sign: for one member's keys, or for whatever key the person chooses."""
    from fido2.webauthn import UserVerificationRequirement

    options, state = _server().authenticate_begin(
        credentials=_credentials(member) if member else None, user_verification=UserVerificationRequirement.REQUIRED
    )
    return dict(options), dict(state)


def prove(state: dict[str, Any], answer: dict[str, Any], *, now: datetime, only: Member | None = None) -> Member:
    """The member whose passkey signed; `only` says that it must be this one's. Raises `PasskeyRefused`."""
    member = only or _owner(answer)
    if member is None or not member.is_active:
        raise _refused()
    with firm_scope(member.firm_id):
        _check(member, state, answer, now=now)
    return member


def _check(member: Member, state: dict[str, Any], answer: dict[str, Any], *, now: datetime) -> None:
    from fido2.utils import websafe_encode
    from fido2.webauthn import AuthenticationResponse

    try:
        used = _server().authenticate_complete(state, _credentials(member), answer)
        count = AuthenticationResponse.from_dict(answer).response.authenticator_data.counter
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise _refused() from error
    row = Passkey.objects.get(member=member, credential=websafe_encode(used.credential_id))
    known = Passkey.objects.filter(pk=row.pk)
    if count or row.sign_count:  # a count that does not grow is a copy of the key
        known = known.filter(sign_count__lt=count)
    if not known.update(sign_count=count, used_at=now):
        raise _refused()


def _owner(answer: dict[str, Any]) -> Member | None:
    """Whose key it says it is; its signature then shows whether that is true."""
    from fido2.utils import websafe_decode

    try:
        handle = uuid.UUID(bytes=websafe_decode(answer["response"]["userHandle"]))
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
    with all_firms():
        return Member.across_firms.select_related("firm").filter(public_id=handle).first()


def _credentials(member: Member) -> list[AttestedCredentialData]:
    from fido2.webauthn import AttestedCredentialData

    return [AttestedCredentialData(bytes(row.public_key)) for row in Passkey.objects.filter(member=member)]


def _server() -> Fido2Server:
    """Answers count for the address that people type, and for no other."""
    from fido2.server import Fido2Server
    from fido2.webauthn import PublicKeyCredentialRpEntity

    found = urlsplit(settings.PUBLIC_URL)
    ours = f"{found.scheme}://{found.netloc}"
    return Fido2Server(
        PublicKeyCredentialRpEntity(name="Amends", id=found.hostname or _LOOPBACK),
        verify_origin=lambda origin: origin == ours,
    )


def _refused() -> PasskeyRefused:
    return PasskeyRefused("That passkey was not accepted. Try again, or sign in another way.")
