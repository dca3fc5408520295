"""Reading a whole file of clients: what it is is told by its content, never by its name."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from amends.clients.addressbooks import hubspot, vcards
from amends.clients.addressbooks.entries import (
    BadEntry,
    Book,
    BookError,
    Company,
    Entry,
    Person,
    SetAside,
    Unmapped,
    domain_in,
    emails_in,
    flat,
    named,
)
from amends.clients.addressbooks.mapping import FIELDS, SKIP, Guess, guess
from amends.clients.csvfiles import HEAD, SEPARATORS, Line, NotCsv, decoded, encodings, rows
from amends.clients.timesheets.amounts import decide_money_sign
from amends.clients.timesheets.formats import folded
from amends.clients.timesheets.rows import Decimals

LARGEST = 64 * 1024 * 1024  # bytes
_DATA = re.compile(r"\S+@\S+\.\w|https?://|www\.", re.IGNORECASE)  # never a header


def read_book_file(
    path: Path,
    *,
    named_columns: Sequence[tuple[str, str]] = (),
    decimals_as: Decimals | None = None,
) -> tuple[Book, Guess | None]:
    """Read a file from disk, and say what its columns were taken for. Raises `BookError`."""
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        message = f"{path} cannot be read: {error.strerror or error}."
        raise BookError(message) from error
    guessed = columns_of(data, named_columns=named_columns)
    return read_book(data, named_columns=named_columns, decimals_as=decimals_as), guessed


def read_book(
    data: bytes,
    *,
    columns: Mapping[int, str] | None = None,
    named_columns: Sequence[tuple[str, str]] = (),
    decimals_as: Decimals | None = None,
) -> Book:
    """Read HubSpot's export, vCards or a table. Raises `BookError`, `Unmapped` or `timesheets.Unclear`.

    Of a table, `columns` says by number what a column holds, `named_columns` as (field, header or number from 1).
    """
    _bounded(data)
    text = _cards_in(data)
    if text is not None:
        return _read_cards(text)
    table = _table(data)
    layout = hubspot.hubspot_of(table.headers)
    if layout is not None:
        return _read_hubspot(table, layout, decimals_as)
    guessed = _guess(table, columns or {}, named_columns)
    return _read_table(table, guessed.places())


def columns_of(
    data: bytes, *, columns: Mapping[int, str] | None = None, named_columns: Sequence[tuple[str, str]] = ()
) -> Guess | None:
    """What the columns of a table are taken for; None for files that need no mapping. Raises `BookError`."""
    _bounded(data)
    if _cards_in(data) is not None:
        return None
    table = _table(data)
    if hubspot.hubspot_of(table.headers) is not None:
        return None
    return _guess(table, columns or {}, named_columns)


class _Table:
    """Headers and the rows below them; a table without headers gets numbers for them."""

    def __init__(self, lines: list[Line]) -> None:
        first = lines[0].cells
        bare = any(_DATA.match(cell) for cell in first)
        width = max(len(line.cells) for line in lines)
        self.headers = [f"column {n}" for n in range(1, width + 1)] if bare else _padded(first, width)
        self.width = width if bare else len(first)
        self.lines = lines if bare else lines[1:]


def _padded(cells: Sequence[str], width: int) -> list[str]:
    named_cells = [flat(cell) or f"column {n}" for n, cell in enumerate(cells, 1)]
    return named_cells + [f"column {n}" for n in range(len(cells) + 1, width + 1)]


def _bounded(data: bytes) -> None:
    if len(data) > LARGEST:
        message = f"The file is larger than {LARGEST // 2**20} MB: export a part of it at a time."
        raise BookError(message)


def _cards_in(data: bytes) -> str | None:
    """The text of a file of vCards; None where it is none."""
    for encoding in encodings(data[:HEAD]):
        if vcards.looks_like_cards(decoded(data[:HEAD], encoding)):
            whole = next(encodings(data))
            return decoded(data, whole)
    return None


def _table(data: bytes) -> _Table:
    """The table in a file: the encoding that reads without doubt, the separator that gives most cells alike."""
    for encoding in encodings(data):
        text = decoded(data, encoding)
        if text[:4].casefold() == "sep=":
            text = text.partition("\n")[2]
        separator = _separator(text[:HEAD])
        if separator is None:
            continue
        try:
            lines = list(rows(text, separator))
        except NotCsv as error:
            raise BookError(str(error)) from error
        if len(lines) >= 2 or (lines and "@" in "".join(lines[0].cells)):
            return _Table(lines)
    message = (
        "This is neither an export of HubSpot nor vCards nor a table that can be read: give a CSV file with its headers"
        " in the first line."
    )
    raise BookError(message)


def _separator(head: str) -> str | None:
    """What parts the cells: what gives the same number of them in most rows, and more than one."""
    if "\0" in head:
        return None
    best: tuple[float, int, str] | None = None
    for separator in SEPARATORS:
        try:
            counts = [len(line.cells) for line in rows(head, separator)][:50]
        except NotCsv:
            continue
        if not counts or counts[0] < 2:
            continue
        alike = sum(count == counts[0] for count in counts[:-1] or counts) / len(counts[:-1] or counts)
        if best is None or (alike, counts[0]) > best[:2]:
            best = (alike, counts[0], separator)
    if best is not None:
        return best[2]
    return "," if "@" in head or "\n" in head.strip() else None  # one column: addresses alone, or names alone


def _guess(table: _Table, columns: Mapping[int, str], named_columns: Sequence[tuple[str, str]]) -> Guess:
    said = {number: field for number, field in columns.items() if 0 <= number < len(table.headers)}
    for field, header in named_columns:
        if field not in {*FIELDS, SKIP}:
            message = f"There is no field {field!r} to map: use one of {', '.join(FIELDS)}, or skip."
            raise Unmapped(message)
        said[_number_of(table.headers, header)] = field
    return guess(table.headers, [line.cells for line in table.lines], said=said)


def _number_of(headers: Sequence[str], header: str) -> int:
    names = [folded(name) for name in headers]
    wanted = folded(header)
    if wanted in names:
        return names.index(wanted)
    if header.isdigit() and 1 <= int(header) <= len(headers):
        return int(header) - 1
    message = f"There is no column “{header}”; there are: {', '.join(headers[:20])}."
    raise Unmapped(message)


def _read_cards(text: str) -> Book:
    found, aside = [], []
    for count, (line, card) in enumerate(vcards.cards(text), 1):
        if count > vcards.MOST_CARDS:
            message = f"The file has more than {vcards.MOST_CARDS:,} cards: export a part of it at a time."
            raise BookError(message)
        try:
            found.append(vcards.entry_of(line, card))
        except BadEntry as problem:
            aside.append(SetAside(line, str(problem)))
    return Book("vcard", "vCards", tuple(found), tuple(aside))


def _read_hubspot(table: _Table, layout: hubspot.HubSpot, decimals_as: Decimals | None) -> Book:
    place = layout.places.get("amount") if layout.kind == "deals" else None
    sign = decimals_as
    if sign is None and place is not None:
        sign = decide_money_sign((line.number, line.cells[place]) for line in table.lines if place < len(line.cells))
    found, aside = _each(table, lambda line: hubspot.entry_of(line.number, line.cells, layout, sign=sign))
    return Book("hubspot", f"HubSpot {layout.kind}", found, aside)


def _read_table(table: _Table, places: Mapping[str, tuple[int, ...]]) -> Book:
    found, aside = _each(table, lambda line: _entry(line, places))
    return Book("csv", "table", found, aside)


def _each(table: _Table, make: Callable[[Line], Entry]) -> tuple[tuple[Entry, ...], tuple[SetAside, ...]]:
    found, aside = [], []
    for line in table.lines:
        try:
            if any(line.cells[table.width :]):
                message = f"it has {len(line.cells)} cells under {table.width} headers: a comma without quotes?"
                raise BadEntry(message)
            found.append(make(line))
        except BadEntry as problem:
            aside.append(SetAside(line.number, str(problem)))
    return tuple(found), tuple(aside)


def _entry(line: Line, places: Mapping[str, tuple[int, ...]]) -> Entry:
    """One row of a table: a client, and perhaps a person there. Raises `BadEntry`."""

    def all_of(field: str) -> Iterator[str]:
        return (line.cells[place] for place in places.get(field, ()) if place < len(line.cells) and line.cells[place])

    def said(field: str) -> str:
        return next(all_of(field), "")

    if any("\n" in said(field) for field in ("name", "person", "first_name", "last_name")):
        message = "a name runs on into the next line: a quote that nothing closes?"
        raise BadEntry(message)
    name, emails = named(said("name")), emails_in(" ".join(all_of("email")))
    person = named(said("person")) or named(f"{said('first_name')} {said('last_name')}")
    website = domain_in(said("website"))
    if not (name or emails or website):
        message = "it names neither a client nor an e-mail address"
        raise BadEntry(message)
    company = Company(name, domain=website) if name or website else None
    somebody = None
    if person or emails:
        somebody = Person(
            person, emails=emails, phone=flat(said("phone"))[:100], title=named(said("title")), company=name
        )
    return Entry(line.number, company=company, person=somebody)
