"""Writes of answers to requests for more than agreed, and of introductions: each step one conditional UPDATE."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from amends.boundaries.models import Helped, ReferralOut, ScopeAnswer, Supplier
from amends.boundaries.refused import Refused, Stale
from amends.clients.models import Client
from amends.firm.models import Member


def answer(
    client: Client, *, message: uuid.UUID | None, by: Member | None, now: datetime, **values: Any
) -> ScopeAnswer:
    """Write down how a request was answered. Raises `Refused` where that of this message was answered already."""
    try:
        with transaction.atomic():
            return ScopeAnswer.objects.create(client=client, message=message, by=by, at=now, **values)
    except IntegrityError:
        raise Refused("This request was answered already: look at how, and take that back first.") from None


def introduce(
    client: Client, supplier: Supplier, *, what: str, to_answer: ScopeAnswer | None, by: Member | None, now: datetime
) -> ReferralOut:
    """Write down that a client is sent to a supplier."""
    return ReferralOut.objects.create(client=client, supplier=supplier, what=what, answer=to_answer, by=by, at=now)


def keep_drafts(row: ScopeAnswer, *, draft: uuid.UUID | None, batch: uuid.UUID | None) -> None:
    """Remember the draft that says so, and the answer to the signal."""
    ScopeAnswer.objects.filter(pk=row.pk).update(draft=draft, batch=batch)
    row.draft, row.batch = draft, batch


def take_back(row: ScopeAnswer, *, now: datetime) -> None:
    """It was not answered so after all, and nobody was sent anywhere. Raises `Stale` where that was said before."""
    with transaction.atomic():
        if not ScopeAnswer.objects.filter(pk=row.pk, undone_at=None).update(undone_at=now):
            raise Stale
        ReferralOut.objects.filter(answer=row, undone_at=None).update(undone_at=now)
    row.undone_at = now


def told_supplier(referral: ReferralOut, draft: uuid.UUID) -> None:
    """Remember the letter to the supplier."""
    ReferralOut.objects.filter(pk=referral.pk).update(supplier_draft=draft)
    referral.supplier_draft = draft


def helped(
    referral: ReferralOut, outcome: str, *, words: str, was: str, by: Member | None, now: datetime
) -> None:  # fmt: skip
    """Say what came of it; `was` is what was known before. Raises `Stale`."""
    known = outcome != Helped.OPEN
    changed = ReferralOut.objects.filter(pk=referral.pk, helped=was, undone_at=None).update(
        helped=outcome, helped_words=words, helped_at=now if known else None, helped_by=by if known else None
    )
    if not changed:
        raise Stale
    referral.refresh_from_db()
