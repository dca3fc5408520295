"""Reads of gestures, results and guarantees."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from amends.clients.models import Client, Engagement
from amends.goodwill.models import Ask, Guarantee, Manners


def manners() -> Manners:
    """How long the firm leaves clients in peace; what Amends suggests where it never said."""
    return Manners.objects.first() or Manners()


def theirs(client: Client) -> Q:
    """A condition on whatever has a client: this one, or one that was merged into it."""
    return Q(client=client) | Q(client__merged_into=client)


@dataclass(frozen=True, slots=True)
class Beginning:
    """An engagement as it began; `returned`: after another one was closed, and while none was open."""

    engagement: Engagement
    began_on: date
    returned: bool


def beginnings(clients: Collection[int]) -> list[Beginning]:
    """The engagements of these clients (primary keys), each with whether the client came back with it.

    One begins on its first day, or when it was written down; it ends on the day on which it was closed, or on its last
    day where that is earlier.
    """
    by_client: dict[int, list[Engagement]] = defaultdict(list)
    for one in Engagement.objects.filter(client__in=clients).order_by("created_at", "pk"):
        by_client[one.client_id].append(one)
    return [
        Beginning(one, began(one), _returned(one, rows)) for rows in by_client.values() for one in rows
    ]  # fmt: skip


def began(one: Engagement) -> date:
    """The day on which an engagement began, as far as anybody knows."""
    return one.starts_on or one.created_at.date()


def _ended(one: Engagement) -> date | None:
    if one.closed_at is None:
        return None
    closed = one.closed_at.date()
    return min(one.ends_on, closed) if one.ends_on else closed


def _returned(one: Engagement, rows: Collection[Engagement]) -> bool:
    first = began(one)
    earlier = [each for each in rows if each.pk != one.pk and (began(each), each.pk) < (first, one.pk)]
    ends = [_ended(each) for each in earlier]
    return bool(ends) and all(end is not None and end < first for end in ends)


def guarantees_for(client: Client, *, today: date) -> list[Guarantee]:
    """The guarantees that this client may invoke: of the firm, and of their engagements."""
    rows = Guarantee.objects.filter(Q(engagement=None) | Q(engagement__client=client), ended_at=None)
    rows = rows.filter(Q(until=None) | Q(until__gte=today))
    return list(rows.select_related("engagement").order_by("name", "pk"))


def asks_of(client: Client) -> list[Ask]:
    """Every ask for a favour of this client that was prepared, the newest first."""
    return list(Ask.objects.filter(theirs(client)).select_related("by").order_by("-at", "-pk"))
