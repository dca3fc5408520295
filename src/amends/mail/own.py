"""Whose mail is this? A proposal of the firm's own domains from a sample of an archive's headers. Pure."""

from __future__ import annotations

import random
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from email.message import Message
from email.parser import BytesHeaderParser
from email.policy import compat32

from amends.mail.parsing import Role
from amends.mail.parsing.addresses import addresses
from amends.mail.sources import Item, Skipped

SAMPLE = 600  # messages
_HEAD = 32 * 1024
_END = re.compile(rb"\n\r?\n")  # of the headers; the parser would look at every line of the body too
_PEOPLE = ("From", "To", "Cc")
_DELIVERY = ("Delivered-To", "X-Original-To", "Envelope-To", "X-Delivered-To")


def sample(items: Iterable[Item | Skipped]) -> list[Item]:
    """`SAMPLE` messages spread evenly over an archive of unknown length (reservoir sampling, always the same)."""
    chance = random.Random(0)  # noqa: S311
    kept: list[Item] = []
    number = 0
    for item in items:
        if isinstance(item, Skipped):
            continue
        number += 1
        if len(kept) < SAMPLE:
            kept.append(item)
        elif (place := chance.randrange(number)) < SAMPLE:
            kept[place] = item
    return kept


class Presence:
    """On how many messages each organisation is, and how many others it meets there."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self._met: dict[str, set[str]] = defaultdict(set)

    def add(self, people: Iterable[str], *, delivered: Iterable[str] = ()) -> None:
        """One message: who is on it, and where it was delivered, which counts twice."""
        there = (set(people) | set(delivered)) - {""}
        self.counts.update(there)
        for one in there:
            self._met[one] |= there
        self.counts.update(set(delivered) - {""})

    def ranked(self) -> list[str]:
        """Whoever is on most of it first. Where two are on as many, the one that meets more others; then the alphabet
        decides, so that the same mail always gives the same answer."""
        return sorted(self.counts, key=lambda one: (-self.counts[one], -len(self._met[one]), one))


def same_name(one: str, other: str) -> bool:
    """Whether two domains are of one name, as studio.example and studio.test are; addresses never are."""
    return "@" not in one + other and one.partition(".")[0] == other.partition(".")[0]


def propose_own(items: Iterable[Item], organisation: Callable[[str], str]) -> list[str]:
    """The organisations that own this mail: whoever is on most of it, and those of the same name.

    A firm's mailbox has the firm on nearly every message, as sender, recipient or place of delivery; any one
    client is on a part of it only. Empty where no message names an address.
    """
    presence = Presence()
    for item in items:
        head = _END.split(next(item.blocks(), b"")[:_HEAD], maxsplit=1)[0]
        headers = BytesHeaderParser(policy=compat32).parsebytes(head)
        people = {organisation(email) for email in _emails(headers, _PEOPLE)}
        delivered = {organisation(email) for email in _emails(headers, _DELIVERY)}
        presence.add(people, delivered=delivered)
    ranked = presence.ranked()
    if not ranked:
        return []
    first = ranked[0]
    return [first, *sorted(other for other in ranked if other != first and same_name(other, first))]


def _emails(headers: Message, names: tuple[str, ...]) -> set[str]:
    values = [str(value) for name in names for value in headers.get_all(name, [])]
    return {one.email for value in values for one in addresses(" ".join(value.split()), role=Role.TO)}
