"""Which hosts may be spoken to. An administrator types a name, and this server connects to it: not to everything.

Private networks and this machine are allowed, because firms have mail servers there; link-local addresses (where clouds
keep their metadata and keys), multicast and the like are not. The address is looked up once, and that one is used.
"""

from __future__ import annotations

import socket
from ipaddress import IPv4Address, IPv6Address, ip_address

from amends.mail.live.troubles import HostNotAllowed, cannot_connect

# Metadata services of clouds that are not link-local: Alibaba, Oracle's and Amazon's over IPv6.
_METADATA = {
    ip_address("100.100.100.200"), ip_address("192.0.0.192"), ip_address("fd00:ec2::254"), ip_address("168.63.129.16"),
    ip_address("fd20:ce::254"),
}  # fmt: skip


def is_local(address: str) -> bool:
    """Whether this address is this machine."""
    return _bare(address).is_loopback


def is_private(address: str) -> bool:
    """Whether it belongs to a network of one's own."""
    return _bare(address).is_private


def allowed(address: str) -> bool:
    """Whether a mail server may be there."""
    found = _bare(address)
    if found.version == 4 and found.is_reserved:
        return False
    return not (found.is_link_local or found.is_multicast or found.is_unspecified or found in _METADATA)


def addresses_of(host: str, port: int) -> list[str]:
    """The addresses of a host that may be spoken to.

    Raises `NoSuchHost` where there are none, `HostNotAllowed` where none of them may be.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise cannot_connect(host, port, error if isinstance(error, OSError) else socket.gaierror()) from error
    every = list(dict.fromkeys(str(row[4][0]) for row in found))
    good = [address for address in every if allowed(address)]
    if not good:
        message = f"{host} is at an address where no mail server can be ({every[0]}): check its name."
        raise HostNotAllowed(message)
    return good


def connect(host: str, port: int, *, timeout: float, local_only: bool = False, private: bool = True) -> socket.socket:
    """A connection to one of the host's allowed addresses; with `local_only` to this machine alone,
    without `private` to none in a network of one's own.
    """
    last: OSError = TimeoutError()
    addresses = addresses_of(host, port)
    if local_only and not all(map(is_local, addresses)):
        message = f"{host} is not this machine, and without TLS the password would travel open: choose TLS or STARTTLS."
        raise HostNotAllowed(message)
    if not private and any(map(is_private, addresses)):
        message = f"{host} is in a network of your own: ask an administrator to connect the first mailbox there."
        raise HostNotAllowed(message)
    for address in addresses:
        try:
            return socket.create_connection((address, port), timeout=timeout)
        except OSError as error:
            last = error
    raise cannot_connect(host, port, last) from last


def _bare(address: str) -> IPv4Address | IPv6Address:
    found = ip_address(address.partition("%")[0])
    mapped = found.ipv4_mapped or found.sixtofour if isinstance(found, IPv6Address) else None
    return mapped or found
