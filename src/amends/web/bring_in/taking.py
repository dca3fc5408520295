"""Taking uploaded archives: they are kept in the home, and their import begins."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile
from django.http import HttpRequest

from amends.core.errors import AmendsError
from amends.core.filenames import file_name
from amends.core.ids import uuid7
from amends.flows.jobs import queue_import
from amends.mail.models import ImportRun
from amends.web.http import clock, member_of


class NothingChosen(AmendsError):
    """The form came without a file."""


def take_files(request: HttpRequest) -> ImportRun:
    """Keep the files of the upload form and begin an import of them. Raises `NothingChosen`."""
    files = [file for file in request.FILES.getlist("files") if file.name]
    if not files:
        message = "Choose at least one file: an mbox, an .eml, or a zip of them."
        raise NothingChosen(message)
    return queue_import(_keep(files), now=clock(), member=member_of(request))


def by_script(request: HttpRequest) -> bool:
    """Whether the script sends them, which wants JSON."""
    return request.headers.get("X-Requested-With") == "XMLHttpRequest"


def limits() -> dict[str, int]:
    """How much the form may send, for its template."""
    return {"limit": settings.UPLOAD_LIMIT, "most": settings.DATA_UPLOAD_MAX_NUMBER_FILES}


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
