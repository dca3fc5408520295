"""Writing an export: beside the folder that was asked for, under another name until all of it is on the disk.

Under the name that was asked for there is never half an export. One that was killed leaves a hidden folder, which the
next one to the same name clears and begins anew. Nothing is held in one transaction: people and imports go on.
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from amends.core.errors import AmendsError
from amends.firm.audit import note
from amends.firm.queries import firm_in_scope
from amends.flows.keep.export.cards import write_cards
from amends.flows.keep.export.mail import Mail, write_mail
from amends.flows.keep.export.readme import text
from amends.flows.keep.export.rows import TABLES, settings_of_firm
from amends.flows.keep.export.tables import durable, write
from amends.flows.keep.files import Progress, quiet
from amends.flows.keep.lock import BYTES, alone, together
from amends.flows.keep.swap import sync_folder


class CannotExport(AmendsError):
    """The export cannot be written there."""


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written: rows by table, the mail, and how long it took."""

    folder: Path
    tables: dict[str, int]
    mail: Mail
    seconds: float

    @property
    def whole(self) -> bool:
        """Whether every message's bytes are in it."""
        return not (self.mail.missing or self.mail.damaged)

    def as_json(self) -> dict[str, Any]:
        """The keys of `amends export --json`."""
        mail = self.mail
        return {
            "folder": str(self.folder), **self.tables, "arrivals": mail.arrivals, "bytes": mail.bytes,
            "not_in_mbox": mail.apart, "missing": mail.missing, "damaged": mail.damaged, "named": mail.named,
            "seconds": round(self.seconds, 3),
        }  # fmt: skip


def export(target: Path, *, now: datetime, progress: Progress = quiet) -> Exported:
    """Write everything of the firm in scope to the folder `target`, which must be new or empty.

    Raises `CannotExport`, or `HomeInUse` where another export to the same folder runs, or an erasure.
    """
    began = time.monotonic()
    _refuse(target)
    try:
        with (
            together(settings.HOME / BYTES, because="Somebody is being erased right now: wait until that is done."),
            _workplace(target) as folder,
        ):
            (folder / "mail").mkdir()
            mail = write_mail(folder / "mail", progress)
            tables = _tables(folder, progress)
            tables["vcards"] = write_cards(folder / "contacts.vcf")
            _text(folder / "settings.json", json.dumps(settings_of_firm(), ensure_ascii=False, indent=2) + "\n")
            _text(folder / "README.md", text(firm=firm_in_scope().name, at=now))
            _refuse(target)  # somebody may have put something there meanwhile
            with transaction.atomic():
                note("firm.exported", member=None, now=now, detail={"messages": tables["messages"]})
                if target.exists():
                    target.rmdir()
                folder.rename(target)
            sync_folder(target.parent)
    except OSError as error:
        message = f"The export cannot be written to {target}: {error.strerror or error}."
        raise CannotExport(message) from error
    return Exported(target, tables, mail, time.monotonic() - began)


def _refuse(target: Path) -> None:
    if not target.parent.is_dir():
        message = f"There is no folder {target.parent}: make it, or name another."
        raise CannotExport(message)
    if target.exists() and not target.is_dir():
        message = f"{target} is a file: name a folder."
        raise CannotExport(message)
    if target.exists() and any(target.iterdir()):
        message = f"{target} is not empty: name a new folder."
        raise CannotExport(message)
    if Path(settings.HOME).resolve() in (target.resolve(), *target.resolve().parents):
        message = f"{target} is inside the home: name a folder elsewhere."
        raise CannotExport(message)


@contextmanager
def _workplace(target: Path) -> Iterator[Path]:
    """An empty folder beside the target, readable by its owner only; what a killed export left there goes first."""
    place = target.with_name(f".{target.name}.partial")
    place.mkdir(mode=0o700, exist_ok=True)
    with alone(place / "lock", because=f"Another export to {target} is running."):
        try:
            shutil.rmtree(place / "out", ignore_errors=True)
            (place / "out").mkdir(mode=0o700)
            yield place / "out"
        finally:
            shutil.rmtree(place, ignore_errors=True)


def _tables(folder: Path, progress: Progress) -> dict[str, int]:
    counts = {}
    for number, table in enumerate(TABLES, 1):
        counts[table.name] = write(table, folder)
        progress("Writing tables", number, len(TABLES))
    return dict(sorted(counts.items()))


def _text(file: Path, content: str) -> None:
    with file.open("w", encoding="utf-8") as out:
        out.write(content)
        durable(out)
