"""The job runner: does queued work, one job after another, and picks up what a killed runner left half done.

A job that fails is tried again after a while, a few times, and then shown as failed. While it is done, a thread says
that this runner lives; whoever is silent for longer than the lease has lost the job. Told to end, a runner stops
between two small steps and puts its job back as it is.
"""

from __future__ import annotations

import contextlib
import logging
import signal
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from types import FrameType
from typing import Any

from django.db import DatabaseError, close_old_connections, connection
from django.utils.module_loading import import_string
from django_tasks.base import Task

from amends.capital.queries import is_empty
from amends.core.errors import AmendsError
from amends.firm.models import Firm
from amends.firm.scope import firm_scope
from amends.flows import jobs as flow
from amends.flows.capital.tasks import build_ledger
from amends.flows.tasks import bring_in, judge_stored, place_anew
from amends.flows.webhooks.tasks import ask_for_all
from amends.jobs.actions import queue
from amends.jobs.queries import is_open
from amends.jobs.work import Doing, Lost, Stopped, doing
from amends.mail.queries import left_to_judge
from amends.signals.queries import anything_noticed
from amends.workers.outbox import Outbox
from amends.workers.parent import leave_with

log = logging.getLogger(__name__)
INTERVAL = 0.5  # seconds between two looks for work
_LOOK = 10.0  # seconds between two looks for jobs that a runner left, and for what is due by the clock
_GRACE = 5.0  # seconds that a job has to come to the end of a step, once the runner is told to end
_LONGEST_PAUSE = 30.0  # seconds, while the database cannot be reached


def clock() -> datetime:
    """The edge of the house: the runner reads the clock here, and passes it inward."""
    return datetime.now(UTC)


def run_jobs(*, parent: int | None = None) -> None:
    """Work, and send what is queued, until told to end; ends by itself when the process `parent` is gone."""
    runner = Runner()
    runner.listen()
    if parent is not None:
        leave_with(parent, gently=True)
    look_around(now=clock())
    ask_for_judging()
    ask_for_all(now=clock())
    threading.Thread(target=_watch, args=(runner.stop,), daemon=True).start()
    outbox = Outbox(alone=parent is not None)
    outbox.start()
    try:
        runner.run()
    finally:
        outbox.stop()


class Runner:
    """Takes one job after another, until `stop` is set."""

    def __init__(self) -> None:
        self.stop = threading.Event()
        self._busy = False

    def run(self) -> None:
        """Work until told to end. A database that cannot be reached is waited for."""
        pause = INTERVAL
        while not self.stop.is_set():
            try:
                close_old_connections()
                worked = self.step()
                pause = INTERVAL
            except DatabaseError as error:
                log.warning("The database cannot be used (%s); looking again in %.0f s.", type(error).__name__, pause)
                connection.close()
                worked, pause = False, min(2 * pause, _LONGEST_PAUSE)
            if not worked:
                self.stop.wait(pause)

    def step(self) -> bool:
        """Do the next job that is due; False where there was none."""
        taken = queue.take(now=clock())
        if taken is None:
            return False
        job = Doing(record=lambda done, total: queue.progress(taken, done, total, now=clock()), stop=self.stop)
        try:
            with self._alive(taken, job), doing(job):
                self._busy = True
                _task(taken.path).call(**taken.kwargs)
                self._busy = False
        except Stopped:
            queue.put_back(taken)
        except Lost:
            log.warning("%s was taken over by another runner.", taken.path)
        except Exception as error:
            self._busy = False
            self._failed(taken, error)
        else:
            queue.succeed(taken, now=clock())
        finally:
            self._busy = False
        return True

    def _failed(self, taken: queue.Taken, error: Exception) -> None:
        log.warning("%s failed (%s), attempt %d.", taken.path, type(error).__name__, taken.attempt)
        if not connection.is_usable():
            connection.close()  # the next statement opens another one
        if queue.fail(taken, error, now=clock()):
            flow.gave_up(taken, now=clock())

    @contextlib.contextmanager
    def _alive(self, taken: queue.Taken, job: Doing) -> Iterator[None]:
        """While the job is done, say now and then that this runner lives, from a thread of its own."""
        ended = threading.Event()

        def say() -> None:
            try:
                while not ended.wait(queue.lease().total_seconds() / 4):
                    with contextlib.suppress(DatabaseError):
                        if not queue.beat(taken, now=clock()):
                            job.lost.set()
            finally:
                connection.close()

        thread = threading.Thread(target=say, daemon=True)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()

    def listen(self) -> None:
        """From now on SIGTERM and Ctrl+C end this runner: between two steps, or after a few seconds wherever it is."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._told)
        signal.signal(signal.SIGALRM, self._late)

    def _told(self, number: int, frame: FrameType | None) -> None:
        self.stop.set()
        signal.setitimer(signal.ITIMER_REAL, _GRACE)

    def _late(self, number: int, frame: FrameType | None) -> None:
        if self._busy:
            raise Stopped


class NoSuchTask(AmendsError):
    """The queue names a task that this version does not know."""


def _task(path: str) -> Task[Any, Any]:
    try:
        found = import_string(path)
    except ImportError:
        found = None
    if not isinstance(found, Task):
        message = f"This version knows no task {path}: drop it."
        raise NoSuchTask(message)
    return found


def look_around(*, now: datetime) -> None:
    """Put back what dead runners left, and queue what is due by the clock."""
    for taken in queue.sweep(now=now).given_up:
        flow.gave_up(taken, now=now)
    flow.queue_by_the_clock(now=now)


def ask_for_judging() -> None:
    """Queue the judging of mail that is stored and not judged (a new version reads it anew), and a first ledger."""
    judging = [task.module_path for task in (bring_in, judge_stored, place_anew)]
    for firm in Firm.objects.order_by("pk"):
        with firm_scope(firm):
            if left_to_judge() and not is_open(*judging):
                judge_stored.enqueue(firm_id=firm.pk)
            if is_empty() and anything_noticed() and not is_open(build_ledger.module_path):
                build_ledger.enqueue(firm_id=firm.pk)


def _watch(stop: threading.Event) -> None:
    """Look around now and then."""
    while not stop.wait(_LOOK):
        try:
            close_old_connections()
            look_around(now=clock())
        except DatabaseError as error:
            log.warning("Nobody looks for jobs that were left: the database cannot be used (%s).", type(error).__name__)
            connection.close()
