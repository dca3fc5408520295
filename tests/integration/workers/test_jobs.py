"""The queue: one runner has a job, failures are tried again and then shown, what dead runners left is taken up."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django_tasks import task
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult
from tests.conftest import NOW

from amends.core.errors import AmendsError
from amends.firm.models import Firm, Member
from amends.firm.scope import WrongFirm, firm_scope
from amends.flows import jobs as flow
from amends.flows.jobs import queue_import
from amends.flows.set_up import found_firm
from amends.flows.tasks import bring_in, judge_stored
from amends.jobs import holders
from amends.jobs.actions import manage, queue
from amends.jobs.backend import NoFirmGiven
from amends.jobs.models import Job
from amends.jobs.rules import ATTEMPTS
from amends.jobs.work import tell
from amends.mail.models import ImportRun, RunState
from amends.workers import jobs as runner_module
from amends.workers.jobs import Runner, ask_for_judging, look_around

DONE: list[str] = []


class TemporaryTrouble(AmendsError):
    """Something that may be better in a moment."""

    retry = True


@task()
def deed(*, firm_id: int, what: str) -> None:
    """A job of this test."""
    if what == "trouble":
        raise TemporaryTrouble("The printer is out of paper: put some in.")
    if what == "hopeless":
        raise AmendsError("There is no such printer: choose another.")
    if what == "secret":
        raise ValueError("Dear Ada, I am furious")
    if what == "halfway":
        tell(3, 10)
    DONE.append(what)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """The runner's clock; the last one counts."""
    moments = [NOW]
    monkeypatch.setattr(runner_module, "clock", lambda: moments[-1])
    DONE.clear()
    return moments


def _queued(firm: Firm, what: str = "well") -> Job:
    return Job.objects.select_related("task").get(task__pk=deed.enqueue(firm_id=firm.pk, what=what).id)


def _fresh(job: Job) -> Job:
    return Job.objects.select_related("task").get(pk=job.pk)


def test_a_job_is_there_with_its_task_or_not_at_all(firm: Firm) -> None:
    with transaction.atomic():
        queue_import([], now=NOW)
        transaction.set_rollback(True)
    assert (Job.objects.count(), DBTaskResult.objects.count(), ImportRun.objects.count()) == (0, 0, 0)
    run = queue_import([], now=NOW)
    [job] = Job.objects.all()
    assert job.task.args_kwargs["kwargs"] == {"run_id": run.pk, "firm_id": firm.pk}


def test_a_job_says_whose_it_is(firm: Firm) -> None:
    other = found_firm(["rival.example"], now=NOW, name="Rivals")
    with pytest.raises(WrongFirm):
        deed.enqueue(firm_id=other.pk, what="theirs")
    with pytest.raises(NoFirmGiven):
        deed.enqueue(what="nobody's")  # type: ignore[call-arg]
    assert not DBTaskResult.objects.exists()


def test_a_job_is_done_once_and_says_how_far_it_is(firm: Firm, clock: list[datetime]) -> None:
    job, seen = _queued(firm, "halfway"), []
    real = queue.succeed

    def watched(taken: queue.Taken, *, now: datetime) -> bool:
        seen.append(_fresh(job))
        return real(taken, now=now)

    queue.succeed = watched
    try:
        assert (Runner().step(), Runner().step()) == (True, False)
    finally:
        queue.succeed = real
    [running] = seen
    assert (running.task.status, running.done, running.total) == (TaskResultStatus.RUNNING, 3, 10)
    assert (running.holder, running.machine) == (holders.me(), holders.machine())
    assert (_fresh(job).task.status, _fresh(job).attempts, _fresh(job).holder) == (TaskResultStatus.SUCCESSFUL, 1, "")
    assert DONE == ["halfway"]


def test_a_failure_waits_longer_each_time_and_is_given_up(firm: Firm, clock: list[datetime]) -> None:
    job, waits = _queued(firm, "trouble"), []
    for attempt in range(1, ATTEMPTS + 1):
        assert Runner().step()
        now = _fresh(job)
        assert now.attempts == attempt
        assert now.problem == "The printer is out of paper: put some in."
        assert not Runner().step(), "it must wait"
        if attempt < ATTEMPTS:
            assert now.task.status == TaskResultStatus.READY
            waits.append(now.task.run_after - clock[-1])
            clock.append(now.task.run_after)
    assert now.task.status == TaskResultStatus.FAILED
    assert waits == sorted(waits)
    assert waits[-1] > 60 * waits[0]


