"""Is the store whole: the database, what its rows point at, and behind every message its bytes, unchanged."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

import zstandard
from django.db import DatabaseError, connection
from django.db.models import Exists, OuterRef, QuerySet

from amends.capital.actions import rebuild
from amends.capital.queries import outdated_totals
from amends.core.errors import AmendsError
from amends.core.unreachable import unreachable
from amends.firm.models import Firm
from amends.firm.scope import firm_scope
from amends.flows.keep.erase.orphans import orphans
from amends.flows.keep.files import Progress, database_file, problems, quiet, raw_file
from amends.flows.keep.pointing import dangling, evidence_gone
from amends.mail.models import Copy, Message
from amends.mail.raw import RawMissing, raw_store

_BATCH = 500  # rows at a time; of each, one chunk of its bytes
_NAMED = 20  # hashes that a report names


class CannotLook(AmendsError):
    """The database does not answer: of what it holds nothing can be said."""

    retry = True


@dataclass(slots=True)
class Verified:
    """What was looked at and what is wrong: `missing` has no bytes, `damaged` has others than were stored.

    `dangling` are rows that point at nothing; `unnamed` are bytes that no row names, which do no harm. `outdated` are
    totals of the ledger that are not what its postings say; `evidence_gone` are postings whose evidence was erased,
    which keep their amounts and do no harm. `named` are the first hashes of what is missing or damaged; `problems` say
    what is wrong with the database, in sentences.
    """

    messages: int = 0
    copies: int = 0
    bytes: int = 0
    missing: int = 0
    damaged: int = 0
    dangling: int = 0
    unnamed: int = 0
    outdated: int = 0
    evidence_gone: int = 0
    named: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @property
    def whole(self) -> bool:
        """Whether nothing is wrong."""
        return not (self.missing or self.damaged or self.dangling or self.outdated or self.problems)

    def as_json(self) -> dict[str, Any]:
        """The keys of `amends verify --json`."""
        return {"whole": self.whole, **asdict(self)}


def verify(*, progress: Progress = quiet) -> Verified:
    """Look at everything; changes nothing. May run beside imports: bytes are there before the rows that name them.

    Raises `CannotLook` where the database does not answer.
    """
    found = Verified()
    if connection.vendor == "sqlite":
        for file in (database_file(), raw_file()):
            if file.exists():
                found.problems += problems(file)
    try:
        if Firm._meta.db_table not in connection.introspection.table_names():
            return found  # nothing is here yet
        for firm in list(Firm.objects.order_by("pk").values_list("pk", flat=True)):
            with firm_scope(firm):
                _firm(found, progress)
    except (DatabaseError, sqlite3.DatabaseError) as error:
        if away := unreachable(error, connection.settings_dict):
            raise CannotLook(away) from error
        found.problems.append(f"The database cannot be read to its end: {str(error).strip()}")
    return found


def mend() -> int:
    """Work every firm's totals out anew from its postings; returns how many there are. Nothing else is touched."""
    count = 0
    for firm in list(Firm.objects.order_by("pk").values_list("pk", flat=True)):
        with firm_scope(firm):
            count += rebuild()
    return count


def _firm(found: Verified, progress: Progress) -> None:
    """Every arrival's bytes, then those messages whose bytes did not come with any arrival."""
    alone = Message.objects.exclude(Exists(Copy.objects.filter(raw=OuterRef("raw"))))
    total = Copy.objects.count()
    found.messages += Message.objects.count()
    for sha256 in _hashes(Copy.objects.all()):
        found.copies += 1
        _look(sha256, found)
        progress("Verifying", found.copies, total)
    for sha256 in _hashes(alone):
        _look(sha256, found)
    progress("Looking at what points where", 1, 1)
    for sentence, count in dangling():
        found.dangling += count
        found.problems.append(sentence)
    found.unnamed += sum(1 for _ in orphans())
    if outdated := outdated_totals():
        found.outdated += outdated
        found.problems.append(f"capital_total: {outdated:,} balances are not what their postings say")
    found.evidence_gone += evidence_gone()


def _hashes(rows: QuerySet[Any]) -> Iterator[str]:
    """The hashes of these rows, in batches by key, so that neither memory nor a transaction grows."""
    last = -1
    while batch := list(rows.filter(pk__gt=last).order_by("pk").values_list("pk", "raw")[:_BATCH]):
        yield from (sha256 for _, sha256 in batch)
        last = batch[-1][0]


def _look(sha256: str, found: Verified) -> None:
    digest = hashlib.sha256()
    try:
        for chunk in raw_store().chunks(sha256):
            digest.update(chunk)
            found.bytes += len(chunk)
        sound = digest.hexdigest() == sha256
    except RawMissing:
        found.missing += 1
        _name(sha256, found)
        return
    except (zstandard.ZstdError, sqlite3.DatabaseError, DatabaseError):
        sound = False
    if not sound:
        found.damaged += 1
        _name(sha256, found)


def _name(sha256: str, found: Verified) -> None:
    if len(found.named) < _NAMED:
        found.named.append(sha256)
