"""Rows of what was noticed, of what people made of it, and of what was promised."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from amends.core.ids import uuid7
from amends.firm.scope import FirmRow


class SignalKind(models.TextChoices):
    """The kinds of reasons on *Today*, a fixed vocabulary."""

    COMPLAINT = "complaint", _("Complaint")
    ANGER = "anger", _("Anger")
    FRUSTRATION = "frustration", _("Frustration")
    DISAPPOINTMENT = "disappointment", _("Disappointment")
    DERAILING = "derailing", _("About to derail")
    UNANSWERED = "unanswered", _("Waiting for our answer")
    SILENCE = "silence", _("Unusually quiet")
    PROMISE_DUE = "promise_due", _("Promise due")
    PROMISE_BROKEN = "promise_broken", _("Promise broken")
    RETURNING_ISSUE = "returning_issue", _("An old issue is back")
    SCOPE_REQUEST = "scope_request", _("Asks for more than agreed")
    WAITING_ON_CLIENT = "waiting_on_client", _("We wait for them")
    RENEWAL_AT_RISK = "renewal_at_risk", _("Renewal at risk")
    LEAVING = "leaving", _("Thinks of leaving")
    INTERNAL_LEAK = "internal_leak", _("Reached the wrong people")
    PRAISE = "praise", _("Praise worth answering")
    REFERRAL = "referral", _("Referral")


SAID = (
    SignalKind.COMPLAINT,
    SignalKind.ANGER,
    SignalKind.FRUSTRATION,
    SignalKind.DISAPPOINTMENT,
    SignalKind.LEAVING,
    SignalKind.SCOPE_REQUEST,
    SignalKind.PRAISE,
    SignalKind.REFERRAL,
)
"""Kinds that one sentence carries, so that a person can say of a sentence that it does, or does not."""
BY_PERSON = "person"
"""The rule of a signal that a person made; judging leaves it as it is."""


class Signal(FirmRow):
    """One thing noticed about one client, always with its evidence.

    A signal is live from `raised_at` until `cleared_at`. Both may lie ahead: a silence is worked out when the last
    message arrives and comes true by itself when the clock passes `raised_at`, so no page view recomputes anything.
    """

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    client = models.ForeignKey("clients.Client", on_delete=models.CASCADE, related_name="signals", db_index=False)
    kind = models.CharField(max_length=20, choices=SignalKind.choices)
    message = models.ForeignKey("mail.Message", on_delete=models.CASCADE, related_name="signals", db_index=False)
    quote = models.TextField(blank=True)
    start = models.PositiveIntegerField(null=True)  # characters of the message's new text
    end = models.PositiveIntegerField(null=True)
    rule = models.CharField(max_length=80)
    confidence = models.FloatField()
    said_at = models.DateTimeField()  # when the evidence was sent
    raised_at = models.DateTimeField()
    cleared_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)  # our first reply in the thread after it
    detail = models.JSONField(default=dict)  # numbers for the sentence that explains it
    key = models.CharField(max_length=120)  # the same evidence and rule make the same signal, however often read

    class Meta(FirmRow.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["firm", "key"], name="signal_once")]
        indexes = [
            models.Index(fields=["firm", "client", "-raised_at"], name="signal_by_client"),
            models.Index(fields=["firm", "raised_at"], name="signal_by_time"),
            models.Index(fields=["firm", "message"], name="signal_by_message"),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.quote[:60]}"


class Action(models.TextChoices):
    """What a person made of a signal.

    Of the verdicts on what was noticed (not an issue, corrected, confirmed) the last one counts.
    """

    OWN = "own", _("Own it")
    NOT_AN_ISSUE = "not_an_issue", _("Not an issue")
    LATER = "later", _("Later")
    CORRECTED = "corrected", _("Read wrongly")
    CONFIRMED = "confirmed", _("Read rightly")


VERDICTS = (Action.NOT_AN_ISSUE, Action.CORRECTED, Action.CONFIRMED)


class Response(FirmRow):
    """A member's answer to one signal. Undoing keeps the row and says when."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    signal = models.ForeignKey(Signal, on_delete=models.CASCADE, related_name="responses", db_index=False)
    member = models.ForeignKey("firm.Member", on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    action = models.CharField(max_length=12, choices=Action.choices)
    why = models.CharField(max_length=500, blank=True)
    until = models.DateTimeField(null=True)
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)
    batch = models.UUIDField()  # answers given by one click, undone by one click

    class Meta(FirmRow.Meta):
        abstract = False
        indexes = [
            models.Index(fields=["firm", "signal", "-at"], name="response_by_signal"),
            models.Index(fields=["firm", "batch"], name="response_by_batch"),
        ]

    def __str__(self) -> str:
        return f"{self.action} at {self.at:%Y-%m-%d %H:%M}"


