"""Rows of what is given and earned beyond the contract: gestures, reviews, referrals, renewals, guarantees, claims.

Money is counted in the smallest unit of a currency, as whole numbers (`core.money`). What was spent of whose budget
stands in `firm.BudgetEntry`, under the public id of the gesture or the claim.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from amends.core.ids import uuid7
from amends.firm.scope import FirmRow


class GestureState(models.TextChoices):
    """How far a gesture is."""

    PLANNED = "planned", _("Planned")
    DONE = "done", _("Done")
    DROPPED = "dropped", _("Dropped")


class Gesture(FirmRow):
    """Going the extra mile for a client: what, what it costs, and what came of it.

    `about_kind` and `about` name what it was booked for, where it was not planned for its own sake ("scope_request").
    """

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    client = models.ForeignKey("clients.Client", on_delete=models.CASCADE, related_name="+", db_index=False)
    engagement = models.ForeignKey(
        "clients.Engagement", on_delete=models.SET_NULL, null=True, related_name="+", db_index=False
    )
    what = models.CharField(max_length=500)
    why = models.CharField(max_length=500, blank=True)
    cost = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3)
    planned_for = models.DateField(null=True)
    state = models.CharField(max_length=8, choices=GestureState.choices, default=GestureState.PLANNED)
    by = models.ForeignKey("firm.Member", on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    at = models.DateTimeField()
    changed_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    came_of = models.TextField(blank=True)
    about_kind = models.CharField(max_length=20, blank=True)
    about = models.UUIDField(null=True)
    version = models.PositiveIntegerField(default=1)  # of its words

    class Meta(FirmRow.Meta):
        abstract = False
        constraints = [models.CheckConstraint(condition=Q(cost__gte=0), name="gesture_costs_nothing_negative")]
        indexes = [
            models.Index(fields=["firm", "client", "-at"], name="gesture_by_client"),
            models.Index(fields=["firm", "engagement"], name="gesture_by_engagement"),
        ]

    def __str__(self) -> str:
        return self.what[:60]


class Review(FirmRow):
    """What somebody said of the firm in public, as they said it; of a client, or of nobody known.

    The same words at the same place on the same day are the same review (`fingerprint`), however often they come in.
    `complaint` is what a person said, None where the stars speak. `message` is the public id of the message that holds
    its words where it became a reason on *Today*.
    """

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    client = models.ForeignKey("clients.Client", on_delete=models.CASCADE, null=True, related_name="+", db_index=False)
    place = models.CharField(max_length=100)
    link = models.CharField(max_length=1000, blank=True)
    said_on = models.DateField()
    author = models.CharField(max_length=200, blank=True)
    stars = models.DecimalField(max_digits=2, decimal_places=1, null=True)  # 1 to 5, in halves
    words = models.TextField(blank=True)
    complaint = models.BooleanField(null=True)
    gesture = models.ForeignKey(Gesture, on_delete=models.SET_NULL, null=True, related_name="reviews", db_index=False)
    message = models.UUIDField(null=True)
    answered_at = models.DateTimeField(null=True)  # somebody answered it where it stands, or saw to it otherwise
    fingerprint = models.CharField(max_length=64)
    by = models.ForeignKey("firm.Member", on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta(FirmRow.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["firm", "fingerprint"], name="review_once")]
        indexes = [
            models.Index(fields=["firm", "client", "-said_on"], name="review_by_client"),
            models.Index(fields=["firm", "-said_on"], name="review_by_day"),
            models.Index(fields=["firm", "gesture"], name="review_by_gesture"),
        ]

    def __str__(self) -> str:
        return f"{self.place}, {self.said_on}"


class Became(models.TextChoices):
    """What came of a referral."""

    OPEN = "open", _("Not known yet")
    CLIENT = "client", _("A client here")
    NOTHING = "nothing", _("Nothing came of it")


class Referral(FirmRow):
    """A client recommended us: who of them, to whom, and what it became."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    client = models.ForeignKey("clients.Client", on_delete=models.CASCADE, related_name="+", db_index=False)
    who = models.CharField(max_length=200, blank=True)  # of the client
    whom = models.CharField(max_length=200)  # to whom
    said_on = models.DateField()
    words = models.TextField(blank=True)
    became = models.CharField(max_length=8, choices=Became.choices, default=Became.OPEN)
    new_client = models.ForeignKey(
        "clients.Client", on_delete=models.SET_NULL, null=True, related_name="+", db_index=False
    )
    worth = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3, blank=True)
    gesture = models.ForeignKey(Gesture, on_delete=models.SET_NULL, null=True, related_name="referrals", db_index=False)
    by = models.ForeignKey("firm.Member", on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)
    removed_at = models.DateTimeField(null=True)

    class Meta(FirmRow.Meta):
        abstract = False
        constraints = [
            models.CheckConstraint(condition=Q(worth=None) | Q(worth__gte=0), name="referral_worth_nothing_negative")
        ]
        indexes = [
            models.Index(fields=["firm", "client", "-said_on"], name="referral_by_client"),
            models.Index(fields=["firm", "new_client"], name="referral_by_new_client"),
            models.Index(fields=["firm", "gesture"], name="referral_by_gesture"),
        ]

    def __str__(self) -> str:
        return self.whom


