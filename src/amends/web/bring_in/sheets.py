"""What the pages of hours and of clients share: a file is handed in, looked at, imported, and perhaps taken back."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from amends.clients.actions.uploads import AlreadyOn, decide
from amends.clients.models import Upload, UploadKind, UploadState
from amends.core.errors import AmendsError
from amends.flows.hand_in import hand_in
from amends.flows.send_off import send_off
from amends.flows.uploads import drop, latest_uploads, own_upload
from amends.web.http import clock, is_htmx, member_of

BUSY = {UploadState.WAITING, UploadState.IMPORTING}
NAMES = {UploadKind.TIME: "hours", UploadKind.CLIENTS: "people"}


def upload_page(request: HttpRequest, kind: UploadKind) -> HttpResponse:
    """The page that takes a file of this kind; a POST keeps it and leads to its preview."""
    if request.method != "POST":
        return _page(request, kind)
    file = next((one for one in request.FILES.getlist("files") if one.name), None)
    if file is None:
        return _refused(request, kind, _("Choose a file first."))
    try:
        upload = hand_in(file.chunks(), kind=kind, name=str(file.name), member=member_of(request), now=clock())
    except AmendsError as error:
        return _refused(request, kind, str(error))
    target = reverse(f"{NAMES[kind]}-sheet", args=[upload.public_id])
    return JsonResponse({"url": target}) if _by_script(request) else redirect(target)


def the_upload(request: HttpRequest, kind: UploadKind, upload_id: uuid.UUID) -> Upload:
    """A file that this member brought; nobody else's is there."""
    try:
        return own_upload(upload_id, kind=kind, member=member_of(request))
    except Upload.DoesNotExist as error:
        raise Http404 from error


def acted(request: HttpRequest, upload: Upload, *, options: dict[str, Any]) -> HttpResponse:
    """Do what a button of a preview says: import, leave, or read it as `options` say."""
    kind = UploadKind(upload.kind)
    deed = request.POST.get("do", "")
    if deed == "leave":
        if upload.state == UploadState.PREVIEW:
            drop(upload)
            messages.success(request, _("%(name)s was left; nothing of it is kept.") % {"name": upload.name})
        return redirect(NAMES[kind])
    try:
        decide(upload, options)
        if deed == "import":
            send_off(upload)
    except AlreadyOn as error:
        messages.error(request, str(error))
    return redirect(f"{NAMES[kind]}-sheet", upload.public_id)


def progress(request: HttpRequest, upload: Upload) -> HttpResponse:
    """How far an import is, or what came of it; asked for by HTMX it answers with the moving part alone."""
    name = "bring_in/sheet_progress.html" if is_htmx(request) else "bring_in/sheet.html"
    context = {
        "upload": upload,
        "busy": upload.state in BUSY,
        "share": round(100 * upload.done / upload.total) if upload.total else 0,
        "report": upload.report,
        "place": NAMES[UploadKind(upload.kind)],
        "tab": "in",
    }
    return render(request, name, context)


def _page(request: HttpRequest, kind: UploadKind, *, problem: str = "", status: int = 200) -> HttpResponse:
    context = {"uploads": latest_uploads(kind), "problem": problem, "tab": "in", "place": NAMES[kind]}
    return render(request, f"bring_in/{NAMES[kind]}.html", context, status=status)


def _refused(request: HttpRequest, kind: UploadKind, why: str) -> HttpResponse:
    if _by_script(request):
        return JsonResponse({"problem": why})
    return _page(request, kind, problem=why, status=422)


def _by_script(request: HttpRequest) -> bool:
    return request.headers.get("X-Requested-With") == "XMLHttpRequest"
