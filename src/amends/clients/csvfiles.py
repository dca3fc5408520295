"""Tables that other tools save as CSV, from bytes to cells, within bounds: encoding, separator, rows. Pure."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

SEPARATORS = ",;\t|"
MOST_ROWS = 500_000
MOST_COLUMNS = 500  # HubSpot's widest export has about three hundred
HEAD = 20_000  # bytes among which the headers are
_MARK = "\ufeff"
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# What spreadsheets save in. Fewer candidates make a short file's encoding surer.
_OLD = ["cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1257", "mac_roman", "cp932", "gb18030", "big5", "cp949"]


class NotCsv(Exception):
    """The file is no table, or larger than any table we take; its text says what to do."""


@dataclass(frozen=True, slots=True)
class Line:
    """One row of cells, and the line of the file on which it begins."""

    number: int
    cells: list[str]


def encodings(data: bytes) -> Iterator[str]:
    """What the bytes may be written in, the surest first."""
    marked = next((name for mark, name in _MARKS if data.startswith(mark)), None)
    if marked is not None:
        yield marked
        return
    if b"\0" in data[:200]:  # ASCII in UTF-16 without its mark is valid UTF-8 too
        yield from ("utf-16-le", "utf-16-be")
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        from charset_normalizer import from_bytes  # slow to import, and rarely needed

        yield from (match.encoding for match in from_bytes(data, cp_isolation=_OLD))
        yield "cp1252"
    else:
        yield "utf-8"


def decoded(data: bytes, encoding: str) -> str:
    """The text, without the mark in front; what the encoding cannot say is replaced."""
    return data.decode(encoding, "replace").removeprefix(_MARK)


def rows(text: str, separator: str) -> Iterator[Line]:
    """Rows that hold anything. Raises `NotCsv` where a cell is endless, or where there are more than any table has."""
    cells = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    begins = number = 1
    try:
        for row in cells:
            if any(cell.strip() for cell in row):
                if number > MOST_ROWS or len(row) > MOST_COLUMNS:
                    message = (
                        f"The file has more than {MOST_ROWS:,} rows or {MOST_COLUMNS} columns (line {begins}):"
                        " export a part of it at a time."
                    )
                    raise NotCsv(message)
                yield Line(begins, [clean(cell) for cell in row])
                number += 1
            begins = cells.line_num + 1
    except csv.Error as error:
        message = f"From line {begins} on the file is no CSV ({error}): export it anew, or look for a quote left open."
        raise NotCsv(message) from error


def clean(cell: str) -> str:
    """Without what no database and no terminal takes: control characters, halves of surrogate pairs."""
    if cell.isprintable():
        return cell.strip()
    kept = (char if char.isprintable() or char in "\n\t" else " " for char in cell.replace("\r\n", "\n"))
    return "".join(kept).strip()
