"""Writes of guarantees and claims."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import F

from amends.goodwill.actions.gestures import Moved
from amends.goodwill.models import Claim, Guarantee
from amends.goodwill.rules import CLAIM_STEPS


def change_terms(guarantee: Guarantee, values: Mapping[str, Any], *, version: int, now: datetime) -> None:
    """Write these where nobody wrote since `version`. Raises `Moved`."""
    rows = Guarantee.objects.filter(pk=guarantee.pk, version=version)
    if not rows.update(**values, changed_at=now, version=F("version") + 1):
        raise Moved
    guarantee.refresh_from_db()


def step(claim: Claim, after: str, values: Mapping[str, Any], *, now: datetime) -> None:
    """Move a claim on from the state that it was read in, with what belongs to that. Raises `Moved`."""
    if after not in CLAIM_STEPS[claim.state]:
        raise Moved
    rows = Claim.objects.filter(pk=claim.pk, state=claim.state)
    if not rows.update(state=after, changed_at=now, **values):
        raise Moved
    claim.refresh_from_db()


def change(claim: Claim, values: Mapping[str, Any], *, version: int, now: datetime) -> None:
    """Write these words where nobody wrote since `version`. Raises `Moved`."""
    rows = Claim.objects.filter(pk=claim.pk, version=version)
    if not rows.update(**values, changed_at=now, version=F("version") + 1):
        raise Moved
    claim.refresh_from_db()
