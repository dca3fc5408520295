"""The everyday part of the sample: what passes between a client and the studio when all is well.

Seeded by the client, so the same `now` gives the same mail. Nothing here complains, promises a date or stays open:
lately begun threads end with the studio's word, so that every reason on *Today* comes from the written story.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING, TypeVar

from .letters import Letter
from .prose import day_words, fill_slots

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date, datetime

    from .clock import Clock
    from .data import ClientFile, Ordinary, Script, Scripts
    from .people import Person

    Words = Mapping[str, tuple[str, ...]]

_T = TypeVar("_T")
_RECENT = timedelta(days=14)
_OPENING, _CLOSING = 8 * 60 + 40, 17 * 60 + 20


@dataclass(frozen=True, slots=True)
class _Course:
    """How one thread goes, in words."""

    begins: str  # "c" the client, "f" the firm
    subject: str
    texts: tuple[str, ...]
    words: Words
    attach: str
    by: str


class OrdinaryMail:
    """Writes one client's everyday threads."""

    def __init__(self, client: ClientFile, people: Mapping[str, Person], scripts: Scripts, clock: Clock) -> None:
        if client.ordinary is None:
            raise ValueError(f"{client.story.name} has no ordinary mail")
        self._plan: Ordinary = client.ordinary
        self._people, self._scripts, self._clock = people, scripts, clock
        self._rng = Random(f"sample agency, {client.story.key}")  # noqa: S311 - a story, not a secret
        self._decks: dict[str, list[int]] = {}
        self._usual = tuple(script for script in scripts.scripts if script.name not in self._plan.without)
        self._own = list(self._plan.threads)
        self._rng.shuffle(self._own)
        self._own_share = min(0.7, 1.15 * len(self._own) * self._plan.every / (self._plan.start - self._plan.until))

    def letters(self) -> Iterator[Letter]:
        """All of them, thread by thread."""
        oldest = self._clock.today - timedelta(days=self._plan.start)
        last = self._clock.today - timedelta(days=self._plan.until)
        day = oldest + timedelta(days=self._rng.uniform(0, self._plan.every))
        while day <= last:
            if self._open(day):
                thread = self._thread(day)
                if thread[-1].at < self._clock.now - timedelta(hours=1):
                    yield from thread
            day += timedelta(days=max(1, round(self._plan.every * self._rng.uniform(0.65, 1.35))))

    def _open(self, day: date) -> bool:
        quiet = (day.month, day.day) >= (12, 20) or (day.month, day.day) <= (1, 3)
        return not quiet and not (day.month == 8 and self._rng.random() < 0.5)

    def _thread(self, day: date) -> list[Letter]:
        while not self._clock.is_working(day):
            day += timedelta(days=1)
        contact = self._people[self._pick(self._plan.contacts)]
        course = self._course(day, contact)
        member = self._people[course.by or self._pick(self._plan.team)]
        texts = self._ended(course, recent=self._clock.today - day < _RECENT)
        at = self._clock.moment(day, self._rng.randint(_OPENING, _CLOSING - 60))
        thread: list[Letter] = []
        for turn, text in enumerate(texts):
            from_client = (course.begins == "c") == (turn % 2 == 0)
            sender, reader = (contact, member) if from_client else (member, contact)
            files = (course.attach.replace("?", f"{at:%m%d}"),) if course.attach and turn == 0 else ()
            thread.append(
                Letter(
                    at=at,
                    sender=sender,
                    to=(reader,),
                    subject=course.subject,
                    body=self._body(text, sender, reader, turn, course.words),
                    answers=thread[-1] if thread else None,
                    attachments=files,
                )
            )
            at = self._later(at)
        return thread

    def _ended(self, course: _Course, *, recent: bool) -> list[str]:
        """The texts, with a last word: the client's thanks now and then, lately always the studio's."""
        texts = list(course.texts)
        client_is_next = (course.begins == "c") == (len(texts) % 2 == 0)
        if recent and not client_is_next and len(texts) > 1:
            return texts[:-1]
        if not recent and client_is_next and self._rng.random() < 0.22:
            texts.append(self._draw("thanks", self._scripts.thanks))
        return texts

    def _course(self, day: date, contact: Person) -> _Course:
        """The next of the client's own threads or of the scripts that all share, with its slots filled."""
        words = {name: (self._word(name, contact),) for name in self._plan.words}
        by = attach = ""
        if self._own and self._rng.random() < self._own_share:
            begins, subject, *texts = self._own.pop()
        else:
            script = self._draw("script", self._usual)
            begins, by, attach = script.begins, script.by, script.attach
            subject, *texts = self._steps(script)
        today = day_words(day)
        subject, *texts = (fill_slots(text, words, today, self._rng) for text in (subject, *texts))
        return _Course(begins, subject, tuple(texts), words, attach, by)

    def _word(self, name: str, contact: Person) -> str:
        """One of the client's words; nobody speaks of themselves as a colleague."""
        names = contact.name.split()
        fitting = tuple(word for word in self._plan.words[name] if not any(one in word for one in names))
        return self._draw(f"{name} {contact.key}", fitting)

    def _steps(self, script: Script) -> list[str]:
        """Subject and steps; those with as many wordings as the first step go with it, the others freely."""
        first = script.steps[0]
        chosen = self._draw(f"wording {first[0]}", tuple(range(len(first))))
        return [
            step[chosen] if len(step) == len(first) else self._draw(step[0], step)
            for step in (script.subjects, *script.steps)
        ]

    def _draw(self, name: str, items: tuple[_T, ...]) -> _T:
        """One of them, none again before all have had their turn."""
        deck = self._decks.setdefault(name, [])
        if not deck:
            deck.extend(range(len(items)))
            self._rng.shuffle(deck)
        return items[deck.pop()]

    def _body(self, text: str, sender: Person, reader: Person, turn: int, words: Words) -> str:
        firm = sender.organisation == ""
        chatty = sender.language == "en" and (not firm or sender.key in self._plan.team)
        lines = []
        if turn < 2 or self._rng.random() < 0.5:
            called = reader.called or reader.first_name
            lines.append(self._rng.choice(sender.greetings).format(name=called))
        lines.append(text)
        if chatty and turn < 2 and self._rng.random() < 0.3:
            extras = self._scripts.firm_extras if firm else self._scripts.client_extras
            extra = self._draw("firm extras" if firm else "client extras", extras)
            if sender.first_name not in extra:
                lines.append(fill_slots(extra, words, {}, self._rng))
        lines.append(f"{self._rng.choice(sender.closings)}\n{sender.signs or sender.first_name}".strip())
        return "\n\n".join(lines)

    def _pick(self, keys: tuple[str, ...]) -> str:
        """One of them, the first most often."""
        return keys[min(int(self._rng.expovariate(1.4)), len(keys) - 1)]

    def _later(self, at: datetime) -> datetime:
        """Some working time later: mostly the same day, sometimes the next."""
        minutes = at.hour * 60 + at.minute + 12 + int(self._rng.expovariate(1 / 110))
        if minutes <= _CLOSING:
            return self._clock.moment(at.date(), minutes)
        return self._clock.moment(self._clock.shift(at.date(), 1), _OPENING + self._rng.randint(0, 150))
