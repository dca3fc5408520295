"""How it stands with the live mailboxes that a member looks after."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from amends.firm.models import Member
from amends.firm.rules import Right, may
from amends.mail.models import Account, AccountState, Copy, Folder, FolderRole, Message, Remote
from amends.mail.queries import Reader, readable

LATE = timedelta(minutes=15)  # behind its time, a mailbox is one that nothing polls
_ASIDE = 200
_ORDER = FolderRole.values  # as a person looks for them


@dataclass(slots=True)
class Standing:
    """One account with its folders' counts."""

    account: Account
    folders: list[Folder] = field(default_factory=list)

    @property
    def expected(self) -> int:
        """How many messages there are on the server, as far as is known."""
        return sum(max(folder.expected, folder.done) for folder in self.chosen)

    @property
    def done(self) -> int:
        """How many of them have been dealt with."""
        return sum(folder.done for folder in self.chosen)

    @property
    def stored(self) -> int:
        """How many were new."""
        return sum(folder.stored for folder in self.folders)

    @property
    def duplicates(self) -> int:
        """How many were known already."""
        return sum(folder.duplicates for folder in self.folders)

    @property
    def left_out(self) -> int:
        """How many were set aside, left out or too large."""
        return sum(folder.left_out for folder in self.folders)

    @property
    def chosen(self) -> list[Folder]:
        """The folders that are looked through."""
        return [folder for folder in self.folders if folder.chosen]

    def forgotten(self, now: datetime) -> bool:
        """Whether its time came and nothing polls it."""
        account = self.account
        resting = account.state in {AccountState.PAUSED, AccountState.REFUSED}
        alive = account.claimed_until is not None and account.claimed_until > now
        return not resting and not alive and account.next_at is not None and now - account.next_at > LATE


def standings(member: Member) -> list[Standing]:
    """Every account that this member may tend, by address; two queries."""
    accounts = Account.objects.select_related("mailbox__owner").order_by("mailbox__address")
    if not may(member.role, Right.ADMINISTER):
        accounts = accounts.filter(mailbox__owner=member)
    found = {account.pk: Standing(account) for account in accounts}
    for folder in Folder.objects.filter(account__in=found).order_by("name"):
        found[folder.account_id].folders.append(folder)
    for standing in found.values():
        standing.folders.sort(key=lambda folder: _ORDER.index(folder.role))
    return list(found.values())


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A message that was not taken in, or not whole; `message` where it can be shown to whoever asks."""

    remote: Remote
    message: Message | None


def left_out(reader: Reader, account: Account) -> list[LeftOut]:
    """What an account left out and why, newest first; three queries."""
    rows = Remote.objects.filter(folder__account=account).exclude(reason="").select_related("folder")
    remotes = list(rows.order_by("-id")[:_ASIDE])
    hashes = {remote.sha256 for remote in remotes if remote.sha256}
    copies = Copy.objects.filter(raw__in=hashes, mailbox=account.mailbox_id).values_list("message_id", "raw")
    by_message: dict[int, list[str]] = defaultdict(list)
    for number, sha256 in copies:
        by_message[number].append(sha256)
    shown = {
        sha256: message
        for message in readable(reader).filter(id__in=by_message).select_related("thread")
        for sha256 in by_message[message.pk]
    }
    return [LeftOut(remote, shown.get(remote.sha256)) for remote in remotes]
