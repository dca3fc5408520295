"""Background jobs of the ledger. Thin: each enters its firm and makes one call; all may be run again."""

from __future__ import annotations

from datetime import UTC, datetime

from django_tasks import task

from amends.firm.scope import firm_scope
from amends.flows.capital import posting
from amends.jobs.work import tell


@task()
def post_what_came_true(*, firm_id: int) -> None:
    """Post what the clock alone made true: silences, complaints that nobody took on in time."""
    with firm_scope(firm_id):
        posting.came_true(now=datetime.now(UTC))


@task()
def build_ledger(*, firm_id: int) -> None:
    """Post everything that is known, in a firm that was there before its ledger."""
    with firm_scope(firm_id):
        posting.build(now=datetime.now(UTC), progress=tell)
