"""Pure decisions about the outside world: which organisation an address stands for, and what to call it."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from publicsuffixlist import PublicSuffixList

_SUFFIXES = PublicSuffixList()
FREEMAIL = frozenset(
    line.strip()
    for line in (Path(__file__).parent / "freemail.txt").read_text(encoding="utf-8").splitlines()
    if line.strip() and not line.startswith("#")
)


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
    return _SUFFIXES.privatesuffix(domain) or domain


def client_name(organisation: str, person: str) -> str:
    """A first name for a client: the person at a free-mail provider, else the domain's own word, capitalised."""
    if "@" in organisation:
        return person or organisation
    word = organisation.partition(".")[0]
    return " ".join(part.capitalize() if part.isascii() else part for part in re.split(r"[-_]+", word) if part) or word


def same_person(first: str, second: str) -> bool:
    """Whether two display names are one person's: equal but for order, case and marks, and of two words at least."""
    one, other = _words(first), _words(second)
    return len(one) >= 2 and one == other


def _words(name: str) -> list[str]:
    return sorted(re.findall(r"\w+", name.casefold()))
