"""The page of background jobs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from amends.core.errors import AmendsError
from amends.firm.models import AuditEntry, Firm, Member, Role
from amends.firm.scope import firm_scope
from amends.flows.jobs import queue_import
from amends.flows.set_up import found_firm
from amends.flows.tasks import judge_stored
from amends.jobs.actions import queue
from amends.jobs.models import Job

HTMX = {"HX-Request": "true"}


@pytest.fixture
def job(firm: Firm, fresh: datetime) -> Callable[[str], Job]:
    """An import in whichever state."""

    def make(state: str) -> Job:
        run = queue_import([], now=fresh)
        run.label = f"box of {state}"
        run.save()
        if state != "waiting":
            taken = queue.take(now=fresh)
            assert taken is not None
            if state == "failed":
                queue.fail(taken, AmendsError("The file is not there any more: bring it in again."), now=fresh)
            elif state == "again":
                queue.fail(taken, ValueError("Dear Ada"), now=fresh)
            elif state == "done":
                queue.succeed(taken, now=fresh + timedelta(minutes=3))
            else:
                queue.progress(taken, 30, 120, now=fresh)
        return Job.objects.select_related("task").latest("created_at")

    return make


def test_nothing_yet_is_said(browser: Browser) -> None:
    page = browser.get("/settings/jobs/").content.decode()
    assert "Nothing at the moment." in page
    assert 'hx-trigger="every 20s"' in page


def test_each_job_stands_where_it_is(browser: Browser, job: Callable[[str], Job]) -> None:
    for state in ("failed", "again", "done", "running", "waiting"):
        job(state)
    page = browser.get("/settings/jobs/").content.decode()
    parts = {name: page.partition(f'id="{name}-h"')[2].partition("</section>")[0] for name in (
        "failed", "running", "waiting", "done",
    )}  # fmt: skip
    assert "box of failed" in parts["failed"]
    assert "The file is not there any more" in parts["failed"]
    assert "box of running" in parts["running"]
    assert 'value="25"' in parts["running"]
    assert "box of waiting" in parts["waiting"]
    assert "Attempt 1 of 5 failed" in parts["waiting"]
    assert "Dear Ada" not in page
    assert "3 min" in parts["done"]
    assert 'hx-trigger="every 2s"' in page


def test_asked_for_by_htmx_it_is_the_list_alone(browser: Browser, job: Callable[[str], Job]) -> None:
    job("failed")
    part = browser.get("/settings/jobs/", headers=HTMX).content.decode()
    assert part.lstrip().startswith('<div id="jobs"')


def test_a_failed_job_is_tried_again_or_dropped(browser: Browser, member: Member, job: Callable[[str], Job]) -> None:
    failed = job("failed")
    part = browser.post(f"/settings/jobs/{failed.public_id}/again/", headers=HTMX).content.decode()
    assert "It will be tried again in a moment." in part
    assert DBTaskResult.objects.get(pk=failed.pk).status == TaskResultStatus.READY
    assert browser.post(f"/settings/jobs/{failed.public_id}/drop/")["Location"] == "/settings/jobs/"
    assert not Job.objects.filter(pk=failed.pk).exists()
    assert browser.post(f"/settings/jobs/{failed.public_id}/drop/").status_code == 404
    assert [(one.did, one.member) for one in AuditEntry.objects.order_by("pk")] == [
        ("job.tried_again", member), ("job.dropped", member),
    ]  # fmt: skip


def test_what_runs_cannot_be_dropped(browser: Browser, job: Callable[[str], Job]) -> None:
    running = job("running")
    answer = browser.post(f"/settings/jobs/{running.public_id}/drop/")
    assert answer.status_code == 409
    assert "reload the page" in answer.content.decode()
    assert "reload the page" in browser.post(f"/settings/jobs/{running.public_id}/drop/", headers=HTMX).content.decode()
    assert Job.objects.filter(pk=running.pk).exists()


def test_what_waits_in_vain_says_where_to_look(browser: Browser, job: Callable[[str], Job], fresh: datetime) -> None:
    waiting = job("waiting")
    assert "amends worker" not in browser.get("/settings/jobs/").content.decode()
    Job.objects.filter(pk=waiting.pk).update(created_at=fresh - timedelta(minutes=2))
    assert "amends worker" in browser.get("/settings/jobs/").content.decode()


def test_another_firm_s_jobs_are_not_there(browser: Browser, firm: Firm, fresh: datetime) -> None:
    other = found_firm(["rival.example"], now=fresh, name="Rivals")
    with firm_scope(other):
        judge_stored.enqueue(firm_id=other.pk)
        theirs = Job.objects.get()
    assert "Read stored mail" not in browser.get("/settings/jobs/").content.decode()
    for deed in ("again", "drop"):
        assert browser.post(f"/settings/jobs/{theirs.public_id}/{deed}/").status_code == 404


@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMINISTRATOR])
def test_only_administrators_see_jobs(browser: Browser, member: Member, job: Callable[[str], Job], role: Role) -> None:
    failed = job("failed")
    Member.objects.filter(pk=member.pk).update(role=role)
    assert browser.get("/settings/jobs/").status_code == 403
    for deed in ("again", "drop"):
        assert browser.post(f"/settings/jobs/{failed.public_id}/{deed}/").status_code == 403
    assert DBTaskResult.objects.get(pk=failed.pk).status == TaskResultStatus.FAILED


def test_queries_do_not_grow_with_the_jobs(browser: Browser, job: Callable[[str], Job]) -> None:
    counts = []
    for _ in range(2):
        for state in ("failed", "done", "running", "waiting"):
            job(state)
        with CaptureQueriesContext(connection) as queries:
            browser.get("/settings/jobs/")
        counts.append(len(queries))
    assert counts[0] == counts[1]
