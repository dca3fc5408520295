"""Bringing mail in: the upload, how far an import is, and what was set aside or apart."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from amends.core.errors import AmendsError
from amends.firm.rules import Right
from amends.insights.progress import reading_progress
from amends.mail.models import ImportRun, RunState
from amends.mail.queries import one_run, runs, set_apart, set_aside
from amends.web.bring_in.taking import by_script, limits, take_files
from amends.web.guard import needs
from amends.web.http import is_htmx, number_from, reader_of

_PAGE = 50
_BUSY = {RunState.WAITING, RunState.STORING, RunState.JUDGING}


@needs(Right.ACT, to_write=True)
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """The upload page; a POST keeps the files and begins an import of them."""
    if request.method != "POST":
        return _page(request)
    try:
        run = take_files(request)
    except AmendsError as error:
        return _refused(request, str(error))
    target = reverse("run", args=[run.public_id])
    return JsonResponse({"url": target}) if by_script(request) else redirect(target)


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
        **limits(),
    }  # fmt: skip
    return render(request, "bring_in/page.html", context, status=status)


def _refused(request: HttpRequest, why: str) -> HttpResponse:
    if by_script(request):
        return JsonResponse({"problem": why})
    return _page(request, problem=why, status=422)


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
