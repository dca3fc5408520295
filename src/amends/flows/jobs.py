"""Background jobs seen from outside: queueing, trying again, dropping, giving up, and what is done by the clock."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from django.db import transaction

from amends.firm.models import Firm, Member
from amends.firm.scope import current_firm_id, firm_scope
from amends.flows.capital.posting import any_came_true
from amends.flows.capital.tasks import post_what_came_true
from amends.flows.promises.digest import send_mornings
from amends.flows.receive import end_run
from amends.flows.recovery.nightly import prepare_asks
from amends.flows.recovery.tasks import tend_recoveries
from amends.flows.set_up import begin_run
from amends.flows.tasks import bring_in, nightly
from amends.jobs.actions import manage
from amends.jobs.actions.queue import Taken
from amends.jobs.models import Job
from amends.mail.models import ImportRun
from amends.recovery.giving import to_ask
from amends.recovery.queries import anything_open

NIGHT = 3  # o'clock where the firm is


def queue_import(paths: Sequence[Path], *, now: datetime, member: Member | None = None) -> ImportRun:
    """Record an import and queue its job: both are there, or neither."""
    with transaction.atomic():
        run = begin_run(paths, now=now, member=member)
        bring_in.enqueue(run_id=run.pk, firm_id=current_firm_id())
    return run


def try_again(job_id: uuid.UUID, *, member: Member | None, now: datetime) -> None:
    """Do a failed job again, at once. Raises `Job.DoesNotExist` and `jobs.actions.manage.NotWaiting`."""
    manage.try_again(job_id, member=member, now=now)


def drop(job_id: uuid.UUID, *, member: Member | None, now: datetime) -> None:
    """Forget a job that has failed or waits. Raises `Job.DoesNotExist` and `jobs.actions.manage.NotWaiting`."""
    job = manage.drop(job_id, member=member, now=now)
    _ended(job.task.task_path, job.task.args_kwargs["kwargs"], "It was dropped before it was done.", now)


def gave_up(taken: Taken, *, now: datetime) -> None:
    """Tell whatever a job was about that it will not be tried again by itself."""
    with firm_scope(taken.firm_id):
        job = Job.objects.filter(task=taken.id).first()
        _ended(taken.path, taken.kwargs, job.problem if job else "", now)


def _ended(path: str, kwargs: dict[str, object], problem: str, now: datetime) -> None:
    run = kwargs.get("run_id")
    if path == bring_in.module_path and isinstance(run, int):
        end_run(run, problem=problem, now=now)


def queue_by_the_clock(*, now: datetime) -> int:
    """Queue what is due at this hour, once a night or quarter of an hour and firm, however many runners look; returns
    how many jobs.

    Morning digests go into the outbox here: they are few, and each claims its day.
    """
    queued = 0
    for firm in Firm.objects.order_by("pk"):
        local = now.astimezone(ZoneInfo(firm.timezone))
        with firm_scope(firm):
            if local.hour >= NIGHT:
                queued += manage.enqueue_once(nightly, f"nightly {local:%Y-%m-%d}")
                if to_ask(now=now).exists():
                    queued += manage.enqueue_once(prepare_asks, f"asks {local:%Y-%m-%d}")
            if any_came_true(now=now):
                queued += manage.enqueue_once(post_what_came_true, f"ledger {local:%Y-%m-%d %H}")
            if anything_open():
                quarter = local.minute // 15
                queued += manage.enqueue_once(tend_recoveries, f"recoveries {local:%Y-%m-%d %H} {quarter}")
            send_mornings(firm, now=now)
    return queued
