"""A backup made a home again: looked at whole beside the home, and only then, by rename, put in its place.

Until then nothing of the present home is touched, and afterwards it is still there under another name. Its secret key
goes on to be used: a backup holds none.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import struct
import time
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from zipfile import BadZipFile, LargeZipFile, ZipFile

from django.conf import settings
from django.db.migrations.loader import MigrationLoader

from amends.core.errors import AmendsError
from amends.flows.keep.backup import BLOCK
from amends.flows.keep.files import (
    DATABASE,
    RAW,
    FilesDamaged,
    Progress,
    applied_migrations,
    database_file,
    opened,
    quiet,
    raw_file,
    refuse_damaged,
    refuse_postgresql,
    row_counts,
)
from amends.flows.keep.lock import LOCK, HomeInUse, alone
from amends.flows.keep.manifest import BackupDamaged, BackupNewer, Manifest, Member, read_manifest
from amends.flows.keep.standstill import end_all
from amends.flows.keep.swap import ready_at, swap, sync_folder, unpacking_at

# What damaged bytes make a zip, its streams and its manifest raise.
_NONSENSE = (
    BadZipFile, LargeZipFile, zlib.error, struct.error, json.JSONDecodeError, UnicodeError, EOFError, KeyError,
    TypeError, ValueError, AttributeError, NotImplementedError, RuntimeError, OverflowError,
)  # fmt: skip


class CannotRestore(AmendsError):
    """The home cannot be replaced as it lies. Nothing was changed."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What was restored, where the home of before lies now, and how long it took."""

    manifest: Manifest
    kept: Path
    seconds: float


def restore(source: Path, *, now: datetime, progress: Progress = quiet) -> Restored:
    """Make the backup `source` the home of this installation; the present one is kept beside it.

    Raises `NotOnSqlite`, `CannotRestore`, `HomeInUse`, `BackupDamaged` or `BackupNewer`; nothing is changed then.
    """
    refuse_postgresql()
    began = time.monotonic()
    home = Path(settings.HOME).resolve()
    _refuse_place(home)
    running = f"Amends is running on {home}: stop it (amends serve, worker, imports) and restore again."
    try:
        with alone(home / LOCK, because=running):
            for left in (unpacking_at(home), ready_at(home)):  # of a restore that was killed
                shutil.rmtree(left, ignore_errors=True)
            try:
                manifest = _unpack(source, unpacking_at(home), progress=progress)
                end_all(unpacking_at(home) / DATABASE, now=now)
                _take_secrets(home, unpacking_at(home))
                for file in (database_file(), raw_file()):
                    _refuse_open(file, running)
                sync_folder(unpacking_at(home))
                unpacking_at(home).rename(ready_at(home))
                kept = _free_name(home, now)
                swap(home, kept=kept)
            except BaseException:
                shutil.rmtree(unpacking_at(home), ignore_errors=True)
                if home.exists():  # where it is not, what is ready is what mends it
                    shutil.rmtree(ready_at(home), ignore_errors=True)
                raise
    except OSError as error:
        message = f"{source} cannot be restored: {error.strerror or error}."
        raise CannotRestore(message) from error
    return Restored(manifest, kept, time.monotonic() - began)


def _refuse_place(home: Path) -> None:
    """A rename must be able to replace the home, and the database must be in it."""
    if database_file().resolve() != home / DATABASE:
        message = f"AMENDS_DATABASE_URL names a file outside {home}: unset it, and restore again."
        raise CannotRestore(message)
    if os.path.ismount(home):
        message = f"{home} is a mount point, which cannot be replaced: point AMENDS_HOME at a folder inside it."
        raise CannotRestore(message)


def _unpack(source: Path, fresh: Path, *, progress: Progress) -> Manifest:
    """Unpack and examine a backup in the new folder `fresh`."""
    try:
        with ZipFile(source) as archive:
            manifest = read_manifest(archive)
            _refuse_newer(manifest)
            fresh.mkdir(mode=0o700)
            _refuse_too_large(manifest, fresh)
            for member in manifest.members:
                _extract(archive, member, fresh / member.name, progress)
        for member in _databases(manifest):
            progress("Examining", 0, 1)
            refuse_damaged(fresh / member.name)
        _compare(manifest, fresh)
    except (*_NONSENSE, sqlite3.DatabaseError) as error:
        message = f"{source} is damaged or no backup of Amends ({str(error) or type(error).__name__})."
        raise BackupDamaged(message) from error
    except FilesDamaged as error:
        message = f"{source} cannot be restored. {error}"
        raise BackupDamaged(message) from error
    return manifest


