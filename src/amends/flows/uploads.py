"""Files of hours and clients on their way in: kept for whoever brought them, until they are imported or a day old.

The bytes lie under the uploads folder, readable for the owner of the process alone, one folder a file, named by the
upload's id; nothing of what the person called the file becomes part of a path.
"""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings

from amends.clients.actions.uploads import forget
from amends.clients.models import Upload, UploadKind, UploadState
from amends.core.errors import AmendsError
from amends.firm.models import Member
from amends.firm.scope import current_firm_id

KEPT_FOR = timedelta(days=1)
LARGEST = 24 * 1024 * 1024  # bytes on a page; the command line takes more
_NAME = "file"


class TooLarge(AmendsError):
    """The file is larger than a page can preview."""


class FileGone(AmendsError):
    """The file is not kept any more."""


def keep(chunks: Iterable[bytes], *, kind: UploadKind, name: str, member: Member, now: datetime) -> Upload:
    """Keep an uploaded file until its import. Raises `TooLarge`."""
    sweep(now=now)
    upload = Upload(kind=kind, member=member, name=_shown(name), created_at=now)
    folder = _folder(upload.public_id)
    folder.mkdir(parents=True, mode=0o700)
    folder.parent.chmod(0o700)
    size = 0
    try:
        with (folder / _NAME).open("xb") as out:
            (folder / _NAME).chmod(0o600)
            for chunk in chunks:
                size += len(chunk)
                if size > LARGEST:
                    message = (
                        f"The file is larger than {LARGEST // 2**20} MB: export a part of it at a time, or use the"
                        " command line."
                    )
                    raise TooLarge(message)
                out.write(chunk)
        upload.save()
    except BaseException:
        discard(upload)
        raise
    return upload


def content(upload: Upload) -> bytes:
    """The bytes of a kept file; raises `FileGone`."""
    try:
        return (_folder(upload.public_id) / _NAME).read_bytes()
    except OSError as error:
        message = f"{upload.name} is not kept here any more: bring it in again."
        raise FileGone(message) from error


def discard(upload: Upload) -> None:
    """Delete the bytes of an upload."""
    shutil.rmtree(_folder(upload.public_id), ignore_errors=True)


def drop(upload: Upload) -> None:
    """Leave a file that was only looked at: its bytes and its row are gone."""
    forget([upload])
    discard(upload)


def sweep(*, now: datetime) -> int:
    """Delete what was looked at a day ago and never imported, and folders that no upload of the firm knows."""
    old = list(Upload.objects.filter(state=UploadState.PREVIEW, created_at__lt=now - KEPT_FOR))
    forget(old)
    for upload in old:
        discard(upload)
    root = _root()
    if root.is_dir():
        wanted = set(
            Upload.objects.filter(
                state__in=[UploadState.PREVIEW, UploadState.WAITING, UploadState.IMPORTING]
            ).values_list("public_id", flat=True)
        )
        for folder in root.iterdir():
            if _id(folder.name) not in wanted and _untouched(folder, now):
                shutil.rmtree(folder, ignore_errors=True)
    return len(old)


def own_upload(upload_id: uuid.UUID, *, kind: UploadKind, member: Member) -> Upload:
    """An upload of this member's; raises `Upload.DoesNotExist` for anybody else's."""
    return Upload.objects.get(public_id=upload_id, kind=kind, member=member)


def latest_uploads(kind: UploadKind, *, limit: int = 20) -> list[Upload]:
    """The latest imports of the firm from pages, whoever's; what was only looked at is nobody else's business."""
    rows = Upload.objects.filter(kind=kind).exclude(state=UploadState.PREVIEW).select_related("member")
    return list(rows.order_by("-created_at")[:limit])


def _root() -> Path:
    """A folder for each firm, so that the sweeping of one never meets another's files."""
    return Path(settings.UPLOADS) / "sheets" / str(current_firm_id())


def _folder(public_id: uuid.UUID) -> Path:
    return _root() / str(public_id)


def _id(name: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(name)
    except ValueError:
        return None


def _untouched(folder: Path, now: datetime) -> bool:
    """Older than a day: one that is being written has no row yet."""
    try:
        return now.timestamp() - folder.stat().st_mtime > KEPT_FOR.total_seconds()
    except OSError:
        return False


def _shown(name: str) -> str:
    """A file's name as it is shown: on one line, without what a terminal or page would act on."""
    flat = " ".join(name.replace("\\", "/").rpartition("/")[2].split())
    return "".join(char for char in flat if char.isprintable())[:200] or "file"
