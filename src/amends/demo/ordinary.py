"""The everyday part of the sample: what passes between a client and the studio when all is well.

Seeded by the client, so the same `now` gives the same mail. Nothing here complains, promises a date or stays open:
lately begun threads end with the studio's word, so that every reason on *Today* comes from the written story.
"""

from __future__ import annotations

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

_T = TypeVar("_T")
_RECENT = timedelta(days=14)
_OPENING, _CLOSING = 8 * 60 + 40, 17 * 60 + 20


class OrdinaryMail:
    """Writes one client's everyday threads."""

    def __init__(self, client: ClientFile, people: Mapping[str, Person], scripts: Scripts, clock: Clock) -> None:
        if client.ordinary is None:
            raise ValueError(f"{client.story.name} has no ordinary mail")
        self._plan: Ordinary = client.ordinary
        self._people, self._scripts, self._clock = people, scripts, clock
        self._rng = Random(f"sample agency, {client.story.key}")  # noqa: S311 - a story, not a secret
        self._decks: dict[str, list[int]] = {}

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
        recent = self._clock.today - day < _RECENT
        begins, subject, texts, attach = self._course(day)
        if not recent and (begins == "c") == (len(texts) % 2 == 0) and self._rng.random() < 0.45:
            texts.append(self._draw("thanks", self._scripts.thanks))
        while recent and len(texts) > 1 and (begins == "c") == (len(texts) % 2 == 1):
            texts.pop()
        contact = self._people[self._pick(self._plan.contacts)]
        member = self._people[self._pick(self._plan.team)]
        at = self._moment(day)
        thread: list[Letter] = []
        for turn, text in enumerate(texts):
            from_client = (begins == "c") == (turn % 2 == 0)
            sender, reader = (contact, member) if from_client else (member, contact)
            files = (attach.replace("?", f"{at:%m%d}"),) if attach and turn == 0 else ()
            thread.append(
                Letter(
                    at=at,
                    sender=sender,
                    to=(reader,),
                    subject=subject,
                    body=self._body(text, sender, reader, turn),
                    answers=thread[-1] if thread else None,
                    attachments=files,
                )
            )
            at = self._later(at)
        return thread

    def _course(self, day: date) -> tuple[str, str, list[str], str]:
        """Who begins, about what, the steps, and a file that comes with the first of them."""
        today = day_words(day)
        if self._rng.random() < self._own_share():
            begins, subject, *texts = self._draw("own", self._plan.threads)
            attach = ""
        else:
            script = self._draw("script", self._scripts.scripts)
            begins, attach = script.begins, script.attach
            subject = self._rng.choice(script.subjects)
            texts = self._steps(script)
        words = {name: (self._draw(name, values),) for name, values in self._plan.words.items()}
        filled = [fill_slots(text, words, today, self._rng) for text in (subject, *texts)]
        return begins, filled[0], filled[1:], attach

    def _steps(self, script: Script) -> list[str]:
        """Steps with as many wordings as the first answer it wording for wording, the others freely."""
        first = script.steps[0]
        chosen = self._draw(f"wording {first[0]}", tuple(range(len(first))))
        return [step[chosen] if len(step) == len(first) else self._draw(step[0], step) for step in script.steps]

    def _own_share(self) -> float:
        threads_a_year = max(1.0, (self._plan.start - self._plan.until) / self._plan.every)
        return min(0.7, len(self._plan.threads) / threads_a_year)

    def _draw(self, name: str, items: tuple[_T, ...]) -> _T:
        """One of them, none again before all have had their turn."""
        deck = self._decks.setdefault(name, [])
        if not deck:
            deck.extend(range(len(items)))
            self._rng.shuffle(deck)
        return items[deck.pop()]

    def _body(self, text: str, sender: Person, reader: Person, turn: int) -> str:
        firm = sender.organisation == ""
        extras = self._scripts.firm_extras if firm else self._scripts.client_extras
        lines = []
        if turn < 2 or self._rng.random() < 0.5:
            lines.append(self._rng.choice(sender.greetings).format(name=reader.first_name))
        lines.append(text)
        if turn < 2 and self._rng.random() < 0.3 and sender.language == "en":
            lines.append(self._draw("firm extras" if firm else "client extras", extras))
        lines.append(f"{self._rng.choice(sender.closings)}\n{sender.first_name}".strip())
        return "\n\n".join(lines)

    def _pick(self, keys: tuple[str, ...]) -> str:
        """One of them, the first most often."""
        return keys[min(int(self._rng.expovariate(1.4)), len(keys) - 1)]

    def _moment(self, day: date) -> datetime:
        return self._clock.moment(day, self._rng.randint(_OPENING, _CLOSING - 60))

    def _later(self, at: datetime) -> datetime:
        """Some working time later: mostly the same day, sometimes the next."""
        minutes = at.hour * 60 + at.minute + 12 + int(self._rng.expovariate(1 / 110))
        if minutes <= _CLOSING:
            return self._clock.moment(at.date(), minutes)
        return self._clock.moment(self._clock.shift(at.date(), 1), _OPENING + self._rng.randint(0, 150))
