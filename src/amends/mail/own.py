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


def propose_own(items: Iterable[Item], organisation: Callable[[str], str]) -> list[str]:
    """The organisations that own this mail: whoever is on most of it, and those of the same name.

    A firm's mailbox has the firm on nearly every message, as sender, recipient or place of delivery; any one
    client is on a part of it only. Where two are on as many, the one that meets more others is the firm; then the
    alphabet decides, so that the same mail always gives the same answer. Empty where no message names an address.
    """
    presence: Counter[str] = Counter()
    met: dict[str, set[str]] = defaultdict(set)
    for item in items:
        head = _END.split(next(item.blocks(), b"")[:_HEAD], maxsplit=1)[0]
        headers = BytesHeaderParser(policy=compat32).parsebytes(head)
        people = {organisation(email) for email in _emails(headers, _PEOPLE)}
        delivered = {organisation(email) for email in _emails(headers, _DELIVERY)}
        presence.update(people | delivered)
        for one in people | delivered:
            met[one] |= people | delivered
        presence.update(delivered)  # a place of delivery counts twice
    del presence[""]
    if not presence:
        return []
    first = min(presence, key=lambda one: (-presence[one], -len(met[one] - {""}), one))
    if "@" in first:
        return [first]
    name = first.partition(".")[0]
    return [first, *sorted(other for other in presence if other != first and other.partition(".")[0] == name)]


def _emails(headers: Message, names: tuple[str, ...]) -> set[str]:
    values = [str(value) for name in names for value in headers.get_all(name, [])]
    return {one.email for value in values for one in addresses(" ".join(value.split()), role=Role.TO)}
