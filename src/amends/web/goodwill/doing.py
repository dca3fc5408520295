"""What these views share: what was posted, one deed, and back with its sentence and what undoes it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from amends.core.errors import AmendsError

_LONGEST = 10_000  # characters of a field; what is longer is cut, and refused by what reads it


def text(request: HttpRequest, name: str) -> str:
    """A field as it was posted."""
    return request.POST.get(name, "")[:_LONGEST]


def texts(request: HttpRequest, *names: str) -> dict[str, str]:
    """Several fields by name."""
    return {name: text(request, name) for name in names}


def one_id(value: str) -> uuid.UUID | None:
    """An id; None where nothing is chosen, and one that nothing has where it is none."""
    if not value:
        return None
    try:
        return uuid.UUID(value)
    except ValueError:
        return uuid.UUID(int=0)


def number(request: HttpRequest, name: str) -> int:
    """A small whole number, 0 where it is none."""
    value = request.POST.get(name, "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 9 else 0


def do(
    request: HttpRequest, deed: Callable[[], Any], *, to: str, said: str, undo: str = "",
    refused: Callable[[str], HttpResponse] | None = None,
) -> HttpResponse:  # fmt: skip
    """Do it and go to `to`. What cannot be done is said by `refused` on the page, or there where it has none."""
    try:
        deed()
    except ObjectDoesNotExist as error:
        raise Http404 from error
    except AmendsError as error:
        if refused is not None:
            return refused(str(error))
        messages.error(request, str(error))
        return redirect(to)
    messages.success(request, said, extra_tags=undo)
    return redirect(to)
