"""What people do with an engagement: begin, change, close and open it again; each deed stands in the audit log."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from amends.clients.actions import engagements as actions
from amends.clients.actions.curate import add_engagement
from amends.clients.models import Client, Engagement
from amends.core.errors import AmendsError
from amends.firm.audit import note
from amends.firm.models import Firm, Member
from amends.flows.boundaries.gates import consider
from amends.flows.capital.posting import settle
from amends.flows.capital.sources.goodwill import of_returns
from amends.flows.webhooks import announce
from amends.insights.hiccups import open_hiccups, period_now
from amends.insights.recovery.learning import left_of
from amends.mail.queries import Reader


class EngagementRefused(AmendsError):
    """An engagement that cannot be as it was given."""


class ReasonMissing(AmendsError):
    """Something is open, and nobody said why the engagement is closed nevertheless."""


def begin(client: Client, values: Mapping[str, Any], *, member: Member | None, now: datetime) -> Engagement:
    """Attach a project or retainer to a client; in an industry that is new to the firm, its readiness gate opens.

    Raises `EngagementRefused`.
    """
    _check(Engagement(), values)
    with transaction.atomic():
        made = add_engagement(client, now=now, **values)
        note("engagement.begun", member=member, about=_about(made), detail={"name": made.name}, now=now)
        announce.engagement_changed(made, how="created", now=now)
        consider(made, by=member, now=now)
        _returned(made, now=now)
    return made


def begin_with(client_id: uuid.UUID, values: Mapping[str, Any], *, member: Member | None, now: datetime) -> Engagement:
    """The same by the client's id. Raises `Client.DoesNotExist` too."""
    return begin(Client.objects.get(public_id=client_id, merged_into=None), values, member=member, now=now)


def change(
    engagement: Engagement, values: Mapping[str, Any], *, version: int, member: Member | None, now: datetime
) -> bool:
    """Change what is said of it; returns whether anything did. Raises `ChangedMeanwhile` and `EngagementRefused`."""
    _check(engagement, values)
    with transaction.atomic():
        changed = actions.change(engagement, values, version=version)
        if changed:
            note("engagement.changed", member=member, about=_about(engagement), detail={"fields": changed}, now=now)
            announce.engagement_changed(engagement, how="changed", now=now)
            _returned(engagement, now=now)
    return bool(changed)


def change_by_id(
    engagement_id: uuid.UUID, values: Mapping[str, Any], *, version: int | None, member: Member | None, now: datetime
) -> Engagement:
    """The same by its id; `version` None changes whatever it is now. Raises `Engagement.DoesNotExist` too."""
    engagement = Engagement.objects.select_related("client").get(public_id=engagement_id)
    change(engagement, values, version=engagement.version if version is None else version, member=member, now=now)
    return engagement


def _check(engagement: Engagement, values: Mapping[str, Any]) -> None:
    starts = values.get("starts_on", engagement.starts_on)
    ends = values.get("ends_on", engagement.ends_on)
    if not str(values.get("name", engagement.name)).strip():
        raise EngagementRefused("An engagement needs a name: write at least one letter.")
    if starts and ends and ends < starts:
        raise EngagementRefused("It ends before it begins: change one of the two dates.")
    if any((values.get(name) or 0) < 0 for name in ("yearly_value", "value")):
        raise EngagementRefused("A value cannot be below zero.")


def close(
    reader: Reader,
    firm: Firm,
    engagement: Engagement,
    *,
    why: str,
    version: int,
    member: Member | None,
    now: datetime,
) -> None:
    """Close it. Where hiccups are open that nobody took on, it needs a reason.

    Raises `ReasonMissing`, `ChangedMeanwhile`, or `NotNow` where it is closed already.
    """
    with transaction.atomic():
        left = open_hiccups(reader, firm, engagement, now=now)
        recoveries = left_of(reader, engagement, period_now(engagement, firm, now=now), zone=ZoneInfo(firm.timezone))
        still_open = any(one.recovery.closed_at is None for one in recoveries)
        if (still_open or any(one.owner is None for one in left)) and not why.strip():
            message = "Say why you close it while something is open: the next one to read this wants to know."
            raise ReasonMissing(message)
        actions.close(engagement, why=why.strip(), member=member, now=now, version=version)
        detail = {
            "name": engagement.name, "open": len(left), "recoveries": len(recoveries), "why": why.strip()[:500],
        }  # fmt: skip
        note("engagement.closed", member=member, about=_about(engagement), detail=detail, now=now)
        announce.engagement_changed(engagement, how="closed", now=now)
        _returned(engagement, now=now)


def reopen(engagement: Engagement, *, member: Member | None, now: datetime) -> None:
    """Open it again. Raises `NotNow` where it is open."""
    with transaction.atomic():
        actions.reopen(engagement)
        note("engagement.reopened", member=member, about=_about(engagement), detail={"name": engagement.name}, now=now)
        announce.engagement_changed(engagement, how="reopened", now=now)
        _returned(engagement, now=now)


def _returned(engagement: Engagement, *, now: datetime) -> None:
    """Tell the ledger whether the client came back with one of their engagements."""
    settle(of_returns([engagement.client_id]), now=now)


def _about(engagement: Engagement) -> str:
    return f"engagement {engagement.public_id}"
