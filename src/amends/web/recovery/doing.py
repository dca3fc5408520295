"""What the views of a recovery share: one deed, then back to its place on the page, with what undoes it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from amends.core.errors import AmendsError
from amends.flows.recovery.points import sealed
from amends.recovery.actions.issues import Undo
from amends.recovery.models import Evidence, Issue, Recovery
from amends.web.recovery.views import whole_page


def done(
    request: HttpRequest, recovery_id: uuid.UUID, deed: Callable[[], Undo | None], *, said: str, at: str, to: str = "",
    typed: Callable[[], dict[str, Any]] | None = None,
) -> HttpResponse:  # fmt: skip
    """Do it, and go back to stage `at`, to the element `to`; what cannot be done is said there.

    `typed` gives what the page shows again where a person's words were not taken.
    """
    try:
        undo = deed()
    except (Recovery.DoesNotExist, Issue.DoesNotExist, Evidence.DoesNotExist) as error:
        raise Http404 from error
    except AmendsError as error:
        if typed is None:
            messages.error(request, str(error))
            return back(recovery_id, at, to)
        return whole_page(request, recovery_id, status=422, opened={at}, problem=str(error), **typed())
    if undo is None or undo.changes:
        seal = sealed(recovery_id, undo) if undo is not None else ""
        messages.success(request, said, extra_tags=f"recovery:{recovery_id}:{at}:{seal}" if seal else "")
    return back(recovery_id, at, to)


def back(recovery_id: uuid.UUID, at: str, to: str = "") -> HttpResponse:
    """To a place on the page of a recovery; a point whose evidence it is stays open."""
    point = f"&point={to.removeprefix('e-')}" if to.startswith("e-") else ""
    return redirect(f"{reverse('recovery', args=[recovery_id])}?at={at}{point}#{to or at}")


def day_of(value: str) -> date | None:
    """A day as the browser's field sends it; None where it is empty. Raises `BadDay`."""
    if not value.strip():
        return None
    try:
        found = parse_date(value.strip())
    except ValueError:
        found = None
    if found is None:
        raise BadDay(_("That is no day: write it as 2026-03-19."))
    return found


class BadDay(AmendsError):
    """What was typed is no day."""


def moment_of(value: str, zone: Any) -> datetime | None:
    """The noon of a day, where only the day is known."""
    day = day_of(value)
    return datetime(day.year, day.month, day.day, 12, tzinfo=zone) if day else None


def number(value: str) -> int:
    """A small whole number, 0 where it is none."""
    return int(value) if value.isascii() and value.isdigit() and len(value) < 9 else 0


def one_id(value: str) -> uuid.UUID | None:
    """An id, None where there is none."""
    try:
        return uuid.UUID(value)
    except ValueError:
        return None
