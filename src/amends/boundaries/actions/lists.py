"""Writes of starting lists: an edition is never changed, the next one is written after it."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from amends.boundaries.models import StartingList
from amends.boundaries.refused import Stale
from amends.boundaries.starting import Starting
from amends.firm.models import Member

_TOLD = "Somebody else wrote a new edition meanwhile: look at it, then write yours."


def write_edition(one: Starting, *, seen: int, by: Member | None, now: datetime) -> StartingList:
    """Keep a new edition of a list, after the one that was seen (0: the shipped one, or none). Raises `Stale`."""
    rows = StartingList.objects.filter(kind=one.kind, slug=one.slug).order_by("-edition")
    if (rows.values_list("edition", flat=True).first() or 0) != seen:
        raise Stale(_TOLD)
    try:
        with transaction.atomic():
            return StartingList.objects.create(
                kind=one.kind, slug=one.slug, name=one.name, edition=seen + 1, content=one.content,
                retired=one.retired, by=by, at=now,
            )  # fmt: skip
    except IntegrityError:
        raise Stale(_TOLD) from None