class Correction(FirmRow):
    """What a person said of one sentence of a message: which kind of signal was wrong there, and which is right.

    These teach (`judgement.corrections`). Undoing keeps the row, says when, and it teaches nothing any more.
    """

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    member = models.ForeignKey("firm.Member", on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    message = models.ForeignKey("mail.Message", on_delete=models.CASCADE, related_name="+", db_index=False)
    start = models.PositiveIntegerField()  # characters of the message's new text
    end = models.PositiveIntegerField()
    quote = models.TextField()
    said = models.CharField(max_length=20, blank=True, choices=SignalKind.choices)  # what stood there; "": nothing
    right = models.CharField(max_length=20, blank=True, choices=SignalKind.choices)  # what it is; "": nothing
    # False: somebody said "not an issue", which may mean that the words were read rightly and nothing needs doing.
    sure = models.BooleanField(default=True)
    vector = models.BinaryField(null=True)  # of the quote, float16, by `judgement.corrections.packed`
    vector_by = models.CharField(max_length=40, blank=True)  # version of the model that made it
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)
    batch = models.UUIDField()  # the same as that of the answers which it gave

    class Meta(FirmRow.Meta):
        abstract = False
        indexes = [
            models.Index(fields=["firm", "undone_at", "id"], name="correction_standing"),
            models.Index(fields=["firm", "message"], name="correction_by_message"),
            models.Index(fields=["firm", "batch"], name="correction_by_batch"),
        ]

    def __str__(self) -> str:
        return f"{self.said or 'nothing'} is {self.right or 'nothing'}: {self.quote[:60]}"


class RhythmPrior(FirmRow):
    """What the firm's clients had in common in how often they write, as known at the start of a quarter.

    Kept so that new mail need not look at every client again. Mail that arrives late removes the rows it outdates.
    """

    as_of = models.DateField()
    live_clients = models.PositiveIntegerField()
    numbers = models.JSONField()  # judgement.rhythm.Prior

    class Meta(FirmRow.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["firm", "as_of"], name="rhythm_prior_once")]

    def __str__(self) -> str:
        return str(self.as_of)


class Tone(FirmRow):
    """How one message sounds as a whole, kept for what is judged from the course of conversations."""

    message = models.ForeignKey("mail.Message", on_delete=models.CASCADE, related_name="tones", db_index=False)
    feelings = models.JSONField()  # judgement.model.outputs.FEELINGS to probability
    complaint = models.FloatField()

    class Meta(FirmRow.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["firm", "message"], name="tone_once")]

    def __str__(self) -> str:
        return str(max(self.feelings, key=self.feelings.get))


class IssueVector(FirmRow):
    """A complaint as a unit vector, to recognise it when it comes back (`judgement.returning`)."""

    signal = models.ForeignKey(Signal, on_delete=models.CASCADE, related_name="vectors", db_index=False)
    numbers = models.BinaryField()  # 384 float16
    made_by = models.CharField(max_length=40)  # version of the model

    class Meta(FirmRow.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["firm", "signal"], name="issue_vector_once")]

    def __str__(self) -> str:
        return f"{len(self.numbers) // 2} numbers"


class PromiseState(models.TextChoices):
    """How it stands with a promise. It changes by `signals.actions.promises` alone, each time once."""

    CANDIDATE = "candidate", _("Not confirmed")
    PENDING = "pending", _("Open")
    KEPT = "kept", _("Kept")
    BROKEN = "broken", _("Broken")
    RENEGOTIATED = "renegotiated", _("Renegotiated")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    REFUSED = "refused", _("No promise")


OPEN_STATES = (PromiseState.CANDIDATE, PromiseState.PENDING)


class PromiseBy(models.TextChoices):
    """Who promised."""

    FIRM = "firm", _("We")
    CLIENT = "client", _("The client")


class Recurs(models.TextChoices):
    """How often a promise comes again by itself, once it was kept or broken."""

    NEVER = "", _("Once")
    WEEKLY = "weekly", _("Every week")
    MONTHLY = "monthly", _("Every month")
    QUARTERLY = "quarterly", _("Every three months")


