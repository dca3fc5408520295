"""Background jobs. Thin: each enters its firm and makes one call."""

from __future__ import annotations

from datetime import UTC, datetime

from django_tasks import task

from amends.firm.scope import firm_scope
from amends.flows import curate
from amends.flows.carry_out import carry_out
from amends.flows.judge import judge_new
from amends.flows.receive import run_import
from amends.flows.teach import give_vectors
from amends.mail.models import ImportRun
from amends.mail.reading import ReaderPool


@task()
def bring_in(*, run_id: int, firm_id: int) -> None:
    """Do an import that was recorded. Run again after a kill, it finishes what is left."""
    with firm_scope(firm_id), ReaderPool() as readers:
        run = ImportRun.objects.select_related("mailbox").get(pk=run_id)
        run_import(run, readers=readers, clock=lambda: datetime.now(UTC))


@task()
def bring_upload(*, upload_id: int, firm_id: int) -> None:
    """Import a file of hours or clients that was sent off. Run again after a kill, it finishes what is left."""
    with firm_scope(firm_id):
        carry_out(upload_id, clock=lambda: datetime.now(UTC))


@task()
def place_anew(*, firm_id: int) -> None:
    """Place and judge all stored mail again, after the firm's own domains or its working time have changed."""
    with firm_scope(firm_id):
        curate.place_anew(now=datetime.now(UTC))


@task()
def judge_stored(*, firm_id: int) -> None:
    """Judge what is stored and not judged yet: after an upgrade, or where an import was stopped."""
    with firm_scope(firm_id):
        give_vectors()
        judge_new(now=datetime.now(UTC))
