"""Writes of uploaded files of hours and clients: which one is where on its way from preview to import."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from amends.clients.models import Upload, UploadState
from amends.core.errors import AmendsError

_OPEN = (UploadState.WAITING, UploadState.IMPORTING)


class AlreadyOn(AmendsError):
    """The file is being imported already, or was."""


def decide(upload: Upload, options: dict[str, Any]) -> None:
    """Keep what the person decided about how to read the file; raises `AlreadyOn` where it is too late for that."""
    changed = Upload.objects.filter(pk=upload.pk, state=UploadState.PREVIEW).update(options=options)
    _claimed(changed)
    upload.options = options


def claim(upload: Upload) -> None:
    """Say that the import of this file is to begin; raises `AlreadyOn` where somebody was quicker."""
    changed = Upload.objects.filter(pk=upload.pk, state=UploadState.PREVIEW).update(state=UploadState.WAITING)
    _claimed(changed)
    upload.state = UploadState.WAITING


def _claimed(changed: int) -> None:
    if not changed:
        message = "This file is being imported already, or was: reload the page."
        raise AlreadyOn(message)


def begin(upload: Upload) -> bool:
    """Whether there is still something to do; then the file is being imported."""
    changed = Upload.objects.filter(pk=upload.pk, state__in=_OPEN).update(state=UploadState.IMPORTING)
    upload.state = UploadState.IMPORTING if changed else upload.state
    return bool(changed)


def advance(upload: Upload, done: int, total: int) -> None:
    """Note how far an import is."""
    upload.done, upload.total = done, total
    upload.save(update_fields=["done", "total"])


def finish(upload: Upload, *, report: dict[str, Any], now: datetime) -> None:
    """Note what an import did."""
    upload.state, upload.report, upload.finished_at = UploadState.DONE, report, now
    upload.save(update_fields=["state", "report", "finished_at"])


def fail(upload: Upload, problem: str, *, now: datetime) -> None:
    """Note why an import stopped."""
    upload.state, upload.problem, upload.finished_at = UploadState.FAILED, problem, now
    upload.save(update_fields=["state", "problem", "finished_at"])


def mark_undone(upload: Upload) -> bool:
    """Say that an import was taken back; False where somebody was quicker."""
    return bool(Upload.objects.filter(pk=upload.pk, state=UploadState.DONE).update(state=UploadState.UNDONE))


def forget(uploads: Sequence[Upload]) -> None:
    """Remove uploads that were never imported."""
    Upload.objects.filter(pk__in=[one.pk for one in uploads], state=UploadState.PREVIEW).delete()
