"""The door of the API: who asks, how often, in which firm; every answer leaves through it.

Cookies do not count here, so there is nothing that another site could make a browser do. The clock is read here.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.timezone import override
from django.views.decorators.csrf import csrf_exempt

from amends.api.limits import Limit, network_of
from amends.api.problems import Trouble, no_token, problem, problem_of
from amends.firm.models import AccessToken, Firm, Member
from amends.firm.once import Answer, asked_by, once
from amends.firm.rules import Right, Scope, may, may_use
from amends.firm.scope import firm_scope
from amends.firm.tokens import find_token
from amends.mail.queries import Reader

log = logging.getLogger("amends.api")
FAILURES_PER_MINUTE = 30  # tokens that do not work, from one address
KEY = "Idempotency-Key"
asking, failing = Limit(), Limit()
View = Callable[..., HttpResponseBase]


def door(view: View, *, keeps: bool = True) -> View:
    """A view that is entered with a token, in its member's firm.

    Where it `keeps` nothing, doing it again does no harm and its answer is not to be kept: an Idempotency-Key is
    passed over.
    """

    @csrf_exempt
    @wraps(view)
    def enter(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            answer = _enter(view, request, args, kwargs, keeps=keeps)
        except Exception as error:
            answer = problem_of(error) or _unexpected(request)
        answer = _said_as_all(answer)
        answer.headers.setdefault("Cache-Control", "private, no-store")
        return answer

    return enter


def open_door(view: View) -> View:
    """A view that everybody may enter."""

    @csrf_exempt
    @wraps(view)
    def enter(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return _said_as_all(view(request, *args, **kwargs))

    return enter


def token_of(request: HttpRequest) -> AccessToken:
    """What was shown at the door."""
    token = getattr(request, "token", None)
    if not isinstance(token, AccessToken):
        raise no_token()
    return token


def member_of(request: HttpRequest) -> Member:
    """Whose token it is."""
    return token_of(request).member


def firm_of(request: HttpRequest) -> Firm:
    """The firm of the token."""
    return token_of(request).firm


def reader_of(request: HttpRequest) -> Reader:
    """The reader that every read of mail takes."""
    return Reader(member_of(request))


def now_of(request: HttpRequest) -> datetime:
    """When the request came in."""
    moment: datetime = request.now  # type: ignore[attr-defined]
    return moment


class Bearer:
    """What an operation asks for: a scope of the token and what the role of its member must allow."""

    openapi_security_schema = {"type": "http", "scheme": "bearer", "bearerFormat": "amends_…"}

    def __init__(self, scope: Scope | None = None, *, right: Right | None = None) -> None:
        self.scope, self.right = scope, right

    def __call__(self, request: HttpRequest) -> AccessToken:
        token = token_of(request)
        role = token.member.role
        if self.scope is not None and self.scope not in token.scopes:
            raise Trouble(403, "scope-missing", f"This token was not given {self.scope}: make one that was.")
        if (self.scope is not None and not may_use(role, self.scope)) or (self.right and not may(role, self.right)):
            raise Trouble(403, "forbidden", "Your role does not allow this. Ask an administrator of your firm.")
        return token


def _enter(
    view: View, request: HttpRequest, args: tuple[Any, ...], kwargs: dict[str, Any], *, keeps: bool
) -> HttpResponseBase:
    now, at = datetime.now(UTC), time.monotonic()
    caller = network_of(_address(request))
    _wait(failing.wait(caller, per_minute=FAILURES_PER_MINUTE, at=at), "This address sent too many wrong tokens.")
    kind, _, secret = request.headers.get("Authorization", "").partition(" ")
    token = find_token(secret.strip(), now=now) if kind.lower() == "bearer" else None
    if token is None:
        if secret:
            failing.take(caller, per_minute=FAILURES_PER_MINUTE, at=at)
        raise no_token()
    _wait(asking.take(str(token.pk), per_minute=settings.API_PER_MINUTE, at=at), "This token asks too often.")
    request.token, request.now = token, now  # type: ignore[attr-defined]
    asked = request.method
    if asked == "HEAD":
        request.method = "GET"  # the server leaves the body out
    with firm_scope(token.firm_id), override(UTC):
        key = request.headers.get(KEY)
        if request.method == "POST" and key is not None and keeps:
            return _once(token, key, request, lambda: view(request, *args, **kwargs), now)
        answer = view(request, *args, **kwargs)
    request.method = asked
    return answer


def _once(
    token: AccessToken, key: str, request: HttpRequest, do: Callable[[], HttpResponseBase], now: datetime
) -> HttpResponseBase:
    if not 0 < len(key) <= 255 or not key.isascii() or not key.isprintable():
        raise Trouble(422, "invalid", f"{KEY} is at most 255 plain letters, a UUID for example.")
    asked = asked_by(request.method or "", request.get_full_path(), request.body)
    seen: list[HttpResponseBase] = []

    def doing() -> Answer:
        answer = do()
        seen.append(answer)
        kept = {name: answer.headers[name] for name in ("Content-Type", "ETag", "Location") if name in answer.headers}
        return Answer(answer.status_code, answer.content.decode() if isinstance(answer, HttpResponse) else "", kept)

    answer = once(token, key, asked=asked, now=now, do=doing)
    if not answer.again:
        return seen[0]
    again = {**answer.headers, "Idempotency-Replayed": "true"}
    return HttpResponse(answer.body, status=answer.status, headers=again)


def _wait(seconds: int, why: str) -> None:
    if seconds:
        text = f"{why} Ask again in {seconds} s."
        raise Trouble(429, "too-many-requests", text, headers={"Retry-After": str(seconds)})


def _address(request: HttpRequest) -> str:
    """Where it comes from; behind a proxy of ours what that one says last."""
    said = request.headers.get("X-Forwarded-For", "") if settings.AXES_IPWARE_PROXY_COUNT else ""
    return said.rpartition(",")[2].strip() or request.META.get("REMOTE_ADDR", "")


def _said_as_all(answer: HttpResponseBase) -> HttpResponseBase:
    """Django's own word for a wrong method, said as every error is said."""
    if answer.status_code != 405:
        return answer
    allowed = answer.headers.get("Allow", "")
    return problem(405, "method-not-allowed", f"Here one may only: {allowed}.", headers={"Allow": allowed})


def _unexpected(request: HttpRequest) -> HttpResponse:
    match = request.resolver_match
    log.exception("an operation failed: %s", match.url_name if match else "unknown")
    return problem(500, "failed", "That did not work, and nothing was changed. It is in the server's log.")
