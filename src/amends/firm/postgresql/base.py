"""Tells PostgreSQL which firm is in scope, so that its policies (`firm.row_security`) can keep the others' rows back.

The firm travels as the session setting `amends.firm`, and is sent only before a statement whose scope differs from what
this connection last heard. What a rollback takes back is heard again. A connection belongs to one thread at a time and
begins knowing nothing, whether it is new or comes from a pool: nothing leaks from one request into the next.
A pooler that gives every transaction another server connection (PgBouncer's transaction mode) cannot be used.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.backends.postgresql.base import DatabaseWrapper as PostgresqlWrapper
from psycopg.pq import TransactionStatus

from amends.firm.reach import reach

_TELL = "SELECT set_config('amends.firm', %s, false)"
_MAY_CHANGE = (
    "ROLLBACK",
    "ABORT",
    "SET",
    "RESET",
    "DISCARD",
    "COMMIT",
    "END",
)  # written by hand, past Django's methods


class DatabaseWrapper(PostgresqlWrapper):
    """A connection that carries the firm in scope."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._told: str | None = None  # what the server was last told; None: not known
        self.execute_wrappers.append(self._carry)

    def _carry(self, execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
        if isinstance(sql, str) and sql.lstrip()[:8].upper().startswith(_MAY_CHANGE):
            self._told = None  # and nothing is told first: the transaction may have failed, and this be its end
        elif (wanted := reach()) != self._told:
            with self.wrap_database_errors:
                self.connection.execute(_TELL, (wanted,))
            self._told = wanted
        return execute(sql, params, many, context)

    def init_connection_state(self) -> None:
        self._told = None
        super().init_connection_state()

    def _commit(self) -> None:
        if self.connection is not None and self.connection.info.transaction_status == TransactionStatus.INERROR:
            self._told = None  # the server will roll back instead
        super()._commit()  # type: ignore[misc]  # the stubs leave it out

    def _rollback(self) -> None:
        self._told = None
        super()._rollback()  # type: ignore[misc]  # the stubs leave it out

    def _savepoint_rollback(self, sid: str) -> None:
        self._told = None
        super()._savepoint_rollback(sid)  # type: ignore[misc]  # the stubs leave it out
