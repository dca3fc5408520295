"""Writes of what somebody practised: theirs alone until they share it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from amends.firm.models import Member
from amends.recovery.models import DrillResult


def keep(
    key: uuid.UUID, *, member: Member, scenario: str, turns: Sequence[Any], score: int, now: datetime
) -> DrillResult:
    """Keep how a drill went; played once more from the same beginning, the last time counts, and is private again."""
    values = {"scenario": scenario, "turns": list(turns), "score": score, "at": now, "shared": False}
    made, _new = DrillResult.objects.update_or_create(public_id=key, member=member, defaults=values)
    return made


def share(result: DrillResult, *, shared: bool) -> None:
    """Show it to the firm, or keep it to oneself again."""
    DrillResult.objects.filter(pk=result.pk).update(shared=shared)
    result.shared = shared


def remove(result: DrillResult) -> None:
    """Forget it."""
    DrillResult.objects.filter(pk=result.pk).delete()
