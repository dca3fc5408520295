"""Pure decisions about webhooks: what is told, how it is signed, when it is tried again, whom it may reach."""

from __future__ import annotations

import base64
import hashlib
import hmac
import ipaddress
import json
import secrets
import socket
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from amends.core.errors import AmendsError


class AddressRefused(AmendsError):
    """An address that a webhook may not be sent to."""


class Kind(StrEnum):
    """What may be told."""

    SIGNAL_RAISED = "signal.raised"
    SIGNAL_ANSWERED = "signal.answered"
    MESSAGE_STORED = "message.stored"
    IMPORT_DONE = "import.done"
    CLIENT_CREATED = "client.created"
    ENGAGEMENT_CHANGED = "engagement.changed"
    PING = "ping"


CHOICES = tuple(kind for kind in Kind if kind is not Kind.PING)
"""What an endpoint may ask for; a ping is sent by hand."""

WAITS = tuple(timedelta(seconds=seconds) for seconds in (30, 120, 600, 1800, 3600, 7200, 14400))
"""How long after each failure it is tried again; after the last one the endpoint is paused."""
TRIES = len(WAITS) + 1
KEPT = timedelta(days=35)
"""How long events are kept, delivered or not."""
RECENT = timedelta(days=30)
"""A signal that came true longer ago than this is history, and is not told any more."""


def wait_after(tries: int) -> timedelta | None:
    """How long to wait after so many failures; None where it is to be given up."""
    return WAITS[tries - 1] if 0 < tries <= len(WAITS) else None


def body_of(kind: str, *, at: datetime, data: dict[str, Any]) -> bytes:
    """The body of an event, in the form of Standard Webhooks: the same bytes each time it is tried."""
    told = {"type": kind, "timestamp": at.astimezone(UTC).isoformat(), "data": data}
    return json.dumps(told, separators=(",", ":"), sort_keys=True).encode()


def new_secret() -> str:
    """A secret to sign with: `whsec_` and 32 bytes of chance in base64."""
    return f"whsec_{base64.b64encode(secrets.token_bytes(32)).decode('ascii')}"


def signed(body: bytes, *, event_id: str, at: datetime, keys: Sequence[str]) -> dict[str, str]:
    """The headers that prove who sent a body (https://www.standardwebhooks.com), by each of these secrets."""
    stamp = str(int(at.timestamp()))
    content = f"{event_id}.{stamp}.".encode() + body
    signatures = [
        "v1," + base64.b64encode(hmac.digest(base64.b64decode(key[6:]), content, hashlib.sha256)).decode("ascii")
        for key in keys
    ]
    return {"webhook-id": event_id, "webhook-timestamp": stamp, "webhook-signature": " ".join(signatures)}


_NAT64 = ipaddress.ip_network("64:ff9b::/96")


def is_public(address: str) -> bool:
    """Whether an IP address is one of the open internet: not ours, not a neighbour's, not many at once.

    IPv4 inside IPv6 (mapped, 6to4, Teredo, NAT64) is looked at as what it is.
    """
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address):
        whole = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF) if found in _NAT64 else found.ipv4_mapped
        if whole is not None:
            return is_public(str(whole))
        inside = [one for one in (found.sixtofour, *(found.teredo or ())) if one is not None]
        if found.is_site_local or not all(is_public(str(one)) for one in inside):
            return False
    return found.is_global and not (
        found.is_multicast or found.is_reserved or found.is_loopback or found.is_link_local or found.is_unspecified
    )


def checked_url(url: str, *, private: bool) -> str:
    """An address as it is kept; raises `AddressRefused`. `private` allows plain http and addresses near by.

    What a name stands for is looked at when something is sent, each time anew; here only what is plain to see.
    """
    url = url.strip()
    try:
        found = urlsplit(url)
        host, port = (found.hostname or "").rstrip("."), found.port
    except ValueError as error:
        raise AddressRefused("That is no web address: write it as https://example.com/hook.") from error
    if found.scheme not in {"https", "http"} or not host or port == 0 or not url.isprintable() or " " in url:
        raise AddressRefused("That is no web address: write it as https://example.com/hook.")
    if found.username is not None or found.fragment:
        raise AddressRefused("Leave the name, the password and whatever follows # out of the address.")
    if private:
        return url
    if found.scheme != "https":
        raise AddressRefused("Write the address with https: what is sent must not be read on its way.")
    literal = _literal(host)
    if host == "localhost" or host.endswith(".localhost") or (literal and not is_public(literal)):
        message = "That address is not on the open internet. Where it is meant, set AMENDS_WEBHOOKS_PRIVATE=1."
        raise AddressRefused(message)
    return url


def _literal(host: str) -> str:
    """The IP address that a host name is, also in the odd spellings that resolvers take (0x7f.1, 2130706433)."""
    try:
        return str(ipaddress.ip_address(host.partition("%")[0]))
    except ValueError:
        pass
    try:
        return socket.inet_ntoa(socket.inet_aton(host))
    except (OSError, UnicodeError):
        return ""
