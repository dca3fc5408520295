"""A copy of a home on SQLite in one file, taken while Amends runs.

The database is copied first and the messages' bytes afterwards. That order is what makes the two fit: an import
commits a batch's bytes to the raw store before it writes the rows that name them (`mail.actions.store.store`), and
nothing changes bytes there or removes them but an erasure, which waits for a backup (`lock.BYTES`). So whatever rows
the first copy has, their bytes are in the second, however much was imported in between; bytes without a row do no
harm, the next import of their archive finds them.

The file is written under another name and renamed when it is whole and on the disk: under the name that was asked
for there is never half a backup.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from sqlite3 import DatabaseError, connect
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from django.conf import settings

from amends import __version__
from amends.core.errors import AmendsError
from amends.flows.keep.files import (
    DATABASE,
    RAW,
    FilesDamaged,
    Progress,
    applied_migrations,
    database_file,
    drill_files,
    opened,
    quiet,
    raw_file,
    refuse_damaged,
    refuse_postgresql,
    row_counts,
)
from amends.flows.keep.lock import BYTES, alone, together
from amends.flows.keep.manifest import FORMAT, NAME, Manifest, Member
from amends.flows.keep.standstill import forget_sessions, send_nothing
from amends.flows.keep.swap import sync_folder
from amends.insights.keeping import LAST_BACKUP

BLOCK = 1 << 20  # bytes that are packed, hashed or unpacked at a time
_PAGES = 1024  # pages of SQLite that are copied at a time


class CannotKeep(AmendsError):
    """The backup cannot be made there, or there is nothing to back up."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A backup that was made: where, how large in bytes, what it says of itself, and how long it took."""

    file: Path
    size: int
    manifest: Manifest
    seconds: float


def back_up(target: Path, *, now: datetime, overwrite: bool = False, progress: Progress = quiet) -> Kept:
    """Write a backup of this home to `target`.

    Raises `NotOnSqlite`, `CannotKeep`, `HomeInUse` (another backup to the same file runs) or `FilesDamaged`.
    """
    refuse_postgresql()
    began = time.monotonic()
    if not database_file().exists():
        message = "Nothing is here yet, so there is nothing to back up. Look at AMENDS_HOME."
        raise CannotKeep(message)
    _refuse(target, overwrite=overwrite)
    try:
        because = "Somebody is being erased right now: wait until that is done."
        with together(Path(settings.HOME) / BYTES, because=because), _workplace(target) as folder:
            packed = folder / "packed.zip"
            manifest = _pack(packed, folder, now=now, progress=progress)
            size = packed.stat().st_size
            _refuse(target, overwrite=overwrite)  # somebody may have put a file there meanwhile
            packed.replace(target)
            sync_folder(target.parent)
            _remember(now, size)
    except DatabaseError as error:
        message = f"The database cannot be read ({error}): use an earlier backup."
        raise FilesDamaged(message) from error
    except OSError as error:
        message = f"The backup cannot be written to {target}: {error.strerror or error}."
        raise CannotKeep(message) from error
    return Kept(target, size, manifest, time.monotonic() - began)


def _remember(now: datetime, size: int) -> None:
    """Note in the home that there is a backup, for `amends doctor`."""
    file = Path(settings.HOME) / LAST_BACKUP
    file.write_text(json.dumps({"at": now.isoformat(), "bytes": size}), encoding="utf-8")


def _refuse(target: Path, *, overwrite: bool) -> None:
    if not target.parent.is_dir():
        message = f"There is no folder {target.parent}: make it, or name another file."
        raise CannotKeep(message)
    if target.is_dir():
        message = f"{target} is a folder: name a file."
        raise CannotKeep(message)
    if target.exists() and not overwrite:
        message = f"{target} is there already: name another file, or say --overwrite."
        raise CannotKeep(message)


@contextmanager
def _workplace(target: Path) -> Iterator[Path]:
    """A hidden folder beside the target, readable by its owner only; what a killed backup left in it goes first."""
    folder = target.with_name(f".{target.name}.partial")
    folder.mkdir(mode=0o700, exist_ok=True)
    with alone(folder / "lock", because=f"Another backup to {target} is running."):
        try:
            for left in folder.iterdir():
                if left.name != "lock":
                    left.unlink()
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _pack(packed: Path, folder: Path, *, now: datetime, progress: Progress) -> Manifest:
    """Copy each file of the home and put it into the zip `packed`, then the manifest; durable when it returns."""
    members: list[Member] = []
    migrations: list[str] = []
    tables: dict[str, int] = {}
    packed.touch(mode=0o600, exist_ok=False)
    with packed.open("w+b") as file:
        with ZipFile(file, "w", allowZip64=True, strict_timestamps=False) as archive:
            for name, source in ((DATABASE, database_file()), (RAW, raw_file())):  # in this order: see above
                if not source.exists():
                    continue  # nothing was ever imported
                copy = folder / name
                _copy(source, copy, progress)
                refuse_damaged(copy)
                if name == DATABASE:
                    migrations = applied_migrations(copy)
                    send_nothing(copy)
                    forget_sessions(copy)
                tables |= row_counts(copy)
                members.append(_add(archive, copy, name, now=now, progress=progress))
                copy.unlink()
            own = drill_files()
            members += [_add(archive, one, f"drills/{one.name}", now=now, progress=progress) for one in own]
            manifest = Manifest(FORMAT if own else 1, __version__, now.isoformat(), migrations, tables, members)
            archive.writestr(_info(NAME, ZIP_STORED, now), manifest.as_json())
        file.flush()
        os.fsync(file.fileno())
    return manifest


def _copy(source: Path, copy: Path, progress: Progress) -> None:
    """Copy a live database as it stands at one moment.

    The read transaction holds that moment. Without it every commit of another process would make SQLite begin the
    copy anew, and beside a long import it would never end; with it, writers go on in the write-ahead log.
    """
    with opened(source, "rw") as live, closing(connect(copy, isolation_level=None)) as out:
        out.execute("PRAGMA synchronous=OFF")  # the zip is what must be durable
        live.execute("BEGIN")
        live.execute("SELECT count(*) FROM sqlite_master").fetchone()
        live.backup(out, pages=_PAGES, progress=lambda _, left, total: progress("Copying", total - left, total))
        live.execute("ROLLBACK")
        out.execute("PRAGMA journal_mode=DELETE")  # one file, without a log beside it


def _add(archive: ZipFile, copy: Path, name: str, *, now: datetime, progress: Progress) -> Member:
    """Put a file into the zip. The raw store is compressed already."""
    total, done, digest = copy.stat().st_size, 0, hashlib.sha256()
    info = _info(name, ZIP_STORED if name == RAW else ZIP_DEFLATED, now)
    with copy.open("rb") as source, archive.open(info, "w", force_zip64=True) as out:
        while block := source.read(BLOCK):
            digest.update(block)
            out.write(block)
            done += len(block)
            progress("Packing", done, total)
    return Member(name, done, digest.hexdigest())


def _info(name: str, how: int, now: datetime) -> ZipInfo:
    info = ZipInfo(name, now.timetuple()[:6])
    info.compress_type = how
    info.external_attr = 0o600 << 16
    return info
