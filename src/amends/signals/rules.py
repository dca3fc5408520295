"""What may become of a promise, and when one that recurs is due again. Pure."""

from __future__ import annotations

import calendar
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

NEXT = {
    "candidate": frozenset({"pending", "refused"}),
    "pending": frozenset({"kept", "broken", "renegotiated", "withdrawn"}),
}
"""From which state a promise may go where; whatever else it is in, it stays."""
_MONTHS = {"monthly": 1, "quarterly": 3}
_NO_HOUR = (time(0, 0), time(23, 59))


def may_become(state: str, wanted: str) -> bool:
    """Whether a promise in this state may become that."""
    return wanted in NEXT.get(state, frozenset())


def before(state: str) -> tuple[str, ...]:
    """The states from which a promise may get into this one."""
    return tuple(old for old, wanted in NEXT.items() if state in wanted)


def due_again(due: datetime, recurs: str, *, timezone: str) -> datetime:
    """When a recurring promise is due next, at the same hour of the firm's day; the 31st may become the 30th."""
    local = due.astimezone(ZoneInfo(timezone)).replace(tzinfo=None)
    if recurs in _MONTHS:
        months = local.year * 12 + local.month - 1 + _MONTHS[recurs]
        year, month = divmod(months, 12)
        last = calendar.monthrange(year, month + 1)[1]
        local = local.replace(year=year, month=month + 1, day=min(local.day, last))
    else:
        local += timedelta(weeks=1)
    return local.replace(tzinfo=ZoneInfo(timezone))


def is_exact(due: datetime | None, *, timezone: str, day_end: time) -> bool:
    """Whether an hour was meant: what is due at the end of work, or of the day, was promised for a day."""
    if due is None:
        return False
    hour = due.astimezone(ZoneInfo(timezone)).time().replace(second=0, microsecond=0)
    return hour not in {*_NO_HOUR, day_end.replace(second=0, microsecond=0)}
