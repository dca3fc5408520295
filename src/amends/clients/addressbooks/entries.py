"""What a file of clients becomes: entries of a company, a person or a deal, what was set aside, and its errors."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal

from amends.clients.rules import FREEMAIL, organisation
from amends.core.errors import AmendsError

NAME_MOST = 200
_EMAIL = re.compile(r"[^\s@<>,;:\"()\[\]]{1,64}@(?:[\w-]{1,63}\.)+[\w-]{2,63}")
_HOST = re.compile(r"(?:[\w-]{1,63}\.)+[\w-]{2,63}")
# Pages of many firms under one name: they say nothing of whose mail comes from there.
_SHARED_HOSTS = frozenset({
    "facebook.com", "fb.com", "instagram.com", "linkedin.com", "twitter.com", "x.com", "youtube.com", "google.com",
    "xing.com", "pinterest.com", "tiktok.com", "etsy.com", "amazon.com", "yelp.com", "medium.com", "linktr.ee",
    "tripadvisor.com", "bit.ly",
})  # fmt: skip
# How tools call a deal that was won, in their languages, without blanks.
_WON = frozenset({
    "closedwon", "won", "dealwon", "gewonnen", "abgeschlossenundgewonnen", "geschlossenundgewonnen", "gagne",
    "fermegagne", "conclugagne", "ganado", "cierreganado", "cerradoganado", "vinto", "chiusovinto", "fechadoganho",
    "afgeslotengewonnen",
})  # fmt: skip


class BookError(AmendsError):
    """The file cannot be read as one of clients or people; its text says what to do."""


class Unmapped(BookError):
    """What a column means is not clear; the text names the readings, and the option that decides."""


class BadEntry(Exception):
    """One entry cannot be read; why, for the person who looks at what was set aside."""


@dataclass(frozen=True, slots=True)
class Company:
    """An organisation; `customer` True or False where the file says whether it is a client, None where it doesn't."""

    name: str
    record: str = ""
    domain: str = ""
    customer: bool | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """A person, and whom they work for: by name, or by the records of another file."""

    name: str
    record: str = ""
    emails: tuple[str, ...] = ()
    phone: str = ""
    title: str = ""
    company: str = ""
    company_records: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Deal:
    """An engagement as a CRM sells it: its amount is what it is worth in all, not by the year."""

    name: str
    stage: str
    record: str = ""
    amount: Decimal | None = None
    currency: str = ""
    companies: tuple[str, ...] = ()  # records
    company_names: tuple[str, ...] = ()
    contacts: tuple[str, ...] = ()  # records


@dataclass(frozen=True, slots=True)
class Entry:
    """One row or one card; `line` is where it begins."""

    line: int
    company: Company | None = None
    person: Person | None = None
    deal: Deal | None = None


@dataclass(frozen=True, slots=True)
class SetAside:
    """What could not be read or placed, and why."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Book:
    """A whole file; `source` names the tool ("hubspot", "vcard", "csv"), `format` what a person calls it."""

    source: str
    format: str
    entries: tuple[Entry, ...]
    set_aside: tuple[SetAside, ...]

    @property
    def stages(self) -> dict[str, int]:
        """The stages of its deals, and how many are in each."""
        return dict(Counter(entry.deal.stage for entry in self.entries if entry.deal is not None))


def is_won(stage: str, *, won: frozenset[str] | None) -> bool:
    """Whether a deal of this stage was won: one of `won` where a person named some, else by what tools call it."""
    if won is not None:
        return flat(stage).casefold() in {flat(one).casefold() for one in won}
    bare = "".join(char for char in unicodedata.normalize("NFKD", stage.casefold()) if char.isalnum())
    return bare in _WON


def flat(text: str) -> str:
    """On one line, with single blanks."""
    return " ".join(text.split())


def named(text: str) -> str:
    """A name as it is kept."""
    return flat(text)[:NAME_MOST].rstrip()


def emails_in(text: str) -> tuple[str, ...]:
    """The addresses that stand there, each once. Raises `BadEntry` where something stands there and none is one."""
    found = tuple(dict.fromkeys(one.lower() for one in _EMAIL.findall(text[:5000]) if len(one) <= 254))
    if not found and text.strip():
        message = f"“{flat(text)[:80]}” is no e-mail address"
        raise BadEntry(message)
    return found


def domain_in(text: str) -> str:
    """The registrable domain of a web address; "" for none, for a page on a shared site, and for free mail."""
    host = re.sub(r"^[a-z][a-z0-9+.-]*://", "", text.strip().lower())
    host = re.split(r"[/?#\s,;]", host, maxsplit=1)[0].rpartition("@")[2].partition(":")[0].strip(".")
    if not _HOST.fullmatch(host):
        return ""
    domain = organisation(f"x@{host}")
    shared = domain in _SHARED_HOSTS or domain in FREEMAIL or "@" in domain
    return "" if shared or domain.startswith("google.") else domain
