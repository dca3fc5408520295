"""The hand-written part of the sample: threads of the data files as letters."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from .letters import Letter
from .prose import fill_dates

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .clock import Clock
    from .people import Person

_LEAST_PAUSE = timedelta(minutes=25)


def story_letters(threads: tuple[dict[str, Any], ...], people: Mapping[str, Person], clock: Clock) -> Iterator[Letter]:
    """Every message of these threads; one that names no other answers the one before it."""
    for thread in threads:
        previous: Letter | None = None
        named: dict[str, Letter] = {}
        for row in thread["message"]:
            before = named[row["answers"]] if "answers" in row else previous
            letter = _letter(row, thread["subject"], before, people, clock)
            if "id" in row:
                named[row["id"]] = letter
            previous = letter
            yield letter


def series_letters(series: tuple[dict[str, Any], ...], people: Mapping[str, Person], clock: Clock) -> Iterator[Letter]:
    """Newsletters and notices: the same sender, every so many days, each time the next of its items."""
    for row in series:
        sent = time.fromisoformat(row["at"])
        for turn, days_ago in enumerate(range(360, 2, -row["every"])):
            subject, body = row["items"][turn % len(row["items"])]
            yield Letter(
                at=datetime.combine(clock.today - timedelta(days=days_ago), sent, clock.zone),
                sender=people[row["from"]],
                to=tuple(people[key] for key in row["to"]),
                subject=f"{subject} (no. {turn + 31})" if row["kind"] == "bulk" else subject,
                body=body,
                kind=row["kind"],
            )


def _letter(
    row: dict[str, Any], subject: str, before: Letter | None, people: Mapping[str, Person], clock: Clock
) -> Letter:
    at = clock.at(row["at"])
    if before is not None:
        at = max(at, before.at + _LEAST_PAUSE)
    return Letter(
        at=at,
        sender=people[row["from"]],
        to=tuple(people[key] for key in row["to"]),
        cc=tuple(people[key] for key in row.get("cc", ())),
        subject=fill_dates(row.get("subject", subject), clock),
        body=fill_dates(row["body"].strip("\n"), clock),
        answers=None if row.get("fresh") else before,
        attachments=tuple(row.get("attach", ())),
        kind=row.get("kind", "personal"),
        style=row.get("style", ""),
        signed=row.get("signed", True),
        quotes=row.get("quotes", True),
        forward=row.get("forward", False),
        charset=row.get("charset", ""),
    )
