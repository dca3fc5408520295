"""What people and the clock do with jobs: try again, drop, run at certain hours, forget."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django_tasks.base import Task, TaskResultStatus
from django_tasks_db.models import DBTaskResult, get_date_max

from amends.core.errors import AmendsError
from amends.firm.audit import note
from amends.firm.models import Member
from amends.firm.scope import current_firm_id
from amends.jobs.models import Job, Portion
from amends.jobs.rules import KEPT


class NotWaiting(AmendsError):
    """The job does not wait any more: it is being done, or is done."""


def try_again(public_id: uuid.UUID, *, member: Member | None, now: datetime) -> Job:
    """Queue a failed job, or one that waits for its next attempt, to be done at once, with all its attempts before it.

    Raises `NotWaiting` and `Job.DoesNotExist`.
    """
    with transaction.atomic():
        job = _job(public_id)
        waits = Q(status=TaskResultStatus.FAILED) | Q(status=TaskResultStatus.READY)
        if not DBTaskResult.objects.filter(waits, pk=job.task_id).update(
            status=TaskResultStatus.READY, run_after=get_date_max(), started_at=None, finished_at=None
        ):
            raise NotWaiting(_NOT_WAITING)
        Job.objects.filter(pk=job.pk).update(attempts=0)
        note("job.tried_again", member=member, now=now, about=f"job {public_id}", detail={"task": job.task.task_path})
    return job


def drop(public_id: uuid.UUID, *, member: Member | None, now: datetime) -> Job:
    """Forget a job that has failed or waits; what it did so far stays. Raises `NotWaiting` and `Job.DoesNotExist`."""
    with transaction.atomic():
        job = _job(public_id)
        still = DBTaskResult.objects.filter(
            pk=job.task_id, status__in=[TaskResultStatus.FAILED, TaskResultStatus.READY]
        )
        if not still.delete()[0]:
            raise NotWaiting(_NOT_WAITING)
        note("job.dropped", member=member, now=now, about=f"job {public_id}", detail={"task": job.task.task_path})
    return job


_NOT_WAITING = "That job is not waiting any more: reload the page."


def _job(public_id: uuid.UUID) -> Job:
    return Job.objects.select_related("task").get(public_id=public_id)


def enqueue_once(task: Task[Any, Any], slot: str) -> bool:
    """Queue a task of the firm in scope for this slot, as "nightly 2026-11-27"; False where somebody has."""
    if Job.objects.filter(slot=slot).exists():
        return False
    try:
        with transaction.atomic():
            result = task.enqueue(firm_id=current_firm_id())
            Job.objects.filter(task__pk=result.id).update(slot=slot)
    except IntegrityError:  # another runner was quicker
        return False
    return True


def withdraw(path: str) -> None:
    """Take this task's waiting jobs of the firm in scope out of the queue: there is nothing left to do."""
    DBTaskResult.objects.filter(
        job__in=Job.objects.filter(task__task_path=path, task__status=TaskResultStatus.READY)
    ).delete()


def tidy(*, now: datetime) -> None:
    """Forget what was done long ago, and portions of work that nobody holds any more."""
    old = Job.objects.filter(task__status=TaskResultStatus.SUCCESSFUL, task__finished_at__lt=now - KEPT)
    DBTaskResult.objects.filter(job__in=old).delete()
    Portion.objects.filter(until__lt=now - KEPT).delete()
