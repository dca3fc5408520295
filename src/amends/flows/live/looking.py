"""One look through a mailbox: what is new in its folders is fetched, read, stored and noted, newest first.

What a batch holds is stored and noted in one transaction, so that a kill at any moment loses and doubles nothing.
A look ends after `ROUND` at the latest, so that new mail comes in while years of old mail are still being fetched.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction

from amends.flows.live.fetching import Fetching
from amends.flows.live.forwards import take_forwards
from amends.flows.live.judging import ask_for_judging
from amends.flows.receive import take_in
from amends.mail.actions import live
from amends.mail.actions.live import Seen
from amends.mail.actions.store import refresh_statistics, set_aside_reason
from amends.mail.digest import Digest
from amends.mail.live import Link, Listed, NoSuchFolder
from amends.mail.live.folders import WANTED
from amends.mail.models import Account, AccountState, Folder, Outcome
from amends.mail.reading import ReaderPool
from amends.mail.rules import skip_reason

ROUND = timedelta(seconds=60)
LIST_EVERY = timedelta(hours=1)
_JUDGE_EVERY = timedelta(seconds=15)
_FORWARDS = 20  # looked at at a time
_MANY = 500  # messages in a look after which the database is told how its tables have grown
_ORDER = ("inbox", "sent", "archive", "")

Clock = Callable[[], datetime]
Readers = Callable[[], AbstractContextManager[ReaderPool]]


@dataclass(slots=True)
class Looked:
    """What a look came to; `more` where it stopped before the end."""

    noted: int = 0
    fresh: int = 0
    more: bool = False


def look_through(
    account: Account, link: Link, *, readers: Readers, clock: Clock, looked: Looked, last: timedelta = ROUND
) -> None:
    """Look through the chosen folders of an account of the firm in scope, and add to `looked` what came of it.

    Raises a `LiveTrouble` where the server ends it; what was fetched until then is kept.
    """
    _Look(account, link, readers, clock, looked, clock() + last).run()


class _Look:
    """The state of one look."""

    def __init__(
        self, account: Account, link: Link, readers: Readers, clock: Clock, looked: Looked, deadline: datetime
    ) -> None:
        self._account, self._link = account, link
        self._readers, self._clock = readers, clock
        self._looked, self._deadline = looked, deadline
        self._asked_at: datetime | None = None
        self._scratch = Path(settings.UPLOADS) / f"live-{account.public_id}"

    def run(self) -> None:
        """Every chosen folder, the Inbox first."""
        now = self._clock()
        if self._account.listed_at is None or now - self._account.listed_at > LIST_EVERY:
            note_folders(self._account, self._link.folders(), now=now)
        folders = list(Folder.objects.filter(account=self._account, chosen=True))
        folders.sort(key=lambda one: (_ORDER.index(one.role) if one.role in _ORDER else len(_ORDER), one.name))
        try:
            for folder in folders:
                if self._clock() > self._deadline:
                    self._looked.more = True
                    break
                self._folder(folder)
        finally:
            shutil.rmtree(self._scratch, ignore_errors=True)
            if self._looked.fresh:
                self._judge(self._clock(), at_once=True)
            if self._looked.fresh > _MANY:
                refresh_statistics()

    def _folder(self, folder: Folder) -> None:
        """What is new in one folder."""
        try:
            here = self._link.status(folder.name)
            if here.uidvalidity == folder.uidvalidity and here.uidnext and here.uidnext - 1 <= folder.highest_uid:
                return
            here = self._link.examine(folder.name)
        except NoSuchFolder:
            Folder.objects.filter(pk=folder.pk).update(missing=True)
            return
        if here.uidvalidity != folder.uidvalidity:
            live.begin_anew(folder, uidvalidity=here.uidvalidity)
        found = self._link.uids(above=folder.highest_uid, since=self._account.since)
        todo = sorted(set(found) - live.noted(folder), reverse=True)
        if todo and self._fetch(folder, todo):
            self._looked.more = True
        else:
            live.settle_folder(folder, highest=max([here.uidnext - 1, *found]))

    def _fetch(self, folder: Folder, todo: list[int]) -> bool:
        """Fetch and keep these UIDs; returns whether time ran out before the end."""
        done = Folder.objects.values_list("done", flat=True).get(pk=folder.pk)
        Folder.objects.filter(pk=folder.pk).update(expected=done + len(todo), missing=False)
        if len(todo) > _MANY and self._account.state in {AccountState.NEW, AccountState.READY}:
            live.reading(self._account, now=self._clock())
        fetching = Fetching(
            self._account, folder, self._link, scratch=self._scratch, clock=self._clock, until=self._deadline
        )
        if self._account.forwards:
            return self._forwards(folder, todo, fetching)
        items = fetching.items(todo)
        first = next(items, None)
        if first is not None:  # readers are processes, and cost: not before there is something to read
            with self._readers() as readers:
                for batch in readers.read(fetching.again(first, items), now=self._clock()):
                    self._keep(folder, batch, fetching)
        self._looked.noted += fetching.noted
        if fetching.cut is not None:
            raise fetching.cut
        return fetching.stopped

    def _forwards(self, folder: Folder, todo: list[int], fetching: Fetching) -> bool:
        """The same for Amends' own address, where what counts is inside the messages."""
        for at in range(0, len(todo), _FORWARDS):
            with self._readers() as readers:
                fresh, stopped = take_forwards(
                    folder, self._link, todo[at : at + _FORWARDS], fetching,
                    readers=readers, clock=self._clock, until=self._deadline,
                )  # fmt: skip
            self._looked.noted += _FORWARDS
            self._looked.fresh += fresh
            if stopped:
                return True
        return False

    def _keep(self, folder: Folder, batch: Sequence[Digest], fetching: Fetching) -> None:
        """Store a batch and note what became of it: both or neither."""
        now = self._clock()
        with transaction.atomic():
            stored = take_in(batch, mailbox=self._account.mailbox, now=now)
            fresh = set(stored.fresh)
            seen = [_seen(digest, fetching.uid_of(digest.item), fresh) for digest in batch]
            live.note(folder, seen, now=now)
        fetching.forget(batch)
        self._looked.noted += len(batch)
        self._looked.fresh += len(stored.fresh)
        if stored.fresh:
            self._judge(now)

    def _judge(self, now: datetime, *, at_once: bool = False) -> None:
        if at_once or self._asked_at is None or now - self._asked_at > _JUDGE_EVERY:
            self._asked_at = now
            ask_for_judging()


