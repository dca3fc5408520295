"""Triggers by which the database itself refuses to change the ledger: UPDATE, DELETE, TRUNCATE, and an INSERT over a
line that is there (SQLite's INSERT OR REPLACE passes a plain trigger on DELETE).

Made after every migration, for Django's AlterField makes SQLite's tables anew and loses them without a word; whoever
opens the database looks (`lacking`), and `amends doctor` says so.
"""

from __future__ import annotations

from django.db import connection, transaction

from amends.capital.models import PolicyVersion, Posting
from amends.firm.scope import FirmRow

_ONCE: dict[type[FirmRow], tuple[str, ...]] = {
    Posting: (
        "id = NEW.id",
        "public_id = NEW.public_id",
        "firm_id = NEW.firm_id AND key = NEW.key AND turn = NEW.turn",
    ),
    PolicyVersion: ("id = NEW.id", "public_id = NEW.public_id", "firm_id = NEW.firm_id AND number = NEW.number"),
}
"""The tables, and what of an existing row a new one must not repeat."""
_REFUSED = "The ledger is append-only: post what takes it back instead."


def lacking() -> list[str]:
    """The triggers that are missing, by name."""
    there = _there()
    return [name for name in _wanted() if name not in there]


def ensure() -> list[str]:
    """Make the triggers that are missing; returns their names. Doing so twice changes nothing."""
    missing = lacking()
    wanted = _wanted()
    with transaction.atomic(), connection.cursor() as cursor:
        if missing and connection.vendor == "postgresql":
            cursor.execute(
                "CREATE OR REPLACE FUNCTION amends_append_only() RETURNS trigger LANGUAGE plpgsql AS "
                f"$$ BEGIN RAISE EXCEPTION '{_REFUSED}'; END $$"
            )
        for name in missing:
            cursor.execute(wanted[name])
    return missing


def drop() -> None:
    """Take the triggers away: for tests that empty a database between themselves, and for nothing else."""
    with connection.cursor() as cursor:
        for name, table in _there().items():
            on = f" ON {table}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER {name}{on}")


def _there() -> dict[str, str]:
    """Our triggers by name, with their tables."""
    if connection.vendor == "postgresql":
        asked = (
            "SELECT t.tgname, c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
            "WHERE t.tgname LIKE 'capital\\_%%\\_append\\_%%' AND t.tgenabled = 'O' "
            "AND c.relnamespace = current_schema()::regnamespace"
        )
    else:
        asked = (
            "SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger' "
            "AND name LIKE 'capital\\_%%\\_append\\_%%' ESCAPE '\\'"
        )
    with connection.cursor() as cursor:
        cursor.execute(asked.replace("%%", "%"))
        return dict(cursor.fetchall())


def _wanted() -> dict[str, str]:
    """Every trigger's statement by its name."""
    return _for_postgresql() if connection.vendor == "postgresql" else _for_sqlite()


def _for_postgresql() -> dict[str, str]:
    # An INSERT over an existing key fails by its constraint, and ON CONFLICT DO UPDATE is an UPDATE.
    found = {}
    for model in _ONCE:
        table = model._meta.db_table
        for deed, each in (("UPDATE", "ROW"), ("DELETE", "ROW"), ("TRUNCATE", "STATEMENT")):
            name = f"{table}_append_{deed.lower()}"
            found[name] = (
                f"CREATE TRIGGER {name} BEFORE {deed} ON {table} FOR EACH {each} EXECUTE FUNCTION amends_append_only()"
            )
    return found


def _for_sqlite() -> dict[str, str]:
    found = {}
    refuse = f"BEGIN SELECT RAISE(ABORT, '{_REFUSED}'); END"
    for model, same in _ONCE.items():
        table = model._meta.db_table
        for deed in ("UPDATE", "DELETE"):
            name = f"{table}_append_{deed.lower()}"
            found[name] = f"CREATE TRIGGER {name} BEFORE {deed} ON {table} {refuse}"
        name = f"{table}_append_insert"
        # One look-up an index: a single OR would read the whole table.
        there = " OR ".join(f"EXISTS (SELECT 1 FROM {table} WHERE {each})" for each in same)  # noqa: S608
        found[name] = f"CREATE TRIGGER {name} BEFORE INSERT ON {table} WHEN {there} {refuse}"
    return found
