"""What is done for recoveries once a night. Thin: it makes one call, and may be run again."""

from __future__ import annotations

from datetime import UTC, datetime

from django_tasks import task

from amends.firm.scope import firm_scope
from amends.flows.recovery.asking import prepare_due


@task()
def prepare_asks(*, firm_id: int) -> None:
    """Prepare what clients are to be asked by now, as drafts of whoever owns the matter."""
    with firm_scope(firm_id):
        prepare_due(now=datetime.now(UTC))
