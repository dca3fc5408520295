"""Recoveries page by page, and one of them, for programs."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field

from amends.clients.models import Client
from amends.insights.lists.paging import Key, Page, page_of
from amends.mail.privacy import Reader
from amends.recovery import queries
from amends.recovery.models import Issue, Recovery
from amends.recovery.rules import missing


@dataclass(frozen=True, slots=True)
class Listed:
    """A recovery; `whole`: whether the reader may read its words. `missing` are those of its stage."""

    recovery: Recovery
    whole: bool
    missing: list[str] = field(default_factory=list)
    points: list[Issue] = field(default_factory=list)


def recovery_list_page(
    reader: Reader, *, closed: bool, client: uuid.UUID | None, after: Key | None, limit: int
) -> Page[Listed]:
    """Open or closed ones, the latest opened first. Raises `Client.DoesNotExist`."""
    rows = Recovery.objects.filter(closed_at__isnull=not closed).select_related("client", "owner", "engagement")
    if client is not None:
        rows = rows.filter(client=Client.objects.get(public_id=client))
    page = page_of(rows, order=["-pk"], after=after, limit=limit)
    seen, states = queries.seen_whole(reader, page.items), queries.states(page.items)
    return page.mapped(lambda one: _listed(one, one.pk in seen, states[one.pk]))


def one_recovery(reader: Reader, recovery_id: uuid.UUID) -> Listed:
    """One of them with its points. Raises `Recovery.DoesNotExist`."""
    found = queries.find(recovery_id)
    whole = queries.may_see(reader, found)
    listed = _listed(found, whole, queries.states([found])[found.pk])
    if whole:
        listed.points.extend(queries.points(found))
    return listed


def _listed(recovery: Recovery, whole: bool, state: queries.State) -> Listed:
    lacks = [one.value for one in missing(recovery.stage, state.facts)] if whole and not recovery.closed_at else []
    return Listed(recovery, whole, lacks)