def _refuse_newer(manifest: Manifest) -> None:
    """This version must know every change that was made to the database; what it has more is caught up later."""
    loader = MigrationLoader(None, ignore_no_migrations=True)
    known = {f"{app}.{name}" for app, name in loader.disk_migrations}
    known |= {f"{app}.{name}" for one in loader.disk_migrations.values() for app, name in one.replaces}
    newer = [name for name in manifest.migrations if name not in known]
    if newer:
        message = (
            f"Amends {manifest.amends} made this backup, and it is newer than this one ({newer[0]} is not known here):"
            " upgrade first, then restore."
        )
        raise BackupNewer(message)


def _refuse_too_large(manifest: Manifest, fresh: Path) -> None:
    needed = sum(member.size for member in manifest.members)
    if needed > shutil.disk_usage(fresh).free:
        message = f"The backup needs {needed / (1 << 30):.1f} GB beside the home, and so much is not free there."
        raise CannotRestore(message)


def _extract(archive: ZipFile, member: Member, target: Path, progress: Progress) -> None:
    """Unpack one member, durably, and no byte more than the manifest says; raises `BackupDamaged`."""
    done, digest = 0, hashlib.sha256()
    target.parent.mkdir(mode=0o700, exist_ok=True)
    with archive.open(member.name) as packed, target.open("xb") as out:
        target.chmod(0o600)
        while block := packed.read(BLOCK):
            done += len(block)
            if done > member.size:
                break
            digest.update(block)
            out.write(block)
            progress("Unpacking", done, member.size)
        out.flush()
        os.fsync(out.fileno())
    sync_folder(target.parent)
    if done != member.size or digest.hexdigest() != member.sha256:
        message = f"The backup is damaged: {member.name} in it is not what was put there. Use another backup."
        raise BackupDamaged(message)


def _databases(manifest: Manifest) -> list[Member]:
    return [member for member in manifest.members if member.name in {DATABASE, RAW}]


def _compare(manifest: Manifest, fresh: Path) -> None:
    """The databases hold what the manifest promises; raises `BackupDamaged`."""
    tables: dict[str, int] = {}
    for member in _databases(manifest):
        tables |= row_counts(fresh / member.name)
    if tables != manifest.tables or applied_migrations(fresh / DATABASE) != manifest.migrations:
        message = "The backup is damaged: its database is not the one that its manifest describes. Use another backup."
        raise BackupDamaged(message)


def _take_secrets(home: Path, fresh: Path) -> None:
    """Keys stay with the installation: `secret.key`, and any file in the home that an AMENDS_…_FILE names."""
    named = [
        Path(value).resolve()
        for name, value in os.environ.items()
        if name.startswith("AMENDS_") and name.endswith("_FILE")
    ]
    keys = {home / "secret.key", *(path for path in named if path.is_relative_to(home) and path.is_file())}
    for key in keys:
        target = fresh / key.relative_to(home)
        if key.is_file() and not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            shutil.copy2(key, target)
            with target.open("rb") as copied:
                os.fsync(copied.fileno())


def _refuse_open(file: Path, running: str) -> None:
    """Ask SQLite whether another process has this file open, as an older Amends or another program may.

    A file that is damaged answers with another error: then there is nobody to disturb, and it is a reason to restore.
    """
    if not file.exists():
        return
    try:
        with opened(file, "rw") as link:
            link.execute("PRAGMA busy_timeout=1000")
            link.execute("PRAGMA locking_mode=EXCLUSIVE")
            link.execute("BEGIN EXCLUSIVE")
            link.execute("ROLLBACK")
    except sqlite3.DatabaseError as error:
        if getattr(error, "sqlite_errorname", "").startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
            raise HomeInUse(running) from error


def _free_name(home: Path, now: datetime) -> Path:
    """Where the present home is kept: named by the moment, and never over another."""
    stem = f"{home.name}.before-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    names = (home.with_name(stem if number == 1 else f"{stem}-{number}") for number in range(1, 1000))
    return next(path for path in names if not path.exists())
