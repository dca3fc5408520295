"""Rows of clearance: what goes public for a client, and what is looked at before it does."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from amends.core.ids import uuid7
from amends.firm.scope import FirmRow


class PublicationState(models.TextChoices):
    """How far something is that goes public."""

    OPEN = "open", _("To be cleared")
    CLEARED = "cleared", _("Cleared")
    PUBLISHED = "published", _("Published")
    DROPPED = "dropped", _("Not published")


class Publication(FirmRow):
    """Something that goes public for a client: what, where, when, and who answers for it.

    `open_then` says how many checks were open when it went out, which may have been before it was cleared; it is a
    record, and never changes with what is looked at later. `text` is what somebody pasted to be looked through.
    """

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    engagement = models.ForeignKey(
        "clients.Engagement", on_delete=models.CASCADE, related_name="publications", db_index=False
    )
    what = models.CharField(max_length=200)
    where = models.CharField(max_length=200, blank=True)
    goes_on = models.DateField(null=True)
    kind = models.CharField(max_length=80, blank=True, help_text=_("Slug of the checklist"))
    edition = models.PositiveIntegerField(default=0, help_text=_("Edition of the checklist; 0 is the shipped one"))
    answers = models.ForeignKey("firm.Member", on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    text = models.TextField(blank=True)
    state = models.CharField(max_length=10, choices=PublicationState.choices, default=PublicationState.OPEN)
    by = models.ForeignKey("firm.Member", on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    at = models.DateTimeField()
    settled_by = models.ForeignKey(
        "firm.Member", on_delete=models.SET_NULL, null=True, related_name="+", db_index=False
    )
    settled_at = models.DateTimeField(null=True)
    open_then = models.PositiveIntegerField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta(FirmRow.Meta):
        abstract = False
        indexes = [
            models.Index(fields=["firm", "state", "goes_on"], name="publication_by_state"),
            models.Index(fields=["firm", "engagement", "-at"], name="publication_by_engagement"),
        ]

    def __str__(self) -> str:
        return self.what[:60]


class CheckState(models.TextChoices):
    """How one check stands."""

    OPEN = "open", _("Open")
    CLEAR = "clear", _("Clear")
    NOT_NEEDED = "not_needed", _("Not needed")
    STOPPED = "stopped", _("Stopped")


class ClearanceCheck(FirmRow):
    """One thing to look at before something goes public; `reason` says why it is not needed, or what stops it."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    publication = models.ForeignKey(Publication, on_delete=models.CASCADE, related_name="checks", db_index=False)
    place = models.PositiveIntegerField()
    name = models.CharField(max_length=300)
    why = models.CharField(max_length=500, blank=True)
    source = models.CharField(max_length=300, blank=True)
    owner = models.ForeignKey("firm.Member", on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    by_when = models.DateField(null=True)
    state = models.CharField(max_length=10, choices=CheckState.choices, default=CheckState.OPEN)
    reason = models.CharField(max_length=500, blank=True)
    settled_by = models.ForeignKey(
        "firm.Member", on_delete=models.SET_NULL, null=True, related_name="+", db_index=False
    )
    settled_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta(FirmRow.Meta):
        abstract = False
        indexes = [models.Index(fields=["firm", "publication", "place"], name="check_by_publication")]

    def __str__(self) -> str:
        return self.name[:60]


class ClearanceEvidenceKind(models.TextChoices):
    """What a check may rest on."""

    LINK = "link", _("Link")
    MESSAGE = "message", _("Message")
    NOTE = "note", _("Note")
    DOCUMENT = "document", _("Document")


class ClearanceEvidence(FirmRow):
    """What a check rests on: a message by its public id, else the words of a link, a note, or a document's name."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    check_of = models.ForeignKey(ClearanceCheck, on_delete=models.CASCADE, related_name="evidence", db_index=False)
    kind = models.CharField(max_length=8, choices=ClearanceEvidenceKind.choices)
    about = models.UUIDField(null=True, help_text=_("Public id of the message"))
    words = models.CharField(max_length=1000, blank=True)
    by = models.ForeignKey("firm.Member", on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta(FirmRow.Meta):
        abstract = False
        verbose_name_plural = "clearance evidence"
        indexes = [models.Index(fields=["firm", "check_of", "at"], name="clearance_evidence_by_check")]

    def __str__(self) -> str:
        return f"{self.kind} {self.about or self.words[:40]}"
