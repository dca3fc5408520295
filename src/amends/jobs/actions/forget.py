"""Forgetting what jobs say of somebody."""

from __future__ import annotations

from collections.abc import Collection

from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from amends.firm.words import holding
from amends.jobs.models import Job


def forget_words(words: Collection[str]) -> None:
    """Take jobs that were told one of these words out of the queue, but for one that is being done; and take the words
    out of what the others said went wrong."""
    told = DBTaskResult.objects.filter(holding(words, data=["args_kwargs"]), job__in=Job.objects.all())
    told.exclude(status=TaskResultStatus.RUNNING).delete()
    Job.objects.filter(holding(words, text=["problem"])).update(problem="")
    failed = DBTaskResult.objects.filter(holding(words, text=["traceback"]), job__in=Job.objects.all())
    failed.update(traceback="")
