"""`amends import-clients` from outside: its JSON, its exit codes, and that what is unclear changes nothing."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from tests.conftest import NOW
from tests.integration.cli.test_import_time import amends
from tests.letters import days, letter
from tests.processes import environment

pytestmark = pytest.mark.once

KEYS = {"format", "seen", "imported", "duplicates", "set_aside", "clients", "people", "engagements"}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home that holds a firm and a client."""
    folder = tmp_path_factory.mktemp("home")
    (folder / "1.eml").write_bytes(letter("The draft was due.\n", at=NOW - days(3)))
    amends(folder / "amends", "import", str(folder / "1.eml"), "--own-domain", "studio.example")
    return folder / "amends"


def written(tmp_path: Path, *lines: str, name: str = "clients.csv") -> str:
    path = tmp_path / name
    path.write_text("\n".join(lines), encoding="utf-8")
    return str(path)


def test_it_imports_tells_and_knows_it_again(home: Path, tmp_path: Path) -> None:
    path = written(tmp_path, "Firma;Ansprechpartner;E-Mail;Notiz", "Elm GmbH;Zoë;zoe@elm.example;\x1b[31mx", "Oak;;;y")
    out, err = amends(home, "import-clients", path)
    assert "“Firma” becomes the client's name." in err
    assert "“Ansprechpartner” becomes a person's whole name." in err
    assert "Left out: “Notiz”. --map brings one in, as in --map phone=COLUMN." in err
    assert "Saw 2 rows (table): 2 imported, 0 known already, 0 set aside." in out
    assert "New: 2 clients, 1 person, 0 engagements." in out
    told = json.loads(amends(home, "import-clients", path, "--json")[0])
    assert set(told) == KEYS
    assert (told["seen"], told["imported"], told["duplicates"], told["set_aside"]) == (2, 0, 2, [])


def test_deals_that_were_not_won_are_exit_code_1_until_a_stage_is_named(home: Path, tmp_path: Path) -> None:
    headers = "Record ID,Deal Name,Deal Stage,Amount,Associated Company"
    path = written(tmp_path, headers, "1,Site,Signed,100,Hartwell")
    told = json.loads(amends(home, "import-clients", path, "--json", code=1)[0])
    assert (told["seen"], told["imported"]) == (1, 0)
    assert told["set_aside"][0] == {
        "source": "clients.csv, line 2", "line": 2,
        "reason": "the deal is not won (stage: Signed); import it again when it is",
    }  # fmt: skip
    told = json.loads(amends(home, "import-clients", path, "--won", "signed", "--json")[0])
    assert (told["imported"], told["engagements"]) == (1, 1)


def test_what_a_column_may_mean_stops_until_it_is_said(home: Path, tmp_path: Path) -> None:
    path = written(tmp_path, "Name,E-mail", "Delacroix,info@studio-d.example")
    out, err = amends(home, "import-clients", path, code=2)
    assert out == ""
    assert "--map name=Name or --map person=Name" in err
    assert err.count("\n") == 1
    told = json.loads(amends(home, "import-clients", path, "--map", "name=Name", "--json")[0])
    assert (told["imported"], told["clients"], told["people"]) == (1, 1, 1)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["{folder}/none.csv"], "cannot be read"),
        (["{folder}"], "cannot be read"),
        (["{folder}/clients.csv", "--map", "name"], "maps nothing"),
        (["{folder}/clients.csv", "--map", "hue=Company"], "There is no field"),
        (["{folder}/clients.csv", "--map", "name=Hue"], "There is no column"),
        (["{folder}/clients.csv", "--firm", "Nobody"], "There is no firm called"),
        (["{folder}/clients.csv", "--standing", "vendor"], "Invalid value"),
        ([], "Missing argument"),
    ],
)
def test_wrong_input_is_one_clear_line_and_code_2(home: Path, tmp_path: Path, words: list[str], says: str) -> None:
    written(tmp_path, "Company,Email", "Ash,a@ash.example")
    out, err = amends(home, "import-clients", *[word.format(folder=tmp_path) for word in words], code=2)
    assert out == ""
    assert says in err
    assert "Traceback" not in err


def test_two_processes_on_the_same_file_at_once_store_it_once(home: Path, tmp_path: Path) -> None:
    path = written(tmp_path, "Company,Email", *(f"Twice {n % 9},p{n}@twice{n % 9}.example" for n in range(300)))
    command = [sys.executable, "-m", "amends.cli.main", "import-clients", path, "--json"]
    running = [
        subprocess.Popen(command, env=environment(home), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)  # noqa: S603
        for _ in range(2)
    ]
    told = [json.loads(one.communicate(timeout=120)[0]) for one in running]
    assert sorted((one["imported"], one["duplicates"]) for one in told) == [(0, 300), (300, 0)]
    assert sum(one["clients"] for one in told) == 9
