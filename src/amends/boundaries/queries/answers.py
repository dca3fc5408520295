"""Reads of answers to requests for more than agreed."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Q, QuerySet, Sum

from amends.boundaries.models import ScopeAnswer, ScopeKind
from amends.clients.models import Client, Engagement
from amends.core.money import Money


def answers() -> QuerySet[ScopeAnswer]:
    """Those that stand, with whom they are of."""
    return ScopeAnswer.objects.filter(undone_at=None).select_related("client", "engagement", "by", "referral__supplier")


def of_client(client: Client) -> QuerySet[ScopeAnswer]:
    """Those of a client and of whoever was merged into it, the newest first."""
    return answers().filter(Q(client=client) | Q(client__merged_into=client)).order_by("-at", "-pk")


def of_engagement(engagement: Engagement) -> QuerySet[ScopeAnswer]:
    """Those of an engagement, the newest first."""
    return answers().filter(engagement=engagement).order_by("-at", "-pk")


def to_message(message: uuid.UUID) -> ScopeAnswer | None:
    """How the request in a message was answered; None where it was not."""
    return answers().filter(message=message).first()


def answered(messages: Collection[uuid.UUID]) -> dict[uuid.UUID, ScopeAnswer]:
    """The same of several messages; one query."""
    return {row.message: row for row in answers().filter(message__in=messages) if row.message is not None}


@dataclass(frozen=True, slots=True)
class Absorbed:
    """What was done although it was not agreed: how often, minutes and money, as far as somebody said."""

    times: int
    minutes: int
    costs: tuple[Money, ...]

    @property
    def seconds(self) -> int:
        """The same time as seconds."""
        return 60 * self.minutes


def absorbed(rows: QuerySet[ScopeAnswer]) -> Absorbed:
    """Of these answers, what was absorbed."""
    rows = rows.filter(kind=ScopeKind.ABSORBED).order_by()
    total = rows.aggregate(minutes=Sum("minutes"))["minutes"] or 0
    costs = rows.exclude(cost=None).values_list("currency").annotate(units=Sum("cost")).order_by("currency")
    return Absorbed(rows.count(), total, tuple(Money(units, currency) for currency, units in costs if units))
