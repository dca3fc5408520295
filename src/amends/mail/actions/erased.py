"""Telling which messages of a batch were erased on request: they are not taken in again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from amends.clients.actions.place import own_organisations
from amends.clients.queries import Trace, anything_erased, erased_when
from amends.clients.rules import organisation
from amends.mail.digest import Digest
from amends.mail.rules import falls_with, outside_of, sender

REASON = "erased"
"""Why such a message is skipped, in the report of an import."""


def erased(batch: Sequence[Digest]) -> set[str]:
    """The fingerprints of those messages that were erased, or fall with somebody who was erased after they were sent.

    What somebody writes after that moment is a new matter, and taken in. One small query where nothing was erased.
    """
    if not batch or not anything_erased():
        return set()
    own = own_organisations()
    people = {digest.fingerprint: _people(digest, own) for digest in batch}
    emails = {email for sent, outside in people.values() for email in (sent, *outside) if email}
    known = erased_when(
        [
            *(Trace("message", digest.fingerprint) for digest in batch),
            *(Trace("address", email) for email in emails),
            *(Trace("organisation", organisation(email)) for email in emails),
        ]
    )
    return {digest.fingerprint for digest in batch if _is_erased(digest, *people[digest.fingerprint], known)}


def _is_erased(digest: Digest, sent: str, outside: list[str], known: dict[Trace, datetime]) -> bool:
    if Trace("message", digest.fingerprint) in known:
        return True
    counts = [trace for trace, when in known.items() if digest.parsed.sent_at <= when]
    return falls_with(
        sent,
        outside,
        emails={value for kind, value in counts if kind == "address"},
        organisations={value for kind, value in counts if kind == "organisation"},
    )


def _people(digest: Digest, own: frozenset[str]) -> tuple[str, list[str]]:
    """Who sent it; and where we did, who outside the firm got it, in order."""
    email = sender(digest.parsed)[1]
    if organisation(email) not in own:
        return email, []
    return email, outside_of(((one.role, one.email) for one in digest.parsed.addresses), own=own)
