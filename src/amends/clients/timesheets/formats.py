"""Which tool an export comes from, told by its headers, and which column says what.

Headers are compared without case and marks, and in any order; columns that are not named here, as those of money in
whatever currency, are passed over. Kimai translates its headers into the language of whoever exports; the words here
are those of its versions 1 and 2 in English, German, French, Spanish, Dutch and Italian. Another language is one more
word a column.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class Format:
    """One tool's export: what it calls each of our columns, and which of these it always has."""

    name: str
    columns: Mapping[str, tuple[str, ...]]
    needed: tuple[tuple[str, ...], ...]  # of each group, one


@dataclass(frozen=True, slots=True)
class Layout:
    """A file's format, and where each column stands in it."""

    format: Format
    places: Mapping[str, tuple[int, ...]]
    width: int
    numbers: tuple[int, ...]  # columns of money and rates: not read, but they show the decimal sign


FORMATS = (
    Format(
        "toggl",
        {
            "person": ("user", "member"), "email": ("email",), "client": ("client",), "project": ("project",),
            "task": ("task",), "description": ("description",), "billable": ("billable",), "day": ("start date",),
            "start": ("start time",), "end_day": ("end date", "stop date"), "end": ("end time", "stop time"),
            "duration": ("duration",), "tags": ("tags",),
        },
        (("person", "email"), ("project",), ("description",), ("day",), ("start",), ("duration",)),
    ),
    Format(
        "clockify",
        {
            "person": ("user",), "email": ("email",), "client": ("client",), "project": ("project",),
            "task": ("task",), "description": ("description",), "billable": ("billable",), "day": ("start date",),
            "start": ("start time",), "end_day": ("end date",), "end": ("end time",),
            "duration": ("duration (h)", "duration (decimal)"), "tags": ("tags",), "entered": ("date of creation",),
        },
        (("person", "email"), ("project",), ("description",), ("day",), ("duration",)),
    ),
    Format(
        "harvest",
        {
            "first_name": ("first name",), "last_name": ("last name",), "client": ("client",),
            "project": ("project",), "task": ("task",), "description": ("notes",), "billable": ("billable?",),
            "day": ("date",), "duration": ("hours",),
        },
        (("first_name",), ("last_name",), ("client",), ("project",), ("task",), ("day",), ("duration",)),
    ),
    Format(
        "kimai",
        {
            "day": ("date", "datum", "fecha", "data"),
            "start": (
                "from", "begin", "von", "beginn", "de", "debut", "desde", "inicio", "van", "begintijd", "da", "dal",
                "inizio",
            ),
            "end": ("to", "end", "bis", "ende", "a", "fin", "para", "hasta", "tot", "einde", "al", "fine"),
            "duration": ("duration", "dauer", "duree", "duracion", "duur", "durata"),
            "person": ("name", "nom", "nombre", "naam", "nome"),
            "login": ("user", "username", "benutzer", "utilisateur", "usuario", "gebruiker", "utente"),
            "email": ("e-mail", "email", "courriel", "adresse e-mail", "correo electronico", "e-mailadres"),
            "client": ("customer", "kunde", "client", "cliente", "klant"),
            "project": ("project", "projekt", "projet", "proyecto", "progetto"),
            "task": ("activity", "tatigkeit", "activite", "actividad", "activiteit", "attivita"),
            "description": (
                "description", "beschreibung", "descripcion", "omschrijving", "beschrijving", "descrizione",
            ),
            "billable": (
                "billable", "abrechenbar", "facturable", "factureerbaar", "te factureren", "declarabel", "fatturabile",
            ),
            "tags": (
                "tags", "tag", "schlagworte", "schlagworter", "etiquettes", "mots-cles", "balises", "etiquetas",
                "labels", "trefwoorden", "etichette",
            ),
        },
        (("day",), ("duration",), ("person", "login"), ("client",), ("project",), ("task",)),
    ),
)  # fmt: skip

_MONEY = re.compile(
    r"\b(?:amount|rate|price|cost)\b|preis|lohn|festbetrag|\bprix|\btaux|\btarif|precio|prezzo|\bcosto|bedrag"
    r"|^hours rounded|^duration \(decimal\)"
)


def layout_of(headers: Sequence[str]) -> Layout | None:
    """The format of a file with these headers; None where it is none that is known."""
    names = [folded(header) for header in headers]
    for known in FORMATS:
        places = {
            column: found
            for column, words in known.columns.items()
            if (found := tuple(names.index(word) for word in words if word in names))
        }
        if all(any(column in places for column in group) for group in known.needed):
            used = {places["duration"][0]}
            numbers = tuple(n for n, name in enumerate(names) if _MONEY.search(name) and n not in used)
            return Layout(known, places, len(names), numbers)
    return None


@lru_cache(maxsize=2048)
def folded(text: str) -> str:
    """Without case, marks and doubled blanks; "Duration (h)" keeps its brackets, they tell two columns apart."""
    bare = "".join(char for char in unicodedata.normalize("NFKD", text[:200]) if not unicodedata.combining(char))
    return " ".join(bare.casefold().split())
