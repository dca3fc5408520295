"""Where a mailbox probably lies, by its address alone: large providers by name, others by a domain's usual names.

Nothing is looked up here, and nothing is asked of anybody. Servers and notes as of 2026, from the providers' own pages.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """A server to try: where, and how it is kept secret."""

    host: str
    port: int = 993
    security: str = "tls"


@dataclass(frozen=True, slots=True)
class Provider:
    """A large provider: its server, and whether it wants another password than the one for its web page."""

    name: str
    host: str
    domains: tuple[str, ...]
    app_password: bool = True
    page: str = ""  # where app passwords are made
    oauth: str = ""  # which permission it takes in place of a password, a value of `Credential`


PROVIDERS = (
    Provider(
        "Google", "imap.gmail.com", ("gmail.com", "googlemail.com"), page="https://myaccount.google.com/apppasswords",
        oauth="google",
    ),
    Provider(
        "Microsoft", "outlook.office365.com",
        ("outlook.com", "outlook.de", "outlook.fr", "outlook.es", "outlook.it", "hotmail.com", "hotmail.co.uk",
         "hotmail.de", "hotmail.fr", "hotmail.it", "hotmail.es", "live.com", "live.co.uk", "live.de", "live.fr",
         "live.nl", "msn.com"),
        oauth="microsoft",
    ),
    Provider(
        "Apple", "imap.mail.me.com", ("icloud.com", "me.com", "mac.com"), page="https://account.apple.com",
    ),
    Provider(
        "Yahoo", "imap.mail.yahoo.com",
        ("yahoo.com", "yahoo.co.uk", "yahoo.de", "yahoo.fr", "yahoo.it", "yahoo.es", "ymail.com", "rocketmail.com"),
        page="https://login.yahoo.com/account/security",
    ),
    Provider("AOL", "imap.aol.com", ("aol.com",), page="https://login.aol.com/account/security"),
    Provider("Fastmail", "imap.fastmail.com", ("fastmail.com", "fastmail.fm", "fastmail.org", "sent.com"),
             page="https://app.fastmail.com/settings/security/tokens"),
    Provider("GMX", "imap.gmx.net", ("gmx.net", "gmx.de", "gmx.at", "gmx.ch", "gmx.org"), app_password=False),
    Provider("GMX", "imap.gmx.com", ("gmx.com", "gmx.us", "gmx.co.uk", "gmx.fr"), app_password=False),
    Provider("WEB.DE", "imap.web.de", ("web.de",), app_password=False),
    Provider("mail.com", "imap.mail.com", ("mail.com", "email.com"), app_password=False),
    Provider("T-Online", "secureimap.t-online.de", ("t-online.de", "magenta.de"), app_password=False),
    Provider("freenet", "mx.freenet.de", ("freenet.de",), app_password=False),
    Provider("Posteo", "posteo.de", ("posteo.de", "posteo.net", "posteo.org", "posteo.eu"), app_password=False),
    Provider("mailbox.org", "imap.mailbox.org", ("mailbox.org",), app_password=False),
    Provider("IONOS", "imap.ionos.com", ("ionos.com", "1and1.com"), app_password=False),
    Provider("IONOS", "imap.ionos.de", ("ionos.de", "online.de", "onlinehome.de"), app_password=False),
    Provider("OVH", "ssl0.ovh.net", ("ovh.net", "ovh.com", "ovh.fr"), app_password=False),
    Provider("Zoho", "imap.zoho.com", ("zoho.com", "zohomail.com")),
    Provider("Zoho", "imap.zoho.eu", ("zoho.eu", "zohomail.eu")),
    Provider("Orange", "imap.orange.fr", ("orange.fr", "wanadoo.fr"), app_password=False),
    Provider("Free", "imap.free.fr", ("free.fr",), app_password=False),
    Provider("Laposte", "imap.laposte.net", ("laposte.net",), app_password=False),
    Provider("SFR", "imap.sfr.fr", ("sfr.fr", "neuf.fr"), app_password=False),
    Provider("Libero", "imapmail.libero.it", ("libero.it", "iol.it"), app_password=False),
    Provider("Bluewin", "imaps.bluewin.ch", ("bluewin.ch",), app_password=False),
    Provider("Infomaniak", "mail.infomaniak.com", ("ik.me", "infomaniak.com", "etik.com")),
    Provider("Seznam", "imap.seznam.cz", ("seznam.cz", "email.cz"), app_password=False),
    Provider("Yandex", "imap.yandex.com", ("yandex.com", "yandex.ru", "ya.ru")),
    Provider("BT", "mail.btinternet.com", ("btinternet.com",), app_password=False),
)  # fmt: skip
_BY_DOMAIN = {domain: provider for provider in PROVIDERS for domain in provider.domains}
_BY_HOST = {provider.host: provider for provider in PROVIDERS}


def provider_of(address: str, host: str = "") -> Provider | None:
    """The large provider that this address, or this server, belongs to."""
    return _BY_HOST.get(host.lower()) or _BY_DOMAIN.get(address.rpartition("@")[2].strip().lower())


def places_for(address: str) -> list[Place]:
    """Servers to try for an address, the likeliest first; none where it is no address."""
    domain = address.rpartition("@")[2].strip().lower().rstrip(".")
    if "@" not in address or "." not in domain:
        return []
    provider = _BY_DOMAIN.get(domain)
    if provider is not None:
        return [Place(provider.host)]
    return [Place(f"imap.{domain}"), Place(f"mail.{domain}"), Place(domain)]
