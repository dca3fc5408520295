"""Gates and publications page by page, and one of them, for programs."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any, TypeVar

from amends.boundaries.models import Gate, GateState, Publication, PublicationState
from amends.boundaries.queries import clearance
from amends.boundaries.queries.clearance import Progress
from amends.clients.models import Engagement
from amends.insights.gates import Standing, standings
from amends.insights.lists.paging import Key, Page, page_of

T = TypeVar("T")


def gates_page(*, state: str, after: Key | None, limit: int) -> Page[Standing]:
    """Gates in one state, the newest first; `state` "" for all."""
    rows = Gate.objects.select_related("engagement__client", "by", "settled_by")
    rows = rows.filter(state=GateState(state)) if state else rows
    page = page_of(rows, order=["-pk"], after=after, limit=limit)
    return page.mapped(_beside({one.gate.pk: one for one in standings(page.items)}))


def publications_page(
    *, state: str, engagement: uuid.UUID | None, after: Key | None, limit: int
) -> Page[Progress]:  # fmt: skip
    """What goes public, the newest first; `state` "" for all. Raises `Engagement.DoesNotExist`."""
    rows = Publication.objects.select_related("engagement__client", "answers", "settled_by")
    rows = rows.filter(state=PublicationState(state)) if state else rows
    if engagement is not None:
        rows = rows.filter(engagement=Engagement.objects.get(public_id=engagement))
    page = page_of(rows, order=["-pk"], after=after, limit=limit)
    return page.mapped(_beside({one.publication.pk: one for one in clearance.progress(page.items)}))


def _beside(found: dict[int, T]) -> Callable[[Any], T]:
    return lambda row: found[row.pk]
