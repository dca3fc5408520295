"""An import that is killed at any moment and run again ends as if nothing had happened."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import NOW
from tests.processes import alive, descendants, environment, wait_until

from amends.demo import agency
from amends.demo.mime import mbox_entry

pytestmark = pytest.mark.once

KILLS = 20
CHAINS = 4  # homes; each is killed KILLS / CHAINS times before it may finish
LETTERS = 150

# Every table, as far as it does not depend on when the import happened or in which order rows got their numbers.
TABLES = {
    "message": "SELECT m.id, m.public_id, t.public_id, c.public_id, direction, kind, kind_reason, sent_at, sender_name,"
    " sender_email, m.subject, snippet, attachment_count, raw, message_id, fingerprint, set_aside, asks, judged"
    " FROM mail_message m JOIN mail_thread t ON t.id = m.thread_id LEFT JOIN clients_client c ON c.id = m.client_id",
    "body": "SELECT message_id, text, segments, has_html, attachments, notes FROM mail_body",
    "participant": "SELECT message_id, role, name, email FROM mail_participant",
    "copy": "SELECT b.address, message_id, raw, size, source, labels FROM mail_copy"
    " JOIN mail_mailbox b ON b.id = mailbox_id",
    "thread": "SELECT t.public_id, c.public_id, subject, base_key, t.first_at, t.last_at, message_count, t.touched_at"
    " FROM mail_thread t LEFT JOIN clients_client c ON c.id = t.client_id",
    "link": "SELECT key, t.public_id FROM mail_threadlink JOIN mail_thread t ON t.id = thread_id",
    "traffic": "SELECT c.public_id, day, t.received, t.sent FROM mail_traffic t"
    " JOIN clients_client c ON c.id = t.client_id",
    "client": "SELECT public_id, name, standing, standing_why, first_at, last_at, received, sent, touched_at"
    " FROM clients_client",
    "domain": "SELECT value, c.public_id FROM clients_domain JOIN clients_client c ON c.id = client_id",
    "contact": "SELECT p.public_id, c.public_id, p.name, p.last_at, p.received FROM clients_contact p"
    " JOIN clients_client c ON c.id = client_id",
    "address": "SELECT email, p.public_id FROM clients_contactaddress JOIN clients_contact p ON p.id = contact_id",
    "signal": "SELECT key, c.public_id, kind, message_id, quote, start, end, rule, confidence, said_at, raised_at,"
    " cleared_at, answered_at, detail FROM signals_signal JOIN clients_client c ON c.id = client_id",
    "prior": "SELECT as_of, live_clients, numbers FROM signals_rhythmprior",
    "own": "SELECT value FROM firm_owndomain",
    "firm": "SELECT name FROM firm_firm",
    "mailbox": "SELECT address FROM mail_mailbox",
    "search": "SELECT rowid FROM mail_search",
    "found": "SELECT rowid FROM mail_search WHERE mail_search MATCH 'invoice OR thanks'",
}


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A part of the sample agency's year, as an mbox."""
    path = tmp_path_factory.mktemp("archive") / "part.mbox"
    path.write_bytes(b"".join(map(mbox_entry, agency.letters(NOW)[-LETTERS:])))
    return path


@pytest.fixture(scope="module")
def empty_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose database is prepared, so that every run need not do it again."""
    home = tmp_path_factory.mktemp("empty")
    code = "import sys; from amends.cli.start import open_home; open_home(quiet=True)"
    subprocess.run([sys.executable, "-c", code], env=environment(home), check=True, timeout=120)  # noqa: S603
    return home


def _begin(home: Path, archive: Path) -> subprocess.Popen[str]:
    own = [part for domain in agency.FIRM.domains for part in ("--own-domain", domain)]
    command = [sys.executable, "-m", "amends.cli.main", "import", str(archive), *own, "--json"]
    return subprocess.Popen(  # noqa: S603
        command, env=environment(home), start_new_session=True, text=True, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )  # fmt: skip


def _finish(home: Path, archive: Path) -> dict[str, Any]:
    process = _begin(home, archive)
    out, err = process.communicate(timeout=240)
    assert process.returncode == 0, err
    report: dict[str, Any] = json.loads(out)
    return report


def _contents(home: Path) -> dict[str, list[tuple[Any, ...]]]:
    main, store = home / "amends.sqlite3", home / "raw.sqlite3"
    with closing(sqlite3.connect(main)) as rows, closing(sqlite3.connect(store)) as raw:
        found = {name: sorted(rows.execute(query).fetchall(), key=repr) for name, query in TABLES.items()}
        found["raw"] = sorted(raw.execute("SELECT sha256, chunk, size, data FROM raw").fetchall())
        for file in (rows, raw):
            assert file.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert rows.execute("PRAGMA foreign_key_check").fetchall() == []
    return found


@pytest.fixture(scope="module")
def uninterrupted(
    archive: Path, empty_home: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[dict[str, list[tuple[Any, ...]]], float]:
    """What an import leaves that nobody disturbed, and how long it took."""
    home = tmp_path_factory.mktemp("whole") / "home"
    shutil.copytree(empty_home, home)
    began = time.monotonic()
    report = _finish(home, archive)
    assert (report["seen"], report["imported"]) == (LETTERS, LETTERS)
    return _contents(home), time.monotonic() - began


def _moments(seconds: float) -> Iterator[list[float]]:
    """Moments to kill at: spread evenly over the time an import takes, each a little off at random, then shuffled."""
    chance = random.Random(20260316)  # noqa: S311
    moments = [seconds * (place + chance.random()) / KILLS for place in range(KILLS)]
    chance.shuffle(moments)
    for at in range(0, KILLS, KILLS // CHAINS):
        yield moments[at : at + KILLS // CHAINS]


@pytest.mark.parametrize("chain", range(CHAINS))
def test_killed_at_random_moments_and_run_again(
    chain: int, archive: Path, empty_home: Path, uninterrupted: tuple[dict[str, Any], float], tmp_path: Path
) -> None:
    expected, seconds = uninterrupted
    home = tmp_path / "home"
    shutil.copytree(empty_home, home)
    for moment in list(_moments(seconds))[chain]:
        process = _begin(home, archive)
        time.sleep(moment)
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
    report = _finish(home, archive)
    assert report["seen"] == report["imported"] + report["duplicates"] == LETTERS
    found = _contents(home)
    assert {name: len(rows) for name, rows in found.items()} == {name: len(rows) for name, rows in expected.items()}
    for name, rows in expected.items():
        assert found[name] == rows, name


def test_readers_leave_when_their_import_is_killed(archive: Path, empty_home: Path, tmp_path: Path) -> None:
    """Only the import itself is killed: its worker processes must not stay behind for ever."""
    home = tmp_path / "home"
    shutil.copytree(empty_home, home)
    process = _begin(home, archive)
    wait_until(lambda: len(descendants(process.pid)) >= 1, seconds=20)
    children = descendants(process.pid)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    try:
        wait_until(lambda: not any(alive(pid) for pid in children), seconds=15)
    finally:
        for pid in filter(alive, children):
            os.kill(pid, signal.SIGKILL)
        process.communicate()
