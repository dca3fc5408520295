"""The job runner: does queued work, one job after another, and picks up what a killed runner left half done."""

from __future__ import annotations

import threading
import time
from datetime import datetime, timedelta
from typing import Any

from django.core.management import call_command
from django.utils import timezone
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from amends.firm.models import Firm
from amends.firm.scope import firm_scope
from amends.flows.tasks import judge_stored
from amends.flows.webhooks.tasks import ask_for_all, deliver_webhooks
from amends.mail.models import ImportRun, RunState
from amends.mail.queries import left_to_judge
from amends.workers.outbox import Outbox
from amends.workers.parent import leave_with

STUCK = timedelta(minutes=2)  # without a sign of life
_LOOK = 30.0  # seconds between two looks for stuck jobs
INTERVAL = 0.5  # seconds between two looks for work


def run_jobs(*, parent: int | None = None) -> None:
    """Work, and send what is queued, until told to stop; ends by itself when the process `parent` is gone."""
    sweep(now=timezone.now(), alone=parent is not None)
    ask_for_judging()
    ask_for_all(now=timezone.now())
    if parent is not None:
        leave_with(parent)
    threading.Thread(target=_watch, daemon=True).start()
    outbox = Outbox(alone=parent is not None)
    outbox.start()
    try:
        call_command("db_worker", interval=INTERVAL, queue_name="*", startup_delay=False, verbosity=0)
    finally:
        outbox.stop()


def sweep(*, now: datetime, alone: bool = False) -> int:
    """Put jobs whose runner died back in the queue; returns how many. Safe: every job may be run again.

    `alone` says that no other runner works for this home, so that whatever counts as running is dead.
    """
    swept = 0
    for job in DBTaskResult.objects.filter(status=TaskResultStatus.RUNNING):
        if alone or _is_stuck(job, now):
            swept += DBTaskResult.objects.filter(pk=job.pk, status=TaskResultStatus.RUNNING).update(
                status=TaskResultStatus.READY, started_at=None
            )
    return swept


def ask_for_judging() -> None:
    """Queue the judging of mail that is stored and not judged: a new version reads it anew."""
    for firm in Firm.objects.order_by("pk"):
        with firm_scope(firm):
            waiting = left_to_judge()
        if waiting and not _queued(firm.pk):
            judge_stored.enqueue(firm_id=firm.pk)


def _queued(firm_id: int) -> bool:
    """Is there a job that will judge this firm's mail anyway."""
    open_jobs = DBTaskResult.objects.filter(status__in=[TaskResultStatus.READY, TaskResultStatus.RUNNING])
    open_jobs = open_jobs.exclude(task_path=deliver_webhooks.module_path)  # which judges nothing
    return any(job.args_kwargs.get("kwargs", {}).get("firm_id") == firm_id for job in open_jobs)


def _is_stuck(job: DBTaskResult[Any, Any], now: datetime) -> bool:
    started = job.started_at or now
    kwargs = job.args_kwargs.get("kwargs", {})
    if "run_id" in kwargs and "firm_id" in kwargs and Firm.objects.filter(pk=kwargs["firm_id"]).exists():
        with firm_scope(kwargs["firm_id"]):
            run = ImportRun.objects.filter(pk=kwargs["run_id"]).first()
        if run is not None and run.state not in {RunState.DONE, RunState.FAILED}:
            return now - max(run.beat_at or started, started) > STUCK
    return now - started > timedelta(hours=1)


def _watch() -> None:
    """Sweep now and then."""
    while True:
        time.sleep(_LOOK)
        sweep(now=timezone.now())
