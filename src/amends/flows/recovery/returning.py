"""An issue that comes back is linked to its first occurrence, by itself where that is sure, and by a person."""

from __future__ import annotations

from amends.insights.recovery.earlier import likely_first
from amends.recovery.actions import issues
from amends.recovery.actions.work import TooLate
from amends.recovery.models import Issue, Recovery
from amends.recovery.queries import standing_points


def link_returns(recovery: Recovery) -> int:
    """Link the points that surely repeat an issue of an earlier recovery; returns how many. Nothing else is touched."""
    points = list(standing_points().filter(recovery=recovery, recurs=None))
    linked = 0
    for key, earlier in likely_first(recovery, points).items():
        point = next(one for one in points if one.pk == key)
        try:
            issues.link(point, earlier)
        except TooLate:  # somebody was at it: they know better
            continue
        linked += 1
    note_first(recovery)
    return linked


def note_first(recovery: Recovery) -> None:
    """A recovery comes back from the first one that one of its points comes back from."""
    rows = Issue.objects.filter(recovery=recovery, recurs__isnull=False, removed_at=None, merged_into=None)
    first = rows.order_by("recurs__recovery__opened_at").values_list("recurs__recovery", flat=True).first()
    Recovery.objects.filter(pk=recovery.pk).exclude(recurs=first).update(recurs=first)
    if first is None:
        Recovery.objects.filter(pk=recovery.pk).update(recurs=None)
