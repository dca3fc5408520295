"""A small OAuth 2.0 provider for tests: says yes to whoever asks, checks PKCE, rotates refresh tokens, and vouches for
its access tokens to a mail server (RFC 6749, 7636, 7662)."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, urlencode, urlsplit


class Provider:
    """Listens on loopback. `refuses` makes it take back every permission; `away` makes it fail."""

    client_id, client_secret = "amends-here", "the client's secret"

    def __init__(self) -> None:
        self.codes: dict[str, dict[str, str]] = {}
        self.refresh: dict[str, str] = {}  # token: user
        self.access: dict[str, str] = {}
        self.refuses = self.away = False
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                where = urlsplit(self.path)
                asked = {name: values[0] for name, values in parse_qs(where.query).items()}
                if where.path == "/authorise":
                    self.send_response(302)
                    self.send_header("Location", provider.yes(asked))
                    self.end_headers()
                else:
                    self._say(200, provider.vouch(asked.get("token", "")))

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
                asked = {name: values[0] for name, values in parse_qs(body).items()}
                self._say(*provider.tokens(asked))

            def _say(self, status: int, found: dict[str, Any]) -> None:
                data = json.dumps(found).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (the library's name)
                return

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)

    def settings(self, *, host: str = "localhost") -> dict[str, Any]:
        """What stands in `MAIL_GRANTORS` for it."""
        return {
            "name": "Google", "authorise_url": f"{self.url}/authorise", "token_url": f"{self.url}/token",
            "scope": "mail", "host": host, "smtp": "127.0.0.1", "client_id": self.client_id,
            "client_secret": self.client_secret,
        }  # fmt: skip

    def yes(self, asked: dict[str, str]) -> str:
        """The person agrees: where the browser is sent back to."""
        code = secrets.token_hex(8)
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def tokens(self, asked: dict[str, str]) -> tuple[int, dict[str, Any]]:
        """The answer of the token endpoint."""
        if self.away:
            return 503, {}
        if (asked.get("client_id"), asked.get("client_secret")) != (self.client_id, self.client_secret):
            return 401, {"error": "invalid_client"}
        user = self._user(asked)
        if self.refuses or user is None:
            return 400, {"error": "invalid_grant"}
        refresh, access = f"refresh-{secrets.token_hex(8)}", f"access{secrets.token_hex(8)}"
        self.refresh[refresh], self.access[access] = user, user
        return 200, {"access_token": access, "refresh_token": refresh, "expires_in": 3600, "token_type": "Bearer"}

    def vouch(self, token: str) -> dict[str, Any]:
        """The answer of the introspection endpoint."""
        user = self.access.get(token)
        return {"active": user is not None, "email": user or "", "username": user or ""}

    def _user(self, asked: dict[str, str]) -> str | None:
        if asked.get("grant_type") == "refresh_token":
            return self.refresh.pop(asked.get("refresh_token", ""), None)  # each is good once
        begun = self.codes.pop(asked.get("code", ""), None)
        if begun is None or begun["redirect_uri"] != asked.get("redirect_uri"):
            return None
        digest = hashlib.sha256(asked.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        return begun["login_hint"] if challenge == begun["code_challenge"] else None
