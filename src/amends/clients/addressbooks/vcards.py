"""vCards of versions 2.1, 3 and 4, one by one, so that a broken card never stops the others.

A file is cut into cards before any of them is parsed; pictures, sounds and keys are left out, for they are large and
say nothing of a client.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from typing import Any

from amends.clients.addressbooks.entries import BadEntry, Company, Entry, Person, domain_in, emails_in, flat, named
from amends.clients.csvfiles import clean

MOST_CARDS = 200_000
_MOST_CHARS = 100_000  # of one card without its pictures
_MOST_LINE = 5_000
_HEAVY = re.compile(r"(?:[\w-]+\.)?(?:PHOTO|LOGO|SOUND|KEY)[;:]", re.IGNORECASE)
_BEGIN = re.compile(r"\ufeff?\s*BEGIN:VCARD\s*", re.IGNORECASE)
_END = re.compile(r"\s*END:VCARD\s*", re.IGNORECASE)

for _logger in ("vobject", "vobject.base"):  # it writes lines that it cannot read, names and all, to the log
    logging.getLogger(_logger).addFilter(lambda record: False)


def looks_like_cards(text: str) -> bool:
    """Whether a text begins as a file of vCards does."""
    return _BEGIN.match(text) is not None


def cards(text: str) -> Iterator[tuple[int, str | None]]:
    """Each card with the line on which it begins; None where it is broken off or larger than a card ever is."""
    begun: int | None = None
    kept: list[str] = []
    size, heavy = 0, False
    for number, line in enumerate(text.split("\n"), 1):
        line = line.removesuffix("\r")
        if _BEGIN.fullmatch(line):
            if begun is not None:
                yield begun, None  # the one before has no end
            begun, kept, size, heavy = number, ["BEGIN:VCARD"], 0, False
        elif begun is None:
            continue
        elif _END.fullmatch(line):
            yield begun, "\n".join([*kept, "END:VCARD", ""]) if size <= _MOST_CHARS else None
            begun = None
        else:
            heavy = bool(_HEAVY.match(line)) or (heavy and line[:1] in {" ", "\t"})
            if not heavy and line.strip() and len(line) <= _MOST_LINE:
                size += len(line)
                if size <= _MOST_CHARS:
                    kept.append(line)
    if begun is not None:
        yield begun, None


def entry_of(line: int, card: str | None) -> Entry:
    """What one card says. Raises `BadEntry`."""
    if card is None:
        message = "the card is broken off, or larger than a card ever is"
        raise BadEntry(message)
    import vobject  # slow to import, and rarely needed

    try:
        found = vobject.readOne(card, allowQP=True, ignoreUnreadable=True)
    except Exception as error:  # it raises whatever its parts raise: ParseError, UnicodeError, binascii.Error …
        message = "the card cannot be read"
        raise BadEntry(message) from error
    if found is None or found.name != "VCARD":
        message = "the card cannot be read"
        raise BadEntry(message)
    contents: dict[str, list[Any]] = found.contents
    emails = emails_in(" ".join(text.removeprefix("mailto:") for text in _texts(contents, "email")))
    organisation, record = _organisation(contents), _first(contents, "uid")[:200]
    name = _name(contents)
    if _is_company(contents, name, organisation):
        company = Company(name or organisation, record=record, domain=_site(contents))
        return Entry(line, company=company, person=Person("", emails=emails, company=company.name) if emails else None)
    phone = _first(contents, "tel").removeprefix("tel:").partition(";")[0]
    person = Person(
        name=name, record=record, emails=emails, phone=phone[:100], title=named(_first(contents, "title")),
        company=organisation,
    )  # fmt: skip
    if not (person.name or emails):
        message = "the card has neither a name nor an e-mail address"
        raise BadEntry(message)
    return Entry(line, person=person)


def _is_company(contents: dict[str, list[Any]], name: str, organisation: str) -> bool:
    """Whether a card is of a company: it says so (version 4, Apple), or its name is that of its organisation."""
    kinds = {_first(contents, "kind").casefold(), _first(contents, "x-abshowas").casefold()}
    if kinds & {"group", "location"}:
        message = "it is the card of a group, not of anybody"
        raise BadEntry(message)
    return bool(kinds & {"org", "company"}) or bool(organisation and name.casefold() in {organisation.casefold(), ""})


def _name(contents: dict[str, list[Any]]) -> str:
    full = named(_first(contents, "fn"))
    if full:
        return full
    value = next((one.value for one in contents.get("n", [])), None)
    return named(f"{_plain(getattr(value, 'given', ''))} {_plain(getattr(value, 'family', ''))}") if value else ""


def _organisation(contents: dict[str, list[Any]]) -> str:
    """The organisation without its units."""
    value = next((one.value for one in contents.get("org", [])), "")
    return named(_plain(value[0] if isinstance(value, list) and value else value))


def _site(contents: dict[str, list[Any]]) -> str:
    return next((domain for text in _texts(contents, "url") if (domain := domain_in(text))), "")


def _first(contents: dict[str, list[Any]], name: str) -> str:
    """The value of a property, the preferred one where several say which that is."""
    found = contents.get(name, [])
    best = min(found, key=_preference, default=None)
    return flat(clean(_plain(best.value))) if best is not None else ""


def _preference(one: Any) -> int:
    """PREF=1 of version 4 comes first, then TYPE=PREF of version 3."""
    values = one.params.get("PREF", [])
    if values and str(values[0]).isdigit():
        return int(str(values[0]))
    kinds = {str(kind).casefold() for kind in one.params.get("TYPE", [])}
    return 50 if "pref" in kinds else 101


def _texts(contents: dict[str, list[Any]], name: str) -> list[str]:
    found = sorted(contents.get(name, []), key=_preference)
    return [clean(_plain(one.value)) for one in found[:50]]


def _plain(value: object) -> str:
    """Text as it is; the parts of a structured value side by side."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return " ".join(str(part) for part in value if part)
    return "" if value is None else str(value)
