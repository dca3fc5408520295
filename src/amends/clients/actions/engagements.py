"""Writes of engagements: each says which version it changes, so that nobody overwrites what they have not seen."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import F

from amends.clients.models import Engagement
from amends.core.errors import AmendsError
from amends.firm.models import Member

EDITABLE = ("name", "kind", "starts_on", "ends_on", "renews_on", "yearly_value", "value")


class ChangedMeanwhile(AmendsError):
    """Somebody else changed the engagement after it was read; `current` is how it stands now."""

    def __init__(self, current: Engagement) -> None:
        super().__init__("Somebody else changed this engagement meanwhile: look at what they wrote, then save again.")
        self.current = current


class NotNow(AmendsError):
    """The engagement is closed already, or is not."""


def change(engagement: Engagement, values: Mapping[str, Any], *, version: int) -> list[str]:
    """Write these fields where nobody wrote since `version`; returns which changed. Raises `ChangedMeanwhile`."""
    changed = [name for name in EDITABLE if name in values and values[name] != getattr(engagement, name)]
    if engagement.version == version and not changed:
        return []
    _write(engagement, version, **{name: values[name] for name in changed})
    return changed


def close(engagement: Engagement, *, why: str, member: Member | None, now: datetime, version: int) -> None:
    """Close it. Raises `ChangedMeanwhile`, or `NotNow` where it is closed."""
    if engagement.closed_at is not None:
        message = f"{engagement.name} is closed already."
        raise NotNow(message)
    _write(engagement, version, closed_at=now, closed_by=member, closed_why=why[:500])


def reopen(engagement: Engagement) -> None:
    """Open it again. Raises `NotNow` where it is not closed, or somebody else has just opened it."""
    rows = Engagement.objects.filter(pk=engagement.pk, closed_at__isnull=False)
    if not rows.update(closed_at=None, closed_by=None, closed_why="", version=F("version") + 1):
        message = f"{engagement.name} is open already."
        raise NotNow(message)


def _write(engagement: Engagement, version: int, **values: Any) -> None:
    if not Engagement.objects.filter(pk=engagement.pk, version=version).update(version=version + 1, **values):
        raise ChangedMeanwhile(Engagement.objects.select_related("client").get(pk=engagement.pk))
    for name, value in values.items():
        setattr(engagement, name, value)
    engagement.version = version + 1
