"""Reads of clients and contacts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from amends.clients.models import Client, Erased, Standing
from amends.firm.secrets import mark

_AT_ONCE = 5000  # marks in one question


def touched_clients(limit: int | None) -> list[Client]:
    """Clients whose signals may be out of date."""
    rows = Client.objects.filter(touched_at__isnull=False, merged_into=None).order_by("touched_at", "pk")
    return list(rows[:limit] if limit else rows)


def live_clients(moment: datetime) -> int:
    """How many clients had been in touch within the year before `moment`, as far as their totals say."""
    return Client.objects.filter(
        standing=Standing.CLIENT, merged_into=None, first_at__lt=moment, last_at__gte=moment - timedelta(days=365)
    ).count()


class Trace(NamedTuple):
    """One thing that may have been erased: `kind` is address, organisation, message, name or id."""

    kind: str
    value: str

    def mark(self) -> str:
        """The keyed hash under which it is known."""
        return mark(self.value.casefold(), purpose=f"erased {self.kind}")


def anything_erased() -> bool:
    """Whether anything ever was, in the firm in scope."""
    return Erased.objects.exists()


def erased_when(traces: Iterable[Trace]) -> dict[Trace, datetime]:
    """Those of `traces` that were erased, and when."""
    by_mark = {trace.mark(): trace for trace in set(traces)}
    marks, found = list(by_mark), {}
    for at in range(0, len(marks), _AT_ONCE):
        rows = Erased.objects.filter(mark__in=marks[at : at + _AT_ONCE])
        found.update({by_mark[one]: when for one, when in rows.values_list("mark", "at")})
    return found
