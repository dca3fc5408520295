"""Bytes in the raw store that no row names: an import was killed between keeping them and writing its rows.

They do no harm, and the next import of their archive finds them; but they may be somebody's mail.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from amends.clients.actions.place import own_organisations
from amends.clients.rules import organisation
from amends.flows.keep.erase.whom import Whom
from amends.mail.models import Copy, Message
from amends.mail.parsing import parse
from amends.mail.raw import raw_store
from amends.mail.rules import falls_with, outside_of, sender

_HEAD = 1 << 20  # bytes of a message that are read for its addresses
_EPOCH = datetime.fromtimestamp(0, UTC)


def orphans() -> Iterator[str]:
    """The hashes of bytes that no row of the firm in scope names."""
    last = ""
    while page := raw_store().hashes(after=last):
        known = set(Copy.objects.filter(raw__in=page).values_list("raw", flat=True))
        rest = [sha256 for sha256 in page if sha256 not in known]
        known.update(Message.objects.filter(raw__in=rest).values_list("raw", flat=True) if rest else [])
        yield from (sha256 for sha256 in rest if sha256 not in known)
        last = page[-1]


def forget_orphans(whom: Whom) -> int:
    """Take away those that are mail of `whom`; returns how many. Those of an import that runs right now stay."""
    own = own_organisations()
    going = [sha256 for sha256 in orphans() if _theirs(sha256, whom, own)]
    if going:
        raw_store().remove(going)
    return len(going)


def _theirs(sha256: str, whom: Whom, own: frozenset[str]) -> bool:
    head = next(iter(raw_store().chunks(sha256)), b"")[:_HEAD]
    parsed = parse(head, envelope=b"", now=_EPOCH)
    email = sender(parsed)[1]
    ours = organisation(email) in own
    outside = outside_of(((one.role, one.email) for one in parsed.addresses), own=own) if ours else []
    return falls_with(email, outside, emails=whom.emails, organisations=whom.organisations)
