"""What is given: remedies with their cost, and the approval of those beyond a person's authority.

Money is counted in the smallest unit of the firm's currency, as whole numbers: adding and comparing is exact on every
database (`core.money`).
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from amends.core.ids import uuid7
from amends.firm.scope import FirmRow
from amends.recovery.models.answers import Issue
from amends.recovery.models.work import Recovery


class RemedyKind(models.TextChoices):
    """What may be given."""

    FIX = "fix", _("Fix")
    REDO = "redo", _("Do it again")
    CREDIT = "credit", _("Credit")
    REFUND = "refund", _("Refund")
    REPLACEMENT = "replacement", _("Replacement")
    GESTURE = "gesture", _("Gesture")
    PERSON = "person", _("Another person on the work")


class RemedyState(models.TextChoices):
    """How far a remedy is."""

    OFFERED = "offered", _("Offered")
    ASKED = "asked", _("Waits for approval")
    AGREED = "agreed", _("Agreed")
    DONE = "done", _("Done")
    REFUSED = "refused", _("Not approved")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Remedy(FirmRow):
    """Something that is offered, agreed and done. What was spent of whose budget stands in `firm.BudgetEntry`."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    recovery = models.ForeignKey(Recovery, on_delete=models.CASCADE, related_name="remedies", db_index=False)
    issue = models.ForeignKey(Issue, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    kind = models.CharField(max_length=12, choices=RemedyKind.choices)
    what = models.CharField(max_length=500)
    cost = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3)
    goodwill = models.BooleanField(default=False, help_text=_("Given although the fault was not ours"))
    due_on = models.DateField(null=True)
    state = models.CharField(max_length=10, choices=RemedyState.choices, default=RemedyState.OFFERED)
    by = models.ForeignKey("firm.Member", on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    at = models.DateTimeField()
    changed_at = models.DateTimeField()
    promise = models.UUIDField(null=True, help_text=_("Public id of the promise that it became"))

    class Meta(FirmRow.Meta):
        abstract = False
        verbose_name_plural = "remedies"
        constraints = [models.CheckConstraint(condition=Q(cost__gte=0), name="remedy_costs_nothing_negative")]
        indexes = [models.Index(fields=["firm", "recovery", "at"], name="remedy_by_recovery")]

    def __str__(self) -> str:
        return self.what[:60]


class Decision(models.TextChoices):
    """What was decided of an approval."""

    OPEN = "open", _("Open")
    APPROVED = "approved", _("Approved")
    REFUSED = "refused", _("Not approved")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Approval(FirmRow):
    """One request to give more than somebody may alone; decided once, by somebody entitled, never oneself."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    remedy = models.OneToOneField(Remedy, on_delete=models.CASCADE, related_name="approval")
    asked_by = models.ForeignKey("firm.Member", on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    asked_at = models.DateTimeField()
    because = models.CharField(max_length=500, blank=True)
    decision = models.CharField(max_length=10, choices=Decision.choices, default=Decision.OPEN)
    decided_by = models.ForeignKey(
        "firm.Member", on_delete=models.SET_NULL, null=True, related_name="+", db_index=False
    )
    decided_at = models.DateTimeField(null=True)
    why = models.CharField(max_length=500, blank=True)

    class Meta(FirmRow.Meta):
        abstract = False
        indexes = [models.Index(fields=["firm", "decision", "-asked_at"], name="approval_open")]

    def __str__(self) -> str:
        return self.decision
