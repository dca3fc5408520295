"""Talking to mail servers over IMAP (RFC 3501), read-only: folders by EXAMINE, messages by BODY.PEEK[], nothing else.

Pure: no Django and no database; what becomes of the messages is decided in `flows.live`.
"""

from amends.mail.live.link import Connector, Examined, Link, Listed, open_link
from amends.mail.live.troubles import (
    CertificateRefused,
    CommandRefused,
    Dropped,
    HostNotAllowed,
    LiveTrouble,
    NobodyAnswers,
    NoSuchFolder,
    NoSuchHost,
    NotImap,
    NoTls,
    PasswordRefused,
    ServerBusy,
)

__all__ = [
    "CertificateRefused",
    "CommandRefused",
    "Connector",
    "Dropped",
    "Examined",
    "HostNotAllowed",
    "Link",
    "Listed",
    "LiveTrouble",
    "NoSuchFolder",
    "NoSuchHost",
    "NoTls",
    "NobodyAnswers",
    "NotImap",
    "PasswordRefused",
    "ServerBusy",
    "open_link",
]
