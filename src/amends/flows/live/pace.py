"""When to look again: politely, and never all at the same moment. Pure but for chance."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

BESIDE_IDLE = timedelta(minutes=5)  # folders that a server does not tell of by itself
WITHOUT_IDLE = timedelta(minutes=3)
AT_ONCE = timedelta(seconds=1)  # where there is more to fetch
FIRST_RETRY = timedelta(seconds=5)
LONGEST_RETRY = timedelta(minutes=30)


def after_success(now: datetime, *, idle: bool, more: bool) -> datetime:
    """The next look after one that went well."""
    return now + (AT_ONCE if more else _about(BESIDE_IDLE if idle else WITHOUT_IDLE))


def after_failure(now: datetime, *, failures: int) -> datetime:
    """The next attempt after so many failures in a row: twice as long each time, half an hour at most."""
    return now + _about(min(FIRST_RETRY * 2 ** min(failures - 1, 10), LONGEST_RETRY))


def _about(length: timedelta) -> timedelta:
    """A quarter more or less, so that fifty mailboxes that fell out together do not come back together."""
    return length * random.uniform(0.75, 1.25)  # noqa: S311
