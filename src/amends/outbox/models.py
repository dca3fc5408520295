"""Rows of what the firm sends.

A draft's life: draft, perhaps held, queued, sending, then sent, failed or unclear; `rules.STEPS` says which step
follows which, and every step is one conditional UPDATE, so that of two who take it one does.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from amends.core.ids import uuid7
from amends.firm.scope import FirmRow


class Security(models.TextChoices):
    """How the way to the mail server is kept from others' eyes."""

    TLS = "tls", _("TLS from the start (usually port 465)")
    STARTTLS = "starttls", _("STARTTLS (usually port 587)")
    PLAIN = "plain", _("None (only a server on this machine)")


class SmtpAccount(FirmRow):
    """A mail server that takes what is sent: the firm's own (`member` None), or one member's."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    member = models.ForeignKey("firm.Member", on_delete=models.CASCADE, null=True, related_name="+")
    host = models.CharField(max_length=255)
    port = models.PositiveIntegerField(default=587)
    security = models.CharField(max_length=8, choices=Security.choices, default=Security.STARTTLS)
    user = models.CharField(max_length=320, blank=True)
    password = models.TextField(blank=True, help_text=_("Sealed by firm.secrets"))
    permission = models.ForeignKey(
        "mail.Account", on_delete=models.SET_NULL, null=True, related_name="+",
        help_text=_("The mailbox whose permission signs in here, in place of a password"),
    )  # fmt: skip
    from_address = models.CharField(max_length=320)
    from_name = models.CharField(max_length=200, blank=True)
    signature = models.TextField(blank=True, help_text=_("Stands below what is written"))
    problem = models.CharField(max_length=500, blank=True, help_text=_("Why nothing leaves, as a sentence"))
    problem_since = models.DateTimeField(null=True)
    rests_until = models.DateTimeField(null=True, help_text=_("After a problem: not tried before"))
    worked_at = models.DateTimeField(null=True, help_text=_("When it last took a message"))
    changed_at = models.DateTimeField()

    class Meta(FirmRow.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(fields=["firm"], condition=Q(member=None), name="smtp_account_of_firm"),
            models.UniqueConstraint(fields=["firm", "member"], name="smtp_account_of_member"),
        ]

    def __str__(self) -> str:
        return self.from_address


class State(models.TextChoices):
    """How far a draft is."""

    DRAFT = "draft", _("Draft")
    HELD = "held", _("Held back")
    QUEUED = "queued", _("Waiting to leave")
    SENDING = "sending", _("Leaving now")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Not sent")
    UNCLEAR = "unclear", _("Perhaps sent")
    DROPPED = "dropped", _("Dropped")


class Purpose(models.TextChoices):
    """What a draft is for; `rules.CORRESPONDENCE` names those that are kept with the mail."""

    REPLY = "reply", _("Answer")
    LETTER = "letter", _("New message")
    INVITATION = "invitation", _("Invitation")
    RESET = "reset", _("Password reset")
    NOTICE = "notice", _("Notice")
    TEST = "test", _("Test")


class Draft(FirmRow):
    """One outgoing message, from its first word to what became of it."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    author = models.ForeignKey("firm.Member", on_delete=models.SET_NULL, null=True, related_name="+")
    account = models.ForeignKey(SmtpAccount, on_delete=models.SET_NULL, null=True, related_name="+")
    purpose = models.CharField(max_length=10, choices=Purpose.choices)
    client = models.ForeignKey("clients.Client", on_delete=models.SET_NULL, null=True, related_name="+")
    thread = models.ForeignKey("mail.Thread", on_delete=models.SET_NULL, null=True, related_name="+")
    answers = models.ForeignKey("mail.Message", on_delete=models.SET_NULL, null=True, related_name="+")
    quotes = models.BooleanField(default=False, help_text=_("Whether the message it answers stands below"))
    subject = models.CharField(max_length=500, blank=True)
    text = models.TextField(blank=True, help_text=_("As its author wrote it; forgotten once a secret has left"))
    from_address = models.CharField(max_length=320, blank=True, help_text=_("As it stands in the bytes"))
    own_id = models.CharField(max_length=200, blank=True, help_text=_("Its own Message-ID, without brackets"))

    state = models.CharField(max_length=8, choices=State.choices, default=State.DRAFT)
    findings = models.JSONField(default=list, help_text=_("Of the check, when it was sent or held"))
    decided_why = models.CharField(
        max_length=500, blank=True, help_text=_("Why it was let go, or dropped, all the same")
    )
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField(help_text=_("Of the last step"))
    queued_at = models.DateTimeField(null=True, help_text=_("When its author sent it"))
    not_before = models.DateTimeField(null=True, help_text=_("May leave from then on; until then it can be taken back"))
    next_try_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    sender = models.UUIDField(null=True, help_text=_("Of the sender that has it in hand"))
    beat_at = models.DateTimeField(null=True, help_text=_("That sender's last sign of life"))
    handed_at = models.DateTimeField(null=True, help_text=_("Written before the text is handed to the server"))
    sent_at = models.DateTimeField(null=True, help_text=_("When a server first took it for somebody"))
    problem = models.CharField(max_length=500, blank=True, help_text=_("What last went wrong, as a sentence"))
    settled_by = models.ForeignKey("firm.Member", on_delete=models.SET_NULL, null=True, related_name="+")

    message = models.ForeignKey("mail.Message", on_delete=models.SET_NULL, null=True, related_name="+")
    filed_at = models.DateTimeField(null=True, help_text=_("When it was put with the mail; for a notice, forgotten"))

    class Meta(FirmRow.Meta):
        abstract = False
        indexes = [
            models.Index(fields=["firm", "state", "next_try_at"], name="draft_by_state"),
            models.Index(fields=["firm", "thread", "state"], name="draft_by_thread"),
            models.Index(fields=["firm", "-changed_at"], name="draft_by_time"),
            models.Index(
                fields=["firm", "sent_at"],
                name="draft_to_file",
                condition=Q(filed_at__isnull=True, sent_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.subject


class Taken(models.TextChoices):
    """What the server said of one recipient."""

    WAITING = "waiting", _("Not yet")
    ACCEPTED = "accepted", _("Taken")
    REFUSED = "refused", _("Refused")


class Recipient(FirmRow):
    """Whom a draft goes to, and what the server said of them."""

    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="recipients", db_index=False)
    role = models.CharField(max_length=3)  # to, cc, bcc
    name = models.CharField(max_length=200, blank=True)
    email = models.CharField(max_length=320)
    taken = models.CharField(max_length=8, choices=Taken.choices, default=Taken.WAITING)
    answer = models.CharField(max_length=300, blank=True, help_text=_("The server's words where it did not take it"))

    class Meta(FirmRow.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["firm", "draft", "email"], name="recipient_once")]

    def __str__(self) -> str:
        return self.email


class DraftFile(FirmRow):
    """A file that goes with a draft; kept until it has left."""

    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="files", db_index=False)
    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    data = models.BinaryField()

    class Meta(FirmRow.Meta):
        abstract = False
        indexes = [models.Index(fields=["firm", "draft"], name="file_by_draft")]

    def __str__(self) -> str:
        return self.name


