"""What is said: the brief in its two versions, and the call that is held against it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from amends.core.ids import uuid7
from amends.firm.scope import FirmRow
from amends.recovery.models.answers import Issue
from amends.recovery.models.work import Recovery


class BriefFor(models.TextChoices):
    """Whom a version of the brief is for."""

    CLIENT = "client", _("For the client")
    TEAM = "team", _("For the team")


class Brief(FirmRow):
    """One version of a brief as a person left it. What nobody edited is written anew from the findings each time.

    `text` is Markdown; `wrote_from` a hash of what it was written from, so that the page can say that the findings
    have moved on since.
    """

    recovery = models.ForeignKey(Recovery, on_delete=models.CASCADE, related_name="briefs", db_index=False)
    whom = models.CharField(max_length=6, choices=BriefFor.choices)
    text = models.TextField()
    wrote_from = models.CharField(max_length=64)
    by = models.ForeignKey("firm.Member", on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)
    draft = models.UUIDField(null=True, help_text=_("Public id of the draft that it was sent with"))

    class Meta(FirmRow.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["firm", "recovery", "whom"], name="brief_once")]

    def __str__(self) -> str:
        return self.text[:60]


class Call(FirmRow):
    """A live conversation held against the brief. Moods are 1 (bad) to 5 (good), as whoever held it saw them."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    recovery = models.ForeignKey(Recovery, on_delete=models.CASCADE, related_name="calls", db_index=False)
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    mood_before = models.PositiveSmallIntegerField(null=True)
    mood_after = models.PositiveSmallIntegerField(null=True)
    mood_words = models.CharField(max_length=300, blank=True)
    wanted = models.TextField(blank=True)
    by = models.ForeignKey("firm.Member", on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    summary_draft = models.UUIDField(null=True)

    class Meta(FirmRow.Meta):
        abstract = False
        indexes = [models.Index(fields=["firm", "recovery", "-began_at"], name="call_by_recovery")]

    def __str__(self) -> str:
        return f"call of {self.began_at:%Y-%m-%d %H:%M}"


class Note(FirmRow):
    """What one author wrote at one place of a call: beside a point, at large, or as a new point or promise.

    The author's browser makes `public_id` and counts `edition`: what comes late or twice changes nothing, and nothing
    of two authors is ever merged.
    """

    public_id = models.UUIDField(unique=True, editable=False)
    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="notes", db_index=False)
    issue = models.ForeignKey(Issue, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    author = models.ForeignKey("firm.Member", on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    kind = models.CharField(max_length=8, default="note")  # note, point, promise
    text = models.TextField(blank=True)
    edition = models.PositiveIntegerField(default=0)
    at = models.DateTimeField()

    class Meta(FirmRow.Meta):
        abstract = False
        indexes = [models.Index(fields=["firm", "call", "at"], name="note_by_call")]

    def __str__(self) -> str:
        return self.text[:60]
