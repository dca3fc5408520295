"""Balances as they were at the ends of months, for many clients at once: from totals alone, never from postings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date

from amends.capital import fold
from amends.capital.models import Total
from amends.capital.queries import ALL, family, month_of


def balances_then(wanted: Collection[tuple[int, date]]) -> dict[tuple[int, date], int]:
    """What each of these clients (primary keys) had at the end of that day, in hundredths of a point, without bounds.

    The day is the last of a month: totals know no finer moment. Two queries.
    """
    kin = family({client for client, _day in wanted})
    if not kin:
        return {}
    last = max(month_of(day) for _client, day in wanted)
    weights: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
    rows = Total.objects.filter(client__in=list(kin), month__lte=last).exclude(month=ALL)
    for client, month, half_life, heavy in rows.values_list("client", "month", "half_life", "weight"):
        weights[kin[client]].append((month, half_life, int(heavy)))
    found = {}
    for client, day in wanted:
        sums: dict[int, int] = defaultdict(int)
        for month, half_life, weight in weights[client]:
            if month <= month_of(day):
                sums[half_life] += weight
        found[client, day] = fold.balance(sums, day)
    return found
