"""Having what a mailbox brought in judged: one job for all of it, never one a message."""

from __future__ import annotations

from amends.firm.scope import current_firm_id
from amends.flows.tasks import judge_stored
from amends.jobs.queries import is_open


def ask_for_judging() -> bool:
    """Queue the judging of what is new in the firm in scope, unless a job that has not begun will do it anyway."""
    if is_open(judge_stored.module_path, waiting_only=True):
        return False
    judge_stored.enqueue(firm_id=current_firm_id())
    return True
