"""What every test may use: a firm in scope, a home of its own, and the database that was asked for.

The suite runs on SQLite, and with AMENDS_TEST_DATABASE=postgresql on a real PostgreSQL: see `surroundings`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import tests.surroundings  # noqa: F401 (sets the environment, before anything reads the settings)

if TYPE_CHECKING:
    from amends.firm.models import Firm, Member

NOW = datetime(2026, 3, 16, 10, 0, tzinfo=UTC)  # a Monday
SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """The test database, with the policies and triggers that `amends` makes after every migration.

    A test that commits is cleared up after by emptying every table, which the ledger refuses: its triggers are taken
    away for that moment, and made again.
    """
    from django.db import connection

    from amends.capital.append_only import drop, ensure
    from amends.mail.row_security import guard

    operations = type(connection.ops)  # of every connection: a browser's loop has one of its own
    empty = operations.execute_sql_flush

    def without_triggers(self: Any, statements: Any) -> None:
        drop()
        empty(self, statements)
        ensure()

    with django_db_blocker.unblock():
        guard()
        ensure()
        operations.execute_sql_flush = without_triggers  # type: ignore[method-assign]


@pytest.fixture
def now() -> datetime:
    """The moment at which tests happen."""
    return NOW


@pytest.fixture(autouse=True)
def quick_passwords(request: pytest.FixtureRequest) -> None:
    """Hashing that is slow on purpose would be most of the suite's time."""
    if "db" in request.fixturenames:
        request.getfixturevalue("settings").PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def no_names_of_before() -> None:
    """The check keeps names of clients for a minute by the firm's key, which another test's firm has as well."""
    around = sys.modules.get("amends.insights.around")
    if around is not None:
        around._directories.clear()


@pytest.fixture
def home(tmp_path: Path, settings: object, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home for files: uploads and the raw store."""
    from amends.mail import raw

    settings.HOME = tmp_path  # type: ignore[attr-defined]
    settings.UPLOADS = tmp_path / "uploads"  # type: ignore[attr-defined]
    raw.raw_store.cache_clear()
    return tmp_path


@pytest.fixture
def firm(db: None, home: Path) -> Iterator[Firm]:
    """A firm with the domain studio.example that has been set up, in scope."""
    from amends.firm.scope import firm_scope
    from amends.flows.set_up import found_firm

    made = found_firm(["studio.example"], now=NOW, name="Studio")
    made.set_up_at = NOW
    made.save()
    with firm_scope(made):
        yield made


@pytest.fixture
def member(firm: Firm) -> Member:
    """An administrator of the firm."""
    from amends.firm.models import Member, Role

    return Member.objects.create_member(
        email="ada@studio.example", name="Ada Moss", role=Role.ADMINISTRATOR, now=NOW, password="a long password 1"
    )


@pytest.fixture
def shared_data() -> Path:
    """Real mail and labelled sets beside the checkout; tests on them are skipped where they are not there."""
    if not SHARED.is_dir():
        pytest.skip("the shared data folder is not beside this checkout: real archives are not tested")
    return SHARED
