"""Rows of the outside world: who writes to the firm, and whom it serves."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from amends.core.ids import uuid7
from amends.firm.scope import FirmRow


class Standing(models.TextChoices):
    """What an outside organisation is to the firm."""

    CLIENT = "client", _("Client")
    UNSURE = "unsure", _("Not sure yet")
    VENDOR = "vendor", _("Vendor")
    APPLICANT = "applicant", _("Applicant")
    SERVICE = "service", _("Service")
    NOT_A_CLIENT = "not_a_client", _("Not a client")


class Client(FirmRow):
    """One organisation (or one person at a free-mail provider) outside the firm.

    Found by its mail domain; a person may rename, merge or split it and say what it is. What a person said
    (`standing_by`, `named_by`, the domains they moved) is never overruled by a later import.
    """

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    name = models.CharField(max_length=200)
    named_by = models.ForeignKey("firm.Member", on_delete=models.SET_NULL, null=True, related_name="+")
    name_fixed = models.BooleanField(default=False, help_text=_("A person named it; imports leave it alone"))
    standing = models.CharField(max_length=16, choices=Standing.choices, default=Standing.UNSURE)
    standing_why = models.CharField(max_length=300, blank=True)
    standing_by = models.ForeignKey("firm.Member", on_delete=models.SET_NULL, null=True, related_name="+")
    standing_at = models.DateTimeField(null=True)  # when a person decided
    standing_fixed = models.BooleanField(default=False, help_text=_("A person decided; imports leave it alone"))
    merged_into = models.ForeignKey("self", on_delete=models.CASCADE, null=True, related_name="+")
    created_at = models.DateTimeField()
    # Totals over personal mail, kept up as it arrives.
    first_at = models.DateTimeField(null=True)
    last_at = models.DateTimeField(null=True)
    received = models.PositiveIntegerField(default=0)
    sent = models.PositiveIntegerField(default=0)
    # Set in the transaction that stored mail, cleared when its signals are up to date again.
    touched_at = models.DateTimeField(null=True)
    # What `touched_at` was when it was last decided what this organisation is.
    stood_at = models.DateTimeField(null=True)

    class Meta(FirmRow.Meta):
        abstract = False
        indexes = [
            models.Index(fields=["firm", "standing", "-last_at"], name="client_by_standing"),
            models.Index(fields=["firm", "name"], name="client_by_name"),
            models.Index(
                fields=["firm", "touched_at"],
                name="client_touched",
                condition=models.Q(touched_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Domain(FirmRow):
    """A mail domain (or one free-mail address) and the client it belongs to."""

    value = models.CharField(max_length=255)
    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="domains")
    placed_by = models.ForeignKey("firm.Member", on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta(FirmRow.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["firm", "value"], name="domain_once")]

    def __str__(self) -> str:
        return self.value


class Contact(FirmRow):
    """A person at a client; may write from several addresses."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="contacts")
    name = models.CharField(max_length=200, blank=True)
    named_by = models.ForeignKey("firm.Member", on_delete=models.SET_NULL, null=True, related_name="+")
    last_at = models.DateTimeField(null=True)
    received = models.PositiveIntegerField(default=0)

    class Meta(FirmRow.Meta):
        abstract = False
        indexes = [models.Index(fields=["firm", "client", "-last_at"], name="contact_by_client")]

    def __str__(self) -> str:
        return self.name


class ContactAddress(FirmRow):
    """One e-mail address of a contact."""

    email = models.CharField(max_length=320)
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="addresses")

    class Meta(FirmRow.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["firm", "email"], name="address_once")]

    def __str__(self) -> str:
        return self.email


class Engagement(FirmRow):
    """A project or retainer with a client: its period, value and renewal date."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="engagements")
    name = models.CharField(max_length=200)
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    renews_on = models.DateField(null=True, blank=True)
    yearly_value = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta(FirmRow.Meta):
        abstract = False
        indexes = [models.Index(fields=["firm", "client", "-starts_on"], name="engagement_by_client")]

    def __str__(self) -> str:
        return self.name


class TimeEntry(FirmRow):
    """Time that somebody worked, as a time tracker's export told it; whom it is for is its engagement's client.

    `fingerprint` is made of what says that it is this entry and no other, and of how many like it stood before it in
    its file: the same export read twice changes nothing, and two equal rows of one export are two entries.
    """

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    engagement = models.ForeignKey(Engagement, on_delete=models.CASCADE, null=True, related_name="time")
    # Without an engagement it is the firm's own work; the project is as the export called it.
    project = models.CharField(max_length=200, blank=True)
    person = models.CharField(max_length=200)
    member = models.ForeignKey("firm.Member", on_delete=models.SET_NULL, null=True, related_name="+")
    day = models.DateField()
    starts_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    seconds = models.PositiveIntegerField()
    billable = models.BooleanField(null=True)  # null: the export does not say
    description = models.TextField(blank=True)
    task = models.CharField(max_length=200, blank=True)
    tags = models.JSONField(default=list)
    entered_on = models.DateField(null=True)
    source = models.CharField(max_length=20)
    fingerprint = models.CharField(max_length=64)
    created_at = models.DateTimeField()

    class Meta(FirmRow.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["firm", "fingerprint"], name="time_entry_once")]
        indexes = [
            models.Index(fields=["firm", "engagement", "day"], name="time_by_engagement"),
            models.Index(fields=["firm", "day"], name="time_by_day"),
        ]

    def __str__(self) -> str:
        return f"{self.person}, {self.day}"
