"""Rows of a firm and of the people who work there."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models
from django.utils.translation import gettext_lazy as _

from amends.core.ids import uuid7
from amends.firm.scope import FirmManager, FirmRow


class Firm(models.Model):
    """The tenant: one agency or professional-services firm, with its working time."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    name = models.CharField(max_length=200, unique=True)
    timezone = models.CharField(max_length=64, default="UTC")
    country = models.CharField(max_length=2, blank=True, help_text=_("ISO 3166 code, for public holidays"))
    currency = models.CharField(max_length=3, default="EUR")
    work_days = models.CharField(max_length=7, default="12345", help_text=_("ISO weekdays, Monday is 1"))
    day_start = models.TimeField(default=time(9))
    day_end = models.TimeField(default=time(17, 30))
    reasons_days = models.PositiveSmallIntegerField(
        default=90, help_text=_("Reasons older than this many days are history, not today's")
    )
    undo_seconds = models.PositiveSmallIntegerField(
        default=10, help_text=_("What a person sends waits so long, and can be taken back")
    )
    two_factor_required = models.BooleanField(default=False, help_text=_("Members without it are led to set it up"))
    single_sign_on_only = models.BooleanField(default=False, help_text=_("Nobody enters by a password of Amends"))
    created_at = models.DateTimeField()
    set_up_at = models.DateTimeField(null=True, help_text=_("When somebody went through the set-up page, or left it"))
    set_up_step = models.PositiveSmallIntegerField(default=0, help_text=_("How many of its steps are done"))

    def __str__(self) -> str:
        return self.name


class OwnDomain(FirmRow):
    """A mail domain (or, at a free-mail provider, one address) that is the firm's own."""

    value = models.CharField(max_length=255)

    class Meta(FirmRow.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["firm", "value"], name="own_domain_once")]

    def __str__(self) -> str:
        return self.value


class Role(models.TextChoices):
    """What a member may see and do."""

    STAFF = "staff", _("Staff")
    ACCOUNT_MANAGER = "account_manager", _("Account manager")
    PARTNER = "partner", _("Partner")
    ADMINISTRATOR = "administrator", _("Administrator")
    FINANCE_VIEWER = "finance_viewer", _("Finance viewer")


class MemberManager(FirmManager["Member"]):
    """Members of the firm in scope."""

    def create_member(self, *, email: str, name: str, role: str, now: datetime, password: str | None = None) -> Member:
        """Add a person; without a password they can sign in by a one-time link only."""
        member = self.model(email=email.strip().lower(), name=name.strip(), role=role, joined_at=now)
        member.set_password(password)
        member.save()
        return member


class Member(AbstractBaseUser, FirmRow):
    """A person who works at one firm, and signs in."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=200)
    role = models.CharField(max_length=20, choices=Role.choices, default=Role.STAFF)
    is_active = models.BooleanField(default=True)
    timezone = models.CharField(max_length=64, blank=True, help_text=_("Empty: the firm's"))
    authority = models.DecimalField(
        max_digits=14, decimal_places=2, null=True, blank=True,
        help_text=_("What they may give a client alone, in the firm's currency; empty: not said"),
    )  # fmt: skip
    session_epoch = models.PositiveIntegerField(default=0, help_text=_("Counting on ends all sessions"))
    joined_at = models.DateTimeField()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects: ClassVar[MemberManager] = MemberManager()
    across_firms: ClassVar[models.Manager[Member]] = (
        models.Manager()
    )  # for signing in only, when the firm is not known yet

    class Meta(FirmRow.Meta):
        abstract = False
        indexes = [models.Index(fields=["firm", "name"], name="member_by_name")]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def is_administrator(self) -> bool:
        return self.role == Role.ADMINISTRATOR

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """What each request's session is compared with: a new password or epoch ends those that began before."""
        signed: str = super()._get_session_auth_hash(secret=secret)  # type: ignore[misc]
        return f"{signed}:{self.session_epoch}" if self.session_epoch else signed

    def claim(self) -> None:
        """Signing in writes `last_login` before the firm is in scope; a known member keeps its firm."""
        if self.pk is None:
            super().claim()

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.email = self.email.lower()
        if self.pk is None:
            super().save(*args, **kwargs)
        else:
            super(FirmRow, self).save(*args, **kwargs)