class Renewal(FirmRow):
    """An engagement was renewed: when, until when, and what it is worth a year from then on.

    The date and the value before are kept, so that a slip can be taken back.
    """

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    client = models.ForeignKey("clients.Client", on_delete=models.CASCADE, related_name="+", db_index=False)
    engagement = models.ForeignKey("clients.Engagement", on_delete=models.CASCADE, related_name="+", db_index=False)
    renewed_on = models.DateField()
    next_on = models.DateField(null=True)
    value = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3, blank=True)
    was_on = models.DateField(null=True)
    was_value = models.BigIntegerField(null=True)
    gesture = models.ForeignKey(Gesture, on_delete=models.SET_NULL, null=True, related_name="renewals", db_index=False)
    by = models.ForeignKey("firm.Member", on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta(FirmRow.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(
                fields=["firm", "engagement", "renewed_on"], condition=Q(removed_at=None), name="renewal_once_a_day"
            ),
            models.CheckConstraint(condition=Q(value=None) | Q(value__gte=0), name="renewal_worth_nothing_negative"),
        ]
        indexes = [
            models.Index(fields=["firm", "client", "-renewed_on"], name="renewal_by_client"),
            models.Index(fields=["firm", "gesture"], name="renewal_by_gesture"),
        ]

    def __str__(self) -> str:
        return str(self.renewed_on)


class Favour(models.TextChoices):
    """What a client may be asked for."""

    REVIEW = "review", _("A review")
    REFERRAL = "referral", _("A recommendation")


class Ask(FirmRow):
    """That a client is asked for a review or a recommendation: the draft, and where the review would stand.

    Whether it left, the outbox knows (`insights.goodwill.asking`).
    """

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    client = models.ForeignKey("clients.Client", on_delete=models.CASCADE, related_name="+", db_index=False)
    favour = models.CharField(max_length=8, choices=Favour.choices)
    link = models.CharField(max_length=1000, blank=True)
    draft = models.UUIDField()
    by = models.ForeignKey("firm.Member", on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta(FirmRow.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["firm", "draft"], name="ask_once")]
        indexes = [models.Index(fields=["firm", "client", "-at"], name="ask_by_client")]

    def __str__(self) -> str:
        return self.favour


class Manners(FirmRow):
    """How long the firm leaves a client in peace before it asks for a favour. One row of a firm."""

    after_ask_days = models.PositiveSmallIntegerField(default=90)
    after_recovery_days = models.PositiveSmallIntegerField(default=30)
    low_stars = models.PositiveSmallIntegerField(default=2)  # so many stars, or fewer, are a complaint
    review_link = models.CharField(max_length=1000, blank=True)  # where a review is asked for

    class Meta(FirmRow.Meta):
        abstract = False
        verbose_name_plural = "manners"
        constraints = [models.UniqueConstraint(fields=["firm"], name="manners_once")]

    def __str__(self) -> str:
        return f"{self.after_ask_days} days"


class Guarantee(FirmRow):
    """A standing promise with terms: to every client, or within one engagement.

    `kind` is one of `firm.budgets.KINDS`: what it gives. `most` is how much at most, None: whatever it costs.
    """

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    engagement = models.ForeignKey(
        "clients.Engagement", on_delete=models.CASCADE, null=True, related_name="+", db_index=False
    )
    name = models.CharField(max_length=200)
    words = models.TextField()
    kind = models.CharField(max_length=12)
    most = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3)
    until = models.DateField(null=True)
    by = models.ForeignKey("firm.Member", on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    at = models.DateTimeField()
    changed_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta(FirmRow.Meta):
        abstract = False
        constraints = [
            models.CheckConstraint(condition=Q(most=None) | Q(most__gte=0), name="guarantee_gives_nothing_negative")
        ]
        indexes = [models.Index(fields=["firm", "engagement"], name="guarantee_by_engagement")]

    def __str__(self) -> str:
        return self.name


class ClaimState(models.TextChoices):
    """How far a claim is."""

    OPEN = "open", _("Not decided yet")
    HONOURED = "honoured", _("Honoured")
    MADE_GOOD = "made_good", _("Made good")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Claim(FirmRow):
    """A client invokes a guarantee: what they say, what was decided and given, and whether its cause is mended.

    `evidence` is the public id of the message that it rests on; `failure_mode` that of a playbook, or words.
    """

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    guarantee = models.ForeignKey(Guarantee, on_delete=models.CASCADE, related_name="claims", db_index=False)
    client = models.ForeignKey("clients.Client", on_delete=models.CASCADE, related_name="+", db_index=False)
    engagement = models.ForeignKey(
        "clients.Engagement", on_delete=models.SET_NULL, null=True, related_name="+", db_index=False
    )
    who = models.CharField(max_length=200, blank=True)
    claimed_on = models.DateField()
    words = models.TextField()
    evidence = models.UUIDField(null=True)
    state = models.CharField(max_length=10, choices=ClaimState.choices, default=ClaimState.OPEN)
    kind = models.CharField(max_length=12, blank=True)
    gives = models.CharField(max_length=500, blank=True)
    cost = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3)
    decided_by = models.ForeignKey(
        "firm.Member", on_delete=models.SET_NULL, null=True, related_name="+", db_index=False
    )
    decided_at = models.DateTimeField(null=True)
    why = models.CharField(max_length=500, blank=True)
    made_good_at = models.DateTimeField(null=True)
    failure_mode = models.CharField(max_length=80, blank=True)
    mended = models.TextField(blank=True)  # what was done, so that it does not happen again
    mended_at = models.DateTimeField(null=True)
    by = models.ForeignKey("firm.Member", on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    at = models.DateTimeField()
    changed_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)  # of its words and its cause

    class Meta(FirmRow.Meta):
        abstract = False
        constraints = [models.CheckConstraint(condition=Q(cost__gte=0), name="claim_costs_nothing_negative")]
        indexes = [
            models.Index(fields=["firm", "client", "-claimed_on"], name="claim_by_client"),
            models.Index(fields=["firm", "guarantee", "-claimed_on"], name="claim_by_guarantee"),
            models.Index(fields=["firm", "failure_mode"], name="claim_by_cause"),
        ]

    def __str__(self) -> str:
        return self.words[:60]
