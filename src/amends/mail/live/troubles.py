"""What may go wrong between us and a mail server, each said so that a person knows what to mend."""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager

from imapclient.exceptions import IMAPClientAbortError, IMAPClientError, LoginError, ProtocolError

from amends.core.errors import AmendsError


class LiveTrouble(AmendsError):
    """Something between us and a mail server. `field` is the part of a form that it belongs to."""

    field = "host"


class NoSuchHost(LiveTrouble):
    """The name of the server is not known, now or ever."""

    retry = True


class HostNotAllowed(LiveTrouble):
    """The server's address is one that no mail server has."""


class NobodyAnswers(LiveTrouble):
    """The connection was refused, or nothing came back in time."""

    retry = True


class CertificateRefused(LiveTrouble):
    """TLS was offered with a certificate that is not to be trusted."""

    retry = True  # certificates run out and are renewed


class NoTls(LiveTrouble):
    """The server does not offer the TLS that was asked for."""

    field = "security"


class NotImap(LiveTrouble):
    """Something answers that is no IMAP server."""

    field = "port"


class PasswordRefused(LiveTrouble):
    """The server does not accept user name and password (or the permission)."""

    field = "password"


class ServerBusy(LiveTrouble):
    """The server says that it cannot now: too many connections, or its own trouble."""

    retry = True


class Dropped(LiveTrouble):
    """The connection ended in the midst of something."""

    retry = True


class NoSuchFolder(LiveTrouble):
    """The folder is not there, or may not be opened."""


class CommandRefused(LiveTrouble):
    """The server answered NO or BAD to something that it should have done."""

    retry = True


# RFC 5530: codes by which a server says that it is not the password.
_LATER = re.compile(r"\[(?:UNAVAILABLE|LIMIT|INUSE|SERVERBUG|OVERQUOTA)\b", re.IGNORECASE)
_LATER_WORDS = re.compile(
    r"too many|temporar|try again|unavailable|rate.?limit|connection limit|internal (?:server )?error|system problem",
    re.IGNORECASE,
)
_WRONG = re.compile(r"\[(?:AUTHENTICATIONFAILED|AUTHORIZATIONFAILED|EXPIRED|CONTACTADMIN)\b", re.IGNORECASE)


@contextmanager
def speaking(host: str) -> Iterator[None]:
    """Turn whatever the library and the system raise into one of ours."""
    try:
        yield
    except LoginError as error:
        raise refused_login(host, str(error)) from error
    except (IMAPClientAbortError, TimeoutError, OSError, EOFError) as error:
        message = f"{host} ended the connection or fell silent ({_short(error)}); Amends tries again by itself."
        raise Dropped(message) from error
    except ProtocolError as error:  # its text may hold what a message says
        message = f"{host} answered in a way that is no IMAP; Amends tries again by itself."
        raise Dropped(message) from error
    except IMAPClientError as error:
        message = f"{host} refused a command: {_short(error)}."
        raise CommandRefused(message) from error
    except (ValueError, IndexError, KeyError, AssertionError) as error:  # what the library makes of broken answers
        message = f"{host} answered in a way that is no IMAP; Amends tries again by itself."
        raise Dropped(message) from error


def refused_login(host: str, said: str, *, token: bool = False) -> LiveTrouble:
    """A refusal for good, or for now: RFC 5530's codes, and the words of servers that know none."""
    if not _WRONG.search(said) and (_LATER.search(said) or _LATER_WORDS.search(said)):
        return ServerBusy(f"{host} does not let anybody in just now ({_said(said)}); Amends tries again by itself.")
    if token:
        return PasswordRefused(
            f"{host} does not take the provider's permission ({_said(said)}): give it again on the mailbox's page."
        )
    return PasswordRefused(
        f"{host} refused the user name or the password ({_said(said)}): check both, "
        "and use an app password where the provider asks for one."
    )


def hung_up(host: str, port: int) -> LiveTrouble:
    """It took the connection and ended it at once, by a word of TLS, by a reset or in silence."""
    return NobodyAnswers(f"{host} ended the connection on port {port} before it said anything; Amends tries again.")


def cannot_connect(host: str, port: int, error: OSError) -> LiveTrouble:
    """Why no connection came about."""
    if isinstance(error, ssl.SSLCertVerificationError):
        why = (error.verify_message or "it cannot be checked").rstrip(".")
        return CertificateRefused(
            f"The certificate of {host} is not to be trusted ({why}): check the name of the server, "
            "or give Amends your own authority in AMENDS_MAIL_CA_FILE."
        )
    if isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError | ConnectionResetError | BrokenPipeError):
        return hung_up(host, port)
    if isinstance(error, ssl.SSLError):
        return NoTls(
            f"{host} does not speak TLS on port {port}: choose STARTTLS (usually port 143), "
            "or another port (usually 993)."
        )
    if isinstance(error, socket.gaierror):
        return NoSuchHost(f"There is no server called {host}: check its name.")
    if isinstance(error, TimeoutError):
        return NobodyAnswers(f"{host} does not answer on port {port}: check the name and the port.")
    return NobodyAnswers(
        f"{host} refused the connection on port {port} ({_short(error)}): check the name and the port."
    )


def _short(error: BaseException) -> str:
    """The first words of an error, without any of what it was unexpected about: that may be part of a message."""
    text = " ".join(str(error).partition("unexpected response")[0].split()) or type(error).__name__
    return text[:120].rstrip(".: ")


def _said(text: str) -> str:
    """The server's own words on a login, without what the library put around them."""
    bare = re.sub(r"^(?:login|authenticate) failed: |^b'|'$", "", " ".join(text.split()), flags=re.IGNORECASE)
    return "".join(each for each in bare if each.isprintable())[:120].rstrip(". ") or "without a reason"
