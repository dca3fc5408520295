"""Sending one signed body over the network, to nobody whom it may not reach, and never for long.

The name is resolved here, every address it stands for is looked at, and the connection goes to the very address that
was looked at: a name that means something else a moment later (DNS rebinding) gains nothing. Redirects are not
followed, proxies of the environment are not used, and of the answer only the status matters.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Self

import httpx

from amends import __version__
from amends.webhooks.rules import is_public

PATIENCE = 15.0  # seconds from the first byte sent to the status received
_STEP = httpx.Timeout(10.0, connect=5.0)
_MOST = 65_536  # bytes of an answer that are read
_NOT_THERE = "The name of this address is not known: look at its spelling."
_PRIVATE = "This name stands for an address that is not on the open internet; nothing was sent there."

Resolve = Callable[[str, int], list[str]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it: the status where there was an answer, and a sentence where it was no success."""

    status: int | None
    problem: str = ""

    @property
    def arrived(self) -> bool:
        return self.status is not None and 200 <= self.status < 300

    @property
    def gone(self) -> bool:
        """The receiver says that it wants nothing more."""
        return self.status == 410


class Refused(httpx.ConnectError):
    """The connection was not made, on purpose."""


def resolve(host: str, port: int) -> list[str]:
    """All addresses that a name stands for, in the system's order."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(one[4][0]) for one in found))


class Guarded(httpx.HTTPTransport):
    """Connects only to addresses that were looked at; the name stays in the Host header and in the certificate."""

    def __init__(self, *, private: bool, resolve: Resolve = resolve) -> None:
        super().__init__(trust_env=False, retries=0)
        self._private, self._resolve = private, resolve

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        host = request.url.host
        for place, address in enumerate(addresses := self._addresses(request)):
            pinned = httpx.Request(
                request.method, request.url.copy_with(host=address), headers=request.headers, stream=request.stream,
                extensions={**request.extensions, "sni_hostname": host},
            )  # fmt: skip
            try:
                return super().handle_request(pinned)
            except (httpx.ConnectError, httpx.ConnectTimeout):
                if place == len(addresses) - 1:
                    raise
        raise Refused(_NOT_THERE, request=request)

    def _addresses(self, request: httpx.Request) -> list[str]:
        url = request.url
        try:
            found = self._resolve(url.host, url.port or {"https": 443, "http": 80}[url.scheme])
        except (OSError, UnicodeError) as error:
            raise Refused(_NOT_THERE, request=request) from error
        if not self._private and not all(map(is_public, found)):
            raise Refused(_PRIVATE, request=request)
        return found


class _Watch:
    """Cuts the connection when patience is at its end, however slowly the other side keeps talking."""

    def __init__(self, patience: float) -> None:
        self.over = False
        self._sockets: list[socket.socket] = []
        self._timer = threading.Timer(patience, self._cut)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._timer.cancel()

    def hear(self, event: str, info: Mapping[str, Any]) -> None:
        """httpcore says what it is doing; every stream that it opens is remembered."""
        if event in {"connection.connect_tcp.complete", "connection.start_tls.complete"}:
            self._sockets.append(info["return_value"].get_extra_info("socket"))
            if self.over:
                self._cut()

    def _cut(self) -> None:
        self.over = True
        for one in self._sockets:
            try:
                one.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue  # closed already, or wrapped by TLS: the wrapper is in the list too


def client(*, private: bool, resolve: Resolve = resolve) -> httpx.Client:
    """What `send` sends with; close it at the end."""
    transport = Guarded(private=private, resolve=resolve)
    return httpx.Client(transport=transport, timeout=_STEP, follow_redirects=False, trust_env=False)


def send(
    client: httpx.Client, url: str, body: bytes, *, headers: Mapping[str, str], patience: float = PATIENCE
) -> Outcome:
    """Post a body; never raises for what the other side does."""
    named = {
        "Content-Type": "application/json", "User-Agent": f"Amends-Webhooks/{__version__}", "Accept": "*/*",
        "Accept-Encoding": "identity", "Connection": "close", **headers,
    }  # fmt: skip
    slow = f"There was no answer within {patience:.0f} seconds."
    end = time.monotonic() + patience
    with _Watch(patience) as watch:
        try:
            request = client.build_request("POST", url, content=body, headers=named, extensions={"trace": watch.hear})
            answer = client.send(request, stream=True)
            try:
                return _outcome(answer, end)
            finally:
                answer.close()
        except Refused as refused:
            return Outcome(None, str(refused))
        except httpx.TimeoutException:
            return Outcome(None, slow)
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
            return Outcome(None, slow if watch.over else _said(error))


def _outcome(answer: httpx.Response, end: float) -> Outcome:
    """The status decides; of a success a little is read, so that the other side can finish its sentence."""
    status = answer.status_code
    if 200 <= status < 300:
        read = 0
        try:
            for chunk in answer.iter_raw(8192):
                read += len(chunk)
                if read > _MOST or time.monotonic() > end:
                    break
        except httpx.HTTPError:
            pass  # what was said was heard
        return Outcome(status)
    if 300 <= status < 400:
        return Outcome(status, "It was sent on to another address, which is not followed: write the final address.")
    if status == 410:
        return Outcome(status, "The receiver answered that it is gone (410) and wants nothing more.")
    return Outcome(status, f"The receiver answered {status}.")


def _said(error: Exception) -> str:
    """What went wrong, without the words of a library where they do not help."""
    text = str(error)
    if "CERTIFICATE_VERIFY_FAILED" in text:
        return "The certificate of this address does not hold: renew it, or look at the name."
    if isinstance(error, httpx.ConnectError):
        return "Nobody answers at this address."
    return "The connection broke before there was an answer."
