"""The dialogue with a mail server (RFC 5321), which always ends in one of three certainties. Pure: no Django.

- `Answers`: the server took the message for some recipients, or refused every one of them.
- `NotTaken`: it certainly took nothing. Up to the final dot a server must not deliver (RFC 5321, 4.1.1.4), so any
  trouble before that dot is of this kind.
- `MaybeTaken`: the dot was on its way and no answer came. Nobody can know; only a person may send it again.
"""

from __future__ import annotations

import base64
import re
import smtplib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from amends.core.errors import AmendsError

_SAID = 200  # characters of a server's answer that are kept
_CHUNK = 64 * 1024
_DOTS = re.compile(rb"^\.", re.MULTILINE)
_NAT64 = ip_network("64:ff9b::/96")
_METADATA = frozenset(map(ip_address, ("100.100.100.200", "168.63.129.16", "fd00:ec2::254")))  # of clouds
TOO_LARGE = frozenset({523, 552})


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait, in seconds (RFC 5321, 4.5.3.2, shortened: people look on)."""

    connect: float = 20
    command: float = 60
    dot: float = 300  # the server may scan and store before it answers
    whole: float = 600  # for all of it, whatever a server drips


@dataclass(frozen=True, slots=True)
class Server:
    """Where to hand mail in. `security` is "tls", "starttls" or "plain"."""

    host: str
    port: int
    security: str
    user: str = ""
    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)  # OAuth 2.0, in place of a password


@dataclass(frozen=True, slots=True)
class Envelope:
    """Who sends what to whom; `data` has CRLF line ends and ends in one."""

    sender: str
    recipients: Sequence[str]
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Answers:
    """What the server said of each recipient: taken, refused for good, or not now (each with its words)."""

    accepted: tuple[str, ...]
    refused: dict[str, str]
    deferred: dict[str, str]


class NotTaken(AmendsError):
    """The server certainly took nothing. `account`: nothing can leave through it before somebody mends that."""

    def __init__(self, message: str, *, retry: bool, account: bool = False) -> None:
        super().__init__(message)
        self.retry = retry
        self.account = account


class MaybeTaken(AmendsError):
    """The message was handed over and nobody answered: it may have been sent."""


class Withdrawn(AmendsError):
    """Whoever wanted it sent says, before the text was handed over, that it is not theirs any more."""


def hand_in(
    server: Server, envelope: Envelope, *, go_ahead: Callable[[], bool], patience: Patience | None = None
) -> Answers:
    """Give one message to a server.

    `go_ahead` is asked once the server is ready for the text, and before any of it is sent. Raises `NotTaken`,
    `MaybeTaken` or, where `go_ahead` says no, `Withdrawn`.
    """
    patience = patience or Patience()
    link = _Link(server, patience)
    try:
        with _ends_in_time(link, patience.whole):
            _before_the_text(link, server)
            return _message(link, server, envelope, go_ahead, patience)
    finally:
        link.close()


def refuse_address(host: str, addresses: Sequence[IPv4Address | IPv6Address], *, plain: bool) -> str:
    """Why no mail server may be looked for at these addresses, as a sentence; "" where it may.

    Private networks are allowed: that is where many firms' mail servers are. Link-local addresses are not: no mail
    server is there, but a cloud's credentials may be.
    """
    for one in addresses:
        mapped = one.ipv4_mapped if isinstance(one, IPv6Address) else None
        if isinstance(one, IPv6Address) and one in _NAT64:
            mapped = IPv4Address(int(one) & 0xFFFFFFFF)
        bare = mapped or one
        if bare.is_link_local or bare.is_multicast or bare.is_unspecified or bare in _METADATA or _reserved(bare):
            return f"{host} leads to {one}, where no mail server can be: enter the name of your provider's server."
    if plain and not all((getattr(one, "ipv4_mapped", None) or one).is_loopback for one in addresses):
        return f"{host} is another machine: without TLS the password and the mail could be read on the way. Choose TLS."
    return ""


def _reserved(one: IPv4Address | IPv6Address) -> bool:
    return isinstance(one, IPv4Address) and (one.is_reserved or one in ip_network("0.0.0.0/8"))


class _Link(smtplib.SMTP):
    """One connection, to an address that was looked at before (the name is not asked for twice)."""

    def __init__(self, server: Server, patience: Patience) -> None:
        super().__init__(local_hostname=_own_name(), timeout=patience.command)
        self._host = server.host  # what the certificate must be for
        self._server, self._patience = server, patience

    def begin(self) -> tuple[int, bytes]:
        """Connect; the server's greeting."""
        return self.connect(self._server.host, self._server.port)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        found = _look_up(self._server)
        trouble: OSError = TimeoutError()
        for family, kind, protocol, _, address in found:
            sock = socket.socket(family, kind, protocol)
            try:
                sock.settimeout(self._patience.connect)
                sock.connect(address)
                if self._server.security == "tls":
                    sock = ssl.create_default_context().wrap_socket(sock, server_hostname=host)
                sock.settimeout(timeout)
            except OSError as error:
                sock.close()
                trouble = error
            else:
                return sock
        raise trouble

    def cut(self) -> None:
        """End whatever waits on this connection, from another thread."""
        sock = self.sock
        if sock is not None:
            with suppress(OSError):
                socket.socket.shutdown(sock, socket.SHUT_RDWR)  # past TLS, which belongs to the waiting thread


