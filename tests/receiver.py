"""A real receiver of webhooks on loopback, which remembers what came and answers as it is told."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Letter:
    """One request that came."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def said(self) -> dict[str, Any]:
        """The body, read."""
        found: dict[str, Any] = json.loads(self.body)
        return found

    def signed_by(self, secret: str) -> bool:
        """Whether one of its signatures is of this secret, worked out as the how-to says."""
        key = base64.b64decode(secret.removeprefix("whsec_"))
        signed = f"{self.headers['webhook-id']}.{self.headers['webhook-timestamp']}.".encode() + self.body
        right = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        given = [one.removeprefix("v1,") for one in self.headers["webhook-signature"].split()]
        return any(hmac.compare_digest(right, one) for one in given)


@dataclass
class Receiver:
    """Answers with the statuses of `plan`, one after another, then with 204. `hold` keeps every answer back."""

    plan: list[int] = field(default_factory=list)
    letters: list[Letter] = field(default_factory=list)
    drip: bool = False
    location: str = ""
    over: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                names = {name.lower(): value for name, value in self.headers.items()}
                receiver.letters.append(Letter(self.path, names, body))
                if receiver.drip:
                    self._drip()
                    return
                status = receiver.plan.pop(0) if receiver.plan else 204
                self.send_response(status)
                if receiver.location:
                    self.send_header("Location", receiver.location)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def _drip(self) -> None:
                """A header that never ends, a letter at a time."""
                try:
                    self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
                    while not receiver.over.wait(0.02):
                        self.wfile.write(b"x")
                except OSError:
                    return

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (its name)
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def port(self) -> int:
        return int(self.server.server_address[1])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    def close(self) -> None:
        """Let everybody go home."""
        self.over.set()
        self.server.shutdown()
        self.server.server_close()

    @property
    def kinds(self) -> list[str]:
        """What was told, in order."""
        return [one.said["type"] for one in self.letters]
