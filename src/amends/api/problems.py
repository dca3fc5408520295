"""Errors in one shape: problem details (RFC 9457)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from amends.capital.policy import Overtaken
from amends.clients.actions.engagements import ChangedMeanwhile
from amends.core.errors import AmendsError
from amends.firm.once import KeyReused
from amends.flows.recovery import drilling
from amends.flows.recovery.approvals import NotEntitled, Settled
from amends.flows.recovery.opening import AlreadyOpen, NothingThere
from amends.flows.recovery.remedies import NotYours
from amends.recovery.actions import briefs, calls
from amends.recovery.actions.learning import AlreadyClosed, EditedMeanwhile
from amends.recovery.actions.remedies import Moved
from amends.recovery.actions.work import TooLate
from amends.signals.actions import NoSuchSignal

MEDIA_TYPE = "application/problem+json"
_PREFIX = "urn:amends:problem:"
_LATE = (
    ChangedMeanwhile, AlreadyOpen, TooLate, EditedMeanwhile, AlreadyClosed, Moved, Settled, calls.Overtaken,
    briefs.Overtaken, Overtaken,
    briefs.Overtaken, drilling.CannotGoOn,
)  # fmt: skip
"""Somebody else was quicker, or it is so already."""


class Trouble(Exception):
    """Ends a request with a problem."""

    def __init__(self, status: int, kind: str, detail: str, *, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status, self.kind, self.detail, self.headers = status, kind, detail, dict(headers or {})


def no_token() -> Trouble:
    """Nobody is known to be asking."""
    message = "Send a token that works: Authorization: Bearer amends_… Tokens are made under Settings, Access tokens."
    return Trouble(401, "unauthorised", message, headers={"WWW-Authenticate": 'Bearer realm="Amends"'})


def problem(
    status: int,
    kind: str,
    detail: str,
    *,
    errors: Sequence[Mapping[str, str]] = (),
    headers: Mapping[str, str] | None = None,
) -> HttpResponse:
    """A problem as a response; `kind` is what programs tell it by, `detail` is for people."""
    said: dict[str, Any] = {
        "type": _PREFIX + kind, "title": HTTPStatus(status).phrase, "status": status, "detail": detail,
    }  # fmt: skip
    if errors:
        said["errors"] = list(errors)
    return HttpResponse(
        json.dumps(said, ensure_ascii=False), status=status, content_type=MEDIA_TYPE, headers=dict(headers or {})
    )


def problem_of(error: Exception) -> HttpResponse | None:
    """The problem that an expected error is; None for one that nobody expected."""
    match error:
        case Trouble():
            return problem(error.status, error.kind, error.detail, headers=error.headers)
        case ValidationError():
            return problem(422, "invalid", "Something of this request is not as it should be; see errors.",
                           errors=_errors(error))  # fmt: skip
        case HttpError():
            return _http(error)
        case Http404() | ObjectDoesNotExist() | NoSuchSignal() | NothingThere() | drilling.NoSuchDrill():
            return nothing_here()
        case PermissionDenied() | NotEntitled() | NotYours():
            return problem(403, "forbidden", str(error) or "Your role does not allow this.")
        case _ if isinstance(error, _LATE):
            return _conflict(error)
        case KeyReused():
            return problem(422, "idempotency-key-reused", str(error))
        case RequestDataTooBig():
            most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
            return problem(413, "too-large", f"This request is too large: {most:,} bytes are the most.")
        case SuspiciousOperation():
            return problem(400, "malformed", "This request cannot be read.")
        case AmendsError():
            return problem(422, "refused", str(error))
        case _:
            return None


def _conflict(error: Exception) -> HttpResponse:
    """Somebody else was there before."""
    if isinstance(error, AlreadyOpen):
        return problem(409, "already-open", f"A recovery for this conversation is open already: {error.id}.")
    return problem(412 if isinstance(error, ChangedMeanwhile) else 409, "changed-meanwhile", str(error))


def nothing_here() -> HttpResponse:
    """Not there, or nothing that this member may see: the two are not told apart."""
    return problem(404, "not-found", "There is nothing here, or nothing that you may see.")


def register(api: NinjaAPI) -> None:
    """Let every error of an operation become a problem; what nobody expected goes on to the door."""

    def handle(request: HttpRequest, error: Any) -> HttpResponse:
        made = problem_of(error)
        if made is None:
            raise error
        return made

    for kind in (
        Exception, Trouble, ValidationError, HttpError, Http404, ObjectDoesNotExist, PermissionDenied,
        SuspiciousOperation, AmendsError,
    ):  # fmt: skip
        api.add_exception_handler(kind, handle)


def _http(error: HttpError) -> HttpResponse:
    if error.status_code == 401:
        return problem_of(no_token()) or nothing_here()
    if error.status_code == 400:
        return problem(400, "malformed", "The body of this request is no JSON.")
    return problem(error.status_code, "refused", str(error))


def _errors(error: ValidationError) -> list[dict[str, str]]:
    """Where something is wrong, and what; never what was sent."""
    found = []
    for one in error.errors:
        place = [str(part) for part in one.get("loc", ())]
        where = ".".join(part for number, part in enumerate(place) if (number, place[0]) != (1, "body"))
        found.append({"where": where, "what": str(one.get("msg", ""))})
    return found
