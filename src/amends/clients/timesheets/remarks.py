"""What stands out in a time sheet. Each is a question to whoever wrote it, never a verdict on them.

A client who disputes an invoice finds these first: two things at once, an hour that was written down three weeks later,
a day that nobody can account for, the same words on another client's bill.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise

from amends.clients.timesheets.dates import spoken
from amends.clients.timesheets.rows import TimeRow

LATE_AFTER = 7  # days; a week's sheet is often filled in at its end
_WORDS = 2  # "Emails" is said of every client
_LETTERS = 10


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing to look at: what it is, whom it is about, when, in words, and the lines that it rests on."""

    kind: str  # "overlap", "late", "gap" or "elsewhere"
    person: str
    day: date
    says: str
    lines: tuple[int, ...]


def lines(*rows: TimeRow) -> str:
    """Where rows of a file stand."""
    numbers = [str(row.line) for row in rows]
    shown = ", ".join(numbers[:3]) + (" …" if len(numbers) > 3 else "")
    return f"line {shown}" if len(numbers) == 1 else f"lines {shown}"


def remarks(
    rows: Iterable[TimeRow], *, works: Callable[[date], bool], where: Callable[..., str] = lines
) -> list[Remark]:
    """All that stands out, by kind and day; `works` says whether the firm works on a day, `where` names rows."""
    people: dict[str, list[TimeRow]] = defaultdict(list)
    every = list(rows)
    for row in every:
        people[row.who].append(row)
    found = [remark for one in people.values() for remark in (*_overlaps(one, where), *_late(one), *_gaps(one, works))]
    found += _elsewhere(every, where)
    kinds = ("overlap", "elsewhere", "late", "gap")
    return sorted(found, key=lambda remark: (kinds.index(remark.kind), remark.day, remark.person, remark.lines))


def _overlaps(rows: Sequence[TimeRow], where: Callable[..., str]) -> Iterator[Remark]:
    """Each entry that begins before one that began earlier has ended."""
    timed = [(row.start, row.end, row) for row in rows if row.start and row.end and row.end > row.start]
    open_until: tuple[datetime, TimeRow] | None = None
    for start, end, row in sorted(timed, key=lambda one: (one[0], one[1], one[2].line)):
        if open_until is not None and start < open_until[0]:
            until, other = open_until
            minutes = int((min(until, end) - start).total_seconds() // 60)
            says = (
                f"{row.person}, {spoken(row.day)}: {_span(other)} ({where(other)}) and {_span(row)} ({where(row)})"
                f" overlap by {_minutes(minutes)}"
            )
            yield Remark("overlap", row.person, row.day, says, (other.line, row.line))
        if open_until is None or end > open_until[0]:
            open_until = (end, row)


def _late(rows: Sequence[TimeRow]) -> Iterator[Remark]:
    """What was written down long after it was done, where the export says when that was."""
    batches: dict[tuple[date, date], list[TimeRow]] = defaultdict(list)
    for row in rows:
        if row.entered is not None and row.entered - row.day > timedelta(days=LATE_AFTER):
            batches[row.day, row.entered].append(row)
    for (day, entered), late in batches.items():
        minutes = sum(row.seconds for row in late) // 60
        says = (
            f"{late[0].person}: {_minutes(minutes)} of {spoken(day)} were entered on {spoken(entered)},"
            f" {(entered - day).days} days later"
        )
        yield Remark("late", late[0].person, day, says, tuple(row.line for row in late))


def _gaps(rows: Sequence[TimeRow], works: Callable[[date], bool]) -> Iterator[Remark]:
    """Working days between a person's first entry and their last on which they have none."""
    days = sorted({row.day for row in rows})
    for before, after in pairwise(days):
        between = (before + timedelta(days=number) for number in range(1, (after - before).days))
        missing = [day for day in between if works(day)]
        if not missing:
            continue
        person = rows[0].person
        if len(missing) == 1:
            says = f"{person} has no entry on {spoken(missing[0])}"
        else:
            span = f"{spoken(missing[0])} to {spoken(missing[-1])}"
            says = f"{person} has no entry from {span} ({len(missing)} working days)"
        yield Remark("gap", person, missing[0], says, ())


def _elsewhere(rows: Sequence[TimeRow], where: Callable[..., str]) -> Iterator[Remark]:
    """The same description on two clients; what stands on three or more is a routine, as a weekly meeting is."""
    said: dict[str, list[TimeRow]] = defaultdict(list)
    for row in rows:
        words = row.description.casefold().split()
        if row.client and len(words) >= _WORDS and len(row.description) >= _LETTERS:
            said[" ".join(words)].append(row)
    for same in said.values():
        clients = Counter(row.client.casefold() for row in same)
        if len(clients) != 2:
            continue
        usual = max(clients, key=lambda name: clients[name])
        there = [row for row in same if row.client.casefold() == usual]
        here = [row for row in same if row.client.casefold() != usual]
        says = (
            f"“{' '.join(here[0].description.split())}” is booked on {there[0].client} ({where(*there)}) and on"
            f" {here[0].client} ({where(*here)})"
        )
        yield Remark("elsewhere", here[0].person, here[0].day, says, tuple(row.line for row in (*there, *here)))


def _span(row: TimeRow) -> str:
    return f"{row.start:%H:%M} to {row.end:%H:%M}"


def _minutes(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    return f"{hours}:{rest:02d} hours" if hours else f"{rest} minutes"
