"""What the firm knows beforehand: how it may fail and what to do then, how quick it means to be, and practice."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from amends.core.ids import uuid7
from amends.firm.scope import FirmRow


class Playbook(FirmRow):
    """One edition of what to do when one failure mode strikes. The newest edition of a `mode` counts; older ones stay.

    `content` holds first_words, questions, remedies [{kind, what, cost}], never [..] (`recovery.rules.PLAYBOOK`).
    A firm without rows of a mode has the shipped one.
    """

    mode = models.CharField(max_length=80)
    trade = models.CharField(max_length=40)
    name = models.CharField(max_length=200)
    edition = models.PositiveIntegerField()
    content = models.JSONField(default=dict)
    retired = models.BooleanField(default=False)
    by = models.ForeignKey("firm.Member", on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta(FirmRow.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["firm", "mode", "edition"], name="playbook_edition_once")]

    def __str__(self) -> str:
        return f"{self.name}, edition {self.edition}"


class Clocks(FirmRow):
    """How many business hours the firm gives itself, and who hears when they are over. One row of a firm."""

    to_own = models.PositiveSmallIntegerField(default=4)
    to_reply = models.PositiveSmallIntegerField(default=8)
    to_answer = models.PositiveSmallIntegerField(default=24)
    to_make_good = models.PositiveSmallIntegerField(default=80)
    ask_after_days = models.PositiveSmallIntegerField(default=7)
    escalate_to = models.ForeignKey("firm.Member", on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta(FirmRow.Meta):
        abstract = False
        verbose_name_plural = "clocks"
        constraints = [models.UniqueConstraint(fields=["firm"], name="clocks_once")]

    def __str__(self) -> str:
        return f"own in {self.to_own} h"


class DrillResult(FirmRow):
    """How somebody did in a drill: theirs alone, unless they share it."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    member = models.ForeignKey("firm.Member", on_delete=models.CASCADE, related_name="+", db_index=False)
    scenario = models.CharField(max_length=80)
    turns = models.JSONField(default=list, help_text=_("What was asked, what was answered, what was found"))
    score = models.PositiveSmallIntegerField(default=0, help_text=_("Of 100"))
    shared = models.BooleanField(default=False)
    at = models.DateTimeField()

    class Meta(FirmRow.Meta):
        abstract = False
        indexes = [models.Index(fields=["firm", "member", "-at"], name="drill_by_member")]

    def __str__(self) -> str:
        return f"{self.scenario}: {self.score}"
