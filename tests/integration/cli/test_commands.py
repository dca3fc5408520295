"""The outside of the house: keys of JSON, exit codes, one clear line for what is wrong and nothing changed by it."""

from __future__ import annotations

import json
import socket
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import NOW
from tests.letters import OURS, THEIRS, days, letter
from tests.processes import environment

pytestmark = pytest.mark.once

IMPORT_KEYS = {
    "seen", "imported", "duplicates", "skipped", "set_aside", "clients", "contacts", "threads", "seconds",
    "messages_per_second",
}  # fmt: skip
STATEMENT_KEYS = {"client", "from", "to", "opening", "postings", "faded", "closing", "balance", "trend", "sentence",
                  "value_at_risk"}  # fmt: skip
POSTING_KEYS = {"at", "amount", "kind", "rule", "policy", "evidence", "why"}
ITEM_KEYS = {"client", "domains", "balance", "trend", "owner", "unowned_for_hours", "reasons", "next_step"}
REASON_KEYS = {"kind", "quote", "message", "at", "confidence"}


def amends(home: Path, *words: str, code: int = 0, **more: str) -> tuple[str, str]:
    """Run the real command; its standard output and error."""
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-W", "error", "-m", "amends.cli.main", *words], env=environment(home, **more), text=True,
        capture_output=True, timeout=180, check=False,
    )  # fmt: skip
    assert done.returncode == code, f"{done.returncode}: {done.stderr}{done.stdout}"
    return done.stdout, done.stderr


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a complaint, our letters, a draft and something that is no mail."""
    folder = tmp_path_factory.mktemp("archive")
    mail = {
        "1.eml": letter("The site is broken again. I am very disappointed.\n", at=NOW - days(3), message_id="1@x"),
        "2.eml": letter("Dear Petra,\n\nthank you.\n", sender=OURS, to=THEIRS, at=NOW - days(30), message_id="2@x"),
        "3.eml": b"X-Gmail-Labels: Drafts\n" + letter("Draft.\n", sender=OURS, to=THEIRS, at=NOW - days(2)),
        "4.txt": b"notes\n",
        "5.eml": letter("Dear Ada,\n\nsee you on Friday.\n", sender="Kim <kim@elm.example>", at=NOW - days(9)),
    }
    for name, data in mail.items():
        (folder / name).write_bytes(data)
    return folder


@pytest.fixture(scope="module")
def home(archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home that the archive was brought into."""
    made = tmp_path_factory.mktemp("home") / "amends"
    out, err = amends(made, "import", str(archive), "--json")
    report = json.loads(out)
    assert set(report) == IMPORT_KEYS
    assert report["seen"] == 5
    assert {key: report[key] for key in ("imported", "duplicates", "skipped", "set_aside", "contacts", "threads")} == {
        "imported": 3, "duplicates": 0, "skipped": {"a draft, not sent": 1, "not a mail file": 1}, "set_aside": [],
        "contacts": 2, "threads": 3,
    }  # fmt: skip
    assert "Took studio.example for your own" in err
    return made


