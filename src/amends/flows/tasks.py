"""Background jobs. Thin: each enters its firm and makes one call. All may be run again, and go on where they were."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import transaction
from django_tasks import task

from amends.firm.scope import current_firm_id, firm_scope
from amends.flows import curate
from amends.flows.carry_out import carry_out
from amends.flows.judge import judge_new
from amends.flows.receive import run_import
from amends.flows.teach import give_vectors
from amends.jobs.actions import manage
from amends.jobs.queries import is_open
from amends.jobs.work import tell
from amends.mail.actions.threads import lock_firm
from amends.mail.models import ImportRun
from amends.mail.queries import left_to_judge
from amends.mail.reading import ReaderPool


@task()
def bring_in(*, run_id: int, firm_id: int) -> None:
    """Do an import that was recorded. Run again after a kill, it finishes what is left."""
    with firm_scope(firm_id), ReaderPool() as readers:
        run = ImportRun.objects.select_related("mailbox").get(pk=run_id)
        run_import(
            run, readers=readers, clock=_now, progress=lambda run: tell(run.bytes_done, run.bytes_total), share=ask_help
        )
        no_more_help()


@task()
def bring_upload(*, upload_id: int, firm_id: int) -> None:
    """Import a file of hours or clients that was sent off. Run again after a kill, it finishes what is left."""
    with firm_scope(firm_id):
        carry_out(upload_id, clock=lambda: datetime.now(UTC))


@task()
def place_anew(*, firm_id: int) -> None:
    """Place and judge all stored mail again, after the firm's own domains or its working time have changed."""
    with firm_scope(firm_id):
        curate.place_anew(now=_now(), progress=tell, share=ask_help)
        no_more_help()


@task()
def judge_stored(*, firm_id: int) -> None:
    """Judge what is stored and not judged: after an upgrade, where an import was stopped, or to help another job."""
    with firm_scope(firm_id):
        give_vectors()
        judge_new(now=_now(), progress=tell, share=ask_help)
        no_more_help()


@task()
def nightly(*, firm_id: int) -> None:
    """Once a night: judge what was left, and forget jobs of long ago."""
    with firm_scope(firm_id):
        judge_new(now=_now(), progress=tell, share=ask_help)
        manage.tidy(now=_now())


def ask_help() -> None:
    """There is much to judge: whichever worker is free may join in, and ask the next one."""
    with transaction.atomic():
        lock_firm()
        if not is_open(judge_stored.module_path, waiting_only=True):
            judge_stored.enqueue(firm_id=current_firm_id())


def no_more_help() -> None:
    """Where all is judged, nobody need join in any more."""
    if not left_to_judge():
        manage.withdraw(judge_stored.module_path)


def _now() -> datetime:
    return datetime.now(UTC)
