"""Reads of clients, of their engagements, and of the hours worked on these."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Count, F, Max, Min, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from amends.clients.models import Client, ContactAddress, Domain, Engagement, Erased, Standing, TimeEntry
from amends.clients.rules import company_key, organisation
from amends.firm.secrets import mark

_AT_ONCE = 5000  # marks in one question
_ADDRESSES = 200  # of one message, that are looked up


def touched_clients(limit: int, *, exclude: Collection[int] = ()) -> list[Client]:
    """Clients whose signals may be out of date, but those with these keys."""
    return list(_touched().exclude(pk__in=exclude)[:limit])


def unstood_clients(limit: int, *, known: int, exclude: Collection[int] = ()) -> list[Client]:
    """Touched organisations of which it is to be decided what they are: no person has, and new mail may say.

    Where it was decided and there are more than `known` messages, another one changes nothing.
    """
    rows = _touched().filter(Q(stood_at=None) | Q(stood_at__lt=F("touched_at")), standing_fixed=False)
    settled = ~Q(standing=Standing.UNSURE) & Q(all_mail__gt=known)
    return list(rows.annotate(all_mail=F("received") + F("sent")).exclude(settled).exclude(pk__in=exclude)[:limit])


def _touched() -> QuerySet[Client]:
    return Client.objects.filter(touched_at__isnull=False, merged_into=None).order_by("touched_at", "pk")


def live_clients(moment: datetime) -> int:
    """How many clients had been in touch within the year before `moment`, as far as their totals say."""
    return Client.objects.filter(
        standing=Standing.CLIENT, merged_into=None, first_at__lt=moment, last_at__gte=moment - timedelta(days=365)
    ).count()


def industries(most: int = 200) -> list[str]:
    """The industries that were said of clients, in the firm's own words, by name."""
    rows = Client.objects.exclude(industry="").order_by("industry").values_list("industry", flat=True)
    return list(rows.distinct()[:most])


def clients_served(most: int = 2000) -> list[Client]:
    """The firm's clients by name, to choose one from."""
    return list(Client.objects.filter(standing=Standing.CLIENT, merged_into=None).order_by("name", "pk")[:most])


def clients_by_name(keys: set[str] | None = None, *, rows: dict[int, Client] | None = None) -> dict[str, Client]:
    """The firm's client for each of these names (by `company_key`; all where none are given), where there is one.

    `rows` are all clients by key, where they are loaded already.
    """
    if rows is None:
        rows = {client.pk: client for client in Client.objects.order_by("pk")}
    found: dict[str, Client] = {}
    for client in sorted(rows.values(), key=_less_likely):
        key = company_key(client.name)
        if keys is None or key in keys:
            found.setdefault(key, root_of(client, rows))
    return found


def _less_likely(client: Client) -> tuple[bool, bool, float, int]:
    """Of several that share a name: one that stands for itself, is a client, was in touch last, came first."""
    touched = client.last_at.timestamp() if client.last_at else 0.0
    return client.merged_into_id is not None, client.standing != Standing.CLIENT, -touched, client.pk


def client_of_addresses(emails: Sequence[str]) -> Client | None:
    """The one client to which these addresses lead, by address or by domain; None where it is none or several."""
    some = list(dict.fromkeys(email.lower() for email in emails))[:_ADDRESSES]
    places = {organisation(email) for email in some} - {""}
    if not places:
        return None
    at = Domain.objects.filter(value__in=places).values("client")
    known = ContactAddress.objects.filter(email__in=some).values("contact__client")
    found = list(Client.objects.filter(Q(pk__in=at) | Q(pk__in=known)).order_by("pk")[:2])
    return found[0] if len(found) == 1 else None


def root_of(client: Client, rows: dict[int, Client]) -> Client:
    """What a merged client became a part of; `rows` are all clients, by key."""
    seen: set[int] = set()
    while client.merged_into_id is not None and client.pk not in seen:
        seen.add(client.pk)
        client = rows[client.merged_into_id]
    return client


