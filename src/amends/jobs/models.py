"""Rows of background work. The queue itself, and the state of each job, is `django-tasks-db`'s."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_tasks_db.models import DBTaskResult

from amends.core.ids import uuid7
from amends.firm.scope import FirmRow


class Job(FirmRow):
    """One job of a firm, beside the row of the queue that says whether it waits, runs, is done or has failed."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    task = models.OneToOneField(DBTaskResult, on_delete=models.CASCADE, primary_key=True, related_name="job")
    created_at = models.DateTimeField()
    slot = models.CharField(max_length=80, null=True, help_text=_("Which run of what is done by the clock"))
    attempts = models.PositiveSmallIntegerField(default=0)
    # Whoever does it now. The lease is good until `beat_at` is older than `AMENDS_LEASE_SECONDS`.
    holder = models.CharField(max_length=120, blank=True)
    machine = models.CharField(max_length=120, blank=True)
    beat_at = models.DateTimeField(null=True)
    done = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(default=0)
    problem = models.TextField(blank=True, help_text=_("Why the last attempt failed; never the words of a message"))

    class Meta(FirmRow.Meta):
        abstract = False
        indexes = [models.Index(fields=["firm", "-created_at"], name="job_by_time")]
        constraints = [models.UniqueConstraint(fields=["firm", "slot"], name="job_once_a_slot")]

    def __str__(self) -> str:
        return str(self.task_id)


class Portion(FirmRow):
    """Some rows that one worker has taken in hand, so that no other does them too; gone when they are done."""

    stage = models.CharField(max_length=20)
    keys = models.JSONField(default=list)
    holder = models.CharField(max_length=120)
    until = models.DateTimeField()

    class Meta(FirmRow.Meta):
        abstract = False
        indexes = [models.Index(fields=["firm", "stage"], name="portion_by_stage")]

    def __str__(self) -> str:
        return f"{len(self.keys)} of {self.stage}"
