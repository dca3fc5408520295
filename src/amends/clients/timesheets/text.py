"""From bytes to cells: which encoding, which separator, where the headers stand."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

from amends.clients.timesheets.formats import Layout, layout_of
from amends.clients.timesheets.rows import TimesheetError

LARGEST = 64 * 1024 * 1024  # bytes; a firm of two hundred writes about a tenth of it in a year
_SEPARATORS = ",;\t|"
_MARK = "\ufeff"
_HEAD = 20_000  # bytes among which the headers are
_HEADERS_WITHIN = 10  # lines; Excel puts "sep=;" before them, some tools a title
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# What spreadsheets save in. Fewer candidates make a short file's encoding surer.
_OLD = ["cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1257", "mac_roman", "cp932", "gb18030", "big5", "cp949"]


@dataclass(frozen=True, slots=True)
class Line:
    """One row of cells, and the line of the file on which it begins."""

    number: int
    cells: list[str]


def lines_of(data: bytes) -> tuple[Layout, Iterator[Line]]:
    """A file's layout and its rows below the headers. Raises `TimesheetError` where it is no export that is known."""
    if len(data) > LARGEST:
        message = f"The file is larger than {LARGEST // 2**20} MB: export fewer months at a time."
        raise TimesheetError(message)
    best: tuple[str, str, int, Layout] | None = None
    for encoding in _encodings(data):
        head = data[:_HEAD].decode(encoding, "replace").removeprefix(_MARK)
        for separator in _SEPARATORS:
            found = _headers(head, separator)
            # A wrong encoding shows in the headers first: they are read worse by it.
            if found is not None and (best is None or len(found[1].places) > len(best[3].places)):
                best = (encoding, separator, *found)
    if best is None:
        message = (
            "This is no export of Toggl, Harvest, Clockify or Kimai that is known here: give the detailed report as"
            " CSV, with its headers in the first line."
        )
        raise TimesheetError(message)
    encoding, separator, number, layout = best
    text = data.decode(encoding, "replace").removeprefix(_MARK)
    return layout, (line for line in _rows(text, separator) if line.number > number)


def _encodings(data: bytes) -> Iterator[str]:
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


def _headers(head: str, separator: str) -> tuple[int, Layout] | None:
    """The line on which the headers stand, and what they say."""
    for line in _rows(head, separator):
        if line.number > _HEADERS_WITHIN:
            break
        layout = layout_of(line.cells)
        if layout is not None:
            return line.number, layout
    return None


def _rows(text: str, separator: str) -> Iterator[Line]:
    """Rows that hold anything. Raises `TimesheetError` where a cell is endless."""
    cells = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    begins = 1
    try:
        for row in cells:
            if any(cell.strip() for cell in row):
                yield Line(begins, [_clean(cell) for cell in row])
            begins = cells.line_num + 1
    except csv.Error as error:
        message = f"From line {begins} on the file is no CSV ({error}): export it anew, or look for a quote left open."
        raise TimesheetError(message) from error


def _clean(cell: str) -> str:
    """Without what no database and no terminal takes: control characters, halves of surrogate pairs."""
    if cell.isprintable():
        return cell.strip()
    kept = (char if char.isprintable() or char in "\n\t" else " " for char in cell.replace("\r\n", "\n"))
    return "".join(kept).strip()
