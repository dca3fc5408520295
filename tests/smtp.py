"""Mail servers on loopback for tests: one that behaves (aiosmtpd), and one that hangs up or falls silent when told."""

from __future__ import annotations

import asyncio
import base64
import random
import socket
import ssl
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from pathlib import Path
from typing import Any, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

USER, PASSWORD = "ada", "correct horse é"


@dataclass
class Sink:
    """Keeps what it takes. `answers` maps a recipient, "MAIL" or "DOT" to the answer that it gets instead.

    `slow`: at most so many seconds pass before and after each step, at random, so that a kill meets every one of them.
    """

    answers: dict[str, str] = field(default_factory=dict)
    taken: list[Envelope] = field(default_factory=list)
    port: int = 0
    slow: float = 0
    begun: int = 0  # messages that somebody began to hand in
    vouches: Callable[[str], str] | None = None  # whose an access token is, "" for nobody's

    async def auth_XOAUTH2(self, server: SMTP, args: list[str]) -> AuthResult:  # noqa: N802
        """As Google and Microsoft do it: a refusal is a challenge first."""
        user, told, *_ = base64.b64decode(args[1]).decode().split("\1")
        whose = self.vouches(told.removeprefix("auth=Bearer ")) if self.vouches else ""
        if whose and user == f"user={whose}":
            return AuthResult(success=True, auth_data=whose)
        await server.challenge_auth(b'{"status":"400"}', encode_to_b64=True)
        return AuthResult(success=False, handled=False)

    async def _pause(self) -> None:
        if self.slow:
            await asyncio.sleep(self.slow * random.random())  # noqa: S311

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.begun += 1
        await self._pause()
        if "MAIL" in self.answers:
            return self.answers["MAIL"]
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        await self._pause()
        if address in self.answers:
            return self.answers[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if "DOT" in self.answers:
            return self.answers["DOT"]
        await self._pause()
        self.taken.append(envelope)
        await self._pause()
        return "250 OK"

    @property
    def recipients(self) -> list[list[str]]:
        """Whom each message that was taken is for."""
        return [list(one.rcpt_tos) for one in self.taken]

    def raw(self, number: int = 0) -> bytes:
        """The bytes of one message that was taken."""
        content = self.taken[number].content
        assert isinstance(content, bytes)
        return content

    def arrivals(self) -> Counter[tuple[str, str]]:
        """How often each (Message-ID, recipient) was taken."""
        found: Counter[tuple[str, str]] = Counter()
        for one in self.taken:
            assert isinstance(one.content, bytes)
            name = str(message_from_bytes(one.content)["Message-ID"])
            found.update((name, email) for email in one.rcpt_tos)
        return found


class _Authenticator:
    def __call__(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
        right = isinstance(data, LoginPassword) and data == LoginPassword(USER.encode(), PASSWORD.encode())
        return AuthResult(success=right, handled=right)


class _Implicit(Controller):
    """TLS from the first byte: the controller's own trial connection must speak it too."""

    def _trigger_server(self) -> None:
        with suppress(OSError), socket.create_connection((self.hostname, self.port), timeout=2):
            pass


@contextmanager
def sink(**options: Any) -> Iterator[Sink]:
    """A server that takes mail on a free port of loopback; `options` are those of aiosmtpd's SMTP or Controller."""
    handler = Sink()
    controller = (_Implicit if "ssl_context" in options else Controller)(
        handler, hostname="127.0.0.1", port=free_port(), **options
    )
    controller.start()
    handler.port = controller.port
    try:
        yield handler
    finally:
        controller.stop()


def with_sign_in(**more: Any) -> dict[str, Any]:
    """Options of a server that wants a user and a password."""
    return {"authenticator": _Authenticator(), "auth_required": True, **more}


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def certificate(folder: Path) -> tuple[Path, ssl.SSLContext]:
    """A self-made certificate for localhost: its file, to be trusted, and the server's side of it."""
    cert, private = folder / "cert.pem", folder / "key.pem"
    key = ec.generate_private_key(ec.SECP256R1())
    name, today = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")]), datetime.now(UTC)
    made = x509.CertificateBuilder(issuer_name=name, subject_name=name, public_key=key.public_key())
    made = made.serial_number(1).not_valid_before(today - timedelta(days=1)).not_valid_after(today + timedelta(days=1))
    made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
    cert.write_bytes(made.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM))
    private.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, private)
    return cert, context


class Moody:
    """A server that speaks well until `moment`, and then hangs up ("cut"), says nothing ("stall") or `says` something.

    Moments: greeting, ehlo, mail, rcpt, data, text (in the middle of it), dot. `whole` counts messages that it got to
    the final dot.
    """

    def __init__(self, moment: str, mood: str) -> None:
        self.moment, self.mood = moment, mood
        self.whole = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        with suppress(OSError):
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()  # wakes the one who waits
        self._thread.join(10)
        self._listener.close()

    def _serve(self) -> None:
        while not self._over.is_set():
            link, _ = self._listener.accept()
            with link, suppress(OSError), link.makefile("rb") as lines:
                self._talk(link, lines)

    def _moody(self, link: socket.socket, moment: str) -> bool:
        """Do at this moment what one is told to; whether the talk is over."""
        if moment != self.moment:
            return False
        if self.mood == "stall":
            self._over.wait()
        elif self.mood != "cut":
            link.sendall(self.mood.encode() + b"\r\n")
            return False
        return True

    def _answer(self, link: socket.socket, moment: str, usual: str) -> bool:
        if self._moody(link, moment):
            return False
        if moment != self.moment:
            link.sendall(usual.encode() + b"\r\n")
        return True

    def _talk(self, link: socket.socket, lines: Any) -> None:
        if not self._answer(link, "greeting", "220 moody.example"):
            return
        usual = {
            "EHLO": "250 moody.example",
            "MAIL": "250 OK",
            "RCPT": "250 OK",
            "DATA": "354 Go on",
            "QUIT": "221 Bye",
        }
        while line := lines.readline():
            verb = line[:4].decode("latin-1").upper()
            if not self._answer(link, verb.lower(), usual.get(verb, "250 OK")):
                return
            if verb == "DATA" and self.moment != "data" and not self._text(link, lines):
                return
            if verb == "QUIT":
                return

    def _text(self, link: socket.socket, lines: Any) -> bool:
        if self.moment == "text":
            lines.readline()
            return not self._moody(link, "text")
        while (line := lines.readline()) != b".\r\n":
            if not line:
                return False
        self.whole += 1
        return self._answer(link, "dot", "250 Taken")