def _rows(home: Path) -> dict[str, int]:
    with closing(sqlite3.connect(home / "amends.sqlite3")) as link:
        names = [row[0] for row in link.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        parts = {"firm", "clients", "mail", "signals"}
        ours = [name for name in names if name.partition("_")[0] in parts and "search" not in name]
        return {name: link.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in ours}  # noqa: S608


def test_a_second_import_finds_nothing_new(home: Path, archive: Path) -> None:
    before = _rows(home)
    report = json.loads(amends(home, "import", str(archive), "--json")[0])
    assert (report["seen"], report["imported"], report["duplicates"]) == (5, 0, 3)
    assert _rows(home) == {**before, "mail_importrun": before["mail_importrun"] + 1}


def test_for_people_the_import_tells_what_it_did(home: Path, archive: Path) -> None:
    out, _ = amends(home, "import", str(archive))
    assert "Saw 5 messages" in out
    assert "skipped 1: a draft, not sent" in out


def test_a_message_set_aside_is_exit_code_1(tmp_path: Path, home: Path) -> None:
    """Over the limit of 64 MB: stored, set aside, and told."""
    path = tmp_path / "big.eml"
    with path.open("wb") as file:
        file.write(letter("Big.\n", at=NOW, subject="Big one"))
        for _ in range(66):
            file.write((b"x" * 63 + b"\n") * 16_384)
    report = json.loads(amends(home, "import", str(path), "--json", code=1)[0])
    assert (report["seen"], report["imported"]) == (1, 0)
    assert report["set_aside"] == [{"source": "big.eml", "reason": "It was kept but not read: larger than 64 MB."}]
    again = json.loads(amends(home, "import", str(path), "--json")[0])
    assert (again["seen"], again["duplicates"], again["set_aside"]) == (1, 1, [])


def test_today_says_who_needs_us(home: Path) -> None:
    answer = json.loads(amends(home, "today", "--at", NOW.isoformat(), "--json")[0])
    assert set(answer) == {"as_of", "items"}
    [item] = answer["items"]
    assert set(item) == ITEM_KEYS
    assert (item["domains"], item["owner"]) == (["hartwell.example"], None)
    account = json.loads(amends(home, "statement", "Hartwell", "--to", NOW.date().isoformat(), "--json")[0])
    assert set(account) == STATEMENT_KEYS
    assert (item["balance"], item["trend"]) == (account["balance"], account["trend"])
    assert account["balance"] < 0
    assert {*POSTING_KEYS} <= set(account["postings"][0])
    sums = [account["opening"], *(one["amount"] for one in account["postings"]), account["faded"]]
    assert round(sum(sums), 2) == account["closing"]
    assert all(set(reason) == REASON_KEYS for reason in item["reasons"])
    assert item["reasons"][0]["quote"] in "The site is broken again. I am very disappointed."
    assert "Hartwell" in amends(home, "today", "--at", NOW.isoformat())[0]


def test_today_before_anything_was_said(home: Path) -> None:
    out, err = amends(home, "today", "--at", (NOW - days(20)).isoformat(), "--json")
    assert json.loads(out)["items"] == []
    assert err == ""


def test_an_old_archive_is_looked_at_from_its_last_day(tmp_path: Path) -> None:
    path = tmp_path / "old.eml"
    path.write_bytes(letter("The site is broken. I am very disappointed.\n", at=NOW - days(900)))
    amends(tmp_path / "home", "import", str(path), "--own-domain", "studio.example")
    out, err = amends(tmp_path / "home", "today", "--json")
    answer = json.loads(out)
    assert answer["as_of"][:10] == (NOW - days(900)).date().isoformat()
    assert len(answer["items"]) == 1
    assert "looking from that day" in err


def test_what_it_writes_is_nobody_else_s(tmp_path: Path) -> None:
    (home := tmp_path / "home").mkdir(mode=0o755)
    path = tmp_path / "old.eml"
    path.write_bytes(letter("Hello.\n", at=NOW))
    amends(home, "import", str(path), "--own-domain", "studio.example")
    written = [file for file in home.rglob("*") if file.is_file()]
    assert {file.name for file in written} >= {"amends.sqlite3", "raw.sqlite3"}
    assert [file.name for file in written if file.stat().st_mode & 0o077] == []


def test_link_prints_one_address(home: Path) -> None:
    out, _ = amends(home, "link")
    [line] = out.splitlines()
    assert line.startswith("http://127.0.0.1:8000/enter/")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["import", "{nowhere}/none.mbox"], "is not there"),
        (["import", "{archive}/4.txt"], "give an mbox"),
        (["import", "{archive}", "{nowhere}/none.mbox"], "is not there"),
        (["import", "{archive}", "--owner", "nobody@studio.example"], "No member has the address"),
        (["import", "{archive}", "--firm", "Nobody & Co"], "There is no firm called"),
        (["import", "{archive}", "--visibility", "some"], "Invalid value"),
        (["import", "{archive}", "--visibility", "metadata"], "add --change-readers"),
        (["import"], "Missing argument"),
        (["today", "--at", "yesterday"], "is no time"),
        (["today", "--limit", "0"], "Invalid value"),
        (["today", "--firm", "Nobody & Co"], "There is no firm called"),
        (["link", "nobody@studio.example"], "No member has the address"),
        (["nothing"], "No such command"),
    ],
)
def test_bad_input_is_one_clear_line_and_changes_nothing(
    home: Path, archive: Path, words: list[str], says: str
) -> None:
    before = _rows(home)
    filled = [word.format(archive=archive, nowhere=home.parent) for word in words]
    out, err = amends(home, *filled, code=2)
    assert out == ""
    assert says in err.splitlines()[-1]
    assert "Traceback" not in err
    assert _rows(home) == before


