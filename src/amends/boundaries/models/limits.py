"""What the firm does and does not do, who does the rest, and what became of requests for more than agreed.

What a client asked for rests on a message, named by its public id: whoever may not read it sees nothing of the answer
but its kind. `words` are the firm's own, never the client's.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from amends.core.ids import uuid7
from amends.core.money import Money
from amends.firm.scope import FirmRow


class HowWell(models.TextChoices):
    """Whether a service is the firm's own."""

    WELL = "well", _("We do it well")
    SOMETIMES = "sometimes", _("We do it sometimes")
    NOT = "not", _("We don't do it")


class Supplier(FirmRow):
    """Somebody outside to whom the firm sends clients for what it does not do itself. `version` counts changes."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    name = models.CharField(max_length=200)
    contact = models.CharField(max_length=200, blank=True, help_text=_("Whom to write to there"))
    email = models.CharField(max_length=320, blank=True)
    phone = models.CharField(max_length=100, blank=True)
    does = models.CharField(max_length=500, blank=True, help_text=_("What they do"))
    experience = models.TextField(blank=True, help_text=_("What it was like with them, in our words"))
    active = models.BooleanField(default=True)
    by = models.ForeignKey("firm.Member", on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    class Meta(FirmRow.Meta):
        abstract = False
        indexes = [models.Index(fields=["firm", "active", "name"], name="supplier_by_name")]

    def __str__(self) -> str:
        return self.name


class Service(FirmRow):
    """One kind of work, and whether the firm does it; `sentence` is what to say where it does not."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    name = models.CharField(max_length=120)
    how = models.CharField(max_length=10, choices=HowWell.choices)
    sentence = models.CharField(max_length=500, blank=True)
    by = models.ForeignKey("firm.Member", on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    class Meta(FirmRow.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["firm", "name"], name="service_once")]

    def __str__(self) -> str:
        return self.name

    @property
    def instead(self) -> list[int]:
        """Keys of those who do it instead."""
        return [row.supplier_id for row in self.done_by.all()]


class DoneBy(FirmRow):
    """That a supplier does a service instead of the firm."""

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="done_by", db_index=False)
    supplier = models.ForeignKey(Supplier, on_delete=models.CASCADE, related_name="does_instead", db_index=False)

    class Meta(FirmRow.Meta):
        abstract = False
        verbose_name_plural = "done by"
        constraints = [models.UniqueConstraint(fields=["firm", "service", "supplier"], name="done_by_once")]

    def __str__(self) -> str:
        return f"{self.service_id} by {self.supplier_id}"


class WorkScope(FirmRow):
    """What an engagement includes and what it does not, in words. One row of an engagement."""

    engagement = models.OneToOneField(
        "clients.Engagement", on_delete=models.CASCADE, primary_key=True, related_name="work_scope"
    )
    inside = models.TextField(blank=True)
    outside = models.TextField(blank=True)
    by = models.ForeignKey("firm.Member", on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    class Meta(FirmRow.Meta):
        abstract = False

    def __str__(self) -> str:
        return self.inside[:60]


class ScopeKind(models.TextChoices):
    """How a request for more than agreed was answered."""

    INSIDE = "inside", _("It is within the agreement")
    ABSORBED = "absorbed", _("Scope absorbed: done all the same")
    OFFERED = "offered", _("Offered at a price")
    REFERRED = "referred", _("Sent to somebody better suited")


class ScopeAnswer(FirmRow):
    """One answer to a request; taken back, it stays and says when. Money in the smallest unit of `currency`."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    client = models.ForeignKey("clients.Client", on_delete=models.CASCADE, related_name="+", db_index=False)
    engagement = models.ForeignKey(
        "clients.Engagement", on_delete=models.SET_NULL, null=True, related_name="+", db_index=False
    )
    message = models.UUIDField(null=True, help_text=_("Public id of the message with the request; none: on the phone"))
    kind = models.CharField(max_length=10, choices=ScopeKind.choices)
    words = models.CharField(max_length=500, blank=True, help_text=_("What it is about, in our words"))
    minutes = models.PositiveIntegerField(null=True, help_text=_("Of work, where it was done all the same"))
    cost = models.BigIntegerField(null=True)
    price = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3, blank=True)
    draft = models.UUIDField(null=True, help_text=_("Public id of the draft that says so"))
    batch = models.UUIDField(null=True, help_text=_("Of the answer to the signal, which goes back with it"))
    by = models.ForeignKey("firm.Member", on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)

    class Meta(FirmRow.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(
                fields=["firm", "message"], condition=Q(undone_at=None), name="scope_answered_once"
            ),
            models.CheckConstraint(
                condition=(Q(cost=None) | Q(cost__gte=0)) & (Q(price=None) | Q(price__gte=0)),
                name="scope_costs_nothing_negative",
            ),
        ]
        indexes = [models.Index(fields=["firm", "client", "-at"], name="scope_answer_by_client")]

    def __str__(self) -> str:
        return self.kind

    @property
    def seconds(self) -> int:
        """Of work, where it was done all the same."""
        return 60 * (self.minutes or 0)

    @property
    def cost_shown(self) -> str:
        """What it costs us; for whoever may see money."""
        return "" if self.cost is None else Money(self.cost, self.currency).shown()

    @property
    def price_shown(self) -> str:
        """What it was offered for."""
        return "" if self.price is None else Money(self.price, self.currency).shown()


class Helped(models.TextChoices):
    """What came of an introduction."""

    OPEN = "open", _("Not asked yet")
    YES = "yes", _("It helped")
    NO = "no", _("It did not help")
    UNKNOWN = "unknown", _("Nobody knows")


class ReferralOut(FirmRow):
    """A client sent to a supplier: the two mails that introduce them, and whether it helped."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    client = models.ForeignKey("clients.Client", on_delete=models.CASCADE, related_name="+", db_index=False)
    supplier = models.ForeignKey(Supplier, on_delete=models.CASCADE, related_name="referrals", db_index=False)
    answer = models.OneToOneField(ScopeAnswer, on_delete=models.CASCADE, null=True, related_name="referral")
    what = models.CharField(max_length=500, help_text=_("What for, in our words"))
    supplier_draft = models.UUIDField(null=True, help_text=_("Public id of the draft that tells the supplier"))
    helped = models.CharField(max_length=8, choices=Helped.choices, default=Helped.OPEN)
    helped_words = models.CharField(max_length=500, blank=True)
    helped_at = models.DateTimeField(null=True)
    helped_by = models.ForeignKey("firm.Member", on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    by = models.ForeignKey("firm.Member", on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)

    class Meta(FirmRow.Meta):
        abstract = False
        verbose_name_plural = "referrals out"
        indexes = [
            models.Index(fields=["firm", "supplier", "-at"], name="referral_by_supplier"),
            models.Index(fields=["firm", "client", "-at"], name="referral_out_by_client"),
        ]

    def __str__(self) -> str:
        return self.what[:60]
