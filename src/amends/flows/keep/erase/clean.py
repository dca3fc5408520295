"""Clearing the files of what was deleted: SQLite leaves it in pages that it will use again, and in its log.

VACUUM writes a database anew from what is alive, and a truncating checkpoint empties the log. On PostgreSQL the same is
the administrator's to decide, since it locks tables: the how-to says how.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from django.conf import settings
from django.db import connection

from amends.flows.keep.files import Progress, database_file, quiet, raw_file

_PATIENCE = 60.0  # seconds for whoever else uses the files


def clean(*, progress: Progress = quiet) -> str:
    """Write both files of a home on SQLite anew; returns why something that was deleted may still be in them, or "".

    It needs room for the larger file in the home, and the home for itself at one moment.
    """
    if connection.vendor != "sqlite":
        return "PostgreSQL may still hold it in freed pages, its log and dumps: see docs/how-to/forget-somebody.md."
    connection.close()
    os.environ["SQLITE_TMPDIR"] = str(settings.HOME)  # where there is room; /tmp may be memory
    files = [file for file in (database_file(), raw_file()) if file.exists()]
    why = ""
    for number, file in enumerate(files):
        progress("Clearing", number, len(files))
        why = _vacuum(file) or why
    return why


def _vacuum(file: Path) -> str:
    said = ""
    try:
        with closing(sqlite3.connect(file, timeout=_PATIENCE, isolation_level=None)) as link:
            link.execute("VACUUM")
            busy, _, _ = link.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    except sqlite3.OperationalError as error:  # somebody else was writing all the time, or the disk is full
        busy, said = 1, f" ({error})"
    again = f"{file.name} may still hold it in freed pages{said}: stop Amends and run the same command again."
    return again if busy else ""
