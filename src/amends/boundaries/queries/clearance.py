"""Reads of clearance: what goes public, how far its checks are, and what is due."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Min, Q, QuerySet

from amends.boundaries.clearing import DONE, OPEN, STOPPED
from amends.boundaries.models import ClearanceCheck, ClearanceEvidence, Publication, PublicationState
from amends.clients.models import Engagement

_WITH = ("engagement__client", "answers", "by", "settled_by")


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a publication is: its checks, those that are done, stopped, and the day of the first open one."""

    publication: Publication
    checks: int = 0
    done: int = 0
    stopped: int = 0
    next_on: date | None = None

    @property
    def left(self) -> int:
        return self.checks - self.done


def find_publication(publication_id: uuid.UUID) -> Publication:
    """One publication with its engagement and client. Raises `Publication.DoesNotExist`."""
    return Publication.objects.select_related(*_WITH).get(public_id=publication_id)


def checks_of(publication: Publication) -> list[ClearanceCheck]:
    """Its checks in their order."""
    rows = ClearanceCheck.objects.filter(publication=publication).select_related("owner", "settled_by")
    return list(rows.order_by("place", "pk"))


def evidence_of(publication: Publication) -> list[ClearanceEvidence]:
    """What its checks rest on, in the order in which it was added."""
    rows = ClearanceEvidence.objects.filter(check_of__publication=publication, removed_at=None)
    return list(rows.select_related("by").order_by("at", "pk"))


def publications(*, state: str = PublicationState.OPEN, limit: int = 200) -> list[Progress]:
    """What is in one state: the next to go public first, what is over the newest first."""
    rows = _rows().filter(state=state)
    over = state in {PublicationState.PUBLISHED, PublicationState.DROPPED}
    rows = rows.order_by("-settled_at", "-pk") if over else rows.order_by("goes_on", "-at", "-pk")
    found = list(rows[:limit])
    if not over:  # what has no day yet stands last, on every database
        found.sort(key=lambda one: one.goes_on is None)
    return progress(found)


def publications_of(engagement: Engagement) -> list[Progress]:
    """What goes public in one engagement, the newest first."""
    return progress(list(_rows().filter(engagement=engagement).order_by("-at", "-pk")[:50]))


def due_by(day: date, *, limit: int = 50) -> list[Progress]:
    """What is to be cleared by this day: it goes public by then, or one of its checks is due."""
    late = Q(goes_on__lte=day) | Q(checks__state__in=[OPEN, STOPPED], checks__by_when__lte=day)
    rows = _rows().filter(late, state=PublicationState.OPEN).distinct()
    return progress(list(rows.order_by("goes_on", "pk")[:limit]))


def progress(found: Sequence[Publication]) -> list[Progress]:
    """How far each of these is; one query, however many."""
    rows = ClearanceCheck.objects.filter(publication__in=[one.pk for one in found]).order_by().values("publication")
    undone = ~Q(state__in=DONE)
    counted = {
        one["publication"]: (one["count"], one["done"], one["stopped"], one["next_on"])
        for one in rows.annotate(
            count=Count("pk"), done=Count("pk", filter=Q(state__in=DONE)), stopped=Count("pk", filter=Q(state=STOPPED)),
            next_on=Min("by_when", filter=undone),
        )
    }  # fmt: skip
    return [Progress(one, *counted.get(one.pk, ())) for one in found]


def _rows() -> QuerySet[Publication]:
    return Publication.objects.select_related(*_WITH)
