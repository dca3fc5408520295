"""A small OpenID Connect provider on loopback: discovery, keys, codes, ID tokens, who somebody is. It checks what a
strict one checks: the client and its secret, the address to return to, and the proof of PKCE.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote_plus, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

Claims = dict[str, Any]


@lru_cache(maxsize=8)
def signing_key(name: str = "the provider's") -> rsa.RSAPrivateKey:
    """A key that takes a while to make, once a run."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@dataclass
class Provider:
    """`tamper` changes the claims of the next tokens; `sign` replaces how they are signed."""

    client_id: str = "amends"
    client_secret: str = "a secret & more"
    issuer: str = ""
    said_issuer: str = ""  # in its discovery document, where it lies about it
    ways: list[str] = field(default_factory=list)  # in which clients may show who they are; empty: it does not say
    tamper: Callable[[Claims], Claims] = lambda claims: claims
    sign: Callable[[Claims], str] | None = None
    about: Claims = field(default_factory=dict)
    key: rsa.RSAPrivateKey = field(default_factory=signing_key)
    codes: dict[str, tuple[dict[str, str], Claims]] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)

    def consent(self, address: str, **claims: Any) -> str:
        """Somebody signs in at the provider; returns the address that their browser is sent back to."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        code = secrets.token_urlsafe(16)
        self.codes[code] = (asked, claims)
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def document(self) -> Claims:
        return {
            "issuer": self.said_issuer or self.issuer, "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token", "jwks_uri": f"{self.issuer}/keys",
            "userinfo_endpoint": f"{self.issuer}/about",
            **({"token_endpoint_auth_methods_supported": self.ways} if self.ways else {}),
        }  # fmt: skip

    def keys(self) -> Claims:
        key = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
        return {"keys": [{**key, "kid": "one", "use": "sig", "alg": "RS256"}]}

    def trade(self, given: dict[str, str]) -> Claims | None:
        """A token for a code, once."""
        asked, claims = self.codes.pop(given.get("code", ""), ({}, {}))
        proof = hashlib.sha256(given.get("code_verifier", "").encode()).digest()
        right = {
            "code": bool(asked),
            "client": given.get("client_id") == self.client_id == asked.get("client_id"),
            "secret": given.get("client_secret") == self.client_secret,
            "return": given.get("redirect_uri") == asked.get("redirect_uri"),
            "proof": base64.urlsafe_b64encode(proof).rstrip(b"=").decode() == asked.get("code_challenge"),
        }
        self.refused = [name for name, held in right.items() if not held]
        if self.refused:
            return None
        now = int(time.time())
        token = self.tamper({
            "iss": self.issuer, "aud": self.client_id, "sub": "4711", "iat": now, "exp": now + 300,
            "nonce": asked["nonce"], **claims,
        })  # fmt: skip
        signed = self.sign(token) if self.sign else jwt.encode(token, self.key, "RS256", headers={"kid": "one"})
        return {"access_token": "about-4711", "token_type": "Bearer", "id_token": signed}


@contextmanager
def serve(provider: Provider) -> Iterator[Provider]:
    """Let it answer on a free port of loopback."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            known = {"/.well-known/openid-configuration": provider.document, "/keys": provider.keys}
            if self.path == "/about":
                bearer = self.headers.get("Authorization") == "Bearer about-4711"
                self._say(provider.about if bearer else None)
            else:
                self._say(known[self.path]() if self.path in known else None)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0"))).decode()
            given = {name: values[0] for name, values in parse_qs(body).items()}
            kind, _, shown = self.headers.get("Authorization", "").partition(" ")
            if kind == "Basic" and provider.ways != ["client_secret_post"]:
                name, _, secret = base64.b64decode(shown).decode().partition(":")
                given |= {"client_id": unquote_plus(name), "client_secret": unquote_plus(secret)}
            elif provider.ways != ["client_secret_post"]:
                given.pop("client_secret", None)
            self._say(provider.trade(given))

        def _say(self, found: Claims | None) -> None:
            body = json.dumps(found or {"error": "invalid_grant"}).encode()
            self.send_response(200 if found is not None else 400)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider.issuer = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
