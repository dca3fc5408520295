"""The files of a home on SQLite that are kept, and what must be true of them: asked of a copy when it is made and
again when it is to become a home, so that whatever was backed up can be restored."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import quote

from django.conf import settings
from django.db import connection

from amends.core.errors import AmendsError

DATABASE, RAW = "amends.sqlite3", "raw.sqlite3"
DRILL = re.compile(r"drills/[a-z0-9-]{1,80}\.toml")
"""A drill of the firm's own, by its place in the home."""
Progress = Callable[[str, int, int], None]
"""Hears what is being done, how much of it is done, and how much it is."""


class NotOnSqlite(AmendsError):
    """The firm's rows are on PostgreSQL, which has tools of its own."""


class FilesDamaged(AmendsError):
    """A database file is not whole."""


def quiet(label: str, done: int, total: int) -> None:
    """Progress that nobody wants to hear."""


def refuse_postgresql() -> None:
    """Raises `NotOnSqlite`, saying what to use instead."""
    if connection.vendor != "sqlite":
        message = (
            "This home is on PostgreSQL: keep it with pg_dump and bring it back with pg_restore. The messages' bytes"
            " are in the table mail_raw, so they come along; copy the secret key apart."
        )
        raise NotOnSqlite(message)


def database_file() -> Path:
    """Where the firm's rows are."""
    return Path(settings.DATABASES["default"]["NAME"])


def raw_file() -> Path:
    """Where the messages' bytes are."""
    return Path(settings.HOME) / RAW


def drill_files() -> list[Path]:
    """The firm's own drills, in the home."""
    home = Path(settings.HOME)
    found = (path for path in (home / "drills").glob("*.toml") if path.is_file())
    return sorted(path for path in found if DRILL.fullmatch(path.relative_to(home).as_posix()))


@contextmanager
def opened(file: Path, mode: str) -> Iterator[sqlite3.Connection]:
    """A plain connection to a database file that must be there. `mode` as SQLite's URIs have it."""
    address = f"file:{quote(str(file))}?mode={mode}"
    with closing(sqlite3.connect(address, uri=True, timeout=30, isolation_level=None)) as link:
        yield link


def problems(file: Path) -> list[str]:
    """What is wrong with a database file, in at most a few sentences; nothing where it is whole."""
    try:
        with opened(file, "rw") as link:
            found = [row[0] for row in link.execute("PRAGMA integrity_check(5)")]
            dangling = len(link.execute("PRAGMA foreign_key_check").fetchall()) if file.name != RAW else 0
    except sqlite3.DatabaseError as error:
        return [f"{file.name}: {error}"]
    said = [f"{file.name}: {line}" for line in found if line != "ok"]
    return said + ([f"{file.name}: {dangling} rows point at rows that are not there"] if dangling else [])


def refuse_damaged(file: Path) -> None:
    """Raises `FilesDamaged` where `file` is not whole."""
    found = problems(file)
    if found:
        message = f"The database is damaged ({found[0]}): use an earlier backup."
        raise FilesDamaged(message)


def row_counts(file: Path) -> dict[str, int]:
    """Rows by table, without SQLite's own tables and those that hold the full-text index."""
    with opened(file, "rw") as link:
        names = [row[0] for row in link.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
        counted = [name for name in names if not name.startswith(("sqlite_", "mail_search"))]
        return {name: link.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in counted}  # noqa: S608


def applied_migrations(file: Path) -> list[str]:
    """The shape of the database: every migration that was applied, as app.name."""
    with opened(file, "rw") as link:
        return [f"{app}.{name}" for app, name in link.execute("SELECT app, name FROM django_migrations ORDER BY id")]
