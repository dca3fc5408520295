"""Rows of correspondence. The raw bytes lie in the raw store (see `raw`); here is what was read from them."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from amends.core.ids import uuid7
from amends.firm.models import Member
from amends.firm.scope import FirmRow


class Visibility(models.TextChoices):
    """What other members may see of a mailbox."""

    METADATA = "metadata", _("Only that it exists: who, when")
    SUBJECT = "subject", _("Subjects too")
    ALL = "all", _("Everything")


class Direction(models.TextChoices):
    """Which way a message went, seen from the firm."""

    IN = "in", _("Received")
    OUT = "out", _("Sent")
    INTERNAL = "internal", _("Among ourselves")


class Mailbox(FirmRow):
    """Where mail came from, whose it is, and who else may read it."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    address = models.CharField(max_length=320)
    owner = models.ForeignKey("firm.Member", on_delete=models.SET_NULL, null=True, related_name="mailboxes")
    visibility = models.CharField(max_length=10, choices=Visibility.choices, default=Visibility.ALL)
    created_at = models.DateTimeField()

    class Meta(FirmRow.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["firm", "address"], name="mailbox_once")]

    def __str__(self) -> str:
        return self.address


class RunState(models.TextChoices):
    """How far an import is."""

    WAITING = "waiting", _("Waiting")
    STORING = "storing", _("Reading")
    JUDGING = "judging", _("Judging")
    DONE = "done", _("Done")
    FAILED = "failed", _("Stopped")


class ImportRun(FirmRow):
    """One import: what it was told to read, how far it is, and what came of it."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    mailbox = models.ForeignKey(Mailbox, on_delete=models.CASCADE, related_name="+")
    started_by = models.ForeignKey("firm.Member", on_delete=models.SET_NULL, null=True, related_name="+")
    sources = models.JSONField(default=list)  # paths
    label = models.CharField(max_length=300)
    state = models.CharField(max_length=10, choices=RunState.choices, default=RunState.WAITING)
    created_at = models.DateTimeField()
    beat_at = models.DateTimeField(null=True)  # the worker's last sign of life
    finished_at = models.DateTimeField(null=True)
    bytes_total = models.BigIntegerField(default=0)
    bytes_done = models.BigIntegerField(default=0)
    report = models.JSONField(default=dict)  # the counts of `Report`
    problem = models.TextField(blank=True)

    class Meta(FirmRow.Meta):
        abstract = False
        indexes = [models.Index(fields=["firm", "-created_at"], name="run_by_time")]

    def __str__(self) -> str:
        return self.label


class Thread(FirmRow):
    """One conversation."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    client = models.ForeignKey("clients.Client", on_delete=models.SET_NULL, null=True, related_name="threads")
    subject = models.CharField(max_length=500, blank=True)
    base_key = models.BigIntegerField(help_text=_("Hash of the subject without Re:, to mend broken chains"))
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    message_count = models.PositiveIntegerField(default=0)
    # Set in the transaction that stored mail, cleared when its signals are up to date again.
    touched_at = models.DateTimeField(null=True)

    class Meta(FirmRow.Meta):
        abstract = False
        indexes = [
            models.Index(
                fields=["firm", "touched_at"], name="thread_touched", condition=models.Q(touched_at__isnull=False)
            ),
            models.Index(fields=["firm", "client", "-last_at"], name="thread_by_client"),
            models.Index(fields=["firm", "base_key", "-last_at"], name="thread_by_subject"),
        ]

    def __str__(self) -> str:
        return self.subject


class ThreadLink(FirmRow):
    """A Message-ID that some message has or names, and the thread it pulls its messages into."""

    key = models.BigIntegerField()  # core.ids.hash63 of the Message-ID
    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="+")

    class Meta(FirmRow.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["firm", "key"], name="thread_link_once")]

    def __str__(self) -> str:
        return f"{self.key:x}"


class Message(FirmRow):
    """One message, light enough for lists; its words are in `Body`.

    `id` orders messages by the moment they were sent (see `rules.message_order`), so that timelines, paging and
    the full-text index all go newest first by primary key.
    """

    id = models.BigIntegerField(primary_key=True)
    public_id = models.UUIDField(unique=True, editable=False)
    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="messages", db_index=False)
    client = models.ForeignKey(
        "clients.Client", on_delete=models.SET_NULL, null=True, related_name="messages", db_index=False
    )
    direction = models.CharField(max_length=8, choices=Direction.choices)
    kind = models.CharField(max_length=10)  # parsing.Kind
    kind_reason = models.CharField(max_length=200, blank=True)
    sent_at = models.DateTimeField()
    sender_name = models.CharField(max_length=200, blank=True)
    sender_email = models.CharField(max_length=320, blank=True)
    subject = models.CharField(max_length=500, blank=True)
    snippet = models.CharField(max_length=160, blank=True)
    attachment_count = models.PositiveSmallIntegerField(default=0)
    raw = models.CharField(max_length=64)  # SHA-256 of the bytes in the raw store
    message_id = models.CharField(max_length=998, blank=True)
    fingerprint = models.CharField(max_length=32)
    set_aside = models.CharField(max_length=300, blank=True, help_text=_("Why it could not be read whole"))
    asks = models.FloatField(default=0, help_text=_("How likely the sender expects an answer, 0 to 1"))
    judged = models.PositiveSmallIntegerField(default=0)  # version of the judgement that read it; 0: not yet
    arrived_at = models.DateTimeField()

    class Meta(FirmRow.Meta):
        abstract = False
        indexes = [
            models.Index(fields=["firm", "client", "-id"], name="message_by_client"),
            models.Index(fields=["firm", "kind", "-id"], name="message_by_kind"),
            models.Index(fields=["firm", "thread", "id"], name="message_by_thread"),
            models.Index(fields=["firm", "judged", "id"], name="message_to_judge", condition=models.Q(judged=0)),
            models.Index(fields=["firm", "-id"], name="message_set_aside", condition=~models.Q(set_aside="")),
        ]
        constraints = [models.UniqueConstraint(fields=["firm", "fingerprint"], name="message_once")]

    def __str__(self) -> str:
        return self.subject


