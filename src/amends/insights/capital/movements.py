"""Where capital came from and went to in a period: by what happened, by kind of engagement, by failure mode; what
recoveries cost and returned. Never by person.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.db.models import Case, Count, F, IntegerField, Min, Q, Sum, Value, When
from django.db.models.functions import Mod

from amends.capital.models import Posting
from amends.clients.models import Engagement
from amends.firm.models import Firm
from amends.insights.capital.kinds import kind_name
from amends.recovery.models import Remedy, RemedyState
from amends.recovery.queries import playbooks


@dataclass(frozen=True, slots=True)
class Moved:
    """What one kind of thing moved, in hundredths of a point: gained, cost (below zero), and how often."""

    name: str
    gained: int
    cost: int
    count: int

    @property
    def net(self) -> int:
        """Both together."""
        return self.gained + self.cost


@dataclass(frozen=True, slots=True)
class Recovered:
    """What recoveries cost and returned: remedies done (smallest units by currency, None where money is not shown),
    points earned by them (hundredths), and clients who renewed after one."""

    remedies: int
    money: list[tuple[int, str]] | None
    closed: int
    points: int
    renewed: int


@dataclass(frozen=True, slots=True)
class Movements:
    """The period from `first` to the end of `last`."""

    first: date
    last: date
    kinds: list[Moved]
    work: list[Moved]
    causes: list[Moved]
    recovered: Recovered

    @property
    def total(self) -> Moved:
        """All of it."""
        return Moved("", sum(one.gained for one in self.kinds), sum(one.cost for one in self.kinds),
                     sum(one.count for one in self.kinds))  # fmt: skip


_ENDED = ("recovery_yes", "recovery_unconfirmed")
_Key = tuple[str, str, uuid.UUID | None]


def movements(firm: Firm, *, now: datetime, see_money: bool, days: int = 365) -> Movements:
    """The last `days`, today among them. Six queries, over the postings of that time."""
    last = now.astimezone(UTC).date()
    first = last - timedelta(days=days - 1)
    since = datetime.combine(first, time(), tzinfo=UTC)
    rows = Posting.objects.filter(effective_at__gte=since, effective_at__lte=now)
    stands = Sum(Case(When(odd=1, then=Value(-1)), default=Value(1), output_field=IntegerField()))
    grouped = (
        rows.order_by().annotate(odd=Mod(F("turn"), 2)).values_list("kind", "cause", "engagement")
        .annotate(points=Sum("amount"), n=stands)
    )  # fmt: skip
    sums: dict[_Key, tuple[int, int]] = {
        (kind, cause, work): (points, n) for kind, cause, work, points, n in grouped if points or n
    }
    kinds_of_work = dict(Engagement.objects.exclude(kind="").values_list("public_id", "kind"))
    modes = {book.mode: book.name for book in playbooks(retired=True)}
    return Movements(
        first=first, last=last,
        kinds=_by(sums, lambda key: kind_name(key[0])),
        work=_by(sums, lambda key: kinds_of_work.get(key[2], "") if key[2] else ""),
        causes=_by(sums, lambda key: modes.get(key[1], key[1])),
        recovered=_recovered(sums, since=since, now=now, see_money=see_money),
    )  # fmt: skip


def _by(sums: dict[_Key, tuple[int, int]], name: Callable[[_Key], str]) -> list[Moved]:
    """Grouped by a name, what moved most first; what has none is left out."""
    found: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for key, (points, count) in sums.items():
        called = name(key)
        if called:
            entry = found[called]
            entry[0 if points > 0 else 1] += points
            entry[2] += count
    made = [Moved(called, *entry) for called, entry in found.items()]
    return sorted(made, key=lambda one: (-(one.gained - one.cost), one.name))


def _recovered(
    sums: dict[_Key, tuple[int, int]], *, since: datetime, now: datetime, see_money: bool
) -> Recovered:  # fmt: skip
    done = Remedy.objects.filter(state=RemedyState.DONE, changed_at__gte=since, changed_at__lte=now)
    money = list(done.order_by().values_list("currency").annotate(cost=Sum("cost"), n=Count("pk")))
    ended = [value for key, value in sums.items() if key[0] in _ENDED]
    firsts = (
        Posting.objects.filter(effective_at__gte=since, effective_at__lte=now, kind__in=("recovery_yes", "renewal"))
        .order_by().values_list("client").annotate(
            yes=Min("effective_at", filter=Q(kind="recovery_yes")), net=Sum("amount", filter=Q(kind="renewal")),
        )
    )  # fmt: skip
    yes = {client: at for client, at, net in firsts if at is not None and (net or 0) > 0}
    later = Posting.objects.filter(client__in=list(yes), kind="renewal", turn=0, effective_at__gte=since)
    renewed = {client for client, at in later.values_list("client_id", "effective_at") if at >= yes[client]}
    return Recovered(
        remedies=sum(n for _currency, _cost, n in money),
        money=[(cost, currency) for currency, cost, _n in sorted(money) if cost] if see_money else None,
        closed=sum(count for _points, count in ended), points=sum(points for points, _count in ended),
        renewed=len(renewed),
    )  # fmt: skip