class LinkManager(FirmManager["OneTimeLink"]):
    """Links of the firm in scope."""


class Purpose(models.TextChoices):
    """What a one-time link is for."""

    SIGN_IN = "sign_in", _("Sign in")  # with no member: the first administrator of a firm
    INVITATION = "invitation", _("Invitation")
    RESET = "reset", _("New password")


class OneTimeLink(FirmRow):
    """A link that lets one person in, once. Only a hash of its secret is kept."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    token_hash = models.CharField(max_length=64, unique=True)
    purpose = models.CharField(max_length=10, choices=Purpose.choices, default=Purpose.SIGN_IN)
    member = models.ForeignKey(Member, on_delete=models.CASCADE, null=True, related_name="+")
    invited = models.EmailField(blank=True, help_text=_("Of an invitation: whom"))
    name = models.CharField(max_length=200, blank=True)
    role = models.CharField(max_length=20, choices=Role.choices, blank=True)
    made_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    objects: ClassVar[LinkManager] = LinkManager()  # first: Django takes it wherever it picks by itself
    # for entering, when no firm is known yet
    across_firms: ClassVar[models.Manager[OneTimeLink]] = models.Manager()

    class Meta(FirmRow.Meta):
        abstract = False
        indexes = [models.Index(fields=["firm", "expires_at"], name="link_by_expiry")]
        constraints = [
            models.UniqueConstraint(
                fields=["firm", "invited"],
                condition=models.Q(purpose=Purpose.INVITATION, used_at=None),
                name="one_open_invitation",
            )
        ]

    def __str__(self) -> str:
        return f"link until {self.expires_at:%Y-%m-%d %H:%M}"


class TimeCode(FirmRow):
    """A member's authenticator app: the secret that its six digits come from (RFC 6238)."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    sealed = models.TextField()
    last_step = models.BigIntegerField(help_text=_("Codes of this half minute and before are used up"))
    made_at = models.DateTimeField()

    class Meta(FirmRow.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["firm", "member"], name="time_code_once")]

    def __str__(self) -> str:
        return f"authenticator app of {self.member_id}"


class RecoveryCode(FirmRow):
    """One of a member's codes for the day the telephone is lost. Works once; only a keyed hash is kept."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    code_hash = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta(FirmRow.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["firm", "member", "code_hash"], name="recovery_code_once")]

    def __str__(self) -> str:
        return f"recovery code of {self.member_id}"


class Passkey(FirmRow):
    """A key that a device of the member's keeps (WebAuthn); here is its public half."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=100)
    credential = models.CharField(max_length=1400, help_text=_("Its id, base64url"))
    public_key = models.BinaryField(help_text=_("Attested credential data"))
    sign_count = models.BigIntegerField(default=0)
    made_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta(FirmRow.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["firm", "member", "credential"], name="passkey_once")]

    def __str__(self) -> str:
        return self.name


class AuditEntry(FirmRow):
    """Who did, or saw, something that matters. Written by `audit.note`, never changed."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    at = models.DateTimeField()
    member = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    who = models.CharField(max_length=320, help_text=_("The member's address then, or what acted: command line, job"))
    did = models.CharField(max_length=60, help_text=_("part.verb, as in member.invited"))
    about = models.CharField(max_length=320, blank=True, help_text=_("A kind and a public id, or an address"))
    detail = models.JSONField(default=dict, help_text=_("Names and numbers; never the words of a message, no secret"))
    address = models.GenericIPAddressField(null=True)

    class Meta(FirmRow.Meta):
        abstract = False
        verbose_name_plural = "audit entries"
        indexes = [
            models.Index(fields=["firm", "-at"], name="audit_by_time"),
            models.Index(fields=["firm", "about", "-at"], name="audit_by_subject"),
            models.Index(fields=["firm", "member", "-at"], name="audit_by_member"),
        ]

    def __str__(self) -> str:
        return f"{self.who}: {self.did}"


class AccessToken(FirmRow):
    """What a member's programs show to the API. Only a hash of it is kept; see `tokens`."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+", db_index=False)
    name = models.CharField(max_length=100)
    token_hash = models.CharField(max_length=64, unique=True)
    beginning = models.CharField(max_length=20, help_text=_("Its first letters, to recognise it by"))
    scopes = models.JSONField(default=list)  # rules.Scope
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True, help_text=_("To the minute"))
    revoked_at = models.DateTimeField(null=True)

    class Meta(FirmRow.Meta):
        abstract = False
        indexes = [models.Index(fields=["firm", "member", "-created_at"], name="token_by_member")]

    def __str__(self) -> str:
        return self.name


