"""Reviews out of a CSV file: what each column holds is told by its header, and the same file twice changes nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from amends.clients.csvfiles import HEAD, SEPARATORS, Line, NotCsv, decoded, encodings, rows
from amends.clients.models import Client
from amends.core.errors import AmendsError
from amends.firm.models import Member
from amends.flows.goodwill.results import Said, add_review

LARGEST = 10 * 2**20
MOST_ROWS = 20_000
_NAMES: Mapping[str, tuple[str, ...]] = {
    "on": ("date", "day", "on", "published", "created", "review date", "date published", "datum"),
    "place": ("place", "where", "site", "platform", "source", "portal"),
    "stars": ("stars", "rating", "score", "sterne"),
    "words": ("words", "review", "text", "comment", "content", "body", "review text"),
    "author": ("author", "name", "reviewer", "reviewer name", "user", "who"),
    "link": ("link", "url", "review url"),
    "client": ("client", "company", "customer", "account"),
    "complaint": ("complaint",),
}
_DOTS = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
_YES = {"yes": "yes", "y": "yes", "true": "yes", "1": "yes", "no": "no", "n": "no", "false": "no", "0": "no", "": ""}


class BadFile(AmendsError):
    """The file cannot be read as reviews; nothing was changed."""


@dataclass(slots=True)
class Taken:
    """What became of a file: `seen` is the sum of the others."""

    seen: int = 0
    imported: int = 0
    duplicates: int = 0
    set_aside: list[dict[str, str]] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """As a command prints it."""
        return {
            "seen": self.seen, "imported": self.imported, "duplicates": self.duplicates, "set_aside": self.set_aside,
        }  # fmt: skip


def take_reviews(data: bytes, *, place: str = "", by: Member | None, now: datetime) -> Taken:
    """Write down every review of a file; `place` is where they stand, where no column says so.

    A row that cannot be meant is set aside with a sentence, and the next one goes on. Raises `BadFile`.
    """
    columns, lines = _table(data, place)
    taken = Taken()
    clients = _clients()
    for line in lines:
        taken.seen += 1
        cells = {name: line.cells[at] for name, at in columns.items() if at < len(line.cells)}
        try:
            _review, new = add_review(
                _client(cells.get("client", ""), clients), _said(cells, place), by=by, now=now
            )  # fmt: skip
        except AmendsError as error:
            taken.set_aside.append({"source": f"line {line.number}", "reason": str(error)})
            continue
        taken.imported += new
        taken.duplicates += not new
    return taken


def _said(cells: Mapping[str, str], place: str) -> Said:
    on = cells.get("on", "").strip()
    dotted = _DOTS.fullmatch(on)
    if dotted:
        day, month, year = dotted.groups()
        on = f"{year}-{int(month):02}-{int(day):02}"
    elif re.match(r"\d{4}-\d{2}-\d{2}[T ]", on):
        on = on[:10]
    if not on:
        raise BadFile("It has no date: write one into its row.")
    said = cells.get("complaint", "").strip().casefold()
    return Said(
        place=cells.get("place", "") or place, on=on, stars=cells.get("stars", ""), words=cells.get("words", ""),
        author=cells.get("author", ""), link=cells.get("link", ""), complaint=_YES.get(said, said),
    )  # fmt: skip


def _table(data: bytes, place: str) -> tuple[dict[str, int], list[Line]]:
    if len(data) > LARGEST:
        raise BadFile(f"The file is larger than {LARGEST // 2**20} MB: give a part of it at a time.")
    text = decoded(data, next(encodings(data)))
    separator = max(SEPARATORS, key=text[:HEAD].partition("\n")[0].count)
    try:
        lines = list(rows(text, separator))
    except NotCsv as error:
        raise BadFile(str(error)) from error
    if len(lines) > MOST_ROWS:
        raise BadFile(f"The file has more than {MOST_ROWS:,} rows: give a part of it at a time.")
    columns: dict[str, int] = {}
    for at, header in enumerate(lines[0].cells if lines else ()):
        plain = " ".join(header.casefold().replace("_", " ").split())
        name = next((name for name, known in _NAMES.items() if plain in known), None)
        if name is not None:
            columns.setdefault(name, at)
    missing = [name for name in ("on", "place") if name not in columns and not (name == "place" and place)]
    if missing or not {"words", "stars"} & set(columns):
        raise BadFile(
            "The first line must name the columns: date, place, and stars or words; author, client, link and complaint "
            "are welcome."
        )
    return columns, lines[1:]


def _clients() -> dict[str, Client | None]:
    """Clients by their name in small letters; None where several are called so."""
    found: dict[str, Client | None] = {}
    for client in Client.objects.filter(merged_into=None).only("pk", "firm_id", "name", "public_id"):
        name = client.name.casefold()
        found[name] = None if name in found else client
    return found


def _client(said: str, clients: Mapping[str, Client | None]) -> Client | None:
    name = " ".join(said.split()).casefold()
    if not name:
        return None
    if name not in clients:
        raise BadFile(f"No client is called {said[:80]!r}: write the name as Amends has it, or leave it empty.")
    if clients[name] is None:
        raise BadFile(f"Several clients are called {said[:80]!r}: leave it empty, and say on the page whose it is.")
    return clients[name]