def test_what_cannot_get_better_is_given_up_at_once(firm: Firm, clock: list[datetime]) -> None:
    job = _queued(firm, "hopeless")
    Runner().step()
    assert (_fresh(job).task.status, _fresh(job).attempts) == (TaskResultStatus.FAILED, 1)


def test_a_reason_never_holds_anybody_s_words(firm: Firm, clock: list[datetime]) -> None:
    job = _queued(firm, "secret")
    Runner().step()
    row = DBTaskResult.objects.get(pk=job.pk)
    assert "furious" not in f"{_fresh(job).problem} {row.traceback} {row.exception_class_path}"
    assert "ValueError" in _fresh(job).problem


@pytest.mark.skipif(connection.vendor == "sqlite", reason="threads cannot share SQLite's database in memory")
@pytest.mark.django_db(transaction=True)
def test_of_many_runners_one_has_a_job(firm: Firm, clock: list[datetime]) -> None:
    for number in range(6):
        _queued(firm, str(number))
    start, runners = threading.Barrier(3), []

    def work() -> None:
        try:
            start.wait()
            while Runner().step():
                pass
        finally:
            connection.close()

    for _ in range(3):
        runners.append(threading.Thread(target=work))
        runners[-1].start()
    for runner in runners:
        runner.join()
    while Runner().step():  # one that lost a race may have stopped early
        pass
    assert sorted(DONE) == [str(number) for number in range(6)]


def test_told_to_end_a_job_is_put_back_as_it_is(firm: Firm, clock: list[datetime]) -> None:
    job, runner = _queued(firm, "halfway"), Runner()
    runner.stop.set()
    runner.step()
    now = _fresh(job)
    assert (now.task.status, now.attempts, now.problem, DONE) == (TaskResultStatus.READY, 0, "", [])


@pytest.fixture
def left(firm: Firm, clock: list[datetime]) -> Job:
    """A job that a runner of another machine has begun."""
    job = _queued(firm)
    taken = queue.take(now=NOW)
    assert taken is not None
    Job.objects.filter(pk=job.pk).update(holder="elsewhere/1/2")
    return job


@pytest.mark.parametrize(("silent", "swept"), [(119, 0), (121, 1)])
def test_whoever_is_silent_for_too_long_has_lost_the_job(left: Job, silent: int, swept: int) -> None:
    now = NOW + timedelta(seconds=silent)
    assert queue.sweep(now=now).back == swept
    assert _fresh(left).task.status == (TaskResultStatus.READY if swept else TaskResultStatus.RUNNING)


def test_a_runner_that_is_certainly_gone_is_not_waited_for(left: Job) -> None:
    mine = holders.me()
    kernel, number, _ = mine.rsplit("/", 2)
    assert queue.sweep(now=NOW).back == 0
    Job.objects.filter(pk=left.pk).update(holder=mine)
    assert queue.sweep(now=NOW).back == 0
    Job.objects.filter(pk=left.pk).update(holder=f"{kernel}/{number}/1")  # another process had this number before
    assert queue.sweep(now=NOW).back == 1


def test_whoever_lost_a_job_changes_nothing_any_more(firm: Firm, clock: list[datetime]) -> None:
    job = _queued(firm)
    old = queue.take(now=NOW)
    assert old is not None
    late = NOW + timedelta(minutes=5)
    assert queue.sweep(now=late).back == 1
    new = queue.take(now=late)
    assert new is not None
    assert (queue.beat(old, now=late), queue.progress(old, 1, 2, now=late), queue.succeed(old, now=late)) == (
        False, False, False,
    )  # fmt: skip
    assert not queue.put_back(old)
    assert (_fresh(job).task.status, _fresh(job).attempts) == (TaskResultStatus.RUNNING, 2)
    assert queue.succeed(new, now=late)


def test_a_job_that_ends_its_runner_each_time_is_given_up(firm: Firm, clock: list[datetime]) -> None:
    run = queue_import([], now=NOW)
    for _ in range(ATTEMPTS):
        assert queue.take(now=clock[-1]) is not None
        clock.append(clock[-1] + timedelta(hours=1))
        look_around(now=clock[-1])
    job = Job.objects.select_related("task").get(task__task_path=bring_in.module_path)
    assert (job.task.status, job.attempts) == (TaskResultStatus.FAILED, ATTEMPTS)
    run.refresh_from_db()
    assert (run.state, run.problem) == (RunState.FAILED, job.problem)
    assert "memory" in run.problem


def test_a_task_that_is_not_there_any_more_is_said(firm: Firm, clock: list[datetime]) -> None:
    job = _queued(firm)
    DBTaskResult.objects.filter(pk=job.pk).update(task_path="amends.flows.tasks.gone")
    Runner().step()
    assert _fresh(job).task.status == TaskResultStatus.FAILED
    assert "amends.flows.tasks.gone" in _fresh(job).problem


def test_people_try_again_or_drop(firm: Firm, member: Member, clock: list[datetime]) -> None:
    job = _queued(firm, "hopeless")
    Runner().step()
    flow.try_again(job.public_id, member=member, now=NOW)
    assert (_fresh(job).task.status, _fresh(job).attempts) == (TaskResultStatus.READY, 0)
    assert queue.take(now=NOW) is not None
    with pytest.raises(manage.NotWaiting):
        flow.drop(job.public_id, member=member, now=NOW)  # it is being done
    with pytest.raises(manage.NotWaiting):
        flow.try_again(job.public_id, member=member, now=NOW)
    run = queue_import([], now=NOW, member=member)
    waiting = Job.objects.get(task__task_path=bring_in.module_path)
    flow.drop(waiting.public_id, member=member, now=NOW)
    run.refresh_from_db()
    assert (run.state, run.finished_at) == (RunState.FAILED, NOW)
    with pytest.raises(Job.DoesNotExist):
        flow.drop(waiting.public_id, member=member, now=NOW)


def test_the_night_s_work_is_queued_once_by_however_many(firm: Firm) -> None:
    evening, night = NOW.replace(hour=2), NOW.replace(hour=3)
    assert flow.queue_by_the_clock(now=evening) == 0
    assert [flow.queue_by_the_clock(now=night + timedelta(hours=hours)) for hours in (0, 0, 9)] == [1, 0, 0]
    assert flow.queue_by_the_clock(now=night + timedelta(days=1)) == 1


def test_what_was_done_long_ago_is_forgotten(firm: Firm, clock: list[datetime]) -> None:
    for what in ("well", "hopeless"):
        _queued(firm, what)
        Runner().step()
    manage.tidy(now=NOW + timedelta(days=29))
    assert Job.objects.count() == 2
    manage.tidy(now=NOW + timedelta(days=31))
    assert [job.task.status for job in Job.objects.select_related("task")] == [TaskResultStatus.FAILED]


def test_judging_is_asked_for_once(firm: Firm) -> None:
    from tests.letters import bring, letter

    ask_for_judging()
    assert not Job.objects.exists()
    bring(letter(at=NOW - timedelta(days=1)), now=NOW)
    ask_for_judging()
    ask_for_judging()
    assert [job.task.task_path for job in Job.objects.select_related("task")] == [judge_stored.module_path]


def test_a_job_of_a_firm_that_is_gone_is_left_alone(firm: Firm, clock: list[datetime]) -> None:
    result: Any = deed.enqueue(firm_id=firm.pk, what="well")
    DBTaskResult.objects.filter(pk=result.id).update(
        args_kwargs={"args": [], "kwargs": {"firm_id": 987654, "what": "x"}}
    )
    assert queue.take(now=NOW) is None
    assert DBTaskResult.objects.get(pk=result.id).status == TaskResultStatus.FAILED


def test_runners_see_every_firm_s_jobs(firm: Firm, clock: list[datetime]) -> None:
    other = found_firm(["rival.example"], now=NOW, name="Rivals")
    _queued(firm, "ours")
    with firm_scope(other):
        _queued(other, "theirs")
    while Runner().step():
        pass
    assert DONE == ["ours", "theirs"]
