"""When a thing is due: expressions of date and time in business English, resolved against one message.

A rule-based reader of our own, because general date parsers do not know an office: "close of play", "in three
working days", "the week of the 12th", "Monday week". It reads tokens from left to right with bounded look-ahead, so
time is linear in the length of the text, and there is no pattern that could run away.

How it decides where English is loose, and says so in `why`:

- "Friday" is the next one to come, "this Friday" may be today, "next Friday" is that of next week (from Monday on).
- A day without a year is the next such day; where the sentence is in the past ("we sent it on 3 March"), the last.
- "by next week", "in March" end with the period; a week ends with its last working day; "before Friday" ends with the
  last working day before it.
- Hours that say neither are those of an office: "at 3" is 15:00, "at 7" is 7:00, "03:00" is 3:00.
- "12/03" has the day first, unless the firm's country or the zone says that it is American.
- A day without an hour ends with the firm's working day; today, when that is over, at midnight.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from amends.judgement.due.deciding import best
from amends.judgement.due.finding import expressions
from amends.judgement.due.resolving import Resolved, resolve
from amends.judgement.due.scene import FIRST_YEAR, LAST_YEAR, make
from amends.judgement.due.tense import Tense
from amends.judgement.due.tokens import windows
from amends.judgement.due.written import UNTOLD
from amends.judgement.working_time import WorkingTime


@dataclass(frozen=True, slots=True)
class When:
    """One expression; `quote` is exactly the text from `start` up to `end`.

    `at` is the moment by which, aware, and None where it stays open ("soon", "before the launch"); `whole_day` says
    that no time of day was named, and `at` is the end of the firm's working day. `begins` is when a period begins.
    `why` tells a person how it was read.
    """

    quote: str
    start: int
    end: int
    at: datetime | None
    whole_day: bool
    begins: datetime | None
    why: str

    @property
    def ambiguous(self) -> bool:
        """Whether day and month could be the other way round, and nothing says which."""
        return UNTOLD in self.why


def find(text: str, *, at: datetime, working: WorkingTime | None = None, day_first: bool | None = None) -> list[When]:
    """Every expression of time in `text`, in order, read as in a message written at `at` (aware).

    `working` has the firm's days, hours, zone and holidays; without it a week from Monday to Friday, 9 to 17 in the
    writer's zone, is taken. `day_first` says how "12/03" is meant, where it is known. Reads what `sentences` reads of a
    long text. Raises ValueError where `at` has no zone, and nothing on any text.
    """
    return [_when(text, each) for each in _resolved(text, at, working, day_first)]


def due(text: str, *, at: datetime, working: WorkingTime | None = None, day_first: bool | None = None) -> When | None:
    """The deadline that one sentence names, or None where it names none to come.

    Of several the one that a commitment hangs on: "at the latest" before "by", "until" and "within", those before "on",
    that before a mere mention; what lies in the past or recurs is none. Open ones ("soon") come last. Else as `find`.
    """
    found = best(_resolved(text, at, working, day_first))
    return None if found is None else _when(text, found)


def _resolved(text: str, at: datetime, working: WorkingTime | None, day_first: bool | None) -> list[Resolved]:
    found: list[Resolved] = []
    if not FIRST_YEAR < at.year < LAST_YEAR:
        return found
    for tokens in windows(text):
        scene = make(tokens, at, working, day_first, Tense(tokens))
        found.extend(each for each in (resolve(scene, one) for one in expressions(scene)) if each is not None)
    return found


def _when(text: str, found: Resolved) -> When:
    return When(
        quote=text[found.start : found.end],
        start=found.start,
        end=found.end,
        at=found.at,
        whole_day=found.whole_day,
        begins=found.begins,
        why=found.why,
    )
