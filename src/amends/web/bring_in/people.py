"""Bringing clients in: the upload, what the columns of a table mean, what the file would do, and what came of it."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from amends.clients.actions.uploads import decide
from amends.clients.addressbooks import FIELDS, Column, Guess
from amends.clients.models import Standing, Upload, UploadKind, UploadState
from amends.clients.timesheets import Decimals
from amends.core.errors import AmendsError
from amends.firm.rules import Right
from amends.flows.client_preview import ClientLook, look_at_clients
from amends.web.bring_in.sheets import acted, progress, the_upload, upload_page
from amends.web.guard import needs
from amends.web.http import clock

_SHOWN = 60  # rows of a preview
_MOST_COLUMNS = 500


@needs(Right.CURATE)
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """The page that takes a file of clients."""
    return upload_page(request, UploadKind.CLIENTS)


@needs(Right.CURATE)
@require_http_methods(["GET", "HEAD", "POST"])
def sheet(request: HttpRequest, upload_id: uuid.UUID) -> HttpResponse:
    """One file: its columns and preview, how far its import is, its report; a POST decides."""
    upload = the_upload(request, UploadKind.CLIENTS, upload_id)
    if request.method == "POST":
        return _decided(request, upload)
    if upload.state != UploadState.PREVIEW:
        return progress(request, upload)
    context: dict[str, Any] = {"upload": upload, "tab": "in", "place": "people"}
    try:
        look = look_at_clients(upload, now=clock())
    except AmendsError as error:
        return render(request, "bring_in/sheet_problem.html", context | {"problem": str(error)}, status=422)
    return render(request, "bring_in/people_preview.html", context | _told(look))


def _decided(request: HttpRequest, upload: Upload) -> HttpResponse:
    """A form whose choices leave something unclear is shown again before anything is imported."""
    options = _options(request, upload)
    if request.POST.get("do") == "import" and upload.state == UploadState.PREVIEW:
        try:
            decide(upload, options)
            if not look_at_clients(upload, now=clock()).decided:
                return redirect("people-sheet", upload.public_id)
        except AmendsError:
            return redirect("people-sheet", upload.public_id)
    return acted(request, upload, options=options)


def _options(request: HttpRequest, upload: Upload) -> dict[str, Any]:
    """What was decided before, and what this form says."""
    kept, said = dict(upload.options), request.POST
    columns = {
        str(number): value
        for number in range(_MOST_COLUMNS)
        if (value := said.get(f"column-{number}", "")) in {*FIELDS, "skip"}
    }
    if columns:
        kept["columns"] = columns
    if said.get("standing") in {Standing.CLIENT, Standing.UNSURE}:
        kept["standing"] = said["standing"]
    if "stages" in said:
        kept["won"] = [stage[:100] for stage in said.getlist("won")][:100]
    if said.get("decimal") in set(Decimals):
        kept["decimal"] = said["decimal"]
    return kept


def _told(look: ClientLook) -> dict[str, Any]:
    found = look.preview
    return {
        "look": look,
        "found": found,
        "columns": _columns(look.guess) if look.guess else [],
        "becomes": _becomes(look.guess) if look.guess else [],
        "left_out": [column.header for column in look.guess.columns if not column.field] if look.guess else [],
        "unclear": look.unclear,
        "rows": found.rows[:_SHOWN] if found else [],
        "more": max(0, found.report.seen - _SHOWN) if found else 0,
    }


def _becomes(guess: Guess) -> list[tuple[str, str]]:
    """Each column that is taken, and what it becomes, in words."""
    words = {
        "name": _("the client’s name"), "website": _("the client’s website"), "person": _("a person’s whole name"),
        "first_name": _("a person’s first name"), "last_name": _("a person’s last name"),
        "email": _("a person’s e-mail address"), "phone": _("a person’s telephone"),
        "title": _("what a person does there"),
    }  # fmt: skip
    return [(column.header, words[column.field]) for column in guess.columns if column.field]


def _columns(guess: Guess) -> list[tuple[Column, list[tuple[str, str, bool]]]]:
    """Each column with what it may hold."""
    names = {
        "name": _("Client’s name"), "website": _("Client’s website"), "person": _("Person’s whole name"),
        "first_name": _("First name"), "last_name": _("Last name"), "email": _("E-mail address"),
        "phone": _("Telephone"), "title": _("What they do there"),
    }  # fmt: skip
    return [
        (
            column,
            [("skip", _("Left out"), not column.field)]
            + [(field, names[field], field == column.field) for field in FIELDS],
        )
        for column in guess.columns
    ]
