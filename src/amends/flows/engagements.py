"""Making and changing engagements, from wherever: checked in one place, noted, and told to whoever listens."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from amends.clients.models import Client, Engagement
from amends.clients.queries import version_of
from amends.core.errors import AmendsError
from amends.firm.audit import note
from amends.firm.models import Member
from amends.flows.webhooks import announce

FIELDS = ("name", "starts_on", "ends_on", "renews_on", "yearly_value")


class EngagementRefused(AmendsError):
    """An engagement that cannot be as it was given."""


class ChangedMeanwhile(AmendsError):
    """Somebody else changed the engagement after it was read."""


def create(client_id: uuid.UUID, fields: Mapping[str, Any], *, member: Member | None, now: datetime) -> Engagement:
    """Attach a project or retainer to a client. Raises `EngagementRefused` and `Client.DoesNotExist`."""
    client = Client.objects.get(public_id=client_id, merged_into=None)
    return save(_filled(Engagement(client=client, created_at=now), fields), member=member, now=now)


def change(
    engagement_id: uuid.UUID, fields: Mapping[str, Any], *, version: str, member: Member | None, now: datetime
) -> Engagement:
    """Change what `fields` names, if the engagement is still the one of `version` ("*": whatever it is).

    Raises `ChangedMeanwhile`, `EngagementRefused` and `Engagement.DoesNotExist`.
    """
    with transaction.atomic():
        row = Engagement.objects.select_for_update().get(public_id=engagement_id)
        if version not in {"*", version_of(row)}:
            raise ChangedMeanwhile("This engagement was changed meanwhile: read it again, and change what it is now.")
        return save(_filled(row, fields), member=member, now=now)


def save(engagement: Engagement, *, member: Member | None, now: datetime) -> Engagement:
    """Write an engagement that was made or changed. Raises `EngagementRefused`."""
    engagement.name = " ".join(engagement.name.split())[:200]
    starts, ends, value = engagement.starts_on, engagement.ends_on, engagement.yearly_value
    if not engagement.name:
        raise EngagementRefused("An engagement needs a name: write at least one letter.")
    if starts and ends and ends < starts:
        raise EngagementRefused("It ends before it begins: change one of the two dates.")
    if value is not None and Decimal(value) < 0:
        raise EngagementRefused("A value cannot be below zero.")
    how = "changed" if engagement.pk else "created"
    with transaction.atomic():
        engagement.created_at = engagement.created_at or now
        engagement.save()
        detail = {"client": str(engagement.client.public_id)}
        note(f"engagement.{how}", member=member, about=f"engagement {engagement.public_id}", detail=detail, now=now)
        announce.engagement_changed(engagement, how=how, now=now)
        engagement.refresh_from_db()
    return engagement


def _filled(engagement: Engagement, fields: Mapping[str, Any]) -> Engagement:
    for name in FIELDS:
        if name in fields:
            setattr(engagement, name, fields[name])
    return engagement
