"""Rows of what is told to whom: endpoints, events, and how each delivery went."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from amends.core.ids import uuid7
from amends.firm.scope import FirmRow


class Endpoint(FirmRow):
    """An address of another program, and what it wants to be told. It gets everything in order, one at a time."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    url = models.CharField(max_length=500)
    description = models.CharField(max_length=200, blank=True)
    kinds = models.JSONField(default=list)  # rules.Kind
    secret = models.CharField(max_length=500, help_text=_("Sealed"))
    old_secret = models.CharField(max_length=500, blank=True, help_text=_("Sealed; signs too until `old_until`"))
    old_until = models.DateTimeField(null=True)
    made_by = models.ForeignKey("firm.Member", on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    created_at = models.DateTimeField()
    paused_at = models.DateTimeField(null=True)
    paused_why = models.CharField(max_length=300, blank=True, help_text=_("Empty where a person paused it"))
    # Whoever delivers holds it until then, so that two runners never send side by side.
    held_until = models.DateTimeField(null=True)

    class Meta(FirmRow.Meta):
        abstract = False
        indexes = [models.Index(fields=["firm", "created_at"], name="endpoint_by_age")]

    def __str__(self) -> str:
        return self.url


class Event(FirmRow):
    """Something that happened and that some endpoint wants to hear of: a kind, and ids."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    kind = models.CharField(max_length=30)  # rules.Kind
    about = models.UUIDField(help_text=_("Public id of what it is about"))
    data = models.JSONField()
    at = models.DateTimeField()

    class Meta(FirmRow.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(
                fields=["firm", "about"], condition=models.Q(kind="signal.raised"), name="signal_raised_once"
            )
        ]
        indexes = [models.Index(fields=["firm", "at"], name="event_by_time")]

    def __str__(self) -> str:
        return self.kind


class DeliveryState(models.TextChoices):
    """How far a delivery is."""

    WAITING = "waiting", _("Waiting")
    DONE = "done", _("Delivered")
    FAILED = "failed", _("Failed")


class Delivery(FirmRow):
    """One event on its way to one endpoint."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    endpoint = models.ForeignKey(Endpoint, on_delete=models.CASCADE, related_name="deliveries", db_index=False)
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=8, choices=DeliveryState.choices, default=DeliveryState.WAITING)
    by_hand = models.BooleanField(default=False, help_text=_("Asked for by a person: at once, out of order, one try"))
    tries = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField()
    tried_at = models.DateTimeField(null=True)
    status = models.PositiveSmallIntegerField(null=True, help_text=_("HTTP status of the last answer"))
    problem = models.CharField(max_length=300, blank=True)

    class Meta(FirmRow.Meta):
        abstract = False
        verbose_name_plural = "deliveries"
        constraints = [models.UniqueConstraint(fields=["firm", "endpoint", "event"], name="delivery_once")]
        indexes = [
            models.Index(fields=["firm", "endpoint", "-id"], name="delivery_by_endpoint"),
            models.Index(
                fields=["firm", "endpoint", "-by_hand", "id"], name="delivery_waiting",
                condition=models.Q(state="waiting"),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.state} after {self.tries}"
