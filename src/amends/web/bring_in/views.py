"""Bringing mail in: the upload, how far an import is, and what was set aside or apart."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from amends.core.errors import AmendsError
from amends.core.filenames import file_name
from amends.core.ids import uuid7
from amends.firm.rules import Right
from amends.flows.jobs import queue_import
from amends.insights.progress import reading_progress
from amends.mail.models import ImportRun, RunState
from amends.mail.queries import one_run, runs, set_apart, set_aside
from amends.web.guard import needs
from amends.web.http import clock, is_htmx, member_of, number_from, reader_of

_PAGE = 50
_BUSY = {RunState.WAITING, RunState.STORING, RunState.JUDGING}


@needs(Right.ACT, to_write=True)
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """The upload page; a POST keeps the files and begins an import of them."""
    if request.method != "POST":
        return _page(request)
    files = [file for file in request.FILES.getlist("files") if file.name]
    if not files:
        return _refused(request, _("Choose at least one file: an mbox, an .eml, or a zip of them."))
    try:
        run = queue_import(_keep(files), now=clock(), member=member_of(request))
    except AmendsError as error:
        return _refused(request, str(error))
    target = reverse("run", args=[run.public_id])
    return JsonResponse({"url": target}) if _by_script(request) else redirect(target)


@login_required
@require_safe
def run(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """How far one import is, and its report at the end. Asked for by HTMX it answers with the moving part alone."""
    try:
        found = one_run(reader_of(request), run_id)
    except ImportRun.DoesNotExist as error:
        raise Http404 from error
    name = "bring_in/progress.html" if is_htmx(request) else "bring_in/run.html"
    reader = reader_of(request)
    context = {"run": found, "progress": reading_progress(reader), "whole": not reader.restricted, **_told(found)}
    return render(request, name, context)  # what there is in all is not told to whom some of it is closed


@login_required
@require_safe
def reading(request: HttpRequest) -> HttpResponse:
    """How far the reading of stored mail is, as a part that asks again by itself while there is more."""
    return render(request, "shell/reading.html", {"progress": reading_progress(reader_of(request)), "polled": True})


@login_required
@require_safe
def aside(request: HttpRequest) -> HttpResponse:
    """Messages that could not be read whole."""
    return render(request, "bring_in/aside.html", {"rows": set_aside(reader_of(request)), "tab": "aside"})


@login_required
@require_safe
def apart(request: HttpRequest) -> HttpResponse:
    """Newsletters, automatic mail, bounces, invitations: visible, and never judged."""
    rows = set_apart(reader_of(request), before=number_from(request, "before"), limit=_PAGE + 1)
    older = rows[_PAGE - 1].pk if len(rows) > _PAGE else None
    return render(request, "bring_in/apart.html", {"rows": rows[:_PAGE], "older": older, "tab": "apart"})


def _page(request: HttpRequest, *, problem: str = "", status: int = 200) -> HttpResponse:
    listed = [{"run": found, **_told(found)} for found in runs(reader_of(request))]
    context = {
        "runs": listed, "problem": problem, "tab": "in", "progress": reading_progress(reader_of(request)),
        "limit": settings.UPLOAD_LIMIT, "most": settings.DATA_UPLOAD_MAX_NUMBER_FILES,
    }  # fmt: skip
    return render(request, "bring_in/page.html", context, status=status)


def _refused(request: HttpRequest, why: str) -> HttpResponse:
    if _by_script(request):
        return JsonResponse({"problem": why})
    return _page(request, problem=why, status=422)


def _by_script(request: HttpRequest) -> bool:
    return request.headers.get("X-Requested-With") == "XMLHttpRequest"


def _keep(files: Sequence[UploadedFile[bytes]]) -> list[Path]:
    """Move what was uploaded to the home, each under a name that cannot lead anywhere else."""
    folder = settings.UPLOADS / str(uuid7())
    folder.mkdir(parents=True, mode=0o700)
    kept = []
    for number, file in enumerate(files, 1):
        name = file_name(str(file.name), otherwise="archive", longest=120)
        target = folder / (name if not (folder / name).exists() else f"{number}-{name}")
        if isinstance(file, TemporaryUploadedFile):
            shutil.copyfile(file.temporary_file_path(), target)
        else:
            with target.open("wb") as out:
                out.writelines(file.chunks())
        kept.append(target)
    return kept


def _told(found: ImportRun) -> dict[str, Any]:
    """A run in the words of the page."""
    report = found.report or {}
    skipped: dict[str, int] = report.get("skipped", {})
    aside: list[dict[str, str]] = report.get("set_aside", [])
    share = found.bytes_done / found.bytes_total if found.bytes_total else 0.0
    return {
        "busy": found.state in _BUSY,
        "share": round(100 * min(1.0, share)),
        "report": report,
        "skipped": sorted(skipped.items(), key=lambda item: -item[1]),
        "skipped_total": sum(skipped.values()),
        "aside": aside[:20],
        "aside_total": len(aside),
    }
