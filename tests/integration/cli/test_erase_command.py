"""`amends erase` from outside: a dry run first, then nothing of the word in any file of the home."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from tests.conftest import NOW
from tests.keeping import BEGIN, amends, killed, start
from tests.letters import OURS, days, letter

pytestmark = pytest.mark.once

SECRET = b"Xanthippe"
XAN = "Xanthippe Vane <vane@xanthippe.example>"
OTHER = "Petra Hartwell <petra@hartwell.example>"
LETTERS = 40


@pytest.fixture(scope="module")
def stock(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with two clients, one of whom is to be forgotten."""
    home, archive = tmp_path_factory.mktemp("stock") / "home", tmp_path_factory.mktemp("letters")
    for number in range(LETTERS):
        sender = XAN if number % 2 else OTHER
        text = f"Dear Ada,\n\n{sender.split()[0]} is disappointed with draft {number}: it has an error again.\n"
        mail = letter(text, at=NOW - days(60 - number), message_id=f"{number}@x", sender=sender, to=OURS,
                      subject=f"From {sender.split()[0]}, number {number}")  # fmt: skip
        (archive / f"{number}.eml").write_bytes(mail)
    amends(home, "import", str(archive), "--own-domain", "studio.example", "--json", AMENDS_MODEL="off")
    return home


@pytest.fixture
def home(stock: Path, tmp_path: Path) -> Path:
    """A home of one's own."""
    return Path(shutil.copytree(stock, tmp_path / "home"))


def holding(home: Path) -> list[str]:
    """The files of a home that hold the word, as it was written or in small letters."""
    found = []
    for path in sorted(home.rglob("*")):
        data = path.read_bytes() if path.is_file() else b""
        if SECRET in data or SECRET.lower() in data:
            found.append(path.name)
    return found


def raw_count(home: Path) -> int:
    with closing(sqlite3.connect(home / "raw.sqlite3")) as link:
        return int(link.execute("SELECT count(DISTINCT sha256) FROM raw").fetchone()[0])


def test_only_said_and_then_done_and_nothing_is_left_of_it(home: Path) -> None:
    assert "amends.sqlite3" in holding(home)
    out, err = amends(home, "erase", "xanthippe.example", AMENDS_MODEL="off")
    assert out.startswith("Would go:\n  20 messages\n")
    assert out.endswith("Nothing was changed. To do it: the same command with --yes.\n")
    assert (raw_count(home), err) == (LETTERS, "")
    out, err = amends(home, "erase", "xanthippe.example", "--yes", "--json", AMENDS_MODEL="off")
    done = json.loads(out)
    assert (done["erased"], done["cleaned"], done["messages"], done["kind"]) == (True, True, 20, "client")
    assert err.startswith("The files of the home are cleared of it.")
    assert raw_count(home) == LETTERS // 2
    assert holding(home) == []
    assert json.loads(amends(home, "verify", "--json")[0])["whole"]
    assert b"Hartwell" in (home / "amends.sqlite3").read_bytes()
    _, err = amends(home, "erase", "nobody@nowhere.example", code=2, AMENDS_MODEL="off")
    assert "Nobody is called" in err


def test_the_log_of_a_database_that_somebody_else_reads_is_said_to_hold_it(home: Path) -> None:
    """A reader holds an old state: the log cannot be emptied before it ends. Then the same command does it."""
    reading = BEGIN + (  # noqa: S608
        "import sqlite3\n"
        "link = sqlite3.connect(os.environ['AMENDS_HOME'] + '/amends.sqlite3')\n"
        "link.execute('BEGIN')\nlink.execute('SELECT count(*) FROM mail_message').fetchone()\n"
        "print('reading', flush=True)\nsignal.pause()\n"
    )
    with start(home, reading) as process:
        assert process.stdout
        assert process.stdout.readline() == "reading\n"
        code = BEGIN + (
            "from amends.flows.keep.erase import clean\nclean._PATIENCE = 0.2\n"
            "import sys\nsys.argv = ['amends', 'erase', 'xanthippe.example', '--yes', '--json']\n"
            "from amends.cli.main import main\nmain()\n"
        )
        with start(home, code) as erasing:
            out, err = erasing.communicate(timeout=100)
        process.kill()
    assert erasing.returncode == 1, err
    assert (json.loads(out)["erased"], json.loads(out)["cleaned"]) == (True, False)
    assert "stop Amends and run the same command again" in err
    assert holding(home) != []
    again = json.loads(amends(home, "erase", "xanthippe.example", "--yes", "--json", AMENDS_MODEL="off")[0])
    assert (again["cleaned"], again["messages"]) == (True, 0)
    assert holding(home) == []


KILLED = BEGIN + (
    "os.environ['AMENDS_MODEL'] = 'off'\n"
    "from amends.flows.keep.erase import run\nfrom amends.mail import raw\nfrom amends.mail.actions import forget\n"
    "calls = 0\n"
    "def count(kept):\n"
    "    def counted(*args, **kwargs):\n"
    "        global calls\n        calls += 1\n"
    "        if calls == {at}: os.kill(os.getpid(), signal.SIGKILL)\n"
    "        return kept(*args, **kwargs)\n"
    "    return counted\n"
    "run._BATCH = 4\n"
    "{where} = count({where})\n"
    "import sys\nsys.argv = ['amends', 'erase', 'xanthippe.example', '--yes']\n"
    "from amends.cli.main import main\nmain()\n"
)


@pytest.mark.parametrize(
    ("where", "at"),
    [
        ("forget.unindex", 3),  # bytes of a batch are gone, their rows are not
        ("run.settle_conversations", 2),
        ("run.settle_index", 1),
        ("run.judge_new", 1),
    ],
)
def test_killed_at_any_moment_it_is_run_again(home: Path, where: str, at: int) -> None:
    code = BEGIN + "open_home(quiet=True)\n" + KILLED.removeprefix(BEGIN).format(where=where, at=at)
    assert killed(home, code)
    again = json.loads(amends(home, "erase", "xanthippe.example", "--yes", "--json", AMENDS_MODEL="off")[0])
    assert again["cleaned"]
    assert (raw_count(home), holding(home)) == (LETTERS // 2, [])
    assert json.loads(amends(home, "verify", "--json")[0])["whole"]
    with closing(sqlite3.connect(home / "amends.sqlite3")) as link:
        assert link.execute("SELECT count(*) FROM mail_message").fetchone() == (LETTERS // 2,)
        assert link.execute("SELECT count(*) FROM mail_search_docsize").fetchone() == (LETTERS // 2,)
