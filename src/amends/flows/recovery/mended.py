"""When a recovery is made good: all that was agreed is done; some days later the client is asked."""

from __future__ import annotations

from datetime import datetime, timedelta

from amends.recovery import queries
from amends.recovery.models import Recovery, Remedy, RemedyState


def perhaps_made_good(recovery: Recovery, *, now: datetime) -> bool:
    """Once all that was agreed is done, and something was, the recovery is made good; the ask is due days later."""
    states = set(Remedy.objects.filter(recovery=recovery).values_list("state", flat=True))
    if RemedyState.DONE not in states or states & {RemedyState.AGREED, RemedyState.ASKED}:
        return False
    return made_good(recovery, now=now)


def made_good(recovery: Recovery, *, now: datetime) -> bool:
    """It is made good as of now; False where it was before."""
    ask_at = now + timedelta(days=queries.clocks().ask_after_days)
    rows = Recovery.objects.filter(pk=recovery.pk, made_good_at=None, closed_at=None)
    return bool(rows.update(made_good_at=now, ask_at=ask_at))


def not_made_good(recovery: Recovery, *, since: datetime) -> None:
    """That it was made good at `since` was a slip."""
    Recovery.objects.filter(pk=recovery.pk, made_good_at=since, asks=0).update(made_good_at=None, ask_at=None)