def monday_of(day: date) -> date:
    """The first day of a day's week."""
    return day - timedelta(days=day.weekday())


def hours_by_week(engagements: Sequence[int], *, until: date, weeks: int) -> dict[int, list[int]]:
    """Seconds in each of the `weeks` calendar weeks of which the last holds `until`, oldest first; one query."""
    first = monday_of(until) - timedelta(weeks=weeks - 1)
    found = {pk: [0] * weeks for pk in engagements}
    rows = (
        TimeEntry.objects.filter(engagement__in=engagements, day__gte=first, day__lt=first + timedelta(weeks=weeks))
        .order_by()
        .values_list("engagement_id", "day")
        .annotate(total=Sum("seconds"))
    )
    for engagement, day, seconds in rows:
        found[engagement][(day - first).days // 7] += seconds
    return found


def hours_by_person(engagement: Engagement, *, until: date, weeks: int) -> dict[str, list[int]]:
    """The same of one engagement for each person by name, in the order of their names; one query."""
    first = monday_of(until) - timedelta(weeks=weeks - 1)
    found: dict[str, list[int]] = {}
    rows = (
        TimeEntry.objects.filter(engagement=engagement, day__gte=first, day__lt=first + timedelta(weeks=weeks))
        .order_by()
        .values_list("member__name", "person", "day")
        .annotate(total=Sum("seconds"))
    )
    for member, person, day, seconds in rows:
        found.setdefault(member or person, [0] * weeks)[(day - first).days // 7] += seconds
    return dict(sorted(found.items(), key=lambda one: one[0].casefold()))


class WorkTotals(NamedTuple):
    """All time of one engagement: how much, how much of it billable, from when to when."""

    entries: int
    seconds: int
    billable: int
    first: date | None
    last: date | None


def work_totals(engagement: Engagement) -> WorkTotals:
    """One query over the entries of one engagement."""
    found = TimeEntry.objects.filter(engagement=engagement).aggregate(
        entries=Count("pk"),
        total=Coalesce(Sum("seconds"), 0),
        charged=Coalesce(Sum("seconds", filter=Q(billable=True)), 0),
        first=Min("day"),
        last=Max("day"),
    )
    return WorkTotals(found["entries"], found["total"], found["charged"], found["first"], found["last"])


class WorkMoney(NamedTuple):
    """What the exports say in one currency: what was billed, and what it cost the firm, None where they don't."""

    currency: str
    amount: Decimal | None
    cost: Decimal | None


def work_money(engagement: Engagement) -> list[WorkMoney]:
    """The money of an engagement's entries by currency ("" where the export names none); for who may see money."""
    rows = (
        TimeEntry.objects.filter(Q(amount__isnull=False) | Q(cost__isnull=False), engagement=engagement)
        .order_by("currency")
        .values_list("currency")
        .annotate(charged=Sum("amount"), spent=Sum("cost"))
    )
    return [WorkMoney(*row) for row in rows]


def entries_of(engagement: Engagement, *, page: int, size: int) -> tuple[list[TimeEntry], bool]:
    """One page of an engagement's entries, the newest day first, and whether there are more."""
    rows = TimeEntry.objects.filter(engagement=engagement).select_related("member").order_by("-day", "-pk")
    found = list(rows[(page - 1) * size : page * size + 1])
    return found[:size], len(found) > size


def entries_around(engagement: Engagement, *, first: date, last: date, most: int) -> list[TimeEntry]:
    """Everything that the people of an engagement did between two days, for whomever it was, in order."""
    people = TimeEntry.objects.filter(engagement=engagement, day__range=(first, last)).order_by().values("person")
    rows = TimeEntry.objects.filter(person__in=people.distinct(), day__range=(first, last))
    return list(rows.select_related("engagement__client").order_by("day", "pk")[:most])


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


def kinds_of_work() -> list[str]:
    """The kinds of work that engagements of this firm have, the most frequent first."""
    rows = Engagement.objects.exclude(kind="").values("kind").annotate(times=Count("pk"))
    return list(rows.order_by("-times", "kind").values_list("kind", flat=True)[:100])
