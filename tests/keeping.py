"""Homes for tests of safe keeping: made by the real command, compared file by file and row by row."""

from __future__ import annotations

import hashlib
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import zstandard
from tests.conftest import NOW
from tests.letters import OURS, THEIRS, days, letter
from tests.processes import environment

ROOT = Path(__file__).resolve().parents[1]
LETTERS = 12
BEGIN = (
    "import os, signal\nfrom pathlib import Path\nfrom datetime import UTC, datetime\n"
    "from amends.cli.start import open_home, open_settings\n"
)

on_sqlite = pytest.mark.skipif(
    os.environ.get("AMENDS_TEST_DATABASE") == "postgresql", reason="backup and restore are for a home on SQLite"
)


def amends(home: Path, *words: str, code: int = 0, **more: str) -> tuple[str, str]:
    """Run the real command; its standard output and error."""
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-W", "error", "-m", "amends.cli.main", *words], env=environment(home, **more), text=True,
        capture_output=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == code, f"{done.returncode}: {done.stderr}{done.stdout}"
    return done.stdout, done.stderr


def start(home: Path, code: str) -> subprocess.Popen[str]:
    """Run Python in `home` as a process of its own."""
    path = os.pathsep.join((str(ROOT), str(ROOT / "src")))
    return subprocess.Popen(  # noqa: S603
        [sys.executable, "-c", code], env=environment(home, PYTHONPATH=path), text=True, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )  # fmt: skip


def killed(home: Path, code: str) -> bool:
    """Run Python in `home` that may kill itself; whether it did. Fails where it ends in any other way than well."""
    with start(home, code) as process:
        _, err = process.communicate(timeout=60)
    assert process.returncode in {0, -signal.SIGKILL}, err
    return process.returncode != 0


def make_home(home: Path, folder: Path) -> Path:
    """A home with a few letters in it, one of them larger than one chunk of the raw store."""
    archive = folder / "letters"
    archive.mkdir()
    chance = random.Random(20260316)  # noqa: S311 (what does not compress fills several blocks of a backup)
    lines = [chance.randbytes(35).hex() for _ in range(70_000)]
    for number in range(LETTERS):
        text = f"Dear Ada,\n\nnote {number} about the brochure.\n" + ("\n".join(lines) if number == 3 else "")
        sender, to = (OURS, THEIRS) if number % 2 else (THEIRS, OURS)
        mail = letter(text, at=NOW - days(LETTERS - number), message_id=f"{number}@x", sender=sender, to=to)
        (archive / f"{number}.eml").write_bytes(mail)
    out, _ = amends(home, "import", str(archive), "--own-domain", "studio.example", "--json")
    assert json.loads(out)["imported"] == LETTERS
    return home


def files(folder: Path) -> dict[str, bytes]:
    """Every file below a folder and its bytes."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def rows(home: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of both databases, by table, with the full-text index asked for a word."""
    found: dict[str, list[tuple[Any, ...]]] = {}
    for name in ("amends.sqlite3", "raw.sqlite3"):
        with closing(sqlite3.connect(home / name)) as link:
            tables = [row[0] for row in link.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            for table in tables:
                if not table.startswith("mail_search"):
                    found[table] = sorted(link.execute(f'SELECT * FROM "{table}"').fetchall(), key=repr)  # noqa: S608
            if "mail_search" in tables:
                query = "SELECT rowid FROM mail_search WHERE mail_search MATCH 'brochure'"
                found["searched"] = sorted(link.execute(query).fetchall())
    return found


def messages(home: Path) -> dict[str, bytes]:
    """The bytes of every message that has a row, by hash, each proved to be what its hash says."""
    found = {}
    with (
        closing(sqlite3.connect(home / "amends.sqlite3")) as link,
        closing(sqlite3.connect(home / "raw.sqlite3")) as raw,
    ):
        for (sha256,) in link.execute("SELECT raw FROM mail_copy UNION SELECT raw FROM mail_message"):
            chunks = raw.execute("SELECT data FROM raw WHERE sha256 = ? ORDER BY chunk", (bytes.fromhex(sha256),))
            data = b"".join(zstandard.ZstdDecompressor().decompress(chunk, 1 << 23) for (chunk,) in chunks)
            assert hashlib.sha256(data).hexdigest() == sha256
            found[sha256] = data
    return found


def beside(home: Path) -> list[str]:
    """The home, and what a restore or a backup left beside it."""
    return sorted(path.name for path in home.parent.iterdir() if path.name.startswith(home.name))
