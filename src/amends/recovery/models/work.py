"""The recovery itself: whose it is, how far, on which conversations, and how it ended."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from amends.core.ids import uuid7
from amends.firm.scope import FirmRow


class Stage(models.TextChoices):
    """How far a recovery is. A person may go back, and says why."""

    OWN = "own", _("Own")
    LISTEN = "listen", _("Listen")
    ANSWER = "answer", _("Answer")
    AGREE = "agree", _("Agree")
    MAKE_GOOD = "make_good", _("Make good")
    LEARN = "learn", _("Learn")


class Closing(models.TextChoices):
    """How a recovery ended. Only the client's yes says that it is right again."""

    YES = "yes", _("The client says it is right now")
    UNCONFIRMED = "unconfirmed", _("Unconfirmed: the client did not say")
    MISTAKEN = "mistaken", _("Opened by mistake")


class Recovery(FirmRow):
    """The work of putting one or more issues of a client right.

    The moments are those of the clocks (`rules.CLOCKS`); each is set once, by a conditional UPDATE. `version` counts
    changes of the recovery's own words, so that two who edit them do not overwrite each other.
    """

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    client = models.ForeignKey("clients.Client", on_delete=models.CASCADE, related_name="+", db_index=False)
    engagement = models.ForeignKey(
        "clients.Engagement", on_delete=models.SET_NULL, null=True, related_name="+", db_index=False
    )
    title = models.CharField(max_length=200)
    stage = models.CharField(max_length=10, choices=Stage.choices, default=Stage.OWN)
    owner = models.ForeignKey("firm.Member", on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    opened_by = models.ForeignKey("firm.Member", on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    began_at = models.DateTimeField(help_text=_("When the client first said so: the clocks count from here"))
    opened_at = models.DateTimeField()
    owned_at = models.DateTimeField(null=True)
    replied_at = models.DateTimeField(null=True, help_text=_("Our first reply left"))
    answered_at = models.DateTimeField(null=True, help_text=_("The brief was sent, or the call held"))
    agreed_at = models.DateTimeField(null=True)
    made_good_at = models.DateTimeField(null=True)
    first_draft = models.UUIDField(null=True, help_text=_("Public id of the first reply in the outbox"))

    wanted = models.TextField(blank=True, help_text=_("What would put it right, in the client's words"))
    wanted_at = models.DateTimeField(null=True)
    root_cause = models.TextField(blank=True)
    failure_mode = models.CharField(max_length=80, blank=True, help_text=_("Of a playbook"))
    kept_word = models.BooleanField(null=True, help_text=_("Did we keep our word"))
    recurs = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="recurrences", db_index=False)

    ask_at = models.DateTimeField(null=True, help_text=_("When the client is to be asked whether it is right now"))
    asks = models.PositiveSmallIntegerField(default=0)
    asked_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey("firm.Member", on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    closing = models.CharField(max_length=12, choices=Closing.choices, blank=True)
    closed_why = models.CharField(max_length=500, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta(FirmRow.Meta):
        abstract = False
        verbose_name_plural = "recoveries"
        indexes = [
            models.Index(fields=["firm", "closed_at", "-opened_at"], name="recovery_open"),
            models.Index(fields=["firm", "client", "-opened_at"], name="recovery_by_client"),
            models.Index(fields=["firm", "failure_mode", "-opened_at"], name="recovery_by_cause"),
            models.Index(fields=["firm", "ask_at"], name="recovery_to_ask", condition=Q(ask_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.title


class RecoveryStep(FirmRow):
    """One move between stages: who, when, and, back, why."""

    recovery = models.ForeignKey(Recovery, on_delete=models.CASCADE, related_name="steps", db_index=False)
    before = models.CharField(max_length=10, choices=Stage.choices, blank=True)
    after = models.CharField(max_length=10, choices=Stage.choices, blank=True, help_text=_("Empty: closed"))
    why = models.CharField(max_length=500, blank=True)
    by = models.ForeignKey("firm.Member", on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta(FirmRow.Meta):
        abstract = False
        indexes = [models.Index(fields=["firm", "recovery", "at"], name="step_by_recovery")]

    def __str__(self) -> str:
        return f"{self.before} to {self.after or 'closed'}"


class RecoveryThread(FirmRow):
    """A conversation that a recovery is about."""

    recovery = models.ForeignKey(Recovery, on_delete=models.CASCADE, related_name="threads", db_index=False)
    thread = models.ForeignKey("mail.Thread", on_delete=models.CASCADE, related_name="+", db_index=False)

    class Meta(FirmRow.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["firm", "recovery", "thread"], name="recovery_thread_once")]
        indexes = [models.Index(fields=["firm", "thread"], name="recovery_by_thread")]

    def __str__(self) -> str:
        return str(self.thread_id)


class Escalation(FirmRow):
    """That somebody was told of a clock that is over: once for each clock of a recovery."""

    recovery = models.ForeignKey(Recovery, on_delete=models.CASCADE, related_name="escalations", db_index=False)
    clock = models.CharField(max_length=10, help_text=_("rules.Clock"))
    to = models.ForeignKey("firm.Member", on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta(FirmRow.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["firm", "recovery", "clock"], name="escalation_once")]

    def __str__(self) -> str:
        return self.clock
