"""The backend of Django's task interface: `django-tasks-db`, with a firm's job beside every row of its queue."""

from __future__ import annotations

from typing import Any

from asgiref.sync import sync_to_async
from django.db import transaction
from django_tasks_db.backend import DatabaseBackend

from amends.core.errors import AmendsError
from amends.firm.reach import current
from amends.firm.scope import WrongFirm, firm_scope
from amends.jobs.models import Job


class NoFirmGiven(AmendsError):
    """A task was queued without saying whose it is. A fault of ours, never of the person's."""


class FirmBackend(DatabaseBackend):
    """Queues a task and its job in the transaction that is open: both are there, or neither."""

    def enqueue(self, task: Any, args: Any, kwargs: Any) -> Any:
        """Every task takes `firm_id`; raises `NoFirmGiven` without it, `WrongFirm` where another one is in scope."""
        firm_id = kwargs.get("firm_id")
        if not isinstance(firm_id, int):
            message = f"{task.name} was queued without firm_id: every job belongs to a firm."
            raise NoFirmGiven(message)
        if current.get() not in {None, firm_id}:
            message = f"{task.name} of another firm cannot be queued here."
            raise WrongFirm(message)
        with transaction.atomic(), firm_scope(firm_id):
            result: Any = super().enqueue(task, args, kwargs)
            Job.objects.create(task_id=result.id, created_at=result.enqueued_at)
        return result

    async def aenqueue(self, task: Any, args: Any, kwargs: Any) -> Any:
        """The same, for asynchronous code."""
        return await sync_to_async(self.enqueue)(task, args, kwargs)
