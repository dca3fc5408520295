"""The one place that keeps firms apart.

Whoever begins work (a request, a command, a job) enters `firm_scope(firm)`. Every row of a firm is a `FirmRow`:
its manager filters by the firm in scope and raises `NoFirmInScope` where there is none, so a query that forgets
the firm fails instead of leaking. Bulk writes go through `insert_rows`, which writes the firm's key itself.
On PostgreSQL the database keeps them apart once more, by the same scope (`firm.row_security`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from django.db import connection, models
from django.db.models.expressions import DatabaseDefault

from amends.core.errors import AmendsError
from amends.firm.reach import current, everybody

M = TypeVar("M", bound="FirmRow")
_current, _everybody = current, everybody
_AT_ONCE = 200  # rows in one INSERT that returns keys; databases limit the values of a statement


class NoFirmInScope(AmendsError):
    """Something read or wrote a firm's rows without saying whose. A fault of ours, never of the person's."""


class WrongFirm(AmendsError):
    """A row of one firm was about to be written while another firm was in scope."""


@contextmanager
def firm_scope(firm: models.Model | int) -> Iterator[None]:
    """Within this block all reads and writes are this firm's (a row or its primary key)."""
    token, narrow = _current.set(firm if isinstance(firm, int) else firm.pk), _everybody.set(False)
    try:
        yield
    finally:
        _everybody.reset(narrow)
        _current.reset(token)


@contextmanager
def all_firms() -> Iterator[None]:
    """Within this block the database shows every firm's rows; the managers of models still ask for a firm in scope.

    For the few places that must look before a firm is known, or at what firms share. A test lists them all.
    """
    token = _everybody.set(True)
    try:
        yield
    finally:
        _everybody.reset(token)


def current_firm_id() -> int:
    """The primary key of the firm in scope."""
    firm_id = _current.get()
    if firm_id is None:
        message = "No firm is in scope: enter firm_scope(firm) before reading or writing its rows."
        raise NoFirmInScope(message)
    return firm_id


class FirmQuerySet(models.QuerySet[M]):
    """Queries over one firm's rows."""

    def bulk_create(self, objs: Iterable[M], *args: Any, **kwargs: Any) -> list[M]:
        rows = list(objs)
        for row in rows:
            row.claim()
        return super().bulk_create(rows, *args, **kwargs)


class FirmManager(models.Manager[M]):
    """Gives the rows of the firm in scope, and no others."""

    def get_queryset(self) -> FirmQuerySet[M]:
        return FirmQuerySet(self.model, using=self._db).filter(firm_id=current_firm_id())


class FirmRow(models.Model):
    """A row that belongs to one firm."""

    firm = models.ForeignKey("firm.Firm", on_delete=models.CASCADE, db_index=False, related_name="+")

    objects = FirmManager()

    class Meta:
        abstract = True
        base_manager_name = "objects"

    def claim(self) -> None:
        """Give the row to the firm in scope; refuse where it already belongs to another."""
        if self.firm_id is None:
            self.firm_id = current_firm_id()
        elif self.firm_id != current_firm_id():
            message = f"A {self._meta.verbose_name} of another firm cannot be written here."
            raise WrongFirm(message)

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.claim()
        super().save(*args, **kwargs)


def insert_rows(
    model: type[FirmRow],
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    ignore_conflicts: bool = False,
) -> None:
    """Insert many rows of the firm in scope, past the ORM, which costs ten times as much a row.

    `columns` are column names, `rows` hold values as the database takes them (dates aware, JSON as text).
    """
    firm_id = current_firm_id()
    names = ", ".join(connection.ops.quote_name(name) for name in ("firm_id", *columns))
    marks = ", ".join(["%s"] * (len(columns) + 1))
    table = connection.ops.quote_name(model._meta.db_table)
    tail = " ON CONFLICT DO NOTHING" if ignore_conflicts else ""
    values = [(firm_id, *row) for row in rows]
    if values:
        with connection.cursor() as cursor:
            cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks}){tail}", values)  # noqa: S608


