"""CSV that spreadsheets open: a cell that one of them would take for a formula is told to be text (CWE-1236)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

_BEGINS = ("=", "+", "-", "@", "\t", "\r")


def safe_cell(value: object) -> str:
    """The value as text, with ' before what begins like a formula."""
    text = str(value)
    return f"'{text}" if text.startswith(_BEGINS) else text


def csv_rows(rows: Iterable[Sequence[object]]) -> str:
    """Rows as lines of CSV as they are: whoever made them saw to it that text is safe (`core.cells`)."""
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue()


def csv_lines(rows: Iterable[Sequence[object]]) -> str:
    """Rows as lines of CSV (RFC 4180), every cell safe."""
    out = io.StringIO()
    csv.writer(out).writerows([safe_cell(value) for value in row] for row in rows)
    return out.getvalue()
