"""The firm's clocks and playbooks: who changed them is kept."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from amends.firm.audit import note
from amends.firm.models import Member
from amends.recovery.actions import settings
from amends.recovery.models import Clocks, Playbook
from amends.recovery.shipped import Book


def set_clocks(values: Mapping[str, int], *, escalate_to: Member | None, by: Member | None, now: datetime) -> Clocks:
    """Say how quick the firm means to be, and who hears when that is over."""
    with transaction.atomic():
        made = settings.set_clocks(values, escalate_to=escalate_to)
        detail = {**values, "escalate_to": escalate_to.email if escalate_to else None}
        note("clocks.changed", member=by, detail=detail, now=now)
    return made


def write_playbook(book: Book, *, seen: int, by: Member | None, now: datetime) -> Playbook:
    """Keep a new edition. Raises `recovery.actions.work.TooLate`."""
    with transaction.atomic():
        made = settings.write_edition(book, seen=seen, by=by, now=now)
        detail = {"edition": made.edition, "retired": made.retired}
        note("playbook.written", member=by, about=f"playbook {book.mode}", detail=detail, now=now)
    return made
