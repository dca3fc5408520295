"""Adopting a policy: a new version, from which on is posted, and a note of it in the audit log."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from amends.capital import actions
from amends.capital.models import PolicyVersion
from amends.firm.audit import note
from amends.firm.models import Member


def adopt(text: str, *, why: str, by: Member | None, after: int, now: datetime) -> PolicyVersion:
    """Let `text` hold from now on, after the version `after` (0: none yet). Raises `BadPolicy`, and changes nothing."""
    with transaction.atomic():
        made = actions.adopt(text, why=why, by=by, after=max(1, after), now=now)
        note("policy.adopted", member=by, about=f"Version {made.number}", now=now, detail={"why": made.why})
    return made
