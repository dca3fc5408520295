"""Having what a mailbox brought in judged: one job for all of it, never one a message."""

from __future__ import annotations

from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from amends.firm.scope import current_firm_id
from amends.flows.tasks import judge_stored


def ask_for_judging() -> bool:
    """Queue the judging of what is new in the firm in scope, unless a job that has not begun will do it anyway."""
    firm_id = current_firm_id()
    waiting = DBTaskResult.objects.filter(status=TaskResultStatus.READY, task_path=judge_stored.module_path)
    if any(job.args_kwargs.get("kwargs", {}).get("firm_id") == firm_id for job in waiting):
        return False
    judge_stored.enqueue(firm_id=firm_id)
    return True