def _seen(digest: Digest, uid: int, fresh: set[str]) -> Seen:
    """What became of one message; takes its hash out of `fresh`, so that a second copy counts as one."""
    sha256, size = digest.packed.sha256, digest.packed.size
    if reason := skip_reason(digest.parsed.labels):
        return Seen(uid, Outcome.SKIPPED, sha256, size, reason)
    if reason := set_aside_reason(digest):
        return Seen(uid, Outcome.ASIDE, sha256, size, reason)
    if sha256 not in fresh:
        return Seen(uid, Outcome.DUPLICATE, sha256, size)
    fresh.discard(sha256)
    return Seen(uid, Outcome.STORED, sha256, size)


def note_folders(account: Account, found: Sequence[Listed], *, now: datetime) -> list[Folder]:
    """Keep what the server listed; at the first time those whose role is among `WANTED` are chosen."""
    first = account.listed_at is None
    listed = {name: role for name, role in found if len(name) <= 500}
    known = {folder.name: folder for folder in Folder.objects.filter(account=account)}
    with transaction.atomic():
        Folder.objects.bulk_create(
            [
                Folder(account=account, name=name, role=role, chosen=first and role in WANTED)
                for name, role in listed.items()
                if name not in known
            ]
        )
        for name, folder in known.items():
            role, missing = listed.get(name, folder.role), name not in listed
            if (folder.role, folder.missing) != (role, missing):
                Folder.objects.filter(pk=folder.pk).update(role=role, missing=missing)
        account.listed_at = now
        Account.objects.filter(pk=account.pk).update(listed_at=now)
    return list(Folder.objects.filter(account=account).order_by("name"))
