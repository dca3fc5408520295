"""A home that an older version made opens in this one: it migrates, nothing is lost, and its pages answer.

`tests/make_upgrade_home.py` made the homes. An upgrade goes from SQLite to SQLite; PostgreSQL's migrations are the same
files, and run at the start of every test there.
"""

from __future__ import annotations

import json
import sqlite3
import tarfile
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from tests.keeping import BEGIN, amends, on_sqlite, start

HOMES = sorted((Path(__file__).parent / "homes").glob("*.tar.xz"))
GROW = {"django_migrations", "django_content_type", "auth_permission"}  # with every version
PAGES = (
    BEGIN + "open_home(quiet=True)\n"
    "import json\n"
    "from django.test import Client as Browser\n"
    "from amends.cli.start import in_firm\n"
    "from amends.clients.models import Client\n"
    "from amends.firm.models import Member\n"
    "from amends.mail.models import Message, Thread\n"
    "with in_firm(None):\n"
    "    ada = Member.objects.get()\n"
    "    pages = ['/', '/clients/', '/import/', '/set-aside/', '/set-apart/', '/settings/', '/model/',\n"
    "             '/search/?q=brochure']\n"
    "    pages += [f'/clients/{one.public_id}/' for one in Client.objects.all()]\n"
    "    pages += [f'/threads/{one.public_id}/' for one in Thread.objects.all()]\n"
    "    pages += [f'/messages/{one.public_id}/original' for one in Message.objects.all()]\n"
    "browser = Browser(SERVER_NAME='127.0.0.1')\n"
    "with in_firm(None):\n"
    "    browser.force_login(ada, backend='amends.firm.sign_in.MemberBackend')\n"
    "print(json.dumps({page: browser.get(page).status_code for page in pages}))\n"
)


@pytest.fixture(scope="module", params=HOMES, ids=[path.name for path in HOMES])
def old(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """A home that an older version made, and the rows that its tables had."""
    home = tmp_path_factory.mktemp("old") / "home"
    with tarfile.open(request.param) as packed:
        packed.extractall(home, filter="data")
    return home, json.loads((home / "counts.json").read_text(encoding="utf-8"))


def counts(home: Path, file: str, names: set[str]) -> dict[str, int]:
    with closing(sqlite3.connect(home / file)) as link:
        return {name: link.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in sorted(names)}  # noqa: S608


def test_there_is_one() -> None:
    assert HOMES


@on_sqlite
def test_it_migrates_and_nothing_is_lost(old: tuple[Path, dict[str, Any]]) -> None:
    home, before = old
    assert len(before["amends.sqlite3"]) > 20
    assert before["amends.sqlite3"]["mail_message"] > 30
    amends(home, "today", "--at", "2026-03-16T10:00:00+00:00", AMENDS_MODEL="off")
    for file, rows in before.items():
        kept = set(rows) - GROW
        assert counts(home, file, kept) == {name: rows[name] for name in kept}
    migrated = counts(home, "amends.sqlite3", {"django_migrations"})["django_migrations"]
    assert migrated > before["amends.sqlite3"]["django_migrations"]
    with closing(sqlite3.connect(home / "amends.sqlite3")) as link:  # whoever has mail is not asked to set up
        assert link.execute("SELECT set_up_at = created_at, set_up_step FROM firm_firm").fetchall() == [(1, 3)]
    found = json.loads(amends(home, "verify", "--json")[0])
    assert (found["whole"], found["messages"]) == (True, before["amends.sqlite3"]["mail_message"])
    with start(home, PAGES) as process:
        out, err = process.communicate(timeout=120)
    pages = json.loads(out)
    assert len(pages) > 50, err
    assert {page: status for page, status in pages.items() if status != 200} == {}
