"""Rows of readiness gates: what is to be known and agreed before work begins in an industry that is new to the firm."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from amends.core.ids import uuid7
from amends.firm.scope import FirmRow


class StartingList(FirmRow):
    """One edition of what to ask before work begins, or to clear before something goes public; the newest counts.

    `content` holds words and lines (`boundaries.starting`). Without rows of a list the shipped one counts.
    """

    kind = models.CharField(max_length=10)  # starting.ListKind
    slug = models.CharField(max_length=80)
    name = models.CharField(max_length=100)
    edition = models.PositiveIntegerField()
    content = models.JSONField(default=dict)
    retired = models.BooleanField(default=False)
    by = models.ForeignKey("firm.Member", on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta(FirmRow.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(fields=["firm", "kind", "slug", "edition"], name="starting_edition_once")
        ]

    def __str__(self) -> str:
        return f"{self.name}, edition {self.edition}"


class GateState(models.TextChoices):
    """How a gate stands."""

    OPEN = "open", _("Open")
    PASSED = "passed", _("Passed")
    OVERRIDDEN = "overridden", _("Overridden")


class Gate(FirmRow):
    """The readiness gate of one engagement. `industry` is as it was called when the gate opened.

    `version` counts changes of its state: each is one UPDATE on the version that was read.
    """

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    engagement = models.OneToOneField("clients.Engagement", on_delete=models.CASCADE, related_name="gate")
    industry = models.CharField(max_length=100, blank=True)
    by_hand = models.BooleanField(default=False, help_text=_("A person opened it; else the industry was new"))
    state = models.CharField(max_length=10, choices=GateState.choices, default=GateState.OPEN)
    by = models.ForeignKey("firm.Member", on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    at = models.DateTimeField()
    settled_by = models.ForeignKey(
        "firm.Member", on_delete=models.SET_NULL, null=True, related_name="+", db_index=False
    )
    settled_at = models.DateTimeField(null=True)
    why = models.CharField(max_length=500, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta(FirmRow.Meta):
        abstract = False
        indexes = [models.Index(fields=["firm", "state", "-at"], name="gate_by_state")]

    def __str__(self) -> str:
        return f"{self.industry}: {self.state}"


class GatePart(models.TextChoices):
    """What evidence of a gate shows."""

    GLOSSARY = "glossary", _("Glossary agreed")
    PACE = "pace", _("Pace agreed")
    ADVICE = "advice", _("Advice overruled")


class GateEvidence(FirmRow):
    """That something was agreed with the client, or that we counselled otherwise: a message, or a note with its date.

    `about` is the public id of the message, and `quote` its words, for whoever may read it; a note has `words` alone.
    """

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    gate = models.ForeignKey(Gate, on_delete=models.CASCADE, related_name="evidence", db_index=False)
    part = models.CharField(max_length=8, choices=GatePart.choices)
    about = models.UUIDField(null=True, help_text=_("Public id of the message; none of a note"))
    quote = models.TextField(blank=True)
    words = models.CharField(max_length=1000, blank=True)
    said_on = models.DateField()
    by = models.ForeignKey("firm.Member", on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta(FirmRow.Meta):
        abstract = False
        verbose_name_plural = "gate evidence"
        indexes = [models.Index(fields=["firm", "gate", "at"], name="gate_evidence_by_gate")]

    def __str__(self) -> str:
        return f"{self.part} {self.about or self.words[:40]}"


class GateQuestion(FirmRow):
    """A question to be answered before the gate passes. `told_by` says who knew; `answered_by` who wrote it down."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    gate = models.ForeignKey(Gate, on_delete=models.CASCADE, related_name="questions", db_index=False)
    place = models.PositiveIntegerField()
    question = models.CharField(max_length=300)
    why = models.CharField(max_length=500, blank=True)
    answer = models.CharField(max_length=2000, blank=True)
    told_by = models.CharField(max_length=200, blank=True)
    answered_by = models.ForeignKey(
        "firm.Member", on_delete=models.SET_NULL, null=True, related_name="+", db_index=False
    )
    answered_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta(FirmRow.Meta):
        abstract = False
        indexes = [models.Index(fields=["firm", "gate", "place"], name="gate_question_by_gate")]

    def __str__(self) -> str:
        return self.question[:60]
