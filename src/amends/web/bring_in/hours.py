"""Bringing hours in: the upload, what the file would do, the two readings of what is unclear, and what came of it."""

from __future__ import annotations

import uuid
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from amends.clients.models import Upload, UploadKind, UploadState
from amends.clients.timesheets import DateOrder, Decimals, Unclear
from amends.core.errors import AmendsError
from amends.firm.rules import Right
from amends.flows.carry_out import take_back
from amends.flows.time_preview import Look, look_at
from amends.web.bring_in.sheets import acted, progress, the_upload, upload_page
from amends.web.guard import has, needs
from amends.web.http import clock, firm_of

_SHOWN = 40  # places, people and rows set aside
_OPTIONS: dict[str, set[str]] = {"dates": {*DateOrder}, "decimal": {*Decimals}}


@needs(Right.CURATE)
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """The page that takes a time tracker's export."""
    return upload_page(request, UploadKind.TIME)


@needs(Right.CURATE)
@require_http_methods(["GET", "HEAD", "POST"])
def sheet(request: HttpRequest, upload_id: uuid.UUID) -> HttpResponse:
    """One file: its preview, how far its import is, its report; a POST decides."""
    upload = the_upload(request, UploadKind.TIME, upload_id)
    if request.method == "POST":
        if request.POST.get("do") == "undo":
            return _undo(request, upload)
        return acted(request, upload, options=_options(request, upload))
    if upload.state != UploadState.PREVIEW:
        return progress(request, upload)
    today = clock().astimezone(ZoneInfo(firm_of(request).timezone)).date()
    context: dict[str, Any] = {"upload": upload, "tab": "in", "place": "hours", "shown": f":{_SHOWN}"}
    try:
        look = look_at(upload, today=today)
    except AmendsError as error:
        return render(request, "bring_in/sheet_problem.html", context | {"problem": str(error)}, status=422)
    if look.preview is None:
        return render(request, "bring_in/hours_choice.html", context | _choice(look))
    context |= {"found": look.preview, "amounts": _amounts(request, look), "remarks": _remarks(look)}
    return render(request, "bring_in/hours_preview.html", context)


def _undo(request: HttpRequest, upload: Upload) -> HttpResponse:
    count = take_back(upload)
    if count:
        said = ngettext("%(n)s entry was taken back.", "%(n)s entries were taken back.", count) % {"n": count}
        messages.success(request, said)
    return redirect("hours-sheet", upload.public_id)


def _options(request: HttpRequest, upload: Upload) -> dict[str, Any]:
    """What was decided before, and what this form adds or takes away."""
    kept = dict(upload.options)
    for name, values in _OPTIONS.items():
        if name in request.POST:
            value = request.POST[name]
            kept.pop(name, None)
            if value in values:
                kept[name] = value
    return kept


def _choice(look: Look) -> dict[str, Any]:
    unclear: Unclear | None = look.unclear
    return {"unclear": unclear, "readings": look.readings}


def _amounts(request: HttpRequest, look: Look) -> list[tuple[str, object]]:
    if look.preview is None or not has(request, Right.SEE_MONEY):
        return []
    return sorted(look.preview.amounts.items())


def _remarks(look: Look) -> list[tuple[str, str, list[Any]]]:
    """What stands out, by kind: its name, what it is, and the sentences."""
    names = {
        "overlap": (_("Two things at once"), _("One person, two entries that overlap.")),
        "elsewhere": (_("The same words on two clients"), _("Whoever checks an invoice reads the description first.")),
        "late": (_("Written down late"), _("More than seven days after the work.")),
        "gap": (_("Working days without an entry"), _("Between a person’s first entry and their last.")),
    }
    found = look.preview.remarks if look.preview else {}
    return [(*names[kind], found[kind]) for kind in names if kind in found]
