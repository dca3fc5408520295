"""When a relationship may have to end: what counts as a sign, and the arithmetic of it. Pure.

"If they don't listen and they don't respect what you have to say, then your client doesn't deserve you." A sign is a
reason to look, for partners, and never more; each names what it rests on.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

YEAR = timedelta(days=365)
HONESTY = timedelta(days=21)
"""How long an honest answer may wait for theirs."""
ANGRY_TIMES, ANGRY_SPAN = 3, timedelta(days=60)
"""Messages in anger by the same person, and from the first to the last of them: one bad week is no sign."""
LINE, LONG = -20, 3
"""A balance below this at the end of so many months in a row, and now."""


class SignKind(StrEnum):
    """What may show that a relationship should end."""

    HONESTY = "honesty"  # we said that they were mistaken, and nothing came back, or a dispute
    RESPECT = "respect"  # anger again and again, by the same people over months
    COST = "cost"  # it costs more than it is worth
    CAPITAL = "capital"  # the balance is low for long


@dataclass(frozen=True, slots=True)
class Said:
    """One message in anger: when, and by whom."""

    at: datetime
    sender: str


def again_and_again(said: Iterable[Said]) -> dict[str, list[Said]]:
    """Who was angry often enough, over long enough, with what they said in order."""
    by_sender: dict[str, list[Said]] = defaultdict(list)
    for one in said:
        by_sender[one.sender].append(one)
    found = {}
    for sender, rows in by_sender.items():
        rows.sort(key=lambda one: one.at)
        if len(rows) >= ANGRY_TIMES and rows[-1].at - rows[0].at >= ANGRY_SPAN:
            found[sender] = rows
    return found


def unanswered(explained_at: datetime, replies: Sequence[datetime], *, now: datetime) -> bool:
    """Whether what was honestly explained was met with silence for longer than it may wait."""
    return now - explained_at > HONESTY and not any(at > explained_at for at in replies)


def below_for_long(balances: Mapping[datetime, int]) -> bool:
    """Whether the balance, at each of these moments (now, and the months before), is below the line."""
    return len(balances) > LONG and all(points < LINE for points in balances.values())


def moments(now: datetime) -> list[datetime]:
    """When the balance is looked at: now, and so many months before."""
    return [now - timedelta(days=30 * number) for number in range(LONG + 1)]
