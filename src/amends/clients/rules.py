"""Pure decisions about the outside world: which organisation an address stands for, and what to call it."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from pathlib import Path

from publicsuffixlist import PublicSuffixList

FREEMAIL = frozenset(
    line.strip()
    for line in (Path(__file__).parent / "freemail.txt").read_text(encoding="utf-8").splitlines()
    if line.strip() and not line.startswith("#")
)

# What stands behind a company's name and is no part of it, without points: a legal form.
_LEGAL = frozenset({
    "gmbh", "ug", "ag", "kg", "ohg", "gbr", "ev", "eg", "mbh", "se", "kgaa", "ltd", "limited", "llc", "llp", "lp",
    "plc", "inc", "incorporated", "corp", "corporation", "co", "company", "pty", "pvt", "bv", "nv", "vof", "sa",
    "sas", "sarl", "sasu", "eurl", "srl", "spa", "snc", "sl", "slu", "lda", "ab", "as", "asa", "aps", "oy", "oyj",
    "zrt", "kft", "sro", "doo", "ood", "eood",
})  # fmt: skip


@lru_cache(maxsize=50_000)
def organisation(email: str) -> str:
    """What stands for the sender: the registrable domain, or the whole address at a free-mail provider.

    "petra@mail.hartwell.co.uk" gives "hartwell.co.uk"; "jo.smith@gmail.com" gives itself; "" where there is no domain.
    """
    local, _, domain = email.lower().rpartition("@")
    domain = domain.strip(".> ")
    if not local or not domain:
        return ""
    if domain in FREEMAIL:
        return f"{local.partition('+')[0]}@{domain}"
    return _suffixes().privatesuffix(domain) or domain


@cache
def _suffixes() -> PublicSuffixList:
    """The public suffixes; reading their ten thousand rules takes longer than showing *Today*."""
    return PublicSuffixList()


def client_name(organisation: str, person: str) -> str:
    """A first name for a client: the person at a free-mail provider, else the domain's own word, capitalised."""
    if "@" in organisation:
        return person or organisation
    word = organisation.partition(".")[0]
    return " ".join(part.capitalize() if part.isascii() else part for part in re.split(r"[-_]+", word) if part) or word


@lru_cache(maxsize=50_000)
def company_key(name: str) -> str:
    """What two spellings of one company share: without case, blanks, points and legal form; never empty for a name.

    "Hartwell & Sons Ltd." and "HARTWELL  & Sons" are one; "Pelham Co" is "Pelham", but "Co" alone stays itself.
    """
    flat = unicodedata.normalize("NFKC", name).casefold()
    words = re.findall(r"\w+", re.sub(r"(?<=\w)[.'’](?=\w)|(?<=\w)[.](?!\w)", "", flat).replace("&", " and "))
    kept = list(words)
    while len(kept) > 1 and (kept[-1] in _LEGAL or (kept[-1] == "and" and len(kept) > 2)):
        kept.pop()
    return " ".join(kept) or " ".join(flat.split())


def same_person(first: str, second: str) -> bool:
    """Whether two display names are one person's: equal but for order, case and marks, and of two words at least."""
    one, other = _words(first), _words(second)
    return len(one) >= 2 and one == other


@lru_cache(maxsize=10_000)
def _words(name: str) -> tuple[str, ...]:
    return tuple(sorted(re.findall(r"\w+", name.casefold())))


def name_in(text: str, organisation: str) -> str:
    """The organisation's name as its own people write it, found by the letters of its domain; "" where it is not there.

    "pelhamstreetdental.example" finds "Pelham Street Dental" in a signature.
    """
    label = re.sub(r"[^a-z0-9]", "", organisation.partition(".")[0].lower())
    if "@" in organisation or len(label) < 5:
        return ""
    spelled = re.compile(
        r"(?<![\w@./-])" + r"[ \t'’&.,-]{0,3}".join(map(re.escape, label)) + r"(?![\w@-])(?!\.\w)", re.IGNORECASE
    )
    names = [found for found in spelled.findall(text) if found[0].isupper() or found[0].isdigit()]
    parted = [name for name in names if " " in name] or [name for name in names if not name.isupper()]
    return max(parted, key=parted.count) if parted else ""
