"""Whose mail is it? What the stored mail says of the firm's own domains, for a person to confirm."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from amends.clients.rules import organisation
from amends.firm.models import OwnDomain
from amends.mail.own import SAMPLE, Presence, same_name
from amends.mail.queries import Reader, readable

_ASKED = 3  # domains at most
_OF_REST = 0.3  # share of the mail without any own domain that makes one worth asking about
_OF_ALL = 0.05
_MOST = 0.5


@dataclass(frozen=True, slots=True)
class Candidate:
    """A domain, or an address at a free-mail provider, and on how many messages in a hundred it is.

    `own` says that it is the firm's; `likely` that it probably is, for nothing that is known to be is on as much.
    """

    value: str
    share: int
    own: bool = False
    likely: bool = False


@dataclass(frozen=True, slots=True)
class Whose:
    """What the newest mail says: `seen` messages were looked at; `covered` in a hundred have an own domain on them."""

    seen: int
    covered: int
    own: list[Candidate]
    others: list[Candidate]


def whose_mail(reader: Reader) -> Whose:
    """Of the mail that this reader may read: the own domains, and those that may be; three queries.

    Worth asking about are domains on much of the mail that has no own domain on it, and those of an own one's name.
    """
    own = list(OwnDomain.objects.order_by("pk").values_list("value", flat=True))
    rows = readable(reader).filter(kind="personal").only("pk", "sender_email").prefetch_related("participants")
    everybody, rest, counts, left = Presence(), Presence(), Counter[str](), 0
    messages = list(rows.order_by("-id")[:SAMPLE])
    for message in messages:
        emails = {one.email for one in message.participants.all() if one.role != "bcc"} | {message.sender_email}
        there = {organisation(email) for email in emails} - {""}
        everybody.add(there)
        counts.update(there)
        if there.isdisjoint(own):
            rest.add(there)
            left += 1
    seen = len(messages)
    known = [Candidate(one, _percent(counts[one], seen), own=True) for one in own]
    first = _alone_first(everybody)
    lonely = seen > 0 and left > seen * (1 - _MOST)  # the own domains are on less than half of it
    asked = [one for one in rest.ranked() if rest.counts[one] >= left * _OF_REST and counts[one] >= seen * _OF_ALL]
    asked += [one for one in everybody.ranked() if any(same_name(one, mine) for mine in own)]
    others = [
        Candidate(one, _percent(counts[one], seen), likely=lonely and one == first and counts[one] >= seen * _MOST)
        for one in dict.fromkeys(asked)
        if one not in own
    ]
    return Whose(seen, _percent(seen - left, seen), known, others[:_ASKED])


def _alone_first(presence: Presence) -> str:
    """Whoever is on more of the mail than anybody else; "" where two are on as much."""
    ranked = presence.ranked()[:2]
    even = len(ranked) > 1 and presence.counts[ranked[0]] == presence.counts[ranked[1]]
    return "" if even or not ranked else ranked[0]


def _percent(part: int, whole: int) -> int:
    return round(100 * part / whole) if whole else 0
