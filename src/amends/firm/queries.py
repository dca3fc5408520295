"""Reads about the firm in scope."""

from __future__ import annotations

from amends.firm.models import Firm
from amends.firm.scope import current_firm_id
from amends.judgement.working_time import WorkingTime


def firm_in_scope() -> Firm:
    """The firm whose rows are being read."""
    return Firm.objects.get(pk=current_firm_id())


def working_time(firm: Firm) -> WorkingTime:
    """The firm's business hours and holidays."""
    return WorkingTime(
        timezone=firm.timezone,
        days=frozenset(int(day) - 1 for day in firm.work_days),
        start=firm.day_start,
        end=firm.day_end,
        country=firm.country or None,
    )
