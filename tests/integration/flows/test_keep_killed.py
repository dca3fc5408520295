"""Killed at any moment, a backup is whole or not there, and a home is at its place or the next command mends it."""

from __future__ import annotations

import shlex
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.conftest import NOW
from tests.keeping import BEGIN, beside, files, killed, on_sqlite, rows, start
from tests.letters import days

from amends.flows.keep.backup import back_up
from amends.flows.keep.restore import restore

DIES = BEGIN + (
    "def die(*_):\n    os.kill(os.getpid(), signal.SIGKILL)\n"
    "calls = 0\n"
    "def count(*_):\n    global calls\n    calls += 1\n    if calls == {at}: die()\n"
    "now = datetime(2026, 3, 16, 10, tzinfo=UTC)\nopen_settings()\n"
)
COUNTED = (
    "kept = Path.{step}\n"
    "def counted(self, target):\n    count()\n    return kept(self, target)\n"
    "Path.{step} = counted\n"
)


@on_sqlite
@pytest.mark.parametrize(("step", "at"), [("", 1), ("", 3), ("", 5), ("", 7), ("replace", 1), ("replace", 2)])
def test_a_backup_that_is_killed_leaves_no_half_one(
    step: str, at: int, place: Callable[[str], Path], tmp_path: Path
) -> None:
    """While it copies and packs, and just before it takes its name."""
    home, file = place("home"), tmp_path / "b.zip"
    expected = rows(home)
    code = DIES + (COUNTED.replace("{step}", step) if step else "") + (
        f"from amends.flows.keep.backup import back_up\n"
        f"back_up(Path({str(file)!r}), now=now, progress={'print' if step else 'count'})"
    )  # fmt: skip
    assert killed(home, code.replace("{at}", str(at)))
    assert not file.exists()
    back_up(file, now=NOW)
    assert not (tmp_path / ".b.zip.partial").exists()
    restore(file, now=NOW)
    assert rows(home) == expected


@on_sqlite
@pytest.mark.parametrize("at", [1, 3, 5, 7])
def test_a_restore_that_is_killed_while_unpacking_changes_nothing(
    at: int, place: Callable[[str], Path], packed: Path
) -> None:
    home = place("home")
    before = files(home)
    code = DIES + (
        f"from amends.flows.keep.restore import restore\nrestore(Path({str(packed)!r}), now=now, progress=count)"
    )
    assert killed(home, code.replace("{at}", str(at)))
    assert files(home) == before
    restore(packed, now=NOW)
    assert len(beside(home)) == 2  # the home, and the one before


@on_sqlite
@pytest.mark.parametrize("at", [1, 2, 3])
def test_a_restore_that_is_killed_at_a_rename_leaves_a_home_or_says_how_to_mend_it(
    at: int, place: Callable[[str], Path], packed: Path
) -> None:
    home = place("home")
    expected = rows(home)
    code = (
        DIES
        + COUNTED.replace("{step}", "rename")
        + f"from amends.flows.keep.restore import restore\nrestore(Path({str(packed)!r}), now=now)"
    )
    assert killed(home, code.replace("{at}", str(at)))
    if at < 3:
        assert rows(home) == expected
    else:
        assert not home.exists()
        _mend(home)
    assert rows(home) == expected
    restore(packed, now=NOW + days(1))
    assert rows(home) == expected
    assert not [name for name in beside(home) if name.endswith((".restoring", ".restored"))]


def _mend(home: Path) -> None:
    """The next command says what to do in one line, makes no empty home, and what it says works."""
    with start(home, "import sys; sys.argv = ['amends', 'today']; from amends.cli.main import main; main()") as process:
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err.count("\n")) == (2, "", 1)
    assert not home.exists()
    finish, undo = err.partition("Finish it: ")[2].strip().split(", or undo it: ")
    [kept] = home.parent.glob(f"{home.name}.before-*")
    assert undo == shlex.join(["mv", str(kept), str(home)])
    subprocess.run(shlex.split(finish), check=True)  # noqa: S603
