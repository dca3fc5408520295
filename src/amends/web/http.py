"""What views share: who asks, when, and how an answer goes back."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import cast
from urllib.parse import urlsplit, urlunsplit

from django.http import Http404, HttpRequest
from django.template.loader import render_to_string

from amends.firm.models import Firm, Member
from amends.firm.rules import Right, may
from amends.mail.queries import Reader


def clock() -> datetime:
    """The edge of the house: views read the clock here, and pass it inward."""
    return datetime.now(UTC)


def member_of(request: HttpRequest) -> Member:
    """Who is signed in. Only for views that ask for a sign-in."""
    return cast(Member, request.user)


def firm_of(request: HttpRequest) -> Firm:
    """The firm of whoever is signed in."""
    return member_of(request).firm


def is_setting_up(request: HttpRequest) -> bool:
    """Whether whoever is signed in is to go through the set-up page, or is in the midst of it."""
    member = member_of(request)
    return member.firm.set_up_at is None and may(member.role, Right.ADMINISTER)


def reader_of(request: HttpRequest) -> Reader:
    """The reader that every read of mail takes; one for each request, so that what it may read is looked up once."""
    known = getattr(request, "_amends_reader", None)
    if known is None or known.member is not request.user:
        known = Reader(member_of(request))
        request._amends_reader = known  # type: ignore[attr-defined]  # noqa: SLF001
    return cast(Reader, known)


def is_htmx(request: HttpRequest) -> bool:
    """Whether a part of a page is asked for, not a page."""
    return bool(getattr(request, "htmx", False)) and not getattr(request.htmx, "boosted", False)  # type: ignore[attr-defined]


def number_from(request: HttpRequest, name: str) -> int | None:
    """A whole number of the query, None where it is left out; anything else is no page of ours."""
    value = request.GET.get(name)
    if not value:
        return None
    try:
        number = int(value)
    except ValueError as error:
        raise Http404 from error
    if not 0 <= number < 1 << 63:
        raise Http404
    return number


def toast(
    request: HttpRequest,
    text: str,
    *,
    batch: uuid.UUID | None = None,
    client: uuid.UUID | None = None,
    message: uuid.UUID | None = None,
    undo: str = "",
) -> str:
    """A sentence at the foot of the page, swapped in beside an HTMX answer; with `batch` it can be undone.

    Undoing swaps the row of `client`, or the words of `message`; or `undo` is an address that does it.
    """
    page = urlsplit(request.headers.get("HX-Current-URL", ""))
    back = urlunsplit(("", "", page.path, page.query, ""))  # where its plain form leads: the page, not the fragment
    shown = {"text": text, "batch": batch, "client": client, "message": message, "undo": undo, "next": back}
    context = {"toast": shown, "out_of_band": True}
    return render_to_string("shell/toast.html", context, request)
