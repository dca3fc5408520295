"""What people practised: one's own, and what colleagues chose to show. Nothing here compares people."""

from __future__ import annotations

import uuid

from django.db.models import Q

from amends.firm.models import Member
from amends.recovery.models import DrillResult

_LISTED = 50


def own_results(member: Member) -> list[DrillResult]:
    """One's own, the newest first."""
    return list(DrillResult.objects.filter(member=member).order_by("-at", "-pk")[:_LISTED])


def shown_by_others(member: Member) -> list[DrillResult]:
    """What colleagues show, the newest first."""
    rows = DrillResult.objects.filter(shared=True).exclude(member=member).select_related("member")
    return list(rows.order_by("-at", "-pk")[:_LISTED])


def one_result(member: Member, result_id: uuid.UUID) -> DrillResult:
    """One's own, or one that a colleague shows. Raises `DrillResult.DoesNotExist`."""
    rows = DrillResult.objects.filter(Q(member=member) | Q(shared=True)).select_related("member")
    return rows.get(public_id=result_id)


def own_result(member: Member, result_id: uuid.UUID) -> DrillResult:
    """One's own. Raises `DrillResult.DoesNotExist`."""
    return DrillResult.objects.get(member=member, public_id=result_id)
