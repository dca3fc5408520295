"""Who gets an answer, who is new to the conversation, and who drops off. Pure: no Django."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

from amends.outbox.compose import NoAddress, Person, address

_LISTED = re.compile(r'(?:"(?:[^"\\]|\\.)*"|[^",;\n])+')
_NAMED = re.compile(r'\s*(?:"((?:[^"\\]|\\.)*)"|([^<"]*?))\s*<([^<>]*)>\s*\Z')


@dataclass(frozen=True, slots=True)
class Party:
    """One address of a message, and what it was there: from, sender, reply_to, to, cc or bcc."""

    role: str
    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom a message goes to."""

    to: tuple[Person, ...] = ()
    cc: tuple[Person, ...] = ()
    bcc: tuple[Person, ...] = ()

    @property
    def people(self) -> tuple[tuple[str, Person], ...]:
        """Everybody once, as (role, person); who stands twice counts where they are seen by most."""
        found: dict[str, tuple[str, Person]] = {}
        for role, group in (("to", self.to), ("cc", self.cc), ("bcc", self.bcc)):
            for person in group:
                found.setdefault(person.email, (role, person))
        return tuple(found.values())


@dataclass(frozen=True, slots=True)
class Change:
    """How an audience differs from that of the message it answers: who is new, from where, and who is left out."""

    added: tuple[Person, ...]
    organisations: tuple[str, ...]
    dropped: tuple[Party, ...]


def answer_to(parties: Sequence[Party], *, ours: bool, mine: Collection[str], everybody: bool) -> Audience:
    """Who gets an answer to a message with these parties. `ours`: it was sent by us, so it is followed up.

    `mine` are the addresses that stand for whoever answers; they get no copy of their own words, except where there
    is nobody else.
    """
    senders = _people(parties, "reply_to") or _people(parties, "from") or _people(parties, "sender")
    to, cc = _people(parties, "to"), _people(parties, "cc")
    first = to if ours else senders
    if not everybody:
        return Audience(_without(first, mine) or first)
    chosen = _without(first if ours else (*senders, *to), mine) or first
    copies = (*cc, *senders) if ours else cc  # a colleague who wrote it stays on it
    return Audience(_once(chosen), _without(_once(copies), {*mine, *(person.email for person in chosen)}))


def compare(
    audience: Audience,
    *,
    answered: Sequence[Party],
    known: Collection[str],
    mine: Collection[str],
    organisation: Callable[[str], str],
    is_own: Callable[[str], bool],
) -> Change:
    """What is new in an audience, beside the message it answers and all addresses `known` to the conversation."""
    people = [person for _, person in audience.people]
    there = {person.email for person in people}
    added = [person for person in people if person.email not in known and person.email not in mine]
    places = {organisation(email) for email in known}
    new_places = dict.fromkeys(
        organisation(person.email)
        for person in added
        if not is_own(person.email) and organisation(person.email) not in places
    )
    dropped = {
        party.email: party for party in answered if party.email and party.email not in there and party.email not in mine
    }
    return Change(tuple(added), tuple(new_places), tuple(dropped.values()))


def typed(text: str) -> tuple[Person, ...]:
    """The people of an address field as somebody typed it. Raises `NoAddress` for the first that is none."""
    found = []
    for part in _LISTED.findall(text):
        if not part.strip():
            continue
        named = _NAMED.match(part)
        name, email = (named[1] or named[2] or "", named[3]) if named else ("", part)
        found.append(Person(re.sub(r"\\(.)", r"\1", name).strip(), address(email)))
    return tuple(_once(found))


def written(people: Iterable[Person]) -> str:
    """People as they stand in an address field; `typed` reads it back."""
    return ", ".join(_written(person) for person in people)


def _written(person: Person) -> str:
    if not person.name:
        return person.email
    if re.fullmatch(r"[\w .'’-]+", person.name):
        return f"{person.name} <{person.email}>"
    escaped = re.sub(r'(["\\])', r"\\\1", person.name)
    return f'"{escaped}" <{person.email}>'


def _people(parties: Iterable[Party], role: str) -> tuple[Person, ...]:
    """Those of a role whose address mail can be sent to; old mail names others too."""
    found = []
    for party in parties:
        if party.role == role:
            try:
                found.append(Person(party.name, address(party.email)))
            except NoAddress:
                continue
    return tuple(found)


def _without(people: Iterable[Person], emails: Collection[str]) -> tuple[Person, ...]:
    return tuple(person for person in people if person.email not in emails)


def _once(people: Iterable[Person]) -> tuple[Person, ...]:
    found: dict[str, Person] = {}
    for person in people:
        found.setdefault(person.email, person)
    return tuple(found.values())
