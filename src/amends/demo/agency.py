"""The sample agency's front door: who it is, what is going on, and a year of its mail as one mbox file.

Everything is invented. The same `now` always gives the same bytes; only dates move with it. `STORY` says for every
client what *Today* ought to show, so that tests can hold Amends against it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import data
from .letters_from_story import series_letters, story_letters
from .mime import mbox_entry
from .ordinary import OrdinaryMail
from .people import KINDS, ClientStory, Engagement, Firm, Member, Person
from .prose import fill_dates

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from .letters import Letter

__all__ = [
    "ENGAGEMENTS",
    "FIRM",
    "KINDS",
    "NOT_CLIENTS",
    "STORY",
    "ClientStory",
    "Engagement",
    "Firm",
    "Member",
    "Person",
    "letters",
    "quotes_at",
    "write_mailbox",
]

FIRM: Firm = data.firm()
STORY: tuple[ClientStory, ...] = tuple(client.story for client in data.clients())
NOT_CLIENTS: tuple[Person, ...] = data.others().people
ENGAGEMENTS: tuple[Engagement, ...] = tuple(one for client in data.clients() for one in client.engagements)


def write_mailbox(path: Path, *, now: datetime) -> int:
    """Writes the year up to `now` to `path` as an mboxrd file and says how many messages it holds."""
    year = letters(now)
    with path.open("wb") as file:
        file.writelines(mbox_entry(letter) for letter in year)
    return len(year)


def letters(now: datetime) -> list[Letter]:
    """The year's messages in the order they were sent."""
    clock = FIRM.clock(now)
    others = data.others()
    everyone = {person.key: person for person in (*data.firm_people(), *others.people)}
    for client in data.clients():
        everyone |= {person.key: person for person in client.story.people}
    year = [*story_letters(others.threads, everyone, clock), *series_letters(others.series, everyone, clock)]
    for client in data.clients():
        year += story_letters(client.threads, everyone, clock)
        if client.ordinary is not None:
            year += OrdinaryMail(client, everyone, data.scripts(), clock).letters()
    year.sort(key=lambda letter: letter.at)
    for serial, letter in enumerate(year, 1):
        letter.number(serial)
    return year


def quotes_at(client: ClientStory, now: datetime) -> tuple[tuple[str, str], ...]:
    """Kind and words of each reason, as they stand literally in a message of the mailbox made for `now`."""
    clock = FIRM.clock(now)
    return tuple((kind, fill_dates(text, clock)) for kind, text in client.quotes)
