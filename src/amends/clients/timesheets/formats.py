"""Which tool an export comes from, told by its headers, and which column says what.

Headers are compared without case and marks, and in any order; columns that are not named here are passed over. Those of
money may name their currency in brackets. Kimai translates its headers into the language of whoever exports; the words
here are those of its versions 1 and 2 in English, German, French, Spanish, Dutch and Italian. Another language is one
more word a column.
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
    money: Mapping[str, tuple[str, ...]]  # without the currency in brackets


@dataclass(frozen=True, slots=True)
class Layout:
    """A file's format, and where each column stands in it."""

    format: Format
    places: Mapping[str, tuple[int, ...]]
    width: int
    numbers: tuple[int, ...]  # columns of numbers beside the duration: they show the decimal sign
    money: Mapping[str, int]
    currency: str  # as the headers of money name it, "" where they don't


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
        {"amount": ("amount",)},
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
        {"rate": ("billable rate",), "amount": ("billable amount",), "cost": ("cost amount",)},
    ),
    Format(
        "harvest",
        {
            "first_name": ("first name",), "last_name": ("last name",), "client": ("client",),
            "project": ("project",), "task": ("task",), "description": ("notes",), "billable": ("billable?",),
            "day": ("date",), "duration": ("hours",), "currency": ("currency",),
        },
        (("first_name",), ("last_name",), ("client",), ("project",), ("task",), ("day",), ("duration",)),
        {"rate": ("billable rate",), "amount": ("billable amount",), "cost": ("cost amount",)},
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
            "currency": ("currency", "wahrung", "devise", "moneda", "valuta"),
        },
        (("day",), ("duration",), ("person", "login"), ("client",), ("project",), ("task",)),
        {
            "rate": (
                "hourly price", "hourly rate", "stundenpreis", "stundensatz", "stundenlohn", "prix horaire",
                "taux horaire", "precio por hora", "uurprijs", "uurtarief", "prezzo orario",
            ),
            "amount": ("price", "rate", "preis", "prix", "precio", "prijs", "prezzo"),
            "cost": (
                "internal price", "internal rate", "interner preis", "prix interne", "precio interno", "interne prijs",
                "prezzo interno",
            ),
        },
    ),
)  # fmt: skip

_BRACKETS = re.compile(r" ?\(([^()]*)\)$")
_CODE = re.compile(r"(?<![a-z])[a-z]{3}(?![a-z])", re.IGNORECASE)
_SIGNS = {"€": "EUR", "£": "GBP"}  # "$" and "¥" are several countries'
_MONEY = re.compile(
    r"\b(?:amount|rate|price|cost)\b|preis|lohn|stundensatz|festbetrag|\bprix|\btaux|tarie?f|precio|prezzo|\bcosto"
    r"|prijs|bedrag"
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
            return Layout(known, places, len(names), numbers, *_money(known, names))
    return None


def _money(known: Format, names: Sequence[str]) -> tuple[dict[str, int], str]:
    """Where each column of money stands, and the currency that their headers name."""
    bare = [_BRACKETS.sub("", name) for name in names]
    found = {
        column: place
        for column, words in known.money.items()
        if (place := next((bare.index(word) for word in words if word in bare), None)) is not None
    }
    named = (match[1] for place in found.values() if (match := _BRACKETS.search(names[place])))
    return found, next((code for text in named if (code := currency_code(text))), "")


def currency_code(text: str) -> str:
    """The three letters of a currency in "EUR", "Euro - EUR" or "€"; "" where there are none."""
    codes: list[str] = _CODE.findall(text)
    return codes[-1].upper() if codes else _SIGNS.get(text.strip(), "")


@lru_cache(maxsize=2048)
def folded(text: str) -> str:
    """Without case, marks and doubled blanks; "Duration (h)" keeps its brackets, they tell two columns apart."""
    bare = "".join(char for char in unicodedata.normalize("NFKD", text[:200]) if not unicodedata.combining(char))
    return " ".join(bare.casefold().split())
