"""An account at a glance: the balance, its trend, and its course of half a year."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from amends.capital import fold
from amends.capital.policy import read, shipped
from amends.capital.queries import account
from amends.clients.models import Client

WEEKS = 26


@dataclass(frozen=True, slots=True)
class Glance:
    """Whole points within the range that is shown; `course` one a week, oldest first."""

    points: int
    before: int
    since: date
    course: list[int]
    mended: int | None  # the week of the last recovery that the client said yes to

    @property
    def trend(self) -> int:
        """How many more than at `since`."""
        return self.points - self.before


def glance(client: Client, *, now: datetime) -> Glance | None:
    """The account of one client; None where nothing was ever posted. Four queries."""
    today = fold.EPOCH + timedelta(days=fold.day_of(now))
    first = today - timedelta(days=7 * WEEKS - 1)
    weights, lines, versions = account([client.pk], first=first.replace(day=1), last=today)  # totals alone before it
    if not lines and not any(weights.values()):
        return None
    policy = read(max(versions.values(), key=lambda one: one.number).text) if versions else read(shipped())
    since = (today - timedelta(days=90)).replace(day=1) - timedelta(days=1)
    at, mended, before = 0, None, 0
    course: list[int] = []
    days = [first + timedelta(days=7 * week + 6) for week in range(WEEKS)]
    for day in sorted({*days, since}):
        while at < len(lines) and lines[at].day <= day:
            line = lines[at]
            half_life = versions[line.policy].half_life
            weights[half_life] = weights.get(half_life, 0) + fold.weight(line.amount, line.day, half_life)
            if line.kind == "recovery_yes":
                mended = len(course) if line.turn % 2 == 0 else None
            at += 1
        held = fold.shown(fold.balance(weights, day), policy.lowest, policy.highest)
        if day == since:
            before = held
        if day in days:
            course.append(held)
    return Glance(course[-1], before, since, course, mended)
