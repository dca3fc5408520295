"""One message of the sample before it becomes bytes: who wrote what to whom, when, answering what."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from datetime import datetime

    from .people import Person

_OUTLOOK_PREFIX = {"de": "AW: ", "fr": "RE: ", "en": "RE: "}


@dataclass(slots=True, eq=False)
class Letter:
    """A message; `body` is the writer's own words, without signature and without quotes."""

    at: datetime
    sender: Person
    to: tuple[Person, ...]
    subject: str
    body: str
    cc: tuple[Person, ...] = ()
    answers: Letter | None = None
    attachments: tuple[str, ...] = ()  # file names; the ending says what is made
    kind: str = "personal"  # personal, bulk, out_of_office, notice, bounce, invite, accept
    style: str = ""
    signed: bool = True
    quotes: bool = True
    forward: bool = False
    charset: str = ""
    serial: int = 0
    message_id: str = field(default="", init=False)

    def number(self, serial: int) -> None:
        """Gives the message its place in the mailbox and an id like those its writer's program makes."""
        self.serial = serial
        seed = f"{serial}|{self.at.isoformat()}|{self.sender.email}|{self.subject}"
        digest = hashlib.sha256(seed.encode()).hexdigest()
        domain = self.sender.email.rpartition("@")[2]
        if self.look in {"outlook", "web"}:
            self.message_id = f"<{digest[:8].upper()}P{digest[8:32].upper()}@{domain}>"
        elif self.look in {"apple", "phone"}:
            parts = (digest[:8], digest[8:12], digest[12:16], digest[16:20], digest[20:32])
            self.message_id = f"<{'-'.join(parts).upper()}@{domain}>"
        else:
            self.message_id = f"<CA{digest[:30]}@mail.{domain}>"

    @property
    def look(self) -> str:
        """The mail program it was written in."""
        return self.style or self.sender.style

    @property
    def local_at(self) -> datetime:
        """When it was sent, on the writer's own clock."""
        return self.at.astimezone(ZoneInfo(self.sender.tz))

    @property
    def full_subject(self) -> str:
        """The subject with the prefix that the writer's program puts before it."""
        if self.forward:
            return f"Fwd: {self.subject}"
        if self.answers is None or self.kind in {"invite", "bounce"}:
            return self.subject
        if self.kind == "out_of_office":
            return f"Automatic reply: {self.subject}"
        if self.kind == "accept":
            return f"Accepted: {self.subject}"
        prefix = _OUTLOOK_PREFIX[self.sender.language] if self.look in {"outlook", "web"} else "Re: "
        return prefix + self.subject

    def ancestors(self) -> list[Letter]:
        """The messages it answers, nearest first."""
        found: list[Letter] = []
        letter = self.answers
        while letter is not None:
            found.append(letter)
            letter = letter.answers
        return found