class KeyedRequest(FirmRow):
    """A request that was sent with an Idempotency-Key, and what it was answered; see `once`."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    token = models.ForeignKey(AccessToken, on_delete=models.CASCADE, related_name="+", db_index=False)
    key = models.CharField(max_length=255)
    asked = models.CharField(max_length=64, help_text=_("SHA-256 of method, address and body"))
    status = models.PositiveSmallIntegerField(default=0)
    headers = models.JSONField(default=dict)
    body = models.TextField(blank=True)
    created_at = models.DateTimeField()

    class Meta(FirmRow.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["firm", "token", "key"], name="keyed_request_once")]
        indexes = [models.Index(fields=["firm", "created_at"], name="keyed_request_by_age")]

    def __str__(self) -> str:
        return self.key


class Allowance(FirmRow):
    """The most that a role may give a client alone, by kind of remedy; None: any amount. No row: nothing.

    In the smallest unit of the firm's currency (`core.money`).
    """

    role = models.CharField(max_length=20, choices=Role.choices)
    kind = models.CharField(max_length=12, help_text=_("recovery.RemedyKind"))
    most = models.BigIntegerField(null=True)

    class Meta(FirmRow.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["firm", "role", "kind"], name="allowance_once")]

    def __str__(self) -> str:
        return f"{self.role}, {self.kind}: {self.most}"


class Period(models.TextChoices):
    """How long a budget lasts."""

    MONTH = "month", _("a month")
    QUARTER = "quarter", _("a quarter")
    YEAR = "year", _("a year")


class Budget(FirmRow):
    """What each person of a role may spend on clients by themselves in each period; of one person where it differs."""

    role = models.CharField(max_length=20, choices=Role.choices, blank=True)
    member = models.ForeignKey(Member, on_delete=models.CASCADE, null=True, related_name="+", db_index=False)
    amount = models.BigIntegerField()
    period = models.CharField(max_length=8, choices=Period.choices, default=Period.QUARTER)

    class Meta(FirmRow.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(fields=["firm", "role"], condition=models.Q(member=None), name="budget_of_role"),
            models.UniqueConstraint(fields=["firm", "member"], name="budget_of_member"),
            models.CheckConstraint(condition=models.Q(amount__gte=0), name="budget_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.period}"


class Spending(FirmRow):
    """What a member has spent in one period. It grows by one conditional UPDATE that the budget bounds: of fifty who
    spend at once, those for whom it is enough succeed."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+", db_index=False)
    begins_on = models.DateField()
    spent = models.BigIntegerField(default=0)

    class Meta(FirmRow.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(fields=["firm", "member", "begins_on"], name="spending_once"),
            models.CheckConstraint(condition=models.Q(spent__gte=0), name="spending_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.spent} since {self.begins_on}"


class BudgetEntry(FirmRow):
    """One line of the ledger of budgets: what was taken (or, negative, given back), for what. Never changed."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    member = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    begins_on = models.DateField(help_text=_("Of the period"))
    amount = models.BigIntegerField()
    about = models.UUIDField(help_text=_("Public id of the remedy"))
    back = models.BooleanField(default=False)
    turn = models.PositiveIntegerField(default=1, help_text=_("Taken again after it was given back: the second, …"))
    at = models.DateTimeField()

    class Meta(FirmRow.Meta):
        abstract = False
        verbose_name_plural = "budget entries"
        constraints = [models.UniqueConstraint(fields=["firm", "about", "turn", "back"], name="budget_entry_once")]
        indexes = [models.Index(fields=["firm", "member", "-at"], name="budget_entry_by_member")]

    def __str__(self) -> str:
        return f"{self.amount} for {self.about}"
