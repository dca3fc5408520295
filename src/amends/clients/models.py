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
    industry = models.CharField(max_length=100, blank=True, default="", db_default="")  # in the firm's own words
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
    title = models.CharField(max_length=200, blank=True)  # what they do there
    phone = models.CharField(max_length=100, blank=True)
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


class Erased(FirmRow):
    """That something was erased on request: a keyed hash, from which nobody can tell what it was.

    Mail sent before that moment which matches a mark is not taken in again.
    """

    mark = models.CharField(max_length=64)  # firm.secrets.mark
    at = models.DateTimeField()

    class Meta(FirmRow.Meta):
        abstract = False
        verbose_name_plural = "erased"
        constraints = [models.UniqueConstraint(fields=["firm", "mark"], name="erased_once")]

    def __str__(self) -> str:
        return self.mark[:12]


class GlossaryTerm(FirmRow):
    """A word that mail to this client does not use: what to write instead, or (empty) that it is never written."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="glossary", db_index=False)
    wrong = models.CharField(max_length=200)
    right = models.CharField(max_length=200, blank=True)
    why = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey("firm.Member", on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta(FirmRow.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["firm", "client", "wrong"], name="glossary_term_once")]

    def __str__(self) -> str:
        return f"{self.wrong}: {self.right or 'never'}"


class Engagement(FirmRow):
    """A project or retainer with a client: its period, value and renewal date, and whether it is closed.

    `version` counts its changes: whoever saves what they began to edit before another change is told, and overwrites
    nothing (`clients.actions.engagements`).
    """

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="engagements")
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=60, blank=True, default="", db_default="")  # of work, in the firm's own words
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    renews_on = models.DateField(null=True, blank=True)
    yearly_value = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    # What it is worth in all: of a project, or of a deal that was won. Both values are in the firm's currency unless
    # `currency` says otherwise.
    value = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    created_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey("firm.Member", on_delete=models.SET_NULL, null=True, related_name="+")
    closed_why = models.CharField(max_length=500, blank=True)

    class Meta(FirmRow.Meta):
        abstract = False
        indexes = [
            models.Index(fields=["firm", "client", "-starts_on"], name="engagement_by_client"),
            models.Index(fields=["firm", "closed_at", "renews_on"], name="engagement_by_renewal"),
        ]

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
    # Money as the export has it, null where it has none: what an hour costs the client, what all of it costs them,
    # and what it costs the firm. For members who may see money.
    rate = models.DecimalField(max_digits=14, decimal_places=4, null=True)
    amount = models.DecimalField(max_digits=14, decimal_places=4, null=True)
    cost = models.DecimalField(max_digits=14, decimal_places=4, null=True)
    currency = models.CharField(max_length=3, blank=True)
    description = models.TextField(blank=True)
    task = models.CharField(max_length=200, blank=True)
    tags = models.JSONField(default=list)
    entered_on = models.DateField(null=True)
    source = models.CharField(max_length=20)
    fingerprint = models.CharField(max_length=64)
    upload = models.ForeignKey("Upload", on_delete=models.SET_NULL, null=True, related_name="time", db_index=False)
    created_at = models.DateTimeField()

    class Meta(FirmRow.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["firm", "fingerprint"], name="time_entry_once")]
        indexes = [
            models.Index(fields=["firm", "engagement", "day"], name="time_by_engagement"),
            models.Index(fields=["firm", "day"], name="time_by_day"),
            models.Index(fields=["firm", "upload"], name="time_by_upload", condition=models.Q(upload__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.person}, {self.day}"


class RecordKind(models.TextChoices):
    """What another tool's record stands for here."""

    COMPANY = "company", _("Company")
    PERSON = "person", _("Person")
    DEAL = "deal", _("Deal")


class KnownRecord(FirmRow):
    """A record of another tool (HubSpot's ids, a vCard's UID) and the row that it became.

    By these a later import knows the record again whatever its name is by then, and a deal finds its company.
    """

    source = models.CharField(max_length=20)
    kind = models.CharField(max_length=10, choices=RecordKind.choices)
    record = models.CharField(max_length=200)
    client = models.ForeignKey(Client, on_delete=models.CASCADE, null=True, related_name="+", db_index=False)
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, null=True, related_name="+", db_index=False)
    engagement = models.ForeignKey(Engagement, on_delete=models.CASCADE, null=True, related_name="+", db_index=False)

    class Meta(FirmRow.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["firm", "source", "kind", "record"], name="record_once")]
        indexes = [
            models.Index(fields=["firm", "client"], name="record_by_client"),
            models.Index(fields=["firm", "contact"], name="record_by_contact"),
            models.Index(fields=["firm", "engagement"], name="record_by_engagement"),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.kind} {self.record}"


class UploadKind(models.TextChoices):
    """What an uploaded file holds."""

    TIME = "time", _("Hours")
    CLIENTS = "clients", _("Clients")


class UploadState(models.TextChoices):
    """How far an uploaded file is."""

    PREVIEW = "preview", _("Looked at")
    WAITING = "waiting", _("Waiting")
    IMPORTING = "importing", _("Importing")
    DONE = "done", _("Done")
    FAILED = "failed", _("Stopped")
    UNDONE = "undone", _("Taken back")


class Upload(FirmRow):
    """A file of hours or of clients between its preview and its import, and what came of it.

    The bytes lie in the uploads folder under `public_id`, for the member who brought them alone, and are deleted with
    the import, or a day later by themselves (`flows.uploads`).
    """

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    kind = models.CharField(max_length=10, choices=UploadKind.choices)
    member = models.ForeignKey("firm.Member", on_delete=models.CASCADE, related_name="+", db_index=False)
    name = models.CharField(max_length=200)
    options = models.JSONField(default=dict)  # what the person decided: dates, decimals, columns, stages
    state = models.CharField(max_length=10, choices=UploadState.choices, default=UploadState.PREVIEW)
    done = models.PositiveIntegerField(default=0)  # rows
    total = models.PositiveIntegerField(default=0)
    report = models.JSONField(default=dict)
    made = models.JSONField(default=dict)  # keys of clients and engagements that only this import made
    problem = models.TextField(blank=True)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta(FirmRow.Meta):
        abstract = False
        indexes = [
            models.Index(fields=["firm", "kind", "-created_at"], name="upload_by_kind"),
            models.Index(fields=["firm", "member"], name="upload_by_member"),
        ]

    def __str__(self) -> str:
        return self.name
