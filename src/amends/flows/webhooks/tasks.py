"""The background job that delivers, and asking for it: one job that waits is enough."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import connection, transaction
from django.db.models import Q
from django_tasks import task
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult, get_date_max

from amends.firm.models import Firm
from amends.firm.scope import firm_scope
from amends.flows.webhooks.deliver import deliver
from amends.webhooks.queries import endpoints

_BEHIND = -10  # what goes on later lets every job that waits go first


def _clock() -> datetime:
    return datetime.now(UTC)


@task()
def deliver_webhooks(*, firm_id: int) -> None:
    """Send what waits; when something is to be sent later, ask to be woken then."""
    with firm_scope(firm_id):
        wake = deliver(clock=_clock)
    if wake is not None:
        ask_for_delivery(firm_id, now=_clock(), at=wake)


def ask_for_delivery(firm_id: int, *, now: datetime, at: datetime | None = None) -> None:
    """See to it that the job runs at `at`, or at once; called in the transaction that wrote what is to be sent.

    A job that waits already is locked until that transaction ends, so that it cannot begin without seeing its rows.
    """
    with transaction.atomic():
        rows = DBTaskResult.objects.filter(
            Q(run_after=get_date_max()) | Q(run_after__lte=at or now), task_path=deliver_webhooks.module_path,
            status=TaskResultStatus.READY, args_kwargs__kwargs__firm_id=firm_id,
        )  # fmt: skip
        if connection.features.has_select_for_update_skip_locked:
            rows = rows.select_for_update(skip_locked=True)
        if not list(rows.values_list("pk", flat=True)[:1]):
            priority = 0 if at is None else _BEHIND
            deliver_webhooks.using(run_after=at, priority=priority).enqueue(firm_id=firm_id)


def ask_for_all(*, now: datetime) -> None:
    """Queue the delivery of whatever was left when the last runner ended."""
    for firm in Firm.objects.order_by("pk"):
        with firm_scope(firm):
            if endpoints():
                ask_for_delivery(firm.pk, now=now)
