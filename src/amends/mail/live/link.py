"""One connection to a mail server: it can look and fetch, and has no way to change anything."""

from __future__ import annotations

import imaplib
import ssl
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from socket import socket
from types import TracebackType
from typing import Any, NamedTuple, Self

from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError, LoginError

from amends import __version__
from amends.mail.live import hosts
from amends.mail.live.folders import guessed_role, role_of
from amends.mail.live.troubles import (
    CommandRefused,
    Dropped,
    LiveTrouble,
    NoSuchFolder,
    NotImap,
    NoTls,
    cannot_connect,
    hung_up,
    refused_login,
    speaking,
)

CONNECT_SECONDS = 15.0
READ_SECONDS = 60.0  # of silence; a slow answer may take as long as it likes
PIECE = 1024 * 1024  # bytes of a large message in one command
_LINE = 32 * 1024 * 1024  # the list of all UIDs of a large folder is one line; the library allows a megabyte


@dataclass(frozen=True, slots=True)
class Connector:
    """Where a server is and how to sign in. `token` stands in the place of a password where OAuth 2.0 is used."""

    host: str
    port: int
    security: str  # tls, starttls, none
    username: str
    password: str = ""
    token: str = ""
    ca_file: str = ""
    private: bool = True  # whether the server may be in a network of one's own


class Listed(NamedTuple):
    """A folder of the server and what it is for."""

    name: str
    role: str


class Examined(NamedTuple):
    """What a folder is at now; `uidnext` is 0 where the server does not say."""

    uidvalidity: int
    uidnext: int
    messages: int


class _Plain(imaplib.IMAP4):
    """Connects to an address that was checked, and to no other."""

    local_only = True

    def __init__(self, host: str, port: int, timeout: float, *, private: bool) -> None:
        self._private = private
        super().__init__(host, port, timeout)

    def _create_socket(self, timeout: float | None = None) -> socket:
        return hosts.connect(
            self.host, int(self.port), timeout=timeout or CONNECT_SECONDS, local_only=self.local_only,
            private=self._private,
        )  # fmt: skip


class _Starting(_Plain):
    local_only = False  # nothing is said before STARTTLS


class _Tls(_Plain):
    local_only = False

    def __init__(self, host: str, port: int, timeout: float, *, private: bool, context: ssl.SSLContext) -> None:
        self._context = context
        super().__init__(host, port, timeout, private=private)

    def _create_socket(self, timeout: float | None = None) -> socket:
        bare = super()._create_socket(timeout)
        try:
            return self._context.wrap_socket(bare, server_hostname=self.host)
        except OSError as error:
            bare.close()
            raise cannot_connect(self.host, int(self.port), error) from error


class _Client(IMAPClient):  # type: ignore[misc]
    """The library's client over our own connections."""

    def __init__(self, connector: Connector, context: ssl.SSLContext) -> None:
        self._connector = connector
        super().__init__(
            connector.host, connector.port, ssl=connector.security == "tls", ssl_context=context,
            timeout=SocketTimeout(CONNECT_SECONDS, READ_SECONDS),
        )  # fmt: skip

    def _create_IMAP4(self) -> imaplib.IMAP4:  # noqa: N802 (the library's name)
        where = self._connector
        if where.security == "tls":
            return _Tls(where.host, where.port, CONNECT_SECONDS, private=where.private, context=self.ssl_context)
        kind = _Starting if where.security == "starttls" else _Plain
        return kind(where.host, where.port, CONNECT_SECONDS, private=where.private)


def open_link(connector: Connector) -> Link:
    """Connect and sign in; raises one of the `LiveTrouble`s."""
    imaplib._MAXLINE = _LINE  # type: ignore[attr-defined]  # noqa: SLF001 (there is no other way to say it)
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if connector.ca_file:
        context.load_verify_locations(connector.ca_file)
    client = _connected(connector, context)
    try:
        _sign_in(client, connector)
        if client.has_capability("ID"):
            with suppress(IMAPClientError):
                client.id_({"name": "Amends", "version": __version__})
    except BaseException:
        with suppress(Exception):
            client.shutdown()
        raise
    return Link(client, connector.host)