class Composed(FirmRow):
    """The bytes of a queued draft exactly as they leave: made once, so that a second try is the same message.

    Those that hold a secret (the link of an invitation) are sealed. Forgotten when it was filed, or taken back.
    """

    draft = models.OneToOneField(Draft, on_delete=models.CASCADE, primary_key=True, related_name="composed")
    data = models.BinaryField()
    sealed = models.BooleanField(default=False)

    class Meta(FirmRow.Meta):
        abstract = False
        verbose_name_plural = "composed"

    def __str__(self) -> str:
        return f"{len(self.data)} bytes"


class Choice(models.TextChoices):
    """How much a rule of the check weighs at this firm."""

    OFF = "off", _("Off")
    ADVICE = "advice", _("Advice: only shows")
    WARN = "warn", _("Warning: asks")
    STOP = "stop", _("Stop: holds the message")


class RuleChoice(FirmRow):
    """Where a firm weighs a rule, or a whole family of them, in another way than Amends does."""

    name = models.CharField(max_length=80, help_text=_("Of a rule or of a family"))
    choice = models.CharField(max_length=8, choices=Choice.choices)
    by = models.ForeignKey("firm.Member", on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    changed_at = models.DateTimeField()

    class Meta(FirmRow.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["firm", "name"], name="rule_choice_once")]

    def __str__(self) -> str:
        return f"{self.name}: {self.choice}"


class AvoidedWords(FirmRow):
    """Words that the firm keeps out of all its mail."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    words = models.CharField(max_length=200)
    instead = models.CharField(max_length=200, blank=True)
    choice = models.CharField(max_length=8, choices=Choice.choices, default=Choice.WARN)
    by = models.ForeignKey("firm.Member", on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta(FirmRow.Meta):
        abstract = False
        verbose_name_plural = "avoided words"
        constraints = [models.UniqueConstraint(fields=["firm", "words"], name="avoided_words_once")]

    def __str__(self) -> str:
        return self.words


class RuleExample(FirmRow):
    """A sentence of which the firm says that a rule must fire on it, or must not."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    rule = models.CharField(max_length=80)
    text = models.CharField(max_length=500)
    fires = models.BooleanField()
    by = models.ForeignKey("firm.Member", on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta(FirmRow.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["firm", "rule", "text"], name="rule_example_once")]

    def __str__(self) -> str:
        return self.text[:60]


class Made(models.TextChoices):
    """What a person made of one finding."""

    ACCEPTED = "accepted", _("Took the suggestion")
    REWORDED = "reworded", _("Wrote it anew")
    DISMISSED = "dismissed", _("Dismissed")
    SENT = "sent", _("Sent all the same")


class Reason(models.TextChoices):
    """Why a finding was dismissed. Only the first says that the rule was wrong."""

    WRONG = "wrong", _("It doesn't say that")
    FITS = "fits", _("True, and right here")
    OTHER = "other", _("Another reason")


class Reaction(FirmRow):
    """What a person made of one finding; of these, `amends rules --report` tells how good a rule is in use.

    The words that were found are not kept here. `key` is made of the draft and the finding, so that saying it twice
    counts once.
    """

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    draft_key = models.UUIDField(help_text=_("Of what was being written: a draft's public id, or a page's own"))
    mark = models.CharField(max_length=16, help_text=_("Of the finding"))
    rule = models.CharField(max_length=80)
    family = models.CharField(max_length=40)
    severity = models.CharField(max_length=8)
    made = models.CharField(max_length=10, choices=Made.choices)
    reason = models.CharField(max_length=8, choices=Reason.choices, blank=True)
    why = models.CharField(max_length=500, blank=True)
    member = models.ForeignKey("firm.Member", on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta(FirmRow.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["firm", "draft_key", "mark"], name="reaction_once")]
        indexes = [models.Index(fields=["firm", "rule", "-at"], name="reaction_by_rule")]

    def __str__(self) -> str:
        return f"{self.rule}: {self.made}"