def insert_models(rows: Sequence[FirmRow]) -> None:
    """Insert new rows of one model and give them the keys that the database chose, past the ORM's compiler."""
    if not rows:
        return
    for row in rows:
        row.claim()
    meta = rows[0]._meta
    fields: list[Any] = [field for field in meta.concrete_fields if not field.primary_key]
    values = _values(rows, fields)
    quote = connection.ops.quote_name
    names = ", ".join(quote(field.column) for field in fields)
    marks = f"({', '.join(['%s'] * len(fields))})"
    head, key = f"INSERT INTO {quote(meta.db_table)} ({names}) VALUES ", quote(str(meta.pk.column))  # noqa: S608
    with connection.cursor() as cursor:
        for at in range(0, len(rows), _AT_ONCE):
            part = values[at : at + _AT_ONCE]
            flat = [value for row_values in part for value in row_values]
            cursor.execute(f"{head}{', '.join([marks] * len(part))} RETURNING {key}", flat)
            for row, (number,) in zip(rows[at : at + _AT_ONCE], cursor.fetchall(), strict=True):
                row.pk = number


def _values(rows: Iterable[FirmRow], fields: Sequence[Any]) -> list[tuple[Any, ...]]:
    """These fields of each row as the database takes them."""
    ways = [(field.attname, _way(field)) for field in fields]
    return [
        tuple([getattr(row, name) if way is None else way(getattr(row, name)) for name, way in ways]) for row in rows
    ]


def _way(field: Any) -> Callable[[Any], Any] | None:
    """How a value of this field gets into the database; None where it passes as it is."""
    way = _plain_way(field)
    if not field.has_db_default():
        return way

    def given(value: Any) -> Any:
        if isinstance(value, DatabaseDefault):  # nobody said: a literal of the model's, as all of ours are
            value = field.db_default
        return value if way is None else way(value)

    return given


def _plain_way(field: Any) -> Callable[[Any], Any] | None:
    if isinstance(field, (models.IntegerField, models.CharField, models.TextField, models.ForeignKey)):
        return None
    if isinstance(field, models.DateTimeField):
        return connection.ops.adapt_datetimefield_value
    return lambda value: field.get_db_prep_save(value, connection)


def update_rows(rows: Iterable[FirmRow], fields: Sequence[str]) -> None:
    """Write these fields of rows of one model by one prepared UPDATE; bulk_update costs ten times as much."""
    changed = list(rows)
    if not changed:
        return
    meta = changed[0]._meta
    columns: list[Any] = [meta.get_field(name) for name in fields]
    quote = connection.ops.quote_name
    assignments = ", ".join(f"{quote(field.column)} = %s" for field in columns)
    key = quote(str(meta.pk.column))
    firm_id = current_firm_id()
    values = [(*written, row.pk, firm_id) for row, written in zip(changed, _values(changed, columns), strict=True)]
    with connection.cursor() as cursor:
        cursor.executemany(
            f"UPDATE {quote(meta.db_table)} SET {assignments} WHERE {key} = %s AND firm_id = %s",  # noqa: S608
            values,
        )


def clear_rows(rows: Iterable[FirmRow], field: str) -> None:
    """Set this field of rows of one model to NULL, but only where it still is as it was when they were loaded."""
    loaded = list(rows)
    if not loaded:
        return
    meta, quote = loaded[0]._meta, connection.ops.quote_name
    column: Any = meta.get_field(field)
    name, key, firm_id = quote(column.column), quote(str(meta.pk.column)), current_firm_id()
    values = [(row.pk, firm_id, was) for row, (was,) in zip(loaded, _values(loaded, [column]), strict=True)]
    with connection.cursor() as cursor:
        cursor.executemany(
            f"UPDATE {quote(meta.db_table)} SET {name} = NULL WHERE {key} = %s AND firm_id = %s AND {name} = %s",  # noqa: S608
            values,
        )