def _connected(where: Connector, context: ssl.SSLContext) -> _Client:
    """Greeted by the server, and under TLS unless it is on this machine."""
    try:
        client = _Client(where, context)
    except LiveTrouble:
        raise
    except TimeoutError as error:
        message = f"{where.host} says nothing on port {where.port} before TLS: choose TLS, or port 143 for STARTTLS."
        raise NoTls(message) from error
    except (IMAPClientAbortError, EOFError, OSError) as error:  # it restarts, or is full: the port may well be right
        raise hung_up(where.host, where.port) from error
    except (IMAPClientError, ValueError) as error:
        message = (
            f"What answers at {where.host}, port {where.port}, is no IMAP server that speaks so: "
            "port 993 usually goes with TLS, port 143 with STARTTLS."
        )
        raise NotImap(message) from error
    client._imap.debug = 0  # noqa: SLF001 (the library would write down every line, to be thrown away)
    if where.security == "starttls":
        try:
            client.starttls(context)
        except ssl.SSLError as error:
            raise cannot_connect(where.host, where.port, error) from error
        except (IMAPClientAbortError, EOFError, OSError) as error:
            message = f"{where.host} ended the connection while TLS began; Amends tries again by itself."
            raise Dropped(message) from error
        except IMAPClientError as error:
            message = f"{where.host} offers no STARTTLS on port {where.port}: choose TLS (usually port 993)."
            raise NoTls(message) from error
        client._cached_capabilities = None  # noqa: SLF001 (what it can do is to be asked anew under TLS)
    return client


def _sign_in(client: _Client, who: Connector) -> None:
    """By a token or a password, whatever the server offers."""
    with speaking(who.host):
        try:
            if who.token:
                _by_token(client, who)
            elif client.has_capability("AUTH=PLAIN"):
                client.plain_login(who.username, who.password)
            else:
                client.login(who.username, who.password)
        except LoginError as error:
            if isinstance(error.__cause__ or error.__context__, IMAPClientAbortError):
                message = f"{who.host} ended the connection while signing in; Amends tries again by itself."
                raise Dropped(message) from error
            raise refused_login(who.host, str(error), token=bool(who.token)) from error
        except UnicodeEncodeError as error:
            raise refused_login(who.host, "it takes ASCII only") from error


def _by_token(client: _Client, who: Connector) -> None:
    """XOAUTH2 (Google, Microsoft) or OAUTHBEARER (RFC 7628). A refusal comes as a challenge, to be answered."""
    bearer = not client.has_capability("AUTH=XOAUTH2") and client.has_capability("AUTH=OAUTHBEARER")
    if bearer:
        user = who.username.replace("=", "=3D").replace(",", "=2C")
        first, then = f"n,a={user},\x01auth=Bearer {who.token}\x01\x01", b"\x01"
    else:
        first, then = f"user={who.username}\x01auth=Bearer {who.token}\x01\x01", b""
    answers = iter((first.encode(), then))
    client.sasl_login("OAUTHBEARER" if bearer else "XOAUTH2", lambda challenge: next(answers, then))


