"""Taking jobs from the queue, and what becomes of them.

Every step is a conditional UPDATE whose count is checked, on the queue's row and the job's in one transaction: of
several runners one has the job, and one that lost its lease changes nothing any more.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult, get_date_max

from amends.firm.models import Firm
from amends.firm.scope import firm_scope
from amends.jobs import holders
from amends.jobs.models import Job
from amends.jobs.rules import ATTEMPTS, CUT_OFF, reason, wait_after

_LOOKED_AT = 5  # of those that wait; others may be quicker with the first


@dataclass(frozen=True, slots=True)
class Taken:
    """A job in hand: the task to call and with what, whose it is, and which attempt this is."""

    id: uuid.UUID
    path: str
    kwargs: dict[str, Any]
    firm_id: int
    attempt: int
    holder: str


def lease() -> timedelta:
    """How long a runner may be silent before its jobs are taken for dead."""
    return timedelta(seconds=settings.LEASE_SECONDS)


def take(*, now: datetime) -> Taken | None:
    """The next job that is due, of whichever firm; None where there is none."""
    due = Q(run_after=get_date_max()) | Q(run_after__lte=now)
    for row in DBTaskResult.objects.filter(due, status=TaskResultStatus.READY)[:_LOOKED_AT]:
        with transaction.atomic():
            waiting = DBTaskResult.objects.filter(pk=row.pk, status=TaskResultStatus.READY)
            if waiting.update(status=TaskResultStatus.RUNNING, started_at=now, finished_at=None):
                taken = _begun(row, now)
                if taken is not None:
                    return taken
    return None


def _begun(row: DBTaskResult[Any, Any], now: datetime) -> Taken | None:
    kwargs = row.args_kwargs["kwargs"]
    firm_id = kwargs.get("firm_id")
    if not isinstance(firm_id, int) or not Firm.objects.filter(pk=firm_id).exists():
        _running(row.pk).update(status=TaskResultStatus.FAILED, finished_at=now)
        return None  # its firm is gone, and all that it was about
    with firm_scope(firm_id):
        job, _ = Job.objects.get_or_create(task_id=row.pk, defaults={"created_at": row.enqueued_at})  # an older queue's
        job.attempts, job.holder, job.machine, job.beat_at = job.attempts + 1, holders.me(), holders.machine(), now
        job.done = job.total = 0
        job.save(update_fields=["attempts", "holder", "machine", "beat_at", "done", "total"])
    return Taken(row.pk, row.task_path, kwargs, firm_id, job.attempts, job.holder)


def beat(taken: Taken, *, now: datetime) -> bool:
    """Say that the runner lives; whether the job is still its."""
    with firm_scope(taken.firm_id):
        return bool(_ours(taken).update(beat_at=now))


def progress(taken: Taken, done: int, total: int, *, now: datetime) -> bool:
    """Say how far it is; whether the job is still the runner's."""
    with firm_scope(taken.firm_id):
        return bool(_ours(taken).update(beat_at=now, done=done, total=total))


def succeed(taken: Taken, *, now: datetime) -> bool:
    """It is done. False where the job was somebody else's by then."""
    return _end(
        taken, TaskResultStatus.SUCCESSFUL, now=now, problem="", queue={"finished_at": now, "exception_class_path": ""}
    )


def put_back(taken: Taken) -> bool:
    """It was stopped on purpose: it waits again, and this attempt does not count."""
    with transaction.atomic(), firm_scope(taken.firm_id):
        if not _ours(taken).update(holder="", beat_at=None, attempts=F("attempts") - 1):
            return False
        _running(taken.id).update(status=TaskResultStatus.READY, started_at=None)
    return True


def fail(taken: Taken, error: BaseException, *, now: datetime) -> bool:
    """It failed: it waits for its next attempt, or is given up. True where it was given up."""
    wait = wait_after(taken.attempt, error)
    if wait is not None:
        _end(
            taken, TaskResultStatus.READY, now=now, problem=reason(error),
            queue={"started_at": None, "run_after": now + wait},
        )  # fmt: skip
        return False
    kind = type(error)
    return _end(
        taken, TaskResultStatus.FAILED, now=now, problem=reason(error),
        queue={"finished_at": now, "exception_class_path": f"{kind.__module__}.{kind.__qualname__}"},
    )  # fmt: skip


def _end(taken: Taken, status: str, *, now: datetime, problem: str, queue: dict[str, Any]) -> bool:
    with transaction.atomic(), firm_scope(taken.firm_id):
        if not _ours(taken).update(holder="", beat_at=now, problem=problem):
            return False
        return bool(_running(taken.id).update(status=status, **queue))


def _ours(taken: Taken) -> Any:
    return Job.objects.filter(task=taken.id, holder=taken.holder, attempts=taken.attempt)


def _running(number: uuid.UUID) -> Any:
    return DBTaskResult.objects.filter(pk=number, status=TaskResultStatus.RUNNING)


@dataclass(frozen=True, slots=True)
class Swept:
    """Jobs whose runner died: how many wait again, and those that were given up."""

    back: int
    given_up: list[Taken]


def sweep(*, now: datetime) -> Swept:
    """Put jobs whose runner died back in the queue. Safe: every job may be run again, and starts where it was."""
    back, given_up = 0, []
    for row in DBTaskResult.objects.filter(status=TaskResultStatus.RUNNING):
        firm_id = row.args_kwargs["kwargs"].get("firm_id")
        if not isinstance(firm_id, int):
            continue
        with transaction.atomic(), firm_scope(firm_id):
            job = Job.objects.filter(task=row.pk).first()
            if job is None or not _is_dead(job, row, now):
                continue
            dead = Job.objects.filter(pk=job.pk, holder=job.holder, attempts=job.attempts, beat_at=job.beat_at)
            if not dead.update(holder="", problem="" if job.attempts < ATTEMPTS else CUT_OFF):
                continue
            if job.attempts < ATTEMPTS:
                back += _running(row.pk).update(status=TaskResultStatus.READY, started_at=None)
            elif _running(row.pk).update(status=TaskResultStatus.FAILED, finished_at=now):
                kwargs = row.args_kwargs["kwargs"]
                given_up.append(Taken(row.pk, row.task_path, kwargs, firm_id, job.attempts, job.holder))
    return Swept(back, given_up)


def _is_dead(job: Job, row: DBTaskResult[Any, Any], now: datetime) -> bool:
    seen = job.beat_at or row.started_at or now
    return holders.is_gone(job.holder) or now - seen > lease()