class Origin(models.TextChoices):
    """Where a promise comes from; all but mail and people are named by `origin_id`."""

    MESSAGE = "message", _("Mail")
    PERSON = "person", _("Entered by hand")
    BRIEF = "brief", _("A brief")
    CALL_NOTE = "call_note", _("A call")
    REMEDY = "remedy", _("A remedy")


class Agreed(models.TextChoices):
    """What the client said of the new date of a renegotiated promise."""

    UNASKED = "", _("Not answered yet")
    YES = "yes", _("Agreed")
    NO = "no", _("Not agreed")


class Promise(FirmRow):
    """What somebody said they would do: the firm (then it has an owner), or the client (then we wait for it).

    Judging finds candidates in mail; what a person confirms is pending, and drives signals until somebody settles it.
    `version` counts its changes, so that each is made, and taken back, once.
    """

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    client = models.ForeignKey("clients.Client", on_delete=models.CASCADE, related_name="promises", db_index=False)
    engagement = models.ForeignKey(
        "clients.Engagement", on_delete=models.SET_NULL, null=True, related_name="+", db_index=False
    )
    by = models.CharField(max_length=6, choices=PromiseBy.choices)
    owner = models.ForeignKey("firm.Member", on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    text = models.TextField()  # as a person says it; of a candidate, the quote
    due = models.DateTimeField(null=True)
    due_exact = models.BooleanField(default=False)  # False: the day is meant, and `due` is the end of its work
    recurs = models.CharField(max_length=9, choices=Recurs.choices, blank=True)
    made_at = models.DateTimeField()  # when it was promised
    # Its evidence. What rests on a message goes with it; `start` and `end` are characters of the message's new text.
    origin = models.CharField(max_length=9, choices=Origin.choices)
    origin_id = models.UUIDField(null=True)
    message = models.ForeignKey("mail.Message", on_delete=models.CASCADE, null=True, related_name="+", db_index=False)
    quote = models.TextField(blank=True)
    start = models.PositiveIntegerField(null=True)
    end = models.PositiveIntegerField(null=True)
    rule = models.CharField(max_length=80, blank=True)
    why = models.CharField(max_length=300, blank=True)
    confidence = models.FloatField(default=1.0)
    fades_at = models.DateTimeField(null=True)  # from when on a candidate that nobody looked at is not shown
    key = models.CharField(max_length=120)  # the same words of the same message are the same promise
    # What people made of it.
    state = models.CharField(max_length=12, choices=PromiseState.choices)
    version = models.PositiveIntegerField(default=1)
    confirmed_by = models.ForeignKey(
        "firm.Member", on_delete=models.SET_NULL, null=True, related_name="+", db_index=False
    )
    confirmed_at = models.DateTimeField(null=True)
    as_read = models.JSONField(null=True)  # date and owner before it was confirmed, for taking that back
    settled_by = models.ForeignKey(
        "firm.Member", on_delete=models.SET_NULL, null=True, related_name="+", db_index=False
    )
    settled_at = models.DateTimeField(null=True)
    settled_why = models.CharField(max_length=500, blank=True)
    evidence = models.UUIDField(null=True)  # the message that shows that it was kept
    replaces = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="later", db_index=False)
    agreed = models.CharField(max_length=3, choices=Agreed.choices, blank=True)  # of the date that replaces another
    agreed_words = models.CharField(max_length=500, blank=True)
    # A later message that seems to keep it, and where; a person says whether it does.
    hint = models.ForeignKey("mail.Message", on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    hint_start = models.PositiveIntegerField(null=True)
    hint_end = models.PositiveIntegerField(null=True)
    heard_until = models.DateTimeField(null=True)  # a person said that no message until then keeps it

    class Meta(FirmRow.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["firm", "key"], name="promise_once")]
        indexes = [
            models.Index(fields=["firm", "state", "due"], name="promise_by_state"),
            models.Index(fields=["firm", "client", "state"], name="promise_by_client"),
            models.Index(fields=["firm", "message"], name="promise_by_message"),
            models.Index(fields=["firm", "replaces"], name="promise_by_former"),
        ]

    def __str__(self) -> str:
        return f"{self.state}: {self.text[:60]}"


class Morning(FirmRow):
    """A member's morning digest: whether they want it, and the last day on which it was seen to."""

    member = models.ForeignKey("firm.Member", on_delete=models.CASCADE, related_name="+", db_index=False)
    wanted = models.BooleanField(null=True)  # None: never said; then it comes once mail can leave
    day = models.DateField(null=True)  # claimed by whichever runner sends it

    class Meta(FirmRow.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["firm", "member"], name="morning_once")]

    def __str__(self) -> str:
        return str(self.day)
