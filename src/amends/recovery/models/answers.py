"""What the client says is wrong, what we found, and what it rests on."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from amends.core.ids import uuid7
from amends.firm.scope import FirmRow
from amends.recovery.models.work import Recovery


class Issue(FirmRow):
    """One thing the client says is wrong: the quote is theirs and stays; `words` is how we put it, where we do.

    Merged into another or removed, it stays with its evidence and can be brought back. Where the quote comes from a
    message, whoever may not read that message sees neither quote nor words.
    """

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    recovery = models.ForeignKey(Recovery, on_delete=models.CASCADE, related_name="issues", db_index=False)
    place = models.PositiveIntegerField()
    quote = models.TextField()
    message = models.ForeignKey("mail.Message", on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    start = models.PositiveIntegerField(null=True)  # characters of the message's new text
    end = models.PositiveIntegerField(null=True)
    said_at = models.DateTimeField()
    feeling = models.CharField(max_length=20, blank=True)  # judgement's eight
    words = models.TextField(blank=True)
    engagement = models.ForeignKey(
        "clients.Engagement", on_delete=models.SET_NULL, null=True, related_name="+", db_index=False
    )
    recurs = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="recurrences", db_index=False)
    merged_into = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="merged", db_index=False)
    removed_at = models.DateTimeField(null=True)
    by = models.ForeignKey("firm.Member", on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    class Meta(FirmRow.Meta):
        abstract = False
        indexes = [
            models.Index(fields=["firm", "recovery", "place"], name="issue_by_recovery"),
            models.Index(fields=["firm", "message"], name="issue_by_message"),
        ]

    def __str__(self) -> str:
        return self.quote[:60]


class Responsibility(models.TextChoices):
    """Whose it was."""

    UNKNOWN = "unknown", _("Not known yet")
    OURS = "ours", _("Ours")
    SHARED = "shared", _("Shared")
    CLIENT = "client", _("The client's")
    THIRD_PARTY = "third_party", _("A third party's")
    MISUNDERSTANDING = "misunderstanding", _("A misunderstanding")


class Sureness(models.TextChoices):
    """How sure we are of a finding."""

    GUESS = "guess", _("A guess")
    LIKELY = "likely", _("Likely")
    SURE = "sure", _("Sure")


class Finding(FirmRow):
    """What we found about an issue, and what we do. One of an issue; `version` as in `Recovery`."""

    issue = models.OneToOneField(Issue, on_delete=models.CASCADE, primary_key=True, related_name="finding")
    happened = models.TextField(blank=True, help_text=_("What happened"))
    why = models.TextField(blank=True)
    responsibility = models.CharField(max_length=16, choices=Responsibility.choices, default=Responsibility.UNKNOWN)
    sure = models.CharField(max_length=6, choices=Sureness.choices, default=Sureness.GUESS)
    we_do = models.TextField(blank=True, help_text=_("What we do about it"))
    by_when = models.DateField(null=True)
    hard_part = models.TextField(blank=True, help_text=_("How to say the hard part: for the team alone"))
    by = models.ForeignKey("firm.Member", on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    class Meta(FirmRow.Meta):
        abstract = False

    def __str__(self) -> str:
        return self.happened[:60]


class EvidenceKind(models.TextChoices):
    """What a finding may rest on."""

    MESSAGE = "message", _("Message")
    PROMISE = "promise", _("Promise")
    TIME = "time", _("Hours")
    DOCUMENT = "document", _("Document")
    EARLIER_ISSUE = "issue", _("Earlier issue")
    ADVICE = "advice", _("Advice overruled")


class Evidence(FirmRow):
    """What a finding rests on: always a kind and a public id, never a key upward. `shown`: the client was shown it."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    issue = models.ForeignKey(Issue, on_delete=models.CASCADE, related_name="evidence", db_index=False)
    kind = models.CharField(max_length=8, choices=EvidenceKind.choices)
    about = models.UUIDField(null=True, help_text=_("Public id; of hours, of their engagement; none for a document"))
    label = models.CharField(max_length=300, blank=True, help_text=_("Name and place of a document; days of hours"))
    quote = models.TextField(blank=True)
    shown = models.BooleanField(default=False)
    by = models.ForeignKey("firm.Member", on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta(FirmRow.Meta):
        abstract = False
        verbose_name_plural = "evidence"
        constraints = [
            models.UniqueConstraint(fields=["firm", "issue", "kind", "about", "label"], name="evidence_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.about or self.label}"
