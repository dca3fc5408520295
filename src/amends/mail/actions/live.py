"""Writes about live mailboxes: who looks after one, what became of each message on the server, and how it stands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import F, Q

from amends.firm.scope import insert_rows
from amends.mail.actions.threads import lock_firm
from amends.mail.models import Account, AccountState, Folder, Outcome, Remote

LEASE = timedelta(minutes=3)  # a poller that says nothing for so long has lost its accounts
SHOWN_AFTER = 2  # failures in a row before a mailbox is called in trouble


@dataclass(frozen=True, slots=True)
class Seen:
    """What became of one message of a folder."""

    uid: int
    outcome: Outcome
    sha256: str = ""
    size: int = 0
    reason: str = ""


def claim(account_id: int, *, by: str, now: datetime) -> bool:
    """Take an account that nobody looks after; False where another poller was quicker."""
    free = Q(claimed_until=None) | Q(claimed_until__lt=now) | Q(claimed_by=by)
    rows = Account.objects.filter(free, pk=account_id).exclude(state=AccountState.PAUSED)
    return rows.update(claimed_by=by, claimed_until=now + LEASE) == 1


def renew(*, by: str, now: datetime) -> int:
    """Say that this poller is alive, for all its accounts in the firm in scope."""
    return Account.objects.filter(claimed_by=by).update(claimed_until=now + LEASE)


def release(account_id: int, *, by: str, look_at: datetime | None = None) -> None:
    """Let go of an account; with `look_at` somebody is to look then, because nothing waits for its news any more."""
    rows = Account.objects.filter(pk=account_id, claimed_by=by)
    if look_at is not None:
        rows.filter(failures=0, next_at__gt=look_at).update(next_at=look_at)
    rows.update(claimed_by="", claimed_until=None)


def note(folder: Folder, seen: Sequence[Seen], *, now: datetime) -> None:
    """Write down what became of messages, in the transaction that stored them; what is noted already stays.

    The folder's counters move with it.
    """
    if not seen:
        return
    with transaction.atomic():
        lock_firm()
        uids = [one.uid for one in seen]
        known = set(
            Remote.objects.filter(folder=folder, uidvalidity=folder.uidvalidity, uid__in=uids).values_list(
                "uid", flat=True
            )
        )
        fresh = list({one.uid: one for one in seen if one.uid not in known}.values())
        at = connection.ops.adapt_datetimefield_value(now)
        insert_rows(
            Remote,
            ("folder_id", "uidvalidity", "uid", "sha256", "size", "outcome", "reason", "at"),
            [
                (folder.pk, folder.uidvalidity, one.uid, one.sha256, one.size, str(one.outcome), one.reason[:300], at)
                for one in fresh
            ],
        )
        counts = Counter(one.outcome for one in fresh)
        stored, duplicates = counts[Outcome.STORED], counts[Outcome.DUPLICATE]
        Folder.objects.filter(pk=folder.pk).update(
            done=F("done") + len(fresh),
            stored=F("stored") + stored,
            duplicates=F("duplicates") + duplicates,
            left_out=F("left_out") + len(fresh) - stored - duplicates,
            stumbles=0,
        )


def noted(folder: Folder) -> set[int]:
    """UIDs above the folder's highest that have been dealt with."""
    rows = Remote.objects.filter(folder=folder, uidvalidity=folder.uidvalidity, uid__gt=folder.highest_uid)
    return set(rows.values_list("uid", flat=True))


def begin_anew(folder: Folder, *, uidvalidity: int) -> None:
    """The server numbers this folder's messages anew: what is known of its numbers is worth nothing."""
    with transaction.atomic():
        Remote.objects.filter(folder=folder).delete()
        folder.uidvalidity, folder.highest_uid = uidvalidity, 0
        folder.expected = folder.done = folder.stored = folder.duplicates = folder.left_out = 0
        folder.stumbled_on = folder.stumbles = 0
        folder.save()


def settle_folder(folder: Folder, *, highest: int) -> None:
    """Everything up to this UID has been dealt with."""
    folder.highest_uid = max(folder.highest_uid, highest)
    Folder.objects.filter(pk=folder.pk, uidvalidity=folder.uidvalidity).update(
        highest_uid=folder.highest_uid, expected=F("done"), missing=False
    )


def stumble(folder: Folder, uid: int) -> int:
    """The connection broke while this one message was asked for; returns how often in a row."""
    again = folder.stumbles + 1 if folder.stumbled_on == uid else 1
    folder.stumbled_on, folder.stumbles = uid, again
    Folder.objects.filter(pk=folder.pk).update(stumbled_on=uid, stumbles=again)
    return again


def reading(account: Account, *, now: datetime) -> None:
    """There is much to fetch: the page says so."""
    rows = Account.objects.filter(pk=account.pk, revision=account.revision).exclude(state=AccountState.PAUSED)
    if rows.update(state=AccountState.READING, state_since=now, problem=""):
        account.state = AccountState.READING


def succeeded(account: Account, *, now: datetime, next_at: datetime, more: bool) -> None:
    """A look ended well; `more` where it did not get to the end of what there is."""
    state = AccountState.READING if more else AccountState.READY
    rows = Account.objects.filter(pk=account.pk, revision=account.revision).exclude(state=AccountState.PAUSED)
    changed = {} if account.state == state else {"state": state, "state_since": now}
    done = {} if more else {"succeeded_at": now}
    rows.update(problem="", failures=0, next_at=next_at, **changed, **done)
    account.state, account.failures = state, 0


def failed(account: Account, problem: str, *, now: datetime, next_at: datetime | None) -> None:
    """A look failed; `next_at` None where only a person can mend it."""
    account.failures += 1
    state = AccountState.REFUSED if next_at is None else AccountState.TROUBLE
    rows = Account.objects.filter(pk=account.pk, revision=account.revision).exclude(state=AccountState.PAUSED)
    shown = next_at is None or account.failures >= SHOWN_AFTER
    changed = {"state": state, "state_since": now} if shown and account.state != state else {}
    rows.update(problem=problem[:300], failures=account.failures, next_at=next_at, **changed)
    if changed:
        account.state = state
