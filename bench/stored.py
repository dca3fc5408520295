"""A firm with any number of stored messages, always the same for one seed, written through the path of real imports.

Three years of conversations of two to eight messages between a firm of eight and its clients (40 at 10 thousand
messages, 400 at 200 thousand; some write fifty times as often as others), about one received message in fifty saying
that something is wrong, and as many asking something. Words follow Zipf's law over 4,000 made-up ones, and two are sown
for searching: `COMMON` in three messages of five, `RARE` in one of two thousand. Digests are built directly, since
reading mail is timed elsewhere; storing, placing, threading, indexing and judging are the program's own.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from pathlib import Path

from amends.mail.digest import Digest
from amends.mail.packing import pack
from amends.mail.parsing import Address, Kind, ParsedMessage, Role, Segment, SegmentKind
from amends.mail.sources import Item

OWN = "studio.example"
COMMON, RARE = "schedule", "xylograph"
BATCH = 500
_YEARS = timedelta(days=3 * 365)
_WRONG = (
    "Nobody from your side joined the call at ten and we sat there for half an hour.",
    "The invoice is wrong for the third month in a row and nobody has answered us.",
    "This is not the quality that we have come to expect from you.",
    "We are very disappointed: the campaign went live with last year's logo.",
)
_ASKING = (
    "Could you send us the figures by Friday?",
    "When can we expect the next version?",
    "Who is our contact now?",
)
_THANKS = "Thank you so much, this is wonderful work and the whole team loves it."
_SYLLABLES = (
    "ba",
    "de",
    "lo",
    "mi",
    "tra",
    "ven",
    "sor",
    "quil",
    "pen",
    "har",
    "mon",
    "tel",
    "gra",
    "fin",
    "ost",
    "ur",
)


@dataclass(frozen=True, slots=True)
class _Letter:
    """One message before it has words."""

    at: datetime
    client: int
    person: int
    subject: str
    thread: int
    place: int
    incoming: bool


class Firm:
    """The generator. `size` messages that end at `until`."""

    def __init__(self, size: int, *, until: datetime, seed: int = 1) -> None:
        self.size, self.until = size, until
        self._chance = random.Random(f"{seed} {size}")
        self.clients = 40 if size <= 10_000 else size // 500
        self._words = ["".join(self._chance.choices(_SYLLABLES, k=2 + number % 3)) for number in range(4000)]
        self._weights = list(accumulate(1 / (rank + 3) for rank in range(len(self._words))))
        self._busy = list(accumulate(self._chance.paretovariate(1.1) for _ in range(self.clients)))

    def digests(self) -> Iterator[list[Digest]]:
        """All messages in the order of time, in batches."""
        letters = sorted(self._letters(), key=lambda letter: (letter.at, letter.thread, letter.place))[: self.size]
        for at in range(0, len(letters), BATCH):
            yield [self._digest(letter) for letter in letters[at : at + BATCH]]

    def _letters(self) -> Iterator[_Letter]:
        chance, made, thread = self._chance, 0, 0
        while made < self.size:
            thread += 1
            count = chance.choice((2, 2, 3, 3, 4, 4, 5, 6, 8))
            client = chance.choices(range(self.clients), cum_weights=self._busy)[0]
            person, subject = chance.randrange(1 + client % 5), " ".join(self._some(4)).capitalize()
            at = self.until - _YEARS * chance.random()
            incoming = chance.random() < 0.7
            for place in range(count):
                if at > self.until:
                    break
                yield _Letter(at, client, person, subject, thread, place, incoming)
                made += 1
                incoming = not incoming if chance.random() < 0.85 else incoming
                at += timedelta(hours=chance.expovariate(1 / 20))

    def _some(self, count: int) -> list[str]:
        return self._chance.choices(self._words, cum_weights=self._weights, k=count)

    def _digest(self, letter: _Letter) -> Digest:
        chance = self._chance
        own = self._text(letter.incoming)
        quoted = "\n\n> " + " ".join(self._some(30)) if letter.place else ""
        text = own + quoted
        segments = [Segment(SegmentKind.NEW, 0, len(own))]
        if quoted:
            segments.append(Segment(SegmentKind.QUOTE, len(own), len(text)))
        theirs = (
            f"Person{letter.person} Client{letter.client}",
            f"person{letter.person}@client{letter.client}.example",
        )
        ours = (f"Member{letter.client % 8} Studio", f"member{letter.client % 8}@{OWN}")
        sender, to = (theirs, ours) if letter.incoming else (ours, theirs)
        name = f"{letter.thread}.{letter.place}"
        parsed = ParsedMessage(
            message_id=f"{name}@bench.example",
            in_reply_to=(f"{letter.thread}.{letter.place - 1}@bench.example",) if letter.place else (),
            references=tuple(f"{letter.thread}.{place}@bench.example" for place in range(letter.place)),
            subject=("Re: " if letter.place else "") + letter.subject,
            sent_at=letter.at.replace(microsecond=0),
            date_source="date",
            addresses=(Address(Role.FROM, *sender), Address(Role.TO, *to)),
            kind=Kind.PERSONAL,
            kind_reason="",
            text=text,
            segments=tuple(segments),
            has_html=chance.random() < 0.3,
        )
        raw = (
            f"From: {sender[1]}\nTo: {to[1]}\nMessage-ID: <{parsed.message_id}>\nSubject: {parsed.subject}\n\n{text}\n"
        )
        data = raw.encode()
        item = Item(Path("bench.mbox"), 0, len(data), f"bench, {name}")
        return Digest(item, pack(data), parsed, hashlib.blake2b(name.encode(), digest_size=16).hexdigest())

    def _text(self, incoming: bool) -> str:
        chance = self._chance
        words = self._some(chance.randrange(20, 120))
        if chance.random() < 0.6:
            words[0] = COMMON
        if chance.random() < 1 / 2000:
            words[-1] = RARE
        sentences = [" ".join(words[at : at + 12]).capitalize() + "." for at in range(0, len(words), 12)]
        if incoming:
            fate = chance.random()
            if fate < 0.02:
                sentences.append(chance.choice(_WRONG))
            elif fate < 0.03:
                sentences.append(_THANKS)
            elif fate < 0.05:
                sentences.append(chance.choice(_ASKING))
        return "\n".join(sentences)


def latest() -> datetime:
    """Where the mail of a new home ends: an hour ago."""
    return datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)
