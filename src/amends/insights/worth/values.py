"""What open engagements are worth a year, each by its own rule; amounts in different currencies are never added.

An engagement counts while it is open and its last day has not passed. Its **yearly value** counts as it stands. Where
there is only a value in all, it counts spread over its period, but over no less than a year: a project of three months
is worth its price in that year and not four times as much, one of three years a third of it each year.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Decimal

from amends.clients.models import Engagement
from amends.core.money import Money, digits

_YEAR = 365
_LONG_PAST = timedelta(days=31)  # a renewal so long ago is a date that nobody brought up to date


@dataclass(frozen=True, slots=True)
class Valued:
    """One open engagement. `how`: by its "yearly" value, "spread" over its period, "whole" within a year, "ended" on
    its last day, or "none", without any value; the last two count nothing."""

    engagement: uuid.UUID
    name: str
    yearly: Money
    how: str
    renews_on: date | None

    @property
    def counts(self) -> bool:
        """Whether it counts."""
        return self.how in {"yearly", "spread", "whole"}


def valued_of(clients: Collection[int], *, currency: str, today: date) -> dict[int, list[Valued]]:
    """The open engagements of these clients (primary keys) with what they are worth a year; one query."""
    found: dict[int, list[Valued]] = defaultdict(list)
    rows = Engagement.objects.filter(client__in=clients, closed_at=None).order_by("name", "pk")
    for row in rows:
        found[row.client_id].append(_valued(row, currency, today))
    return found


def added(valued: Iterable[Valued], *, currency: str) -> list[Money]:
    """Their sums by currency, the firm's own first."""
    sums: dict[str, int] = defaultdict(int)
    for one in valued:
        if one.counts:
            sums[one.yearly.currency] += one.yearly.units
    return [Money(sums[each], each) for each in sorted(sums, key=lambda each: (each != currency, each))]


def next_renewal(valued: Iterable[Valued], *, today: date) -> date | None:
    """The first renewal date that is not long past."""
    days = [one.renews_on for one in valued if one.renews_on and one.renews_on >= today - _LONG_PAST]
    return min(days, default=None)


def share_of(money: Money, share: float) -> Money:
    """This share of an amount, to a millionth, in whole smallest units."""
    return Money((money.units * round(share * 1_000_000) + 500_000) // 1_000_000, money.currency)


def about(money: Money) -> Money:
    """The amount as it may be told of what is only likely: two digits that count."""
    step = 10 ** max(0, len(str(abs(money.units))) - 2)
    return Money((money.units + step // 2) // step * step, money.currency)


def _valued(row: Engagement, firms: str, today: date) -> Valued:
    currency = row.currency or firms
    amount, how = _yearly(row)
    if row.ends_on is not None and row.ends_on < today:
        how = "ended"
    units = int(amount.scaleb(digits(currency)).quantize(Decimal(1), ROUND_HALF_EVEN))
    return Valued(row.public_id, row.name, Money(units, currency), how, row.renews_on)


def _yearly(row: Engagement) -> tuple[Decimal, str]:
    if row.yearly_value is not None:
        return row.yearly_value, "yearly"
    if row.value is None:
        return Decimal(0), "none"
    days = (row.ends_on - row.starts_on).days + 1 if row.starts_on and row.ends_on else _YEAR
    return (row.value, "whole") if days <= _YEAR else (row.value * _YEAR / days, "spread")
