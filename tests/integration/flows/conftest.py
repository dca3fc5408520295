"""Homes for the tests of safe keeping."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from tests.forgetting import fill, their_letters
from tests.keeping import BEGIN, killed, make_home

from amends.firm.models import Firm, Member


@pytest.fixture
def empty_index(db: None) -> None:
    """The full-text index is no table of Django's: what a test wrote in real transactions stays in it."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("INSERT INTO mail_search (mail_search) VALUES ('delete-all')")
        else:
            cursor.execute("DELETE FROM mail_search")
            cursor.execute("DELETE FROM mail_raw")


@pytest.fixture
def letters() -> dict[str, bytes]:
    """What people wrote to and of Xanthippe, by what becomes of it when she is erased."""
    return their_letters()


@pytest.fixture
def full(firm: Firm, member: Member, home: Path, letters: dict[str, bytes]) -> Firm:
    """Xanthippe's firm with mail and what was made of it, and another client."""
    fill(letters, member=member, home=home)
    return firm


@pytest.fixture(scope="module")
def stock(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a few letters, never to be changed."""
    return make_home(tmp_path_factory.mktemp("stock") / "home", tmp_path_factory.mktemp("letters"))


@pytest.fixture
def place(stock: Path, tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """Makes this process work in a copy of `stock` of the given name."""

    def made(name: str) -> Path:
        home = tmp_path / name
        if not home.exists():
            shutil.copytree(stock, home)
        settings.HOME = home
        monkeypatch.setitem(settings.DATABASES["default"], "NAME", str(home / "amends.sqlite3"))
        return home

    return made


@pytest.fixture(scope="module")
def packed(stock: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A good backup of `stock`."""
    file = tmp_path_factory.mktemp("packed") / "good.zip"
    code = BEGIN + (
        "open_settings()\nfrom amends.flows.keep.backup import back_up\n"
        f"back_up(Path({str(file)!r}), now=datetime(2026, 3, 16, 10, tzinfo=UTC))"
    )
    assert not killed(stock, code)
    return file
