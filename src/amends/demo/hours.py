"""Half a year of the sample agency's hours, as Clockify exports them: what its people did for whom, and three slips.

The same `now` and engagements always give the same bytes.
"""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from . import data

if TYPE_CHECKING:
    from .clock import Clock
    from .people import Member

WEEKS = 26
_HEADERS = (
    "Project", "Client", "Description", "Task", "User", "Group", "Email", "Tags", "Billable", "Start Date",
    "Start Time", "End Date", "End Time", "Duration (h)", "Duration (decimal)", "Billable Rate (GBP)",
    "Billable Amount (GBP)", "Date of creation",
)  # fmt: skip
_WORK = (
    ("Design", "Layout of the spring pages"), ("Design", "Corrections to the cover"),
    ("Design", "Icons and small parts"), ("Writing", "Texts for the landing page"),
    ("Writing", "Newsletter, second draft"), ("Writing", "Captions"), ("Building", "Templates and forms"),
    ("Building", "Slow pages on phones"), ("Building", "Updates and backups"), ("Talking", "Call about the week"),
    ("Talking", "Notes and next steps"), ("Print", "Proofs with the printer"),
)  # fmt: skip
_RATES = (75, 85, 95)


@dataclass(frozen=True, slots=True)
class Job:
    """An engagement that hours may be booked on, by the names that the firm uses."""

    client: str
    engagement: str
    starts: date | None


def time_sheet(jobs: Sequence[Job], *, now: datetime) -> bytes:
    """The export: every job has two or three people, each does a stretch on some of its days, one after the other."""
    firm = data.firm()
    clock = firm.clock(now)
    chance = random.Random("hours")  # noqa: S311  # invented, and the same each time
    people = [member for member in firm.members if member.role != "finance"] or list(firm.members)
    teams = [
        (job, chance.sample(people, k=min(len(people), chance.choice((2, 2, 3)))), chance.random()) for job in jobs
    ]
    rows: list[list[str]] = []
    for back in range(7 * WEEKS, -1, -1):
        day = clock.today - timedelta(days=back)
        if not clock.is_working(day):
            continue
        free = {member.key: 9 * 60 for member in people}
        for job, team, weight in teams:
            if job.starts and day < job.starts:
                continue
            for member in team:
                if chance.random() < 0.12 + 0.3 * weight and free[member.key] < 17 * 60:
                    minutes = chance.choice((30, 45, 60, 90, 120, 180))
                    task, words = chance.choice(_WORK)
                    rows.append(_row(job, member, day, free[member.key], minutes, task, words))
                    free[member.key] += minutes + chance.choice((0, 0, 15))
    return _written([*rows, *_slips(jobs, people, clock)])


def _slips(jobs: Sequence[Job], people: Sequence[Member], clock: Clock) -> list[list[str]]:
    """Two things at once, the same words on two clients, and an afternoon that was written down weeks later."""
    if len(jobs) < 2:
        return []
    one, other, who = jobs[0], jobs[1], people[0]
    near, far = clock.shift(clock.today, -6), clock.shift(clock.today, -40)
    return [
        _row(one, who, near, 18 * 60, 90, "Print", "Proofs of the autumn catalogue"),
        _row(other, who, near, 18 * 60 + 45, 60, "Print", "Proofs of the autumn catalogue"),
        _row(
            one,
            people[-1],
            far,
            18 * 60,
            150,
            "Building",
            "Moved the shop to the new server",
            created=far + timedelta(days=24),
        ),
    ]


def _row(
    job: Job, member: Member, day: date, start: int, minutes: int, task: str, words: str, *, created: date | None = None
) -> list[str]:
    begins, ends = (datetime.combine(day, time()) + timedelta(minutes=at) for at in (start, start + minutes))
    rate = _RATES[len(member.name) % len(_RATES)]
    return [
        job.engagement, job.client, words, task, member.name, "", member.email, "", "Yes", f"{day:%Y-%m-%d}",
        f"{begins:%H:%M:%S}", f"{ends:%Y-%m-%d}", f"{ends:%H:%M:%S}", f"{minutes // 60:02d}:{minutes % 60:02d}:00",
        f"{minutes / 60:.2f}", f"{rate:.2f}", f"{rate * minutes / 60:.2f}", f"{created or day:%Y-%m-%d}",
    ]  # fmt: skip


def _written(rows: list[list[str]]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows([_HEADERS, *rows])
    return out.getvalue().encode()
