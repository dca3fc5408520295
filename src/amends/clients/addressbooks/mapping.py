"""What the columns of somebody's own table mean: by their headers, in six languages, and by what stands in them.

A guess is shown before anything is read by it. Where a column may be two things, or two columns the same thing, and
their cells don't decide, it says so and nothing is read.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from amends.clients.addressbooks.entries import Unmapped, domain_in
from amends.clients.rules import company_key
from amends.clients.timesheets.formats import folded

FIELDS = ("name", "website", "person", "first_name", "last_name", "email", "phone", "title")
SKIP = "skip"
_MANY = frozenset({"email", "phone"})  # several columns of these are several addresses
_SAMPLES = 3
_LOOKED_AT = 300  # rows
_MOSTLY = 0.8

_WORDS: dict[str, frozenset[str]] = {
    "name": frozenset({
        "company", "company name", "organisation", "organization", "organisation name", "organization name", "account",
        "account name", "client", "client name", "customer", "customer name", "business name", "firma", "firmenname",
        "unternehmen", "unternehmensname", "organisation 1 - name", "organization 1 - name", "kunde", "kundenname",
        "societe", "entreprise", "raison sociale", "nom de l'entreprise", "empresa", "razon social", "cliente",
        "nombre de la empresa", "bedrijf", "bedrijfsnaam", "klant", "klantnaam", "azienda", "ragione sociale",
        "nome azienda", "organization name (company)",
    }),
    "website": frozenset({
        "website", "web site", "website url", "url", "web", "homepage", "domain", "domain name", "company domain name",
        "company website", "webseite", "internetseite", "internet", "site web", "site internet", "site", "sitio web",
        "pagina web", "sito web", "sito", "website 1 - value", "web page",
    }),
    "person": frozenset({
        "full name", "contact", "contact name", "contact person", "primary contact", "person", "display name",
        "ansprechpartner", "ansprechpartnerin", "kontakt", "kontaktperson", "nom complet", "personne de contact",
        "nombre completo", "contacto", "persona de contacto", "contactpersoon", "volledige naam", "nome completo",
        "contatto", "referente", "fn",
    }),
    "first_name": frozenset({
        "first name", "firstname", "given name", "forename", "first", "vorname", "prenom", "voornaam",
    }),
    "last_name": frozenset({
        "last name", "lastname", "surname", "family name", "last", "nachname", "familienname", "zuname",
        "nom de famille", "apellido", "apellidos", "achternaam", "cognome",
    }),
    "phone": frozenset({
        "phone", "phone number", "telephone", "tel", "tel.", "mobile", "mobile phone", "mobile number", "cell",
        "business phone", "work phone", "telefon", "telefonnummer", "handy", "mobil", "mobilnummer", "rufnummer",
        "telefono", "movil", "telefoon", "telefoonnummer", "portable", "cellulare", "phone 1 - value",
    }),
    "title": frozenset({
        "title", "job title", "position", "role", "funktion", "stellung", "berufsbezeichnung", "fonction", "poste",
        "cargo", "puesto", "functie", "ruolo", "organization 1 - title", "organization title",
    }),
}  # fmt: skip
_EMAIL_WORDS = re.compile(
    r"(?:primary |work |business |secondary |contact )?e-?mails?(?: ?-?(?:address|adresse|adres|addresses))?(?: ?\d)?"
    r"(?: - value)?|mail|courriel|adresse e-?mail|correo(?: electronico)?|indirizzo e-?mail|posta elettronica"
)
_EITHER = frozenset({"name", "nom", "nome", "nombre", "naam"})  # of the client, or of the person
_EMAIL_CELL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
_LEGAL_END = re.compile(
    r"\b(?:gmbh|ug|ag|kg|ohg|ltd|limited|llc|llp|plc|inc|corp|bv|nv|s\.?a|sas|sarl|srl|spa|ab|aps|oy|co)\.?$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Column:
    """One column: what it is called, some of what stands in it, and what it is taken for ("" for nothing)."""

    number: int
    header: str
    samples: tuple[str, ...]
    field: str


@dataclass(frozen=True, slots=True)
class Guess:
    """What the columns are taken for, and what about that is not clear: a sentence, and the fields it could be."""

    columns: tuple[Column, ...]
    doubts: tuple[str, ...]

    def places(self) -> dict[str, tuple[int, ...]]:
        """By field, where it stands. Raises `Unmapped` where that is not clear."""
        if self.doubts:
            raise Unmapped(" ".join(self.doubts))
        found: dict[str, tuple[int, ...]] = {}
        for column in self.columns:
            if column.field:
                found[column.field] = (*found.get(column.field, ()), column.number)
        return found


def guess(headers: Sequence[str], rows: Sequence[Sequence[str]], *, said: Mapping[int, str]) -> Guess:
    """What each column is; `said` are the columns of which a person said it (`SKIP`: nothing)."""
    looked = rows[:_LOOKED_AT]
    fields = [_by_header(header) for header in headers]
    _by_cells(fields, looked)
    given = set(said.values())
    for number, field in enumerate(fields):
        if field in given and field not in _MANY:
            fields[number] = ""
    for number, field in said.items():
        fields[number] = "" if field == SKIP else field
    doubts = _decide_either(headers, fields, looked, given=given)
    doubts += _decide_between(headers, fields, looked)
    if not doubts and not {"name", "email"} & set(fields):
        doubts.append(_nothing(headers))
    columns = tuple(
        Column(number, header, _samples(looked, number), field if field in FIELDS else "")
        for number, (header, field) in enumerate(zip(headers, fields, strict=True))
    )
    return Guess(columns, tuple(doubts))


def _by_header(header: str) -> str:
    name = folded(header).strip(" *:")
    if name in _EITHER:
        return "?"
    if _EMAIL_WORDS.fullmatch(name):
        return "email"
    return next((field for field, words in _WORDS.items() if name in words), "")


def _by_cells(fields: list[str], rows: Sequence[Sequence[str]]) -> None:
    """Columns whose headers say nothing, and whose cells do."""
    for number, field in enumerate(fields):
        if field:
            continue
        cells = [row[number] for row in rows if number < len(row) and row[number]]
        if not cells:
            continue
        if "email" not in fields and sum(bool(_EMAIL_CELL.search(cell)) for cell in cells) >= _MOSTLY * len(cells):
            fields[number] = "email"
        elif "website" not in fields and sum(
            "@" not in cell and bool(domain_in(cell)) for cell in cells
        ) >= _MOSTLY * len(cells):
            fields[number] = "website"


def _decide_either(
    headers: Sequence[str], fields: list[str], rows: Sequence[Sequence[str]], *, given: set[str]
) -> list[str]:
    """Whose name it is that stands under "Name": the other columns say, or the cells, or nobody."""
    doubts = []
    for number, field in enumerate(fields):
        if field != "?":
            continue
        if "first_name" in fields and "last_name" not in fields:
            fields[number] = "last_name"  # Name, Vorname
        elif "last_name" in fields and "first_name" not in fields:
            fields[number] = "first_name"  # Nombre, Apellidos
        elif "name" in fields or "name" in given:
            fields[number] = "person"
        elif {"first_name", "last_name", "person"} & set(fields):
            fields[number] = "name"
        else:
            fields[number] = _by_votes(number, fields, rows)
        if not fields[number]:
            header = headers[number]
            doubts.append(
                f"“{header}” may be the client or a person there, and nothing in the file decides: say which with"
                f" --map name={_quoted(header)} or --map person={_quoted(header)}."
            )
    return doubts


def _by_votes(number: int, fields: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    emails = [place for place, field in enumerate(fields) if field == "email"]
    votes: Counter[str] = Counter()
    for row in rows:
        name = row[number] if number < len(row) else ""
        if not name:
            continue
        if _LEGAL_END.search(name):
            votes["name"] += 1
            continue
        address = next((row[place] for place in emails if place < len(row) and "@" in row[place]), "").casefold()
        local, _, domain = address.partition("@")
        words = [word for word in re.findall(r"\w+", name.casefold()) if len(word) > 2]
        if words and domain and company_key(name).replace(" ", "") in re.sub(r"\W", "", domain):
            votes["name"] += 1
        elif len(words) >= 2 and local and any(word in local for word in words):
            votes["person"] += 1
    (best, count), *rest = [*votes.most_common(), ("", 0)]
    return best if count and (not rest or count >= 4 * rest[0][1]) else ""


def _decide_between(headers: Sequence[str], fields: list[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Several columns for one field: alike in every row they are one; else a person says which."""
    doubts = []
    for field in FIELDS:
        places = [number for number, one in enumerate(fields) if one == field]
        if field in _MANY or len(places) < 2:
            continue
        first, *others = places
        different = [n for n in others if any(_at(row, n) and _at(row, n) != _at(row, first) for row in rows)]
        for number in others:
            fields[number] = ""
        if different:
            ways = " or ".join(f"--map {field}={_quoted(headers[number])}" for number in (first, *different))
            names = " and ".join(f"“{headers[number]}”" for number in (first, *different))
            doubts.append(f"{names} may both be the {_called(field)}: say which with {ways}.")
    return doubts


def _at(row: Sequence[str], number: int) -> str:
    return row[number] if number < len(row) else ""


def _called(field: str) -> str:
    return {"name": "client's name", "person": "person's name"}.get(field, field.replace("_", " "))


def _nothing(headers: Sequence[str]) -> str:
    first = (" ".join("".join(char if char.isprintable() else " " for char in each[:200]).split()) for each in headers)
    shown = ", ".join(f"“{each[:40]}”" for each in islice(first, 8))
    return (
        f"No column is known to hold the client's name or an e-mail address ({shown}): say which with --map name=… or"
        " --map email=…."
    )


def _quoted(header: str) -> str:
    return f'"{header}"' if re.search(r"[^\w.-]", header) else header


def _samples(rows: Sequence[Sequence[str]], number: int) -> tuple[str, ...]:
    cells = dict.fromkeys(row[number] for row in rows if number < len(row) and row[number])
    return tuple(cell[:60] for cell in list(cells)[:_SAMPLES])
