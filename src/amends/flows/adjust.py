"""Changing a firm's settings, and what rests on them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from amends.firm.audit import note
from amends.firm.models import Firm, Member, OwnDomain
from amends.firm.scope import current_firm_id
from amends.flows.set_up import own_domains, own_value
from amends.flows.tasks import place_anew
from amends.mail.models import ImportRun, Message

_MATTER = ("timezone", "country", "work_days", "day_start", "day_end")  # to what has been judged


MOST_UNDO = 120
"""Seconds that what a person sends waits at most."""


def change_undo(seconds: int, *, by: Member | None, now: datetime, address: str | None = None) -> None:
    """Say how long what a person sends waits, to be taken back. Raises `ValueError` for what is not 0 to MOST_UNDO."""
    if not 0 <= seconds <= MOST_UNDO:
        message = f"{seconds} s is not between 0 and {MOST_UNDO}"
        raise ValueError(message)
    with transaction.atomic():
        if Firm.objects.filter(pk=current_firm_id()).exclude(undo_seconds=seconds).update(undo_seconds=seconds):
            note("settings.changed", member=by, now=now, address=address, detail={"undo_seconds": seconds})


def change_firm(
    firm: Firm, *, domains: Iterable[str], by: Member | None, now: datetime, address: str | None = None
) -> bool:
    """Save a firm's changed settings, and make `domains` its own ones.

    Only what changed is written, so that two who save at once do not undo each other. Where domains or working time
    change, a job places and judges the stored mail anew; returns whether it does.
    """
    before = Firm.objects.get(pk=firm.pk)
    wanted, known = {own_value(domain) for domain in domains}, own_domains()
    changed = wanted != known or any(getattr(before, name) != getattr(firm, name) for name in _MATTER)
    fields = [field.name for field in Firm._meta.concrete_fields]
    altered = [name for name in fields if getattr(before, name) != getattr(firm, name)]
    anew = changed and (Message.objects.exists() or ImportRun.objects.filter(finished_at=None).exists())
    with transaction.atomic():
        if altered:
            firm.save(update_fields=altered)
        altered += ["domains"] if wanted != known else []
        OwnDomain.objects.exclude(value__in=wanted).delete()
        OwnDomain.objects.bulk_create([OwnDomain(value=value) for value in sorted(wanted - known)])
        if altered:
            note("settings.changed", member=by, detail={"changed": altered}, now=now, address=address)
        if anew:
            place_anew.enqueue(firm_id=firm.pk)
    return anew
