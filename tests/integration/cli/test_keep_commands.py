"""`amends backup`, `restore` and `verify` from outside: their JSON, exit codes, one line for what is wrong."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from tests.keeping import LETTERS, amends, files, make_home, messages

pytestmark = pytest.mark.once


@pytest.fixture(scope="module")
def stock(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a few letters, never to be changed."""
    return make_home(tmp_path_factory.mktemp("stock") / "home", tmp_path_factory.mktemp("letters"))


@pytest.fixture
def home(stock: Path, tmp_path: Path) -> Path:
    """A home of one's own."""
    return Path(shutil.copytree(stock, tmp_path / "home"))


def test_there_and_back_and_whole(home: Path, tmp_path: Path) -> None:
    file, other = tmp_path / "b.zip", tmp_path / "elsewhere" / "new home"
    made = json.loads(amends(home, "backup", str(file), "--json")[0])
    assert set(made) == {"file", "bytes", "messages", "tables", "seconds"}
    assert (made["messages"], made["bytes"]) == (LETTERS, file.stat().st_size)
    _, err = amends(home, "backup", str(file), code=2)
    assert err == f"amends: {file} is there already: name another file, or say --overwrite.\n"
    assert f"{LETTERS} messages" in amends(home, "backup", str(file), "--overwrite")[0]
    done = json.loads(amends(other, "restore", str(file), "--json")[0])
    assert set(done) == {"kept", "messages", "tables", "seconds"}
    assert (done["messages"], done["tables"]) == (LETTERS, made["tables"])
    assert messages(other) == messages(home)
    amends(other, "today", "--at", "2026-03-16T10:00:00+00:00")
    found = json.loads(amends(other, "verify", "--json")[0])
    assert (found["whole"], found["messages"], found["missing"], found["problems"]) == (True, LETTERS, 0, [])


def test_for_people(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "b.zip"
    amends(home, "backup", str(file))
    out, err = amends(home, "restore", str(file))
    assert out.startswith(f"Restored {LETTERS} messages of ")
    assert f"{home}.before-" in out
    assert err == ""
    assert amends(home, "verify")[0].startswith(f"All is whole: {LETTERS} messages")


def test_verify_is_exit_code_1_where_something_is_missing(home: Path) -> None:
    with closing(sqlite3.connect(home / "raw.sqlite3")) as link, link:
        sha256 = link.execute("SELECT sha256 FROM raw").fetchone()[0]
        link.execute("DELETE FROM raw WHERE sha256 = ?", (sha256,))
    found = json.loads(amends(home, "verify", "--json", code=1)[0])
    assert (found["whole"], found["missing"], found["named"]) == (False, 1, [sha256.hex()])
    assert f"1 of {LETTERS} copies have no bytes" in amends(home, "verify", code=1)[0]


@pytest.mark.parametrize("file", ["amends.sqlite3", "raw.sqlite3"])
def test_verify_tells_of_a_database_that_is_none(home: Path, file: str) -> None:
    (home / file).write_bytes(b"this is no database, though it is long enough to be looked at" * 200)
    found = json.loads(amends(home, "verify", "--json", code=1)[0])
    assert any(file in problem for problem in found["problems"])


def test_an_empty_home(tmp_path: Path) -> None:
    home = tmp_path / "home"
    _, err = amends(home, "backup", str(tmp_path / "b.zip"), code=2)
    assert (err.count("\n"), "nothing to back up" in err) == (1, True)
    assert json.loads(amends(home, "verify", "--json")[0])["messages"] == 0


def test_a_damaged_file_is_exit_code_2_and_changes_nothing(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "b.zip"
    amends(home, "backup", str(file))
    file.write_bytes(file.read_bytes()[:-1000])
    before = files(home)
    out, err = amends(home, "restore", str(file), "--json", code=2)
    assert (out, err.count("\n"), "damaged" in err) == ("", 1, True)
    assert files(home) == before


@pytest.mark.parametrize("command", ["backup", "restore"])
def test_on_postgresql_one_line_says_what_to_use(command: str, tmp_path: Path) -> None:
    url = "postgresql://nobody@127.0.0.1:1/none"  # nobody is asked
    out, err = amends(tmp_path / "home", command, str(tmp_path / "b.zip"), code=2, AMENDS_DATABASE_URL=url)
    assert (out, err.count("\n")) == ("", 1)
    assert "pg_dump" in err
    assert "mail_raw" in err
