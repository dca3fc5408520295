"""A contact on whom a relationship hangs falls silent while colleagues go on: news of its own kind, and rare.

People write less when a project ends, are on leave, or hand over to a colleague, and that is no news while the client
goes on writing. It is news where nearly everything went through this one person: then a relationship may have lost its
only bearer without anybody having said so. So a contact's silence is judged only where the contact wrote on at least
`HANGS` of the client's active days in the year before, and only once colleagues have written on `COLLEAGUES` days
since (before that it is the client that is silent, and `rhythm` says so). What it is worth is in
`docs/decisions/0007`: it is a hint beside a client and no reason for *Today* of its own.
"""

from __future__ import annotations

from bisect import bisect_right
from datetime import date, timedelta
from typing import TYPE_CHECKING

from amends.judgement.rhythm import WEEKDAYS, Prior, State, unusual_after

if TYPE_CHECKING:
    from collections.abc import Sequence

    from amends.judgement.season import Days

HANGS = 0.6
"""The share of a client's active days from which the relationship hangs on one contact."""
COLLEAGUES = 2
"""Days on which others at the client have written since; one may be a note that the contact is away."""
YEAR = timedelta(days=365)
FEWEST_DAYS = 8
"""With fewer active days in that year nothing hangs on anybody yet."""


def share_of(contact: Sequence[date], client: Sequence[date], *, until: date) -> float:
    """On what share of the client's active days in the year up to `until` this contact wrote; both are sorted.

    0 where there are fewer than `FEWEST_DAYS` such days.
    """
    first = until - YEAR
    days = bisect_right(client, until) - bisect_right(client, first)
    wrote = bisect_right(contact, until) - bisect_right(contact, first)
    return wrote / days if days >= FEWEST_DAYS else 0.0


def silent_from(
    contact: Sequence[date], client: Sequence[date], prior: Prior, *, clients: int, calendar: Days = WEEKDAYS
) -> date | None:
    """The day from which this contact's silence is news although the client goes on; None where it is none.

    `contact` are the days on which the contact wrote, `client` those on which anybody at the client did, the
    contact's among them, all known so far; sorted. Nothing later is known, no clock is read.
    """
    if not contact or share_of(contact, client, until=contact[-1]) < HANGS:
        return None
    since = client[bisect_right(client, contact[-1]) :]
    if len(since) < COLLEAGUES:
        return None
    state = State()
    for day in contact:
        state = state.observe(day, calendar=calendar)
    after = unusual_after(state, prior, clients=clients, calendar=calendar)
    if after is None:
        return None
    # Colleagues count while the silence lasts, whether they wrote before it was unusual or after.
    return max(contact[-1] + after, since[COLLEAGUES - 1])
