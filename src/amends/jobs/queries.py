"""Reads of background work, of the firm in scope."""

from __future__ import annotations

from typing import NamedTuple

from django_tasks.base import TaskResultStatus

from amends.jobs.models import Job

OPEN = (TaskResultStatus.READY, TaskResultStatus.RUNNING)
_SHOWN = 50


class Jobs(NamedTuple):
    """What runs, waits, has failed and was done lately; at most fifty of each."""

    running: list[Job]
    waiting: list[Job]
    failed: list[Job]
    done: list[Job]

    @property
    def busy(self) -> bool:
        """Whether anything will change by itself."""
        return bool(self.running or self.waiting)


def jobs(*, done: int = 10) -> Jobs:
    """The firm's jobs, each with its `task`: what runs since when, what waits for how long, the latest done first."""
    rows = Job.objects.select_related("task")
    return Jobs(
        running=list(rows.filter(task__status=TaskResultStatus.RUNNING).order_by("task__started_at")[:_SHOWN]),
        waiting=list(rows.filter(task__status=TaskResultStatus.READY).order_by("created_at")[:_SHOWN]),
        failed=list(rows.filter(task__status=TaskResultStatus.FAILED).order_by("-task__finished_at")[:_SHOWN]),
        done=list(rows.filter(task__status=TaskResultStatus.SUCCESSFUL).order_by("-task__finished_at")[:done]),
    )


def is_open(*paths: str, waiting_only: bool = False) -> bool:
    """Whether a job of one of these tasks waits (or runs)."""
    states = OPEN[:1] if waiting_only else OPEN
    return Job.objects.filter(task__task_path__in=paths, task__status__in=states).exists()