class Body(FirmRow):
    """The words of one message, with its parts: `segments` are [kind, start, end] over `text`."""

    message = models.OneToOneField(Message, on_delete=models.CASCADE, primary_key=True, related_name="body")
    text = models.TextField(blank=True)
    segments = models.JSONField(default=list)
    has_html = models.BooleanField(default=False)
    attachments = models.JSONField(default=list)  # {index, name, content_type, size, content_id, inline}
    notes = models.JSONField(default=list)  # sentences: what was odd about the message, and how it was mended

    class Meta(FirmRow.Meta):
        abstract = False
        verbose_name_plural = "bodies"

    def __str__(self) -> str:
        return self.text[:80]


class Participant(FirmRow):
    """One address on one message."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="participants", db_index=False)
    role = models.CharField(max_length=8)  # parsing.Role
    name = models.CharField(max_length=200, blank=True)
    email = models.CharField(max_length=320, blank=True)

    class Meta(FirmRow.Meta):
        abstract = False
        indexes = [
            models.Index(fields=["firm", "message"], name="participant_by_message"),
            models.Index(fields=["firm", "email", "-message"], name="participant_by_email"),
        ]

    def __str__(self) -> str:
        return self.email


class Copy(FirmRow):
    """One arrival of a message: the bytes as they came, and through which mailbox.

    The same message over two routes is one `Message` with two copies; the same bytes again add nothing.
    """

    mailbox = models.ForeignKey(Mailbox, on_delete=models.CASCADE, related_name="+", db_index=False)
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="copies", db_index=False)
    raw = models.CharField(max_length=64)
    size = models.BigIntegerField()
    source = models.CharField(max_length=500)  # the file and the place in it, for a person to find it again
    labels = models.JSONField(default=list)
    arrived_at = models.DateTimeField()

    class Meta(FirmRow.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["firm", "raw", "mailbox"], name="copy_once")]
        indexes = [models.Index(fields=["firm", "message", "mailbox"], name="copy_by_message_mailbox")]
        verbose_name_plural = "copies"

    def __str__(self) -> str:
        return self.source


class Traffic(FirmRow):
    """How many personal messages went each way between the firm and a client on one day (the firm's time zone)."""

    client = models.ForeignKey("clients.Client", on_delete=models.CASCADE, related_name="traffic", db_index=False)
    day = models.DateField()
    received = models.PositiveIntegerField(default=0)
    sent = models.PositiveIntegerField(default=0)

    class Meta(FirmRow.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["firm", "client", "day"], name="traffic_once_a_day")]
        verbose_name_plural = "traffic"

    def __str__(self) -> str:
        return f"{self.day}: {self.received} in, {self.sent} out"


class Share(FirmRow):
    """What came through one closed mailbox, of one conversation or with one client, opened to a member or to everybody.

    It holds for what is there and for what will come, until it is withdrawn. `everybody` is said apart from `member`,
    so that a row that loses its member opens nothing. It does not follow a client that is merged into another: that
    would open more than was shared.
    """

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    mailbox = models.ForeignKey(Mailbox, on_delete=models.CASCADE, related_name="shares", db_index=False)
    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, null=True, related_name="shares", db_index=False)
    client = models.ForeignKey(
        "clients.Client", on_delete=models.CASCADE, null=True, related_name="+", db_index=False
    )  # one of thread and client
    member = models.ForeignKey(Member, on_delete=models.CASCADE, null=True, related_name="+", db_index=False)
    everybody = models.BooleanField(default=False)
    by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    passed_on = models.BooleanField(default=False)  # by somebody with whom it was shared: it ends when theirs ends
    at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta(FirmRow.Meta):
        abstract = False
        indexes = [
            models.Index(fields=["firm", "thread", "mailbox"], name="share_by_thread"),
            models.Index(fields=["firm", "client", "mailbox"], name="share_by_client"),
        ]

    def __str__(self) -> str:
        return "everybody" if self.everybody else str(self.member)
