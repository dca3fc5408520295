"""`amends import-time` from outside: its JSON, its exit codes, and that what is unclear changes nothing."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from tests.conftest import NOW
from tests.letters import days, letter
from tests.processes import environment

pytestmark = pytest.mark.once

HEADERS = "Date,Client,Project,Task,Notes,Hours,Billable?,First Name,Last Name"
KEYS = {"format", "seen", "imported", "duplicates", "set_aside", "remarks"}


def amends(home: Path, *words: str, code: int = 0) -> tuple[str, str]:
    """Run the real command; its standard output and error."""
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-W", "error", "-m", "amends.cli.main", *words], env=environment(home), text=True,
        capture_output=True, timeout=180, check=False,
    )  # fmt: skip
    assert done.returncode == code, f"{done.returncode}: {done.stderr}{done.stdout}"
    return done.stdout, done.stderr


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home that holds a firm and a client."""
    folder = tmp_path_factory.mktemp("home")
    (folder / "1.eml").write_bytes(letter("The draft was due.\n", at=NOW - days(3)))
    amends(folder / "amends", "import", str(folder / "1.eml"), "--own-domain", "studio.example")
    return folder / "amends"


def sheet(tmp_path: Path, *rows: str) -> str:
    path = tmp_path / "hours.csv"
    path.write_text("\n".join([HEADERS, *rows]), encoding="utf-8")
    return str(path)


def test_it_imports_tells_what_stands_out_and_knows_it_again(home: Path, tmp_path: Path) -> None:
    path = sheet(
        tmp_path,
        "13/04/2026,Hartwell,Site,Design,Second draft of the logo,1.5,Yes,Ada,Moss",
        "14/04/2026,Elm,Site,Design,Second draft of the logo,2,Yes,Ada,Moss",
        "16/04/2026,Elm,Site,Design,\x1b[31mPrint,2,Yes,Ada,Moss",
    )
    out, _ = amends(home, "import-time", path)
    assert "Saw 3 entries (Harvest): 3 imported, 0 known already, 0 set aside." in out
    assert "  on two clients: “Second draft of the logo” is booked on Hartwell (line 2) and on Elm (line 3)\n" in out
    assert "  no entry: Ada Moss has no entry on 15 April 2026\n" in out
    assert "\x1b" not in out
    told = json.loads(amends(home, "import-time", path, "--json")[0])
    assert set(told) == KEYS
    assert (told["seen"], told["imported"], told["duplicates"], told["set_aside"]) == (3, 0, 3, [])
    assert {one["kind"] for one in told["remarks"]} == {"elsewhere", "gap"}


def test_rows_set_aside_are_exit_code_1(home: Path, tmp_path: Path) -> None:
    path = sheet(
        tmp_path, "2026-05-04,Hartwell,Site,Design,x,1,Yes,Ada,Moss", "2026-05-04,Hartwell,Site,,x,,Yes,Ada,Moss"
    )
    told = json.loads(amends(home, "import-time", path, "--json", code=1)[0])
    assert (told["seen"], told["imported"]) == (2, 1)
    assert told["set_aside"] == [{"source": "hours.csv, line 3", "line": 3, "reason": "it has no duration"}]
    assert "  set aside: line 3: it has no duration\n" in amends(home, "import-time", path, code=1)[0]


@pytest.mark.parametrize(
    ("row", "says", "option"),
    [
        (
            "03/04/2026,Oak,Site,Design,x,1,Yes,Ada,Moss",
            "03/04/2026 is 3 April or 4 March (line 2)",
            ["--dates", "month-first"],
        ),
        (
            '2026-04-03,Oak,Site,Design,x,"1,250",Yes,Ada,Moss',
            "1,250 is 1250 hours or 1.25 hours (line 2)",
            ["--decimal", "comma"],
        ),
    ],
)
def test_what_is_unclear_stops_until_an_option_decides(
    home: Path, tmp_path: Path, row: str, says: str, option: list[str]
) -> None:
    path = sheet(tmp_path, row)
    out, err = amends(home, "import-time", path, code=2)
    assert out == ""
    assert err.count("\n") == 1
    assert says in err
    assert option[0] in err
    told = json.loads(amends(home, "import-time", path, *option, "--json")[0])
    assert (told["imported"], told["duplicates"]) == (1, 0)  # the attempt before stored nothing


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["import-time", "{folder}/none.csv"], "cannot be read"),
        (["import-time", "{folder}"], "cannot be read"),
        (["import-time", "{folder}/notes.csv"], "no export of Toggl, Harvest, Clockify or Kimai"),
        (["import-time", "{folder}/hours.csv", "--firm", "Nobody"], "There is no firm called"),
        (["import-time", "{folder}/hours.csv", "--dates", "us"], "Invalid value"),
        (["import-time"], "Missing argument"),
    ],
)
def test_wrong_input_is_one_clear_line_and_code_2(home: Path, tmp_path: Path, words: list[str], says: str) -> None:
    sheet(tmp_path, "2026-06-01,Ash,Site,Design,x,1,Yes,Ada,Moss")
    (tmp_path / "notes.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    out, err = amends(home, *[word.format(folder=tmp_path) for word in words], code=2)
    assert out == ""
    assert says in err
    assert "Traceback" not in err


def test_a_wrong_file_makes_no_home(tmp_path: Path) -> None:
    _, err = amends(tmp_path / "home", "import-time", str(tmp_path / "none.csv"), code=2)
    assert err.count("\n") == 1
    assert not (tmp_path / "home").exists()
