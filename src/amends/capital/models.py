"""Rows of the ledger. Postings and policies are append-only: the database itself refuses to change or delete them
(`capital.append_only`); totals are worked out from postings, and may be thrown away.
"""

from __future__ import annotations

from django.db import models

from amends.core.ids import uuid7
from amends.firm.scope import FirmRow


class PolicyVersion(FirmRow):
    """One version of a firm's policy, as it was written; it holds for what is posted from then on."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    number = models.PositiveIntegerField()
    text = models.TextField()  # TOML, read by `policy.read`
    half_life = models.PositiveIntegerField()  # days; as in the text
    why = models.CharField(max_length=500, blank=True)
    by = models.UUIDField(null=True)  # public id of a member: a row that never changes points at none that may go
    at = models.DateTimeField()

    class Meta(FirmRow.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["firm", "number"], name="policy_version_once")]

    def __str__(self) -> str:
        return f"Policy {self.number}"


class Posting(FirmRow):
    """One line of a client's account. It holds no words of anybody: these stand in its evidence and its policy.

    `key` names the event, `turn` how often it was posted and taken back: 0, 2, … post, 1, 3, … take the one before
    back. `amount` is in hundredths of a point; more is better.
    """

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    client = models.ForeignKey("clients.Client", on_delete=models.PROTECT, related_name="+", db_index=False)
    key = models.CharField(max_length=160)
    turn = models.PositiveSmallIntegerField(default=0)
    kind = models.CharField(max_length=24)  # the policy's line
    policy = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, related_name="+", db_index=False)
    amount = models.IntegerField()
    strength = models.PositiveSmallIntegerField()  # hundredths
    speaker = models.CharField(max_length=8, blank=True)  # rules.Speaker
    cause = models.CharField(max_length=80, blank=True)  # failure mode of a playbook
    engagement = models.UUIDField(null=True)  # public id
    evidence_kind = models.CharField(max_length=20)
    evidence_id = models.UUIDField()
    effective_at = models.DateTimeField()
    recorded_at = models.DateTimeField()

    class Meta(FirmRow.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["firm", "key", "turn"], name="posting_once")]
        indexes = [
            models.Index(fields=["firm", "client", "effective_at"], name="posting_by_client"),
            models.Index(fields=["firm", "effective_at"], name="posting_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount / 100:+.2f}"


class Total(FirmRow):
    """What a client's postings of one month (or of all, `month` 0) weigh together, by half-life (`capital.fold`).

    Kept up with each posting, so that a balance costs a row and not a history. Thrown away and worked out anew by
    `amends verify --mend` or a new build; `amends verify` compares.
    """

    client = models.ForeignKey("clients.Client", on_delete=models.PROTECT, related_name="+", db_index=False)
    half_life = models.PositiveIntegerField()
    month = models.PositiveIntegerField()  # 202611; 0 for all
    weight = models.CharField(max_length=120)  # a whole number of some 130 bits, which no database here keeps as one
    postings = models.PositiveIntegerField()

    class Meta(FirmRow.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["firm", "month", "client", "half_life"], name="total_once")]
        indexes = [models.Index(fields=["firm", "client", "month"], name="total_by_client")]

    def __str__(self) -> str:
        return f"{self.month}: {self.postings}"
