"""The raw store: every message's bytes, exactly as they came, found by their SHA-256.

One small interface with two homes: a SQLite file of its own beside the firm's SQLite file (so that storing bytes
never waits for the index, nor the other way round), and a table where the firm's rows are on PostgreSQL. Bytes are
kept as Zstandard frames of a few megabytes each, so that a message of any size streams in and out.
A message is in the store, durably, before anything parses it; storing it twice changes nothing.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Protocol

from django.conf import settings
from django.db import connection, transaction

from amends.core.errors import AmendsError
from amends.firm.scope import current_firm_id
from amends.mail.packing import Packed, packed_blocks, unpacked


class RawMissing(AmendsError):
    """The store has no bytes of this hash: it was damaged or restored from an older copy."""


class RawStore(Protocol):
    """Keeps bytes by their hash, per firm."""

    def put(self, items: Iterable[Packed]) -> None:
        """Store all, durably, in one transaction; what is there already is left alone."""

    def put_stream(self, sha256: str, size: int, blocks: Iterable[bytes]) -> None:
        """Store one large message from its plain blocks, without holding it whole."""

    def known(self, hashes: Sequence[str]) -> set[str]:
        """Those of `hashes` that are stored."""

    def chunks(self, sha256: str) -> Iterator[bytes]:
        """The plain bytes, in order; raises `RawMissing`."""

    def remove(self, hashes: Iterable[str]) -> None:
        """Forget these bytes, in one transaction; what is not there does not matter. For `amends erase` alone."""

    def hashes(self, *, after: str = "", limit: int = 500) -> list[str]:
        """What is stored, in the order of the hashes, page by page."""


def read(store: RawStore, sha256: str) -> bytes:
    """The whole message; raises `RawMissing`."""
    return b"".join(store.chunks(sha256))


@cache
def raw_store() -> RawStore:
    """The store that belongs to this installation's database."""
    if connection.vendor == "sqlite":
        return SqliteRawStore(settings.HOME / "raw.sqlite3")
    return DatabaseRawStore()


class SqliteRawStore:
    """A SQLite file. One firm a home, so the firm's key is kept for moving away later, and costs nothing."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._local = threading.local()

    def _connection(self) -> sqlite3.Connection:
        found: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if found is None:
            found = sqlite3.connect(self._path, timeout=30, isolation_level=None)
            found.execute("PRAGMA journal_mode=WAL")
            found.execute("PRAGMA synchronous=NORMAL")
            found.execute(
                "CREATE TABLE IF NOT EXISTS raw (firm INTEGER NOT NULL, sha256 BLOB NOT NULL, chunk INTEGER NOT NULL,"
                " size INTEGER NOT NULL, data BLOB NOT NULL, PRIMARY KEY (firm, sha256, chunk))"
            )
            self._local.connection = found
        return found

    def put(self, items: Iterable[Packed]) -> None:
        firm = current_firm_id()
        rows = [
            (firm, bytes.fromhex(item.sha256), number, item.size, chunk)
            for item in items
            for number, chunk in enumerate(item.chunks)
        ]
        link = self._connection()
        link.execute("BEGIN IMMEDIATE")
        with link:
            link.executemany("INSERT OR IGNORE INTO raw VALUES (?, ?, ?, ?, ?)", rows)

    def put_stream(self, sha256: str, size: int, blocks: Iterable[bytes]) -> None:
        key, firm, link = bytes.fromhex(sha256), current_firm_id(), self._connection()
        link.execute("BEGIN IMMEDIATE")
        with link:
            for number, chunk in enumerate(packed_blocks(blocks)):
                link.execute("INSERT OR IGNORE INTO raw VALUES (?, ?, ?, ?, ?)", (firm, key, number, size, chunk))

    def known(self, hashes: Sequence[str]) -> set[str]:
        firm, link, found = current_firm_id(), self._connection(), set()
        for sha256 in hashes:
            row = link.execute(
                "SELECT 1 FROM raw WHERE firm = ? AND sha256 = ? AND chunk = 0", (firm, bytes.fromhex(sha256))
            ).fetchone()
            if row:
                found.add(sha256)
        return found

    def chunks(self, sha256: str) -> Iterator[bytes]:
        rows = self._connection().execute(
            "SELECT data FROM raw WHERE firm = ? AND sha256 = ? ORDER BY chunk",
            (current_firm_id(), bytes.fromhex(sha256)),
        )
        yield from _plain((row[0] for row in rows), sha256)

    def remove(self, hashes: Iterable[str]) -> None:
        firm, link = current_firm_id(), self._connection()
        link.execute("BEGIN IMMEDIATE")
        with link:
            link.executemany(
                "DELETE FROM raw WHERE firm = ? AND sha256 = ?", [(firm, bytes.fromhex(sha256)) for sha256 in hashes]
            )

    def hashes(self, *, after: str = "", limit: int = 500) -> list[str]:
        rows = self._connection().execute(
            "SELECT DISTINCT sha256 FROM raw WHERE firm = ? AND sha256 > ? ORDER BY sha256 LIMIT ?",
            (current_firm_id(), bytes.fromhex(after), limit),
        )
        return [row[0].hex() for row in rows]


class DatabaseRawStore:
    """The table `mail_raw`, beside the firm's rows (PostgreSQL)."""

    def put(self, items: Iterable[Packed]) -> None:
        firm = current_firm_id()
        rows = [
            (firm, item.sha256, number, item.size, chunk) for item in items for number, chunk in enumerate(item.chunks)
        ]
        if rows:
            with connection.cursor() as cursor:
                cursor.executemany(_INSERT, rows)

    def put_stream(self, sha256: str, size: int, blocks: Iterable[bytes]) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            for number, chunk in enumerate(packed_blocks(blocks)):
                cursor.execute(_INSERT, (current_firm_id(), sha256, number, size, chunk))

    def known(self, hashes: Sequence[str]) -> set[str]:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT sha256 FROM mail_raw WHERE firm_id = %s AND chunk = 0 AND sha256 = ANY(%s)",
                (current_firm_id(), list(hashes)),
            )
            return {row[0] for row in cursor.fetchall()}

    def chunks(self, sha256: str) -> Iterator[bytes]:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT data FROM mail_raw WHERE firm_id = %s AND sha256 = %s ORDER BY chunk",
                (current_firm_id(), sha256),
            )
            yield from _plain((bytes(row[0]) for row in cursor), sha256)

    def remove(self, hashes: Iterable[str]) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "DELETE FROM mail_raw WHERE firm_id = %s AND sha256 = ANY(%s)", (current_firm_id(), list(hashes))
            )

    def hashes(self, *, after: str = "", limit: int = 500) -> list[str]:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT DISTINCT sha256 FROM mail_raw WHERE firm_id = %s AND sha256 > %s ORDER BY sha256 LIMIT %s",
                (current_firm_id(), after, limit),
            )
            return [row[0] for row in cursor.fetchall()]


_INSERT = "INSERT INTO mail_raw (firm_id, sha256, chunk, size, data) VALUES (%s, %s, %s, %s, %s) ON CONFLICT DO NOTHING"


def _plain(rows: Iterable[bytes], sha256: str) -> Iterator[bytes]:
    found = False
    for data in rows:
        found = True
        yield unpacked(data)
    if not found:
        message = f"The raw store has no message {sha256[:12]}…: restore it from a backup, or import its archive again."
        raise RawMissing(message)