def _look_up(server: Server) -> list[tuple[int, int, int, str, tuple[str, int] | tuple[str, int, int, int]]]:
    try:
        found = socket.getaddrinfo(server.host, server.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        message = f"There is no server of the name {server.host}: check how it is spelt."
        raise NotTaken(message, retry=True, account=True) from error
    addresses = [ip_address(str(one[4][0]).partition("%")[0]) for one in found]
    why = refuse_address(server.host, addresses, plain=server.security == "plain")
    if why:
        raise NotTaken(why, retry=False, account=True)
    return found  # type: ignore[return-value]


def _own_name() -> str:
    """What we call ourselves in EHLO; asking the network for it could take long."""
    name = socket.gethostname()
    return name if "." in name and name.isascii() else "[127.0.0.1]"


@contextmanager
def _ends_in_time(link: _Link, seconds: float) -> Iterator[None]:
    timer = threading.Timer(seconds, link.cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _before_the_text(link: _Link, server: Server) -> None:
    """Greeting, TLS, signing in. Whatever fails here is a matter of the account."""
    where = f"{server.host}, port {server.port}"
    try:
        code, said = link.begin()
        if code != 220:
            raise _account(f"{where} does not greet as a mail server does{_words(code, said)}", retry=code < 500)
        link.ehlo_or_helo_if_needed()
        if server.security == "starttls":
            if not link.has_extn("starttls"):
                raise _account(f"{where} does not offer STARTTLS: choose TLS from the start, usually on port 465.")
            link.starttls(context=ssl.create_default_context())
            link.ehlo_or_helo_if_needed()
        if server.user:
            _sign_in(link, server)
    except smtplib.SMTPHeloError as error:
        raise _account(
            f"{where} did not accept our greeting{_words(error.smtp_code, error.smtp_error)}", retry=True
        ) from error
    except smtplib.SMTPResponseException as error:
        raise _account(f"{where} refused{_words(error.smtp_code, error.smtp_error)}", retry=True) from error
    except (smtplib.SMTPException, OSError, ValueError) as error:
        raise _account(_connecting(server, error), retry=True) from error


def _account(message: str, *, retry: bool = False) -> NotTaken:
    return NotTaken(message, retry=retry, account=True)


def _connecting(server: Server, error: Exception) -> str:
    """Why no connection came about."""
    where = f"{server.host}, port {server.port}"
    if isinstance(error, ssl.SSLCertVerificationError):
        return (
            f"The certificate of {server.host} is not to be trusted ({error.verify_message}): "
            "use the name that it was made for, or let this machine trust whoever made it."
        )
    if isinstance(error, ssl.SSLError):
        return f"{where} does not speak TLS in this way: try the other kind of TLS, or the other port."
    if isinstance(error, ConnectionRefusedError):
        return f"Nothing listens at {where}: check the port."
    if isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError):
        return f"{where} does not answer: check the port and the kind of TLS."
    if isinstance(error, smtplib.SMTPServerDisconnected):
        return f"{where} hung up: check the port and the kind of TLS."
    return f"{where} cannot be reached: check the name and the network."


def _sign_in(link: _Link, server: Server) -> None:
    """With a token where there is one; else PLAIN in UTF-8 (RFC 4616) where offered, or what the library knows."""
    offered = link.esmtp_features.get("auth", "").upper().split()
    if not offered:
        raise _account(f"{server.host} offers no signing in: leave user and password empty, or choose another port.")
    if server.token:
        _with_token(link, server, offered)
        return
    try:
        if "PLAIN" in offered:
            told = base64.b64encode(f"\0{server.user}\0{server.password}".encode()).decode("ascii")
            code, said = link.docmd("AUTH", f"PLAIN {told}")
            if code not in {235, 503}:
                raise smtplib.SMTPAuthenticationError(code, said)
        else:
            link.login(server.user, server.password)
    except smtplib.SMTPAuthenticationError as error:
        if 400 <= error.smtp_code < 500:
            message = f"{server.host} cannot check the password now{_words(error.smtp_code, error.smtp_error)}"
            raise _account(message, retry=True) from error
        hint = "enter them anew; some providers want an app password here"
        message = f"{server.host} refused the user or the password: {hint}{_words(error.smtp_code, error.smtp_error)}"
        raise _account(message) from error
    except (smtplib.SMTPNotSupportedError, UnicodeEncodeError) as error:
        raise _account(f"{server.host} offers no way of signing in that Amends knows.") from error


def _with_token(link: _Link, server: Server, offered: Sequence[str]) -> None:
    """XOAUTH2 (Google, Microsoft) or OAUTHBEARER (RFC 7628). A refusal comes as a challenge, to be answered."""
    bearer = f"\1auth=Bearer {server.token}\1\1"
    if "XOAUTH2" in offered:
        way, told, end = "XOAUTH2", f"user={server.user}{bearer}", ""
    elif "OAUTHBEARER" in offered:
        way, told, end = "OAUTHBEARER", f"n,a={server.user},{bearer}", "AQ=="
    else:
        raise _account(f"{server.host} takes no permission in place of a password: enter a password, or another port.")
    code, said = link.docmd("AUTH", f"{way} {base64.b64encode(told.encode()).decode('ascii')}")
    if code == 334:
        code, said = link.docmd(end)
    if code in {235, 503}:
        return
    if 400 <= code < 500:
        raise _account(f"{server.host} cannot check the permission now{_words(code, said)}", retry=True)
    hint = "give it again on the mailbox's page, and see that it includes sending"
    raise _account(f"{server.host} refused the permission of {server.user}: {hint}{_words(code, said)}")


def _message(
    link: _Link, server: Server, envelope: Envelope, go_ahead: Callable[[], bool], patience: Patience
) -> Answers:
    try:
        _mail_from(link, server, envelope)
        accepted, refused, deferred = _recipients(link, server, envelope)
        if not accepted:
            _goodbye(link)
            return Answers((), refused, deferred)
        if not go_ahead():
            _goodbye(link)
            raise Withdrawn("It is not ours to send any more.")
        code, said = link.docmd("DATA")
        if code != 354:
            raise _refused(server, code, said)
        text = envelope.data if envelope.data.endswith(b"\r\n") else envelope.data + b"\r\n"
        text = _DOTS.sub(b"..", text)
        for at in range(0, len(text), _CHUNK):
            link.send(text[at : at + _CHUNK])
    except (smtplib.SMTPException, OSError) as error:
        message = f"The connection to {server.host} broke before it took the message; it is tried again."
        raise NotTaken(message, retry=True) from error
    code, said = _dot(link, server, patience)
    if not 200 <= code < 300:
        raise _refused(server, code, said)
    _goodbye(link)
    return Answers(tuple(accepted), refused, deferred)


def _dot(link: _Link, server: Server, patience: Patience) -> tuple[int, bytes]:
    """Hand it over. From here on only an answer makes certain."""
    try:
        if link.sock is not None:
            link.sock.settimeout(patience.dot)
        link.send(b".\r\n")
        code, said = link.getreply()
    except (smtplib.SMTPException, OSError) as error:
        message = f"{server.host} got the whole message, then the connection broke before it answered."
        raise MaybeTaken(message) from error
    if not 200 <= code < 600:
        raise MaybeTaken(f"{server.host} got the whole message, and answered what is no answer.")
    return code, said


def _mail_from(link: _Link, server: Server, envelope: Envelope) -> None:
    options = []
    if link.has_extn("size"):
        limit = link.esmtp_features.get("size", "")
        if limit.isdigit() and 0 < int(limit) < len(envelope.data):
            size, most = len(envelope.data) / 1e6, int(limit) / 1e6
            raise NotTaken(f"{server.host} takes {most:.1f} MB at most, and this is {size:.1f} MB.", retry=False)
        options.append(f"size={len(envelope.data)}")
    code, said = link.mail(envelope.sender, options)
    if 200 <= code < 300:
        return
    if 400 <= code < 500 or code < 0 or code in TOO_LARGE:
        raise _refused(server, code, said)
    hint = "enter a user and a password" if code == 530 else "enter an address that may be used there"
    raise _account(f"{server.host} does not take mail from {envelope.sender}: {hint}{_words(code, said)}")


def _recipients(link: _Link, server: Server, envelope: Envelope) -> tuple[list[str], dict[str, str], dict[str, str]]:
    accepted: list[str] = []
    refused: dict[str, str] = {}
    deferred: dict[str, str] = {}
    for email in envelope.recipients:
        code, said = link.rcpt(email)
        if 200 <= code < 300:
            accepted.append(email)
        elif code == 421 or not 400 <= code < 600:
            raise _refused(server, code, said)
        else:
            (deferred if code < 500 else refused)[email] = _clean(code, said)
    return accepted, refused, deferred


def _refused(server: Server, code: int, said: bytes) -> NotTaken:
    """The server said no to the message as a whole, for now (4xx, or something that is no answer) or for good."""
    for_good = 500 <= code < 600
    if for_good and code in TOO_LARGE:
        return NotTaken(f"{server.host} finds the message too large{_words(code, said)}", retry=False)
    when = "refused the message" if for_good else "does not take the message now; it is tried again"
    return NotTaken(f"{server.host} {when}{_words(code, said)}", retry=not for_good)


def _goodbye(link: _Link) -> None:
    """All is said; whether the server says goodbye changes nothing."""
    with suppress(smtplib.SMTPException, OSError):
        if link.sock is not None:
            link.sock.settimeout(5)
        link.quit()


def _clean(code: int, said: bytes) -> str:
    """A server's answer as one printable line."""
    text = " ".join(said.decode("utf-8", "replace").split())
    return f"{code} {''.join(one for one in text if one.isprintable())}"[:_SAID].strip()


def _words(code: int, said: bytes | str) -> str:
    """ " (it said: 550 no such user)."; nothing of what is no answer of a mail server: it may be another's secret."""
    if not 200 <= code < 600:
        return "."
    return f" (it said: {_clean(code, said if isinstance(said, bytes) else said.encode())})."
