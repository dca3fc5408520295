"""Editing the lists that gates and clearances start from: who wrote which edition is kept."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from amends.boundaries.actions.lists import write_edition
from amends.boundaries.models import StartingList
from amends.boundaries.refused import NotYours
from amends.boundaries.starting import Starting
from amends.firm.audit import note
from amends.firm.models import Member
from amends.firm.rules import Right, may


def write_list(one: Starting, *, seen: int, by: Member, now: datetime) -> StartingList:
    """Keep a new edition of a list. Raises `NotYours` and `Stale`."""
    if not may(by.role, Right.CURATE):
        raise NotYours("Account managers, partners and administrators change these lists: ask one of yours.")
    with transaction.atomic():
        made = write_edition(one, seen=seen, by=by, now=now)
        detail = {"edition": made.edition, "retired": made.retired}
        note("starting_list.written", member=by, about=f"list {made.kind}/{made.slug}", detail=detail, now=now)
    return made
