"""Writes of what the firm knows beforehand: its clocks, and editions of its playbooks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import IntegrityError, transaction

from amends.firm.models import Member
from amends.recovery.actions.work import TooLate
from amends.recovery.models import Clocks, Playbook
from amends.recovery.shipped import Book

HOURS = ("to_own", "to_reply", "to_answer", "to_make_good", "ask_after_days")


def set_clocks(values: Mapping[str, int], *, escalate_to: Member | None) -> Clocks:
    """Say how quick the firm means to be, in business hours, and who hears when that is over."""
    made, _new = Clocks.objects.update_or_create(
        defaults={**{name: values[name] for name in HOURS}, "escalate_to": escalate_to}
    )
    return made


def write_edition(book: Book, *, seen: int, by: Member | None, now: datetime) -> Playbook:
    """Keep a new edition of a playbook, after the one that was seen (0: the shipped one). Raises `TooLate`."""
    last = Playbook.objects.filter(mode=book.mode).order_by("-edition").values_list("edition", flat=True).first() or 0
    if last != seen:
        raise TooLate("Somebody else wrote a new edition meanwhile: look at it, then write yours.")
    try:
        with transaction.atomic():
            return Playbook.objects.create(
                mode=book.mode, trade=book.trade, name=book.name, edition=seen + 1, content=book.content,
                retired=book.retired, by=by, at=now,
            )  # fmt: skip
    except IntegrityError:
        raise TooLate("Somebody else wrote a new edition meanwhile: look at it, then write yours.") from None
