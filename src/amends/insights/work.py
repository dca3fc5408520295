"""The firm's background work as a page shows it: what each job is about, beside how far it is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import MAXYEAR, datetime, timedelta

from amends.jobs.models import Job
from amends.jobs.queries import jobs
from amends.jobs.rules import ATTEMPTS
from amends.mail.models import ImportRun
from amends.mail.queries import Reader, runs_of

_LONG = timedelta(minutes=1)  # to wait for a runner


@dataclass(frozen=True, slots=True)
class Line:
    """One job: the name of its task, and the import that it is about, where the reader may know of it."""

    job: Job
    task: str
    run: ImportRun | None

    @property
    def share(self) -> int | None:
        """How much of it is done, in percent; None where it does not say."""
        return min(100, 100 * self.job.done // self.job.total) if self.job.total else None

    @property
    def again_at(self) -> datetime | None:
        """When it will be tried again, where it has failed and waits."""
        return self.job.task.run_after if self.job.attempts and self.job.task.run_after.year < 9999 else None

    @property
    def took(self) -> timedelta | None:
        """How long it took."""
        began, ended = self.job.task.started_at, self.job.task.finished_at
        return ended - began if began and ended else None


@dataclass(frozen=True, slots=True)
class Work:
    """What runs, waits, has failed and was done lately. `idle`: what waits should have begun by now."""

    running: list[Line]
    waiting: list[Line]
    failed: list[Line]
    done: list[Line]
    idle: bool
    attempts: int = ATTEMPTS

    @property
    def busy(self) -> bool:
        """Whether anything will change by itself soon."""
        return bool(self.running or self.waiting)


def work_of_firm(reader: Reader, *, now: datetime) -> Work:
    """The background work of the firm in scope; the same number of queries however much there is."""
    found = jobs()
    every = [*found.running, *found.waiting, *found.failed, *found.done]
    runs = runs_of(reader).in_bulk([number for number in map(_run_id, every) if number is not None])

    def lines(some: Iterable[Job]) -> list[Line]:
        return [Line(job, job.task.task_path.rpartition(".")[2], runs.get(_run_id(job) or 0)) for job in some]

    due = [job for job in found.waiting if not job.attempts and now - _due_at(job) > _LONG]
    return Work(
        lines(found.running), lines(found.waiting), lines(found.failed), lines(found.done),
        idle=bool(due) and not found.running,
    )  # fmt: skip


def _due_at(job: Job) -> datetime:
    """When it was to begin: when it was queued, unless it was put off until later."""
    return job.created_at if job.task.run_after.year == MAXYEAR else max(job.created_at, job.task.run_after)


def _run_id(job: Job) -> int | None:
    found = job.task.args_kwargs["kwargs"].get("run_id")
    return found if isinstance(found, int) and job.task.task_path.endswith(".bring_in") else None
