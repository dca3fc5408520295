"""`amends export` from outside: into a folder and back into a fresh home; killed, it leaves no half export."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.keeping import BEGIN, LETTERS, amends, files, killed, make_home, messages

pytestmark = pytest.mark.once


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a few letters; an export changes nothing in it but a line of the audit log."""
    return make_home(tmp_path_factory.mktemp("stock") / "home", tmp_path_factory.mktemp("letters"))


def test_out_and_into_a_fresh_home(home: Path, tmp_path: Path) -> None:
    target, fresh = tmp_path / "all", tmp_path / "fresh"
    made = json.loads(amends(home, "export", str(target), "--json")[0])
    assert (made["messages"], made["arrivals"], made["missing"], made["folder"]) == (LETTERS, LETTERS, 0, str(target))
    out, _ = amends(fresh, "import", str(target / "mail"), "--own-domain", "studio.example", "--json")
    assert json.loads(out)["imported"] == LETTERS
    assert messages(fresh) == messages(home)
    again, twice = tmp_path / "again", ("messages", "arrivals", "bytes", "threads", "clients", "contacts", "traffic")
    made_again = json.loads(amends(fresh, "export", str(again), "--json")[0])
    assert {name: made_again[name] for name in twice} == {name: made[name] for name in twice}
    (box,) = (target / "mail").iterdir()
    assert (again / "mail" / box.name).read_bytes().count(b"\nFrom ") == box.read_bytes().count(b"\nFrom ")


def test_for_people_and_refused(home: Path, tmp_path: Path) -> None:
    target = tmp_path / "all"
    out, err = amends(home, "export", str(target))
    assert out.startswith(f"{target}: {LETTERS} messages, 1 client,")
    assert err == ""
    before = files(target)
    out, err = amends(home, "export", str(target), code=2)
    assert (out, err) == ("", f"amends: {target} is not empty: name a new folder.\n")
    assert files(target) == before


def test_an_empty_home_has_nothing_to_give(tmp_path: Path) -> None:
    _, err = amends(tmp_path / "home", "export", str(tmp_path / "all"), code=2)
    assert "Nothing is here yet" in err
    assert not (tmp_path / "all").exists()


KILLED = BEGIN + (
    "from amends.cli.start import in_firm\n"
    "open_home(quiet=True)\n"
    "from amends.flows.keep.export import run\n"
    "now = datetime(2026, 3, 16, 10, tzinfo=UTC)\n"
    "def die(*_):\n    os.kill(os.getpid(), signal.SIGKILL)\n"
    "{change}\n"
    "with in_firm(None):\n    run.export(Path({target!r}), now=now, progress={progress})\n"
)


@pytest.mark.parametrize(
    ("change", "progress"),
    [
        ("", "die"),
        ("run.write_cards = die", "run.quiet"),
        ("Path.rename = die", "run.quiet"),
        ("run.sync_folder = die", "run.quiet"),
    ],
    ids=["writing mail", "after the tables", "before it takes its name", "after"],
)
def test_killed_at_any_moment_it_is_run_again(home: Path, tmp_path: Path, change: str, progress: str) -> None:
    target = tmp_path / "all"
    code = KILLED.format(change=change, progress=progress, target=str(target))
    assert killed(home, code)
    done = "sync_folder" in change
    assert target.exists() == done
    if not done:
        assert json.loads(amends(home, "export", str(target), "--json")[0])["arrivals"] == LETTERS
        assert [path.name for path in tmp_path.iterdir()] == ["all"]
    assert (target / "README.md").exists()
