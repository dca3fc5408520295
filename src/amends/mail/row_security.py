"""What the policies of PostgreSQL (`firm.row_security`) say of this part's own tables: the full-text index.

Under row-level security PostgreSQL uses an index only for conditions that cannot give a row away by failing, and its
operator for full-text search is not marked as one of these: every search would go through all words of the firm. A
condition of the policy itself has no such bar. So the words that are looked for are a part of the policy, as a setting
of the transaction (`looking_for`); where nothing is looked for it holds of every row.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

from amends.firm import row_security

_ALSO = {
    "mail_search": (
        "vector @@ coalesce(nullif(current_setting('amends.words', true), ''), '!''amends:no-such-word''')::tsquery"
    )
}
_SET = "SELECT set_config('amends.words', {}, true)"


def guard() -> list[str]:
    """Make the policies that are missing, on every table of firms' rows; returns the tables that lacked theirs."""
    return row_security.guard(also=_ALSO)


def guarded() -> list[str]:
    """The tables that have their policy."""
    return row_security.guarded(also=_ALSO)


def unguarded() -> list[str]:
    """The tables that lack their policy."""
    return row_security.unguarded(also=_ALSO)


@contextmanager
def looking_for(words: str) -> Iterator[None]:
    """Within this block only those entries of the full-text index are shown that match, as `to_tsquery` takes words."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_SET.format("to_tsquery('simple', %s)::text"), (words,))
        yield
        cursor.execute(_SET.format("''"))
