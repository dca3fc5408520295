"""Reads of services and suppliers, and what came of earlier introductions, counted for each supplier."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Count, Prefetch, QuerySet

from amends.boundaries.models import DoneBy, Helped, HowWell, ReferralOut, Service, Supplier, WorkScope
from amends.clients.models import Engagement

_MOST = 500


@dataclass(frozen=True, slots=True)
class Tally:
    """How often clients were sent to a supplier, and how often it helped: of the supplier, never of a member."""

    sent: int = 0
    helped: int = 0
    not_helped: int = 0
    unknown: int = 0

    @property
    def open(self) -> int:
        """Of how many nobody has said yet what came of it."""
        return self.sent - self.helped - self.not_helped - self.unknown


@dataclass(frozen=True, slots=True)
class Listed:
    """A supplier, and what came of sending clients there."""

    supplier: Supplier
    tally: Tally


def services() -> list[Service]:
    """Everything that is said, what we do well first, each with who does it instead (`instead`)."""
    done = DoneBy.objects.select_related("supplier").order_by("supplier__name", "pk")
    order = list(HowWell.values)
    rows = Service.objects.prefetch_related(Prefetch("done_by", done)).order_by("name", "pk")[:_MOST]
    return sorted(rows, key=lambda one: order.index(one.how))


def service(service_id: uuid.UUID) -> Service:
    """One of them. Raises `Service.DoesNotExist`."""
    return Service.objects.get(public_id=service_id)


def suppliers(*, all_of_them: bool = True) -> list[Listed]:
    """The directory by name, those that are active first."""
    rows = Supplier.objects.all() if all_of_them else Supplier.objects.filter(active=True)
    found = list(rows.order_by("-active", "name", "pk")[:_MOST])
    counted = tallies([one.pk for one in found])
    return [Listed(one, counted.get(one.pk, Tally())) for one in found]


def supplier(supplier_id: uuid.UUID) -> Supplier:
    """One supplier. Raises `Supplier.DoesNotExist`."""
    return Supplier.objects.get(public_id=supplier_id)


def tallies(keys: Collection[int]) -> dict[int, Tally]:
    """What came of it, by supplier; one query."""
    rows = ReferralOut.objects.filter(supplier__in=keys, undone_at=None).order_by()
    counts: dict[int, dict[str, int]] = {}
    for pk, helped, number in rows.values_list("supplier_id", "helped").annotate(number=Count("pk")):
        counts.setdefault(pk, {})[helped] = number
    return {
        pk: Tally(
            sum(each.values()), each.get(Helped.YES, 0), each.get(Helped.NO, 0), each.get(Helped.UNKNOWN, 0)
        )
        for pk, each in counts.items()
    }  # fmt: skip


def referrals() -> QuerySet[ReferralOut]:
    """Introductions that stand, with whom they are of."""
    return ReferralOut.objects.filter(undone_at=None).select_related("client", "supplier", "answer", "by", "helped_by")


def scope_of(engagement: Engagement) -> WorkScope | None:
    """What is said of an engagement's scope; None where nothing is."""
    return WorkScope.objects.filter(engagement=engagement).select_related("by").first()
