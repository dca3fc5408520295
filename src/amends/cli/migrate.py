"""Bringing the database to this version's shape, once, whoever comes first."""

from __future__ import annotations

from collections.abc import Callable

from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor


def migrate_if_needed(*, say: Callable[[str], None] | None, if_new: Callable[[], None] = lambda: None) -> bool:
    """Apply what is missing; returns whether anything was.

    `say` hears one line before a long step; `if_new` is called before an empty database is prepared.
    """
    executor = MigrationExecutor(connection)
    if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return False
    fresh = not connection.introspection.table_names()
    if fresh:
        if_new()
    if say:
        say("Preparing the database …" if fresh else "Bringing the database up to date …")
    call_command("migrate", interactive=False, verbosity=0)
    return True
