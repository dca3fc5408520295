"""From bytes to cells: which encoding and separator a time tracker's export has, and where its headers stand."""

from __future__ import annotations

from collections.abc import Iterator

from amends.clients.csvfiles import HEAD, SEPARATORS, Line, NotCsv, decoded, encodings, rows
from amends.clients.timesheets.formats import Layout, layout_of
from amends.clients.timesheets.rows import TimesheetError

LARGEST = 64 * 1024 * 1024  # bytes; a firm of two hundred writes about a tenth of it in a year
_HEADERS_WITHIN = 10  # lines; Excel puts "sep=;" before them, some tools a title


def lines_of(data: bytes) -> tuple[Layout, Iterator[Line]]:
    """A file's layout and its rows below the headers. Raises `TimesheetError` where it is no export that is known."""
    if len(data) > LARGEST:
        message = f"The file is larger than {LARGEST // 2**20} MB: export fewer months at a time."
        raise TimesheetError(message)
    best: tuple[str, str, int, Layout] | None = None
    for encoding in encodings(data):
        head = decoded(data[:HEAD], encoding)
        for separator in SEPARATORS:
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
    return layout, (line for line in _rows(decoded(data, encoding), separator) if line.number > number)


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
    try:
        yield from rows(text, separator)
    except NotCsv as error:
        raise TimesheetError(str(error)) from error
