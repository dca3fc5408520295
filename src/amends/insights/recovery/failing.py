"""Which failure mode a recovery is a case of: what was said, what their words sound like, and what may be chosen."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from amends.insights.recovery.door import readable_recovery
from amends.mail.queries import Reader
from amends.recovery import giving, queries
from amends.recovery.likely import likely
from amends.recovery.models import Issue, Recovery
from amends.recovery.shipped import Book


@dataclass(frozen=True, slots=True)
class Failing:
    """`mode` is what somebody said ("": nobody did), `book` its playbook (None: words of the firm's own); `guesses` are
    the playbooks that the points speak like; `trades` all by trade; `own` words that were said of other recoveries."""

    mode: str
    book: Book | None
    guesses: list[Book]
    trades: list[tuple[str, list[Book]]]
    own: list[str]

    @property
    def name(self) -> str:
        """What is said, as people read it."""
        return self.book.name if self.book else self.mode


def failing_for(reader: Reader, recovery_id: uuid.UUID) -> tuple[Recovery, Failing]:
    """The same of a recovery by its id. Raises as `readable_recovery`."""
    recovery = readable_recovery(reader, recovery_id)
    return recovery, failing_of(recovery, queries.points(recovery))


def failing_of(recovery: Recovery, points: Sequence[Issue]) -> Failing:
    """For somebody who may read these points; two queries."""
    every = {book.mode: book for book in queries.playbooks(retired=True)}
    books = [book for book in every.values() if not book.retired]
    return Failing(
        mode=recovery.failure_mode,
        book=every.get(recovery.failure_mode),
        guesses=likely([f"{one.quote} {one.words}" for one in points], books),
        trades=[(trade, list(ones)) for trade, ones in groupby(books, key=lambda book: book.trade)],
        own=[cause for cause in giving.causes() if cause not in every],
    )
