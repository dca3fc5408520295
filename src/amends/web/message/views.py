"""Original formatting in a sandboxed frame, attachments, and the message as it came."""

from __future__ import annotations

import base64
import mimetypes
import re
import uuid

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from amends.core.filenames import file_name
from amends.flows.opened import open_raw
from amends.mail.models import Message
from amends.mail.parsing import html as html_parts
from amends.mail.parsing import outlook
from amends.mail.queries import one_message, raw_bytes
from amends.mail.raw import RawMissing
from amends.web.guard import network_address
from amends.web.http import clock, reader_of

_INLINE = 3_000_000  # bytes of one image that is shown inside a message
_FRAME = (
    "default-src 'none'; img-src {images}; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none';"
    " frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"
)


@login_required
@require_safe
@xframe_options_sameorigin
def original_html(request: HttpRequest, message_id: uuid.UUID) -> HttpResponse:
    """The sanitised HTML of a message, for the frame; remote images only where `images` is asked for."""
    remote = request.GET.get("images") == "1"
    raw = _raw(request, message_id)
    body = html_parts.html_body(raw)
    if body is None:
        raise Http404
    clean = html_parts.sanitise(body, remote_images=remote, images=_inline_images(raw))
    shown = render(request, "message/frame.html", {"body": clean})
    shown["Content-Security-Policy"] = _FRAME.format(images="data: https:" if remote else "data:")
    shown["Cache-Control"] = "private, no-store"
    shown["Referrer-Policy"] = "no-referrer"
    return shown


@login_required
@require_safe
def attachment(request: HttpRequest, message_id: uuid.UUID, index: int) -> HttpResponse:
    """One attachment, always as a download."""
    try:
        name, _, data = html_parts.attachment(_opened(request, message_id, "mail.attachment_opened"), index)
    except IndexError as error:
        raise Http404 from error
    return _download(data, name or f"attachment-{index}", mimetypes.guess_type(name)[0])


@login_required
@require_safe
def original(request: HttpRequest, message_id: uuid.UUID) -> HttpResponse:
    """The bytes of a message as they came."""
    raw = _opened(request, message_id, "mail.original_opened")
    if raw.startswith(outlook.MAGIC):
        return _download(raw, f"{message_id}.msg", "application/vnd.ms-outlook")
    return _download(raw, f"{message_id}.eml", "message/rfc822")


def _inline_images(raw: bytes) -> dict[str, str]:
    """Pictures that came inside the message, as data: addresses; the frame may not ask our own site for them."""
    found = {}
    for content_id, index in html_parts.cid_map(raw).items():
        _, kind, data = html_parts.attachment(raw, index)
        if re.fullmatch(r"image/(png|jpe?g|gif|webp|bmp)", kind) and len(data) <= _INLINE:
            found[content_id] = f"data:{kind};base64,{base64.b64encode(data).decode()}"
    return found


def _raw(request: HttpRequest, message_id: uuid.UUID) -> bytes:
    reader = reader_of(request)
    try:
        return raw_bytes(reader, one_message(reader, message_id))
    except (Message.DoesNotExist, RawMissing) as error:
        raise Http404 from error


def _opened(request: HttpRequest, message_id: uuid.UUID, did: str) -> bytes:
    """The same, to be taken away: that is noted where it is not their own mail."""
    try:
        return open_raw(reader_of(request), message_id, did=did, now=clock(), address=network_address(request))
    except (Message.DoesNotExist, RawMissing) as error:
        raise Http404 from error


def _download(data: bytes, name: str, kind: str | None) -> HttpResponse:
    """Never shown in the browser, whatever the bytes claim to be."""
    answer = HttpResponse(data, content_type=kind or "application/octet-stream")
    answer["Content-Disposition"] = content_disposition_header(True, file_name(name, otherwise="attachment"))
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer
