"""Jobs whose runner died are put back; those that live are left alone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult
from tests.conftest import NOW

from amends.firm.models import Firm
from amends.flows.set_up import begin_run
from amends.flows.tasks import bring_in
from amends.mail.models import ImportRun, RunState
from amends.workers.jobs import STUCK, sweep

MINUTE = timedelta(minutes=1)


@pytest.fixture
def job(firm: Firm) -> DBTaskResult:  # type: ignore[type-arg]
    """An import that a runner began five minutes ago."""
    run = begin_run([], now=NOW)
    bring_in.enqueue(run_id=run.pk, firm_id=firm.pk)
    DBTaskResult.objects.update(status=TaskResultStatus.RUNNING, started_at=NOW - 5 * MINUTE)
    return DBTaskResult.objects.get()


@pytest.mark.parametrize(
    ("beat", "state", "swept"),
    [
        (None, RunState.STORING, 1),
        (NOW - STUCK - MINUTE, RunState.STORING, 1),
        (NOW - MINUTE, RunState.STORING, 0),
        (NOW - MINUTE, RunState.JUDGING, 0),
        (NOW - 4 * MINUTE, RunState.DONE, 0),  # it is over, and is being booked
    ],
)
def test_only_what_is_stuck_is_put_back(job: DBTaskResult, beat: object, state: str, swept: int) -> None:  # type: ignore[type-arg]
    ImportRun.objects.update(beat_at=beat, state=state)
    assert sweep(now=NOW) == swept
    job.refresh_from_db()
    assert job.status == (TaskResultStatus.READY if swept else TaskResultStatus.RUNNING)


def test_alone_whatever_counts_as_running_is_dead(job: DBTaskResult) -> None:  # type: ignore[type-arg]
    ImportRun.objects.update(beat_at=NOW)
    assert (sweep(now=NOW, alone=True), sweep(now=NOW, alone=True)) == (1, 0)
    job.refresh_from_db()
    assert (job.status, job.started_at) == (TaskResultStatus.READY, None)
