"""What `amends doctor` says of safe keeping: each sentence where it is true, and only there."""

from __future__ import annotations

import json
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django_tasks_db.models import DBTaskResult
from tests.conftest import NOW

from amends.firm.models import Firm
from amends.flows.tasks import judge_stored
from amends.insights.keeping import LAST_BACKUP, kept_well


def said() -> dict[str, tuple[bool, str]]:
    return {name: (ok, say) for name, ok, say in kept_well(now=NOW)}


@pytest.fixture(autouse=True)
def _private(home: Path) -> None:
    home.chmod(0o700)


def test_all_well(firm: Firm) -> None:
    found = said()
    assert [name for name, (ok, _) in found.items() if not ok and name != "clock"] == []
    assert "not encrypted by Amends: use" in found["encryption"][1]
    assert "home" not in found


def test_the_disk_needs_room_for_as_much_as_is_kept(firm: Firm, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(home)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage._replace(free=3 * 10**9))
    assert said()["disk"][0]
    with (home / "amends.sqlite3").open("wb") as sparse:
        sparse.truncate(4 * 10**9)
    ok, say = said()["disk"]
    assert (ok, say.startswith("3.0 GB are free where the mail is kept, and 4.0 GB are used for it: make")) == (
        False,
        True,
    )


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="on PostgreSQL nobody here knows of backups")
@pytest.mark.parametrize(
    ("days", "ok", "say"),
    [
        (0, True, "The last backup was made today."),
        (1, True, "The last backup was made yesterday."),
        (7, True, "The last backup was made 7 days ago."),
        (9, False, "The last backup was made 9 days ago: make one with `amends backup FILE`."),
    ],
)
def test_the_age_of_the_last_backup(firm: Firm, home: Path, days: int, ok: bool, say: str) -> None:
    told = {"at": (NOW - timedelta(days=days, hours=1)).isoformat(), "bytes": 1}
    (home / LAST_BACKUP).write_text(json.dumps(told), encoding="utf-8")
    assert said()["backup"] == (ok, say)
    (home / LAST_BACKUP).write_text("{", encoding="utf-8")
    assert said()["backup"] == (True, "No backup was made here with `amends backup` yet.")
    assert connection.vendor == "sqlite"


def test_a_home_that_everybody_may_read(firm: Firm, home: Path) -> None:
    home.chmod(0o755)
    assert said()["home"] == (False, f"Everybody on this machine may look into {home}: chmod o= {home}")


@pytest.mark.parametrize("inside", [True, False])
def test_where_the_key_lies(firm: Firm, home: Path, inside: bool) -> None:
    if inside:
        (home / "secret.key").write_text("x", encoding="ascii")
    assert ("lies in the home" in said()["encryption"][1]) == inside


def test_jobs_that_nobody_does(firm: Firm) -> None:
    judge_stored.enqueue(firm_id=firm.pk)
    DBTaskResult.objects.update(enqueued_at=NOW - timedelta(minutes=10))
    assert said()["jobs"][0]
    DBTaskResult.objects.update(enqueued_at=NOW - timedelta(minutes=40))
    assert said()["jobs"] == (
        False, "Jobs wait (1), the first for 40 minutes: start `amends serve` or `amends worker`.",
    )  # fmt: skip
    DBTaskResult.objects.update(run_after=NOW + timedelta(days=1))
    assert said()["jobs"][0]


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="one machine has one clock")
def test_clocks_that_are_apart(firm: Firm) -> None:
    ok, say = said()["clock"]  # the tests' clock is in the past
    assert (ok, say.startswith("The clocks of this machine and of PostgreSQL are ")) == (False, True)