def test_bad_input_leaves_an_empty_home_empty(tmp_path: Path, archive: Path) -> None:
    """No firm is made by an import that cannot be: the next, right one starts from nothing."""
    home = tmp_path / "home"
    for words in (["import", str(tmp_path / "none")], ["import", str(archive / "4.txt")], ["today"], ["link"]):
        amends(home, *words, code=2)
        assert {name: count for name, count in _rows(home).items() if count} == {}


def test_mail_of_nobody_is_refused_before_anything_is_stored(tmp_path: Path) -> None:
    path = tmp_path / "x.eml"
    path.write_bytes(b"Subject: nobody\n\nHello.\n")
    _, err = amends(tmp_path / "home", "import", str(path), code=2)
    assert "--own-domain" in err.splitlines()[-1]
    assert "mail_message" not in {name for name, count in _rows(tmp_path / "home").items() if count}


@pytest.mark.parametrize("name", ["AMENDS_DEBUG", "AMENDS_DATABASE_URL", "AMENDS_URL"])
def test_a_wrong_setting_stops_the_start(tmp_path: Path, name: str) -> None:
    _, err = amends(tmp_path / "home", "today", code=2, **{name: "nonsense"})
    assert "Traceback" not in err


def test_demo_without_serving(tmp_path: Path) -> None:
    home = tmp_path / "demo"
    out, _ = amends(home, "demo", "--home", str(home), "--no-serve", "--port", "8123")
    told, link = out.splitlines()
    assert told.endswith("All of it is invented.")
    assert link.startswith("Look in here: http://127.0.0.1:8123/enter/")
    answer: dict[str, Any] = json.loads(amends(home, "today", "--json")[0])
    assert answer["items"]
    _, err = amends(home, "demo", "--home", str(home), "--no-serve", code=2)
    assert "holds a firm already" in err


def test_corrections_are_exported_with_consent_only(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "lessons.jsonl"
    _, err = amends(home, "corrections", "export", str(file), code=2)
    assert err.count("\n") == 1
    assert f"sentences of your clients, in clear, into {file} and sends them to nobody: add --consent." in err
    assert not file.exists()
    out, _ = amends(home, "corrections", "export", str(file), "--consent")
    assert out == f"0 corrections written to {file}.\n"
    assert file.stat().st_mode & 0o777 == 0o600
    _, err = amends(home, "corrections", "export", str(file), "--consent", code=2)
    assert "is there already" in err


def test_what_cannot_be_a_home_is_said(tmp_path: Path) -> None:
    (file := tmp_path / "file").write_text("")
    for home, why in ((file, "it is no folder"), (file / "within", "Not a directory"), (Path("/proc"), "No such file")):
        _, err = amends(home, "today", code=2)
        assert f"{home} cannot be the home ({why}" in err
        assert "set AMENDS_HOME to a folder that you may write in" in err
        assert "Errno" not in err


def test_a_postgresql_that_refuses_is_not_called_damaged(tmp_path: Path) -> None:
    with socket.socket() as taken:  # bound, and nobody listens
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        url = {"AMENDS_DATABASE_URL": f"postgresql://ada:hunter2@127.0.0.1:{port}/amends"}
        for words, code in ((["today"], 2), (["verify"], 2), (["doctor"], 1)):
            out, err = amends(tmp_path / "home", *words, code=code, **url)
            assert f"PostgreSQL at 127.0.0.1:{port} does not answer" in out + err, words
            assert "start it" in out + err
            assert "Restore a backup" not in out + err
            assert "hunter2" not in out + err
