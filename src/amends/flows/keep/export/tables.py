"""Rows as files that any program reads: JSON Lines, exact, and CSV, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet

from amends.core.cells import cell

R = TypeVar("R", bound=Model)
_BATCH = 500  # rows that are in memory at a time


@dataclass(frozen=True, slots=True)
class Table:
    """One kind of row: its file's name, what a person is told of it, its columns, and what goes into them.

    `columns` None: rows hold lists and objects, and go into JSON Lines alone.
    """

    name: str
    says: str
    rows: Callable[[], Iterator[dict[str, Any]]]
    columns: tuple[str, ...] | None = None

    @property
    def files(self) -> list[str]:
        """The names of the files that it becomes."""
        return [f"{self.name}.jsonl", *([f"{self.name}.csv"] if self.columns else [])]


def public_id(row: Any) -> str | None:
    """How rows of an export name each other."""
    return str(row.public_id) if row is not None else None


def write(table: Table, folder: Path) -> int:
    """Write a table's files; returns how many rows there were."""
    count = 0
    with ExitStack() as stack:
        lines = stack.enter_context((folder / f"{table.name}.jsonl").open("w", encoding="utf-8"))
        sheet = None
        if table.columns:
            opened = stack.enter_context((folder / f"{table.name}.csv").open("w", encoding="utf-8", newline=""))
            sheet = csv.writer(opened)
            sheet.writerow(table.columns)
        for row in table.rows():
            lines.write(json.dumps(row, ensure_ascii=False, default=_plain) + "\n")
            if sheet and table.columns:
                sheet.writerow([_in_cell(row[name]) for name in table.columns])
            count += 1
        for file in (lines, opened) if sheet else (lines,):
            durable(file)
    return count


def durable(file: Any) -> None:
    """What was written to `file` is on the disk when this returns."""
    file.flush()
    os.fsync(file.fileno())


def by_key(rows: QuerySet[R]) -> Iterator[R]:
    """These rows by their key, a batch at a time: neither memory nor a transaction grows with their number."""
    for batch in batches(rows):
        yield from batch


def batches(rows: QuerySet[R]) -> Iterator[list[R]]:
    """The same, batch by batch."""
    last = -1
    while batch := list(rows.filter(pk__gt=last).order_by("pk")[:_BATCH]):
        yield batch
        last = batch[-1].pk


def _plain(value: object) -> str:
    """What JSON has no word for."""
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, (Decimal, UUID)):
        return str(value)
    message = f"{type(value).__name__} has no place in an export"
    raise TypeError(message)


def _in_cell(value: object) -> str | int | float | Decimal:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (int, float, Decimal)):
        return value
    if isinstance(value, Iterable) and not isinstance(value, str):
        return cell(" ".join(str(each) for each in value))
    return cell(value if isinstance(value, str) else _plain(value))
