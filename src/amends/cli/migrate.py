"""Bringing the database to this version's shape, once, whoever comes first."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from amends.capital.append_only import ensure, lacking
from amends.firm.scope import all_firms
from amends.mail.row_security import guard, unguarded

try:
    import fcntl
except ImportError:  # not a POSIX system
    fcntl = None  # type: ignore[assignment]

_LOCK = 0x416D656E6473  # "Amends"


def migrate_if_needed(*, say: Callable[[str], None] | None, if_new: Callable[[], None] = lambda: None) -> bool:
    """Apply what is missing; returns whether anything was.

    `say` hears one line before a long step; `if_new` is called before an empty database is prepared.
    """
    if not _waiting():
        if unguarded() or lacking():  # made by an older version, or taken away
            with _alone():
                guard()
                ensure()
        return False
    with _alone():
        return bool(_waiting()) and _migrate(say, if_new)


def _waiting() -> int:
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


@contextmanager
def _alone() -> Iterator[None]:
    """One process at a time: two that open a new home together must not both build it."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", (_LOCK,))
            try:
                yield
            finally:
                cursor.execute("SELECT pg_advisory_unlock(%s)", (_LOCK,))
        return
    if fcntl is None:
        yield
        return
    with (settings.HOME / "prepare.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _migrate(say: Callable[[str], None] | None, if_new: Callable[[], None]) -> bool:
    fresh = not connection.introspection.table_names()
    if fresh:
        if_new()
    if say:
        say("Preparing the database …" if fresh else "Bringing the database up to date …")
    with all_firms():  # a migration changes every firm's rows
        call_command("migrate", interactive=False, verbosity=0)
    guard()
    ensure()
    return True
