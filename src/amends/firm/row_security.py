"""PostgreSQL's row-level security under the application's own check: a query that forgets the firm finds nothing.

Every table with a column `firm_id` has one policy: its rows are seen, changed and inserted only where they belong to
the firm that the connection carries (`firm.postgresql`). The owner obeys too (FORCE); only superusers and roles with
BYPASSRLS do not, which a numbered check tells. Policies are made after every migration, and whenever one is missing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import NamedTuple

from django.db import connection, transaction

_FIRM = (
    "(firm_id = (SELECT nullif(current_setting('amends.firm', true), '')::bigint)"
    " OR (SELECT current_setting('amends.firm', true) = '0'))"
)  # in sub-selects, so that they are worked out once a statement, not once a row
_STATE = """
SELECT c.relname, c.relrowsecurity AND c.relforcerowsecurity,
       array_remove(array_agg(p.polname::text), NULL)
  FROM pg_class c
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'firm_id' AND NOT a.attisdropped
  LEFT JOIN pg_policy p ON p.polrelid = c.oid
 WHERE c.relkind IN ('r', 'p') AND c.relnamespace = current_schema()::regnamespace
 GROUP BY c.oid ORDER BY c.relname
"""


class _Table(NamedTuple):
    name: str
    forced: bool
    policies: list[str]


def guarded(*, also: Mapping[str, str]) -> list[str]:
    """The tables that have their policy; none on SQLite, where a home holds one firm.

    `also` names, for single tables, a further condition that must hold of every row that is seen.
    """
    return [table.name for table in _tables() if _is_guarded(table, also)]


def unguarded(*, also: Mapping[str, str]) -> list[str]:
    """The tables of firms' rows that lack their policy, or have one that is not ours."""
    return [table.name for table in _tables() if not _is_guarded(table, also)]


def guard(*, also: Mapping[str, str]) -> list[str]:
    """Make the policies that are missing; returns the tables that lacked theirs. Doing so twice changes nothing."""
    lacking = [table for table in _tables() if not _is_guarded(table, also)]
    quote = connection.ops.quote_name
    with transaction.atomic(), connection.cursor() as cursor:
        for table in lacking:
            name = quote(table.name)
            for policy in table.policies:
                cursor.execute(f"DROP POLICY {quote(policy)} ON {name}")
            seen = _seen(table.name, also)
            cursor.execute(
                f"CREATE POLICY {quote(_policy(table.name, also))} ON {name} USING ({seen}) WITH CHECK ({_FIRM})"
            )
            cursor.execute(f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    return [table.name for table in lacking]


def obeys() -> bool:
    """Whether the role that we are connected as is bound by policies at all."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT NOT (rolsuper OR rolbypassrls) FROM pg_roles WHERE rolname = current_user")
        return bool(cursor.fetchone()[0])


def _tables() -> list[_Table]:
    if connection.vendor != "postgresql":
        return []
    with connection.cursor() as cursor:
        cursor.execute(_STATE)
        return [_Table(*row) for row in cursor.fetchall()]


def _is_guarded(table: _Table, also: Mapping[str, str]) -> bool:
    return table.forced and table.policies == [_policy(table.name, also)]


def _policy(table: str, also: Mapping[str, str]) -> str:
    """A name that changes with what the policy says."""
    said = f"{_seen(table, also)} {_FIRM}"
    return f"amends_firm_{hashlib.sha256(said.encode()).hexdigest()[:8]}"


def _seen(table: str, also: Mapping[str, str]) -> str:
    return f"{_FIRM} AND {also[table]}" if table in also else _FIRM
