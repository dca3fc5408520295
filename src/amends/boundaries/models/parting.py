"""Ending a relationship well: the decision, what is handed over, the last invoice, and the letter."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from amends.core.ids import uuid7
from amends.firm.scope import FirmRow


class Whose(models.TextChoices):
    """Who ends it."""

    OURS = "ours", _("We end it")
    THEIRS = "theirs", _("They left")


class PartingState(models.TextChoices):
    """How far it is."""

    CONSIDERED = "considered", _("Considered")
    DECIDED = "decided", _("Decided")
    HANDING_OVER = "handing_over", _("Handing over")
    PARTED = "parted", _("Parted")
    STAYED = "stayed", _("We stay together")


OPEN = (PartingState.CONSIDERED, PartingState.DECIDED, PartingState.HANDING_OVER)


class Parting(FirmRow):
    """One ending of a relationship with a client; `reasons` are for partners alone. `version` counts its changes."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    client = models.ForeignKey("clients.Client", on_delete=models.CASCADE, related_name="partings", db_index=False)
    whose = models.CharField(max_length=8, choices=Whose.choices, default=Whose.OURS)
    state = models.CharField(max_length=12, choices=PartingState.choices, default=PartingState.CONSIDERED)
    reasons = models.TextField(blank=True)
    shown = models.JSONField(default=list, help_text=_("The signs as they stood when it was decided: kind and number"))
    why_they_left = models.TextField(blank=True, help_text=_("What they said, in our words"))
    until = models.DateField(null=True, help_text=_("By when everything is handed over"))
    invoice = models.CharField(max_length=200, blank=True, help_text=_("The last invoice: its number, what is open"))
    invoiced_on = models.DateField(null=True)
    draft = models.UUIDField(null=True, help_text=_("Public id of the letter's draft"))
    asked = models.UUIDField(null=True, help_text=_("Public id of the draft that asks why they left"))
    opened_by = models.ForeignKey("firm.Member", on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    opened_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        "firm.Member", on_delete=models.SET_NULL, null=True, related_name="+", db_index=False
    )
    decided_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True, help_text=_("When they parted, or it was decided otherwise"))
    version = models.PositiveIntegerField(default=1)

    class Meta(FirmRow.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(
                fields=["firm", "client"],
                condition=Q(state__in=["considered", "decided", "handing_over"]),
                name="parting_open_once",
            )
        ]
        indexes = [models.Index(fields=["firm", "client", "-opened_at"], name="parting_by_client")]

    def __str__(self) -> str:
        return self.state


class HandoverKind(models.TextChoices):
    """What stands on a handover list."""

    WE_HOLD = "we_hold", _("We hold it, and give it back")
    THEY_GET = "they_get", _("They get it")
    PROMISE = "promise", _("We promised it")


class HandoverItem(FirmRow):
    """One thing that is handed over, by when, and when it was. `promise` is the public id of the promise it stands
    for."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    parting = models.ForeignKey(Parting, on_delete=models.CASCADE, related_name="items", db_index=False)
    kind = models.CharField(max_length=8, choices=HandoverKind.choices)
    what = models.CharField(max_length=500)
    due_on = models.DateField(null=True)
    promise = models.UUIDField(null=True)
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey("firm.Member", on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    by = models.ForeignKey("firm.Member", on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta(FirmRow.Meta):
        abstract = False
        indexes = [models.Index(fields=["firm", "parting", "at"], name="handover_by_parting")]

    def __str__(self) -> str:
        return self.what[:60]