class Link:
    """A connection that is signed in. Everything raises `Dropped` where it ends."""

    def __init__(self, client: IMAPClient, host: str) -> None:
        self._client = client
        self._host = host
        self._folder = ""
        self.idling = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def has_idle(self) -> bool:
        """Whether the server tells of new mail by itself (RFC 2177)."""
        with speaking(self._host):
            return bool(self._client.has_capability("IDLE"))

    def folders(self) -> list[Listed]:
        """Every folder that can be opened."""
        with speaking(self._host):
            rows = [(flags, _text(delimiter), str(name)) for flags, delimiter, name in self._client.list_folders()]
        roles = {name: role_of(name, flags) for flags, delimiter, name in rows}
        said = set(roles.values())
        for _, delimiter, name in rows:
            guess = guessed_role(name, delimiter)
            if roles[name] == "" and guess and guess not in said:
                roles[name] = guess
        return [Listed(name, role) for name, role in roles.items() if role is not None]

    def examine(self, name: str) -> Examined:
        """Open a folder for looking only; raises `NoSuchFolder`."""
        try:
            with speaking(self._host):
                self._folder = ""
                found = self._client.select_folder(name, readonly=True)
                self._client._imap.untagged_responses.clear()  # noqa: SLF001 (what comes from now on is news)
                self._folder = name
        except CommandRefused as error:
            message = f"{self._host} does not open the folder {name}: it was removed or renamed."
            raise NoSuchFolder(message) from error
        with speaking(self._host):
            return Examined(int(found[b"UIDVALIDITY"]), int(found.get(b"UIDNEXT", 0)), int(found.get(b"EXISTS", 0)))

    def status(self, name: str) -> Examined:
        """The same without opening it; raises `NoSuchFolder`."""
        if name == self._folder:
            return self.examine(name)  # a server need not tell the truth about an open folder
        try:
            with speaking(self._host):
                found = self._client.folder_status(name, ["UIDVALIDITY", "UIDNEXT", "MESSAGES"])
                return Examined(
                    int(found[b"UIDVALIDITY"]), int(found.get(b"UIDNEXT", 0)), int(found.get(b"MESSAGES", 0))
                )
        except CommandRefused as error:
            message = f"{self._host} does not open the folder {name}: it was removed or renamed."
            raise NoSuchFolder(message) from error

    def uids(self, *, above: int, since: date) -> list[int]:
        """UIDs of the open folder above `above` that the server received on `since` or later."""
        with speaking(self._host):
            found = self._client.search(["UID", f"{above + 1}:*", "SINCE", since])
        return [int(uid) for uid in found if int(uid) > above]  # "*" is the last one, whatever its number

    def sizes(self, uids: Sequence[int]) -> dict[int, int]:
        """Bytes by UID; those that are gone are left out."""
        try:
            rows = self._sizes(uids)
        except CommandRefused:  # some servers say NO where a message was expunged meanwhile, until they may tell so
            with speaking(self._host):
                self._client.noop()
            rows = self._sizes(uids)
        return {int(uid): int(row[b"RFC822.SIZE"]) for uid, row in rows.items() if b"RFC822.SIZE" in row}

    def _sizes(self, uids: Sequence[int]) -> dict[Any, Any]:
        with speaking(self._host):
            found: dict[Any, Any] = self._client.fetch(uids, ["RFC822.SIZE"])
            return found

    def bodies(self, uids: Sequence[int]) -> dict[int, bytes]:
        """The bytes of messages by UID, leaving their flags alone; those that are gone are left out."""
        with speaking(self._host):
            rows = self._client.fetch(uids, ["BODY.PEEK[]"])
            return {int(uid): row[b"BODY[]"] for uid, row in rows.items() if row.get(b"BODY[]") is not None}

    def body_to(self, uid: int, target: Path, *, most: int) -> int | None:
        """Write a large message to a file, piece by piece; returns its size, None where it is gone.

        It stops beyond `most` bytes: the file is longer than that then.
        """
        size = 0
        with target.open("wb") as out:
            while size <= most:
                with speaking(self._host):
                    row = self._client.fetch([uid], [f"BODY.PEEK[]<{size}.{PIECE}>"]).get(uid)
                    piece: bytes | None = next(
                        (value for key, value in (row or {}).items() if key.startswith(b"BODY[]")), None
                    )
                if piece is None:
                    return size or None
                out.write(piece)
                size += len(piece)
                if len(piece) < PIECE:
                    break
        return size

    # -- waiting ------------------------------------------------------------------------------------------------------

    def fileno(self) -> int:
        """For a selector that waits for many links at once."""
        return int(self._client.socket().fileno())

    def idle(self) -> bool:
        """Ask to be told of new mail in the open folder; returns whether something was said already."""
        with speaking(self._host):
            told = bool(self._client._imap.untagged_responses.get("EXISTS"))  # noqa: SLF001
            self._client.idle()
            self.idling = True
            return told or self._more()

    def heard(self) -> bool:
        """After the socket became readable: is there news? Never waits. Raises `Dropped` where the server said goodbye.

        Where nothing can be read the connection may have ended: that counts as news, and `stop_idling` finds it out.
        """
        with speaking(self._host):
            lines = self._client.idle_check(timeout=0)
        if any(b"BYE" in line[:2] for line in lines if isinstance(line, tuple)):
            message = f"{self._host} said goodbye; Amends comes back by itself."
            raise Dropped(message)
        return not lines or any(_is_news(line) for line in lines)

    def stop_idling(self) -> None:
        """Take up commands again."""
        if self.idling:
            self.idling = False
            with speaking(self._host):
                self._client.idle_done()

    def close(self) -> None:
        """Say goodbye, and never wait for the answer longer than a moment."""
        with suppress(Exception):
            self._client.socket().settimeout(2)
            if self.idling:
                self._client._imap.send(b"DONE\r\n")  # noqa: SLF001
            self._client._imap.send(b"ZZ LOGOUT\r\n")  # noqa: SLF001
        with suppress(Exception):
            self._client.shutdown()

    def _more(self) -> bool:
        """What came in one packet with an answer lies in the library's buffer, where no selector sees it."""
        connection = self._client.socket()
        connection.setblocking(False)
        try:
            return bool(self._client._imap.file.peek(1))  # noqa: SLF001
        except (BlockingIOError, ssl.SSLWantReadError):
            return False
        finally:
            connection.settimeout(READ_SECONDS)


def _is_news(line: Any) -> bool:
    """Whether an untagged answer tells of a message that was not there before."""
    return isinstance(line, tuple) and len(line) > 1 and line[1] in {b"EXISTS", b"RECENT"}


def _text(delimiter: bytes | str | None) -> str:
    return delimiter.decode() if isinstance(delimiter, bytes) else delimiter or ""


def chunks(sized: Sequence[tuple[int, int]], *, count: int, size: int) -> Iterator[list[int]]:
    """UIDs in lists of at most `count` and about `size` bytes, in their order."""
    part: list[int] = []
    total = 0
    for uid, length in sized:
        if part and (len(part) >= count or total + length > size):
            yield part
            part, total = [], 0
        part.append(uid)
        total += length
    if part:
        yield part
