"""Adopting a policy: a new version, from which on is posted, and a note of it in the audit log."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from amends.capital import actions
from amends.capital.models import PolicyVersion
from amends.firm.audit import note
from amends.firm.models import Member


def adopt(
    text: str, *, why: str, by: Member | None, after: int, now: datetime, address: str | None = None
) -> PolicyVersion:  # fmt: skip
    """Let `text` hold from now on, after the version `after` (1: the shipped one).

    Raises `BadPolicy`, `NoReason` or `Overtaken`; changes nothing then. What was posted stays as it is.
    """
    with transaction.atomic():
        made = actions.adopt(text, why=why, by=by, after=after, now=now)
        detail = {"before": after, "number": made.number, "why": made.why}
        note("policy.adopted", member=by, about=f"Version {made.number}", now=now, detail=detail, address=address)
    return made
