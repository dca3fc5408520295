"""Background jobs of recoveries. Thin: each enters its firm and makes one call."""

from __future__ import annotations

from datetime import UTC, datetime

from django_tasks import task

from amends.firm.scope import firm_scope
from amends.flows.recovery.stages import tend


@task()
def tend_recoveries(*, firm_id: int) -> None:
    """Note first replies, and tell of clocks that are over."""
    with firm_scope(firm_id):
        tend(now=datetime.now(UTC))
