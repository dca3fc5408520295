"""Safe keeping: what was backed up comes back equal, also what was copied while mail came in."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from zipfile import ZipFile

import pytest
from django_tasks_db.models import DBTaskResult
from tests.conftest import NOW
from tests.keeping import BEGIN, LETTERS, beside, messages, on_sqlite, rows, start
from tests.processes import wait_until

from amends.flows.keep.backup import back_up
from amends.flows.keep.lock import BeingRestored, HomeInUse, alone, hold
from amends.flows.keep.restore import restore

_JOBS = DBTaskResult._meta.db_table


@on_sqlite
def test_what_was_backed_up_comes_back_equal(place: Callable[[str], Path], tmp_path: Path) -> None:
    home, file = place("home"), tmp_path / "b.zip"
    expected, mail = rows(home), messages(home)
    made = back_up(file, now=NOW)
    assert made.manifest.tables["mail_message"] == len(mail) == LETTERS
    assert made.size == file.stat().st_size
    (home / "amends.sqlite3").write_bytes(b"broken by somebody")
    done = restore(file, now=NOW)
    assert rows(home) == expected
    assert messages(home) == mail
    assert (done.kept / "amends.sqlite3").read_bytes() == b"broken by somebody"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b.zip", "home", "home.before-20260316T100000Z"]


@on_sqlite
def test_drills_of_the_firms_own_come_along(place: Callable[[str], Path], tmp_path: Path) -> None:
    home, file = place("home"), tmp_path / "b.zip"
    back_up(file, now=NOW)
    with ZipFile(file) as archive:
        assert json.loads(archive.read("manifest.json"))["format"] == 1  # an older version reads it
    own = home / "drills"
    own.mkdir()
    (own / "the-files.toml").write_text('title = "The files"\n')
    for other in ("Notes.toml", "the-files.txt"):
        (own / other).write_text("not a drill")
    (own / "sub.toml").mkdir()
    back_up(file, now=NOW, overwrite=True)
    with ZipFile(file) as archive:
        assert archive.namelist() == ["amends.sqlite3", "raw.sqlite3", "drills/the-files.toml", "manifest.json"]
        assert json.loads(archive.read("manifest.json"))["format"] == 2
    (own / "the-files.toml").write_text("changed since")
    done = restore(file, now=NOW)
    assert (own / "the-files.toml").read_text() == 'title = "The files"\n'
    assert [path.name for path in own.iterdir()] == ["the-files.toml"]
    assert (done.kept / "drills" / "the-files.toml").read_text() == "changed since"


@on_sqlite
def test_the_file_is_private_and_holds_no_key(place: Callable[[str], Path], tmp_path: Path) -> None:
    home, file = place("home"), tmp_path / "b.zip"
    session = "thekeyofalivesession0123456789ab"
    with closing(sqlite3.connect(home / "amends.sqlite3")) as link, link:
        link.execute("PRAGMA secure_delete=OFF")  # as most SQLites have it: pages keep the bytes of what was deleted
        for number in range(500):
            key = f"{session}-{number}"
            link.execute("INSERT INTO django_session VALUES (?, ?, '2026-04-01')", (key, "data" * 50))
        link.execute("DELETE FROM django_session WHERE session_key NOT LIKE '%-7'")
    back_up(file, now=NOW)
    assert file.stat().st_mode & 0o777 == 0o600
    secrets = ((home / "secret.key").read_bytes(), session.encode())
    with ZipFile(file) as archive:
        assert archive.namelist() == ["amends.sqlite3", "raw.sqlite3", "manifest.json"]
        packed = [archive.read(name) for name in archive.namelist()]
        assert not any(secret in data for data in packed for secret in secrets)
        manifest = json.loads(archive.read("manifest.json"))
    assert set(manifest) == {"format", "amends", "made_at", "migrations", "tables", "members"}
    assert "mail.0001_initial" in manifest["migrations"]


@on_sqlite
def test_a_home_keeps_its_own_keys(place: Callable[[str], Path], packed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = place("home")
    (home / "secret.key").write_text("of this installation")
    (home / "keys").mkdir()
    (home / "keys" / "mine").write_text("named by a setting")
    monkeypatch.setenv("AMENDS_SECRET_KEY_FILE", str(home / "keys" / "mine"))
    restore(packed, now=NOW)
    assert (home / "secret.key").read_text() == "of this installation"
    assert (home / "keys" / "mine").read_text() == "named by a setting"


@on_sqlite
def test_restoring_twice_keeps_both_homes(place: Callable[[str], Path], packed: Path) -> None:
    home = place("home")
    first, second = restore(packed, now=NOW).kept, restore(packed, now=NOW).kept
    assert first != second
    assert rows(first) == rows(second) == rows(home)


@on_sqlite
def test_an_import_under_way_ends_where_it_was(place: Callable[[str], Path], tmp_path: Path) -> None:
    """Its archive is not in the backup: it must neither look busy for ever nor be tried without it."""
    home, file = place("home"), tmp_path / "b.zip"
    with closing(sqlite3.connect(home / "amends.sqlite3")) as link, link:
        link.execute("UPDATE mail_importrun SET state = 'storing', finished_at = NULL")
        columns = [row[1:4] for row in link.execute(f"PRAGMA table_info({_JOBS})")]
        for number, (path, status) in enumerate(
            [("bring_in", "RUNNING"), ("bring_in", "FAILED"), ("judge_stored", "READY")]
        ):
            given = {"id": f"{number:032x}", "priority": 1, "task_path": f"amends.flows.tasks.{path}", "status": status}
            values = [given.get(name, 0 if kind.startswith("int") else "[]") for name, kind, _ in columns]
            link.execute(f"INSERT INTO {_JOBS} VALUES ({', '.join('?' * len(values))})", values)  # noqa: S608
    back_up(file, now=NOW)
    restore(file, now=NOW)
    with closing(sqlite3.connect(home / "amends.sqlite3")) as link:
        found = link.execute("SELECT state, finished_at, problem FROM mail_importrun").fetchall()
        left = link.execute(f"SELECT task_path, status FROM {_JOBS} ORDER BY id").fetchall()  # noqa: S608
    assert left == [("amends.flows.tasks.bring_in", "FAILED"), ("amends.flows.tasks.judge_stored", "READY")]
    assert [row[:2] for row in found] == [("failed", "2026-03-16 10:00:00")]
    assert "bring the archive in again" in found[0][2]


@on_sqlite
def test_backups_taken_while_another_process_stores_mail_fit_together(
    place: Callable[[str], Path], tmp_path: Path
) -> None:
    """Every row's bytes are there, whatever was stored between the copy of the one file and of the other."""
    home = place("home")
    code = BEGIN + (
        "from datetime import timedelta\nopen_home(quiet=True)\n"
        "from amends.firm.models import Firm\nfrom amends.firm.scope import firm_scope\n"
        "from tests.letters import bring, letter\n"
        "at = datetime(2026, 3, 1, tzinfo=UTC)\n"
        "with firm_scope(Firm.objects.get()):\n"
        "    for number in range(100_000):\n"
        "        bring(*(letter(f'Line {number} {part}', at=at + timedelta(seconds=5 * number + part),"
        " message_id=f'{number}.{part}@y') for part in range(5)), now=at)\n"
    )
    counts: list[int] = []

    def wait_between(label: str, done: int, total: int) -> None:
        """More mail is stored after the database was copied, and before the bytes are."""
        if label == "Packing" and done == total:
            there = _count(home)
            wait_until(lambda: _count(home) > there, seconds=60)

    with start(home, code) as process:
        try:
            wait_until(lambda: _count(home) > LETTERS, seconds=60)
            for number in range(3):
                made = back_up(tmp_path / f"{number}.zip", now=NOW, progress=wait_between)
                counts.append(made.manifest.tables["mail_message"])
            assert process.poll() is None
            with pytest.raises(HomeInUse, match="stop it"):
                restore(tmp_path / "0.zip", now=NOW)
        finally:
            process.kill()
            process.communicate()
    assert counts == sorted(set(counts))
    for number, count in enumerate(counts):
        other = place(f"other-{number}")
        restore(tmp_path / f"{number}.zip", now=NOW)
        assert len(messages(other)) == count


def _count(home: Path) -> int:
    with closing(sqlite3.connect(home / "amends.sqlite3")) as link:
        return int(link.execute("SELECT count(*) FROM mail_message").fetchone()[0])


# -- who uses the home --------------------------------------------------------------------------------------------


@on_sqlite
def test_a_home_that_is_in_use_is_not_replaced(place: Callable[[str], Path], packed: Path) -> None:
    """By any process of Amends, and by any other program that has its database open."""
    home = place("home")
    with start(home, BEGIN + "open_home(quiet=True)\nprint('open', flush=True)\ninput()") as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "open\n"
        with pytest.raises(HomeInUse, match="stop it"):
            restore(packed, now=NOW)
        process.kill()
        process.communicate()
    with closing(sqlite3.connect(home / "amends.sqlite3")) as link:
        link.execute("SELECT count(*) FROM mail_message").fetchone()
        with pytest.raises(HomeInUse, match="stop it"):
            restore(packed, now=NOW)
    assert beside(home) == [home.name]
    restore(packed, now=NOW)


def test_nobody_opens_a_home_while_it_is_replaced(tmp_path: Path) -> None:
    with alone(tmp_path / "in-use.lock", because=""), pytest.raises(BeingRestored, match="wait"):
        hold(tmp_path)
