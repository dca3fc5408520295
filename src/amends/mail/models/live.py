"""Rows of live mailboxes: accounts on servers, their folders, and what became of each message there."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from amends.core.ids import uuid7
from amends.firm.scope import FirmRow
from amends.mail.models.letters import Mailbox


class Security(models.TextChoices):
    """How the way to a mail server is kept secret."""

    TLS = "tls", _("TLS from the start")
    STARTTLS = "starttls", _("STARTTLS")
    NONE = "none", _("None, on this machine only")


class Credential(models.TextChoices):
    """What an account signs in with."""

    PASSWORD = "password", _("A password")
    GOOGLE = "google", _("Google's permission")
    MICROSOFT = "microsoft", _("Microsoft's permission")


class AccountState(models.TextChoices):
    """How it stands with a live mailbox."""

    NEW = "new", _("Waiting for its first turn")
    READING = "reading", _("Reading")
    READY = "ready", _("Up to date")
    TROUBLE = "trouble", _("Cannot be reached")  # it is tried again by itself
    REFUSED = "refused", _("Needs you")  # only a person can mend it
    PAUSED = "paused", _("Paused")


class Account(FirmRow):
    """What keeps a mailbox up to date: a server, a way to sign in, and how it stands."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    mailbox = models.ForeignKey(Mailbox, on_delete=models.CASCADE, related_name="+", db_index=False)
    host = models.CharField(max_length=255)
    port = models.PositiveIntegerField(default=993)
    security = models.CharField(max_length=10, choices=Security.choices, default=Security.TLS)
    username = models.CharField(max_length=320)
    credential = models.CharField(max_length=10, choices=Credential.choices, default=Credential.PASSWORD)
    secret = models.TextField(blank=True, help_text=_("Sealed: a password or a refresh token (firm.secrets)"))
    since = models.DateField(help_text=_("Messages that the server received earlier are left alone"))
    forwards = models.BooleanField(default=False, help_text=_("Amends' own address: members forward to it"))
    state = models.CharField(max_length=10, choices=AccountState.choices, default=AccountState.NEW)
    state_since = models.DateTimeField()
    problem = models.CharField(max_length=300, blank=True)
    failures = models.PositiveIntegerField(default=0)  # in a row
    succeeded_at = models.DateTimeField(null=True)  # the last time that everything was looked through
    next_at = models.DateTimeField(null=True)  # the next look; null: not before a person has mended something
    listed_at = models.DateTimeField(null=True)  # when the server was last asked for its folders
    revision = models.PositiveIntegerField(default=0)  # counts changes by people; a poller lets go of older ones
    claimed_by = models.CharField(max_length=64, blank=True)
    claimed_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta(FirmRow.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["firm", "mailbox"], name="account_once")]

    def __str__(self) -> str:
        return f"{self.username} at {self.host}"


class FolderRole(models.TextChoices):
    """What a folder is for (RFC 6154, SPECIAL-USE)."""

    INBOX = "inbox", _("Inbox")
    SENT = "sent", _("Sent")
    ARCHIVE = "archive", _("Archive")
    OTHER = "", _("Folder")
    ALL = "all", _("All mail")
    DRAFTS = "drafts", _("Drafts")
    JUNK = "junk", _("Junk")
    TRASH = "trash", _("Trash")
    MARKED = "marked", _("Marked")  # a view of messages that lie elsewhere


class Folder(FirmRow):
    """One folder of an account, and how far it has been looked through.

    Every UID up to `highest_uid` has been dealt with; above it, `Remote` says which have been.
    """

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="folders", db_index=False)
    name = models.CharField(max_length=500)
    role = models.CharField(max_length=10, choices=FolderRole.choices, default=FolderRole.OTHER, blank=True)
    chosen = models.BooleanField(default=False)
    missing = models.BooleanField(default=False)  # the server has it no more
    uidvalidity = models.BigIntegerField(default=0)
    highest_uid = models.BigIntegerField(default=0)
    expected = models.PositiveIntegerField(default=0)  # messages that were there at the last look, since the date
    done = models.PositiveIntegerField(default=0)  # of these, how many have been dealt with
    stored = models.PositiveIntegerField(default=0)
    duplicates = models.PositiveIntegerField(default=0)
    left_out = models.PositiveIntegerField(default=0)  # set aside, skipped, too large, unreadable
    stumbled_on = models.BigIntegerField(default=0)  # the UID at which the connection broke last, asked for alone
    stumbles = models.PositiveSmallIntegerField(default=0)

    class Meta(FirmRow.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["firm", "account", "name"], name="folder_once")]

    def __str__(self) -> str:
        return self.name


class Outcome(models.TextChoices):
    """What became of a message on a server."""

    STORED = "stored", _("Taken in")
    DUPLICATE = "duplicate", _("Known already")
    ASIDE = "aside", _("Set aside")
    SKIPPED = "skipped", _("Left out")
    TOO_LARGE = "too_large", _("Too large")
    UNREADABLE = "unreadable", _("The server does not give it out")


class Remote(FirmRow):
    """One message where it lies on a server (account, folder, UIDVALIDITY, UID), its content, and what became of it."""

    folder = models.ForeignKey(Folder, on_delete=models.CASCADE, related_name="+", db_index=False)
    uidvalidity = models.BigIntegerField()
    uid = models.BigIntegerField()
    sha256 = models.CharField(max_length=64, blank=True)  # "" where its bytes were never fetched
    size = models.BigIntegerField(default=0)
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    reason = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()

    class Meta(FirmRow.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["firm", "folder", "uidvalidity", "uid"], name="remote_once")]
        indexes = [models.Index(fields=["firm", "folder", "-id"], name="remote_aside", condition=~models.Q(reason=""))]

    def __str__(self) -> str:
        return f"UID {self.uid}"
