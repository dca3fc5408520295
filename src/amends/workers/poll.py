"""The poller of live mailboxes: waits for news from many servers at once, and looks through those that have some.

One thread waits in a selector for all connections that are in IDLE, so that fifty quiet mailboxes cost next to nothing;
a few others look through what is due. Accounts are claimed by a conditional update with a lease: several pollers
share them, and those of one that died are taken over when its lease runs out.
"""

from __future__ import annotations

import logging
import os
import selectors
import signal
import socket
import threading
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import FrameType

from django.db import DatabaseError, close_old_connections, connection
from django.utils import timezone

from amends.firm.models import Firm
from amends.firm.scope import firm_scope
from amends.flows.live.turn import Turn, take_turn
from amends.mail.actions.live import LEASE, claim, release, renew
from amends.mail.live import Link, LiveTrouble
from amends.mail.models import Account, AccountState
from amends.workers.parent import leave_with
from amends.workers.readers import Lending

LOOK = timedelta(seconds=5)  # between two looks into the database for what is due or changed
THREADS = 4
_log = logging.getLogger(__name__)


def run_poller(*, parent: int | None = None) -> None:
    """Poll until told to stop; ends by itself when the process `parent` is gone."""
    if parent is not None:
        leave_with(parent)
    poller = Poller(clock=timezone.now)

    def stop(number: int, frame: FrameType | None) -> None:
        poller.stop()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    poller.run()
    if poller.busy:
        os._exit(0)  # threads that are amid a turn are cut off: they would keep the process for a minute


@dataclass(eq=False)
class _Held:
    """An account that this poller looks after."""

    firm_id: int
    account_id: int
    revision: int
    link: Link | None = None
    busy: bool = False
    dropped: bool = False  # let go of as soon as it is not busy
    next_at: datetime | None = None
    registered: bool = field(default=False)


class Poller:
    """See the module; `name` says who claims."""

    def __init__(self, *, clock: Callable[[], datetime], name: str = "") -> None:
        self.name = name or f"{_here()}{os.getpid()}/{uuid.uuid4().hex[:8]}"
        self._clock = clock
        self._held: dict[int, _Held] = {}
        self._selector = selectors.DefaultSelector()
        self._bell, self._ringer = socket.socketpair()
        self._ringer.setblocking(False)
        self._bell.setblocking(False)
        self._selector.register(self._bell, selectors.EVENT_READ, None)
        self._lock = threading.Lock()
        self._ended: list[tuple[_Held, Turn]] = []
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="mailbox")
        self._readers = Lending()
        self._stopping = False
        self.busy = False  # whether it was stopped amid a turn
        self._looked_at: datetime | None = None
        self._renewed_at: datetime | None = None

    def stop(self) -> None:
        """End soon; safe in a signal handler."""
        self._stopping = True
        self._ring()

    def run(self) -> None:
        """Poll until `stop`."""
        try:
            self.inherit()
            while not self._stopping:
                self.step()
        finally:
            self._close()

    def inherit(self) -> None:
        """Free the accounts of pollers of this machine that were killed: no need to wait for their leases."""
        for firm_id in list(Firm.objects.order_by("pk").values_list("pk", flat=True)):
            with firm_scope(firm_id):
                rows = Account.objects.filter(claimed_by__startswith=_here()).values_list("pk", "claimed_by")
                for account_id, claimed_by in list(rows):
                    if not _alive(claimed_by):
                        release(account_id, by=claimed_by, look_at=self._clock())

    def step(self) -> None:
        """Wait for something, at most until the next look; then do what is to be done."""
        now = self._clock()
        wait = LOOK if self._looked_at is None else self._looked_at + LOOK - now
        for key, _ in self._selector.select(0 if self._looked_at is None else max(wait.total_seconds(), 0)):
            if key.data is None:
                self._answer_the_bell()
            else:
                self._hear(key.data)
        self._take_back()
        now = self._clock()
        if self._looked_at is None or now - self._looked_at >= LOOK:
            self._looked_at = now
            try:
                self._look(now)
            except DatabaseError:
                _log.exception("The poller cannot read the database; it tries again.")
                close_old_connections()
            self._readers.tidy()

    # -- what is due ----------------------------------------------------------------------------------------------

    def _look(self, now: datetime) -> None:
        """Let go of what people changed, take what is free and due, say that we are alive."""
        renewing = self._renewed_at is None or now - self._renewed_at > LEASE / 3
        seen = set()
        for firm_id in list(Firm.objects.order_by("pk").values_list("pk", flat=True)):
            with firm_scope(firm_id):
                if renewing and self._held:
                    renew(by=self.name, now=now)
                for row in Account.objects.values_list(*_COLUMNS):
                    seen.add(row[0])
                    self._account(firm_id, row, now)
        if renewing:
            self._renewed_at = now
        for held in list(self._held.values()):
            if held.account_id not in seen:
                self._let_go(held)
        close_old_connections()

    def _account(
        self, firm_id: int, row: tuple[int, int, str, datetime | None, str, datetime | None], now: datetime
    ) -> None:
        account_id, revision, state, next_at, claimed_by, claimed_until = row
        left_behind = bool(claimed_by and claimed_until and claimed_until < now)  # its poller died waiting for news
        due = next_at is not None and (next_at <= now or left_behind)
        held = self._held.get(account_id)
        if held is not None:
            lost = claimed_by != self.name
            if held.revision != revision or state == AccountState.PAUSED or lost:
                self._let_go(held)
            elif due and not held.busy:
                self._submit(held)
        elif due and state != AccountState.PAUSED and (left_behind or not claimed_by):
            self._take(_Held(firm_id, account_id, revision), now)

    def _take(self, held: _Held, now: datetime) -> None:
        """Look after an account from now on, unless another poller was quicker."""
        if claim(held.account_id, by=self.name, now=now):
            self._held[held.account_id] = held
            self._submit(held)

    def _submit(self, held: _Held) -> None:
        self._unregister(held)
        held.busy = True
        self._threads.submit(self._turn, held)

    def _turn(self, held: _Held) -> None:
        """In a thread: one turn of an account, whatever comes of it."""
        turn = Turn()
        try:
            with firm_scope(held.firm_id):
                turn = take_turn(held.account_id, held.link, readers=self._readers.borrow, clock=self._clock)
        except Exception:
            _log.exception("Looking through mailbox %s failed; it is tried again.", held.account_id)
            turn = Turn(broken=True)
        finally:
            close_old_connections()
            with self._lock:
                self._ended.append((held, turn))
            self._ring()

    def _take_back(self) -> None:
        """Turns that have ended: connections in IDLE go back to the selector, the others are let go of."""
        with self._lock:
            ended, self._ended = self._ended, []
        for held, turn in ended:
            held.busy, held.link = False, turn.link
            if held.dropped or turn.link is None:
                self._let_go(held)
            elif turn.news:
                self._submit(held)
            else:
                self._wait_for(held, turn.link)

    def _wait_for(self, held: _Held, link: Link) -> None:
        try:
            self._selector.register(link, selectors.EVENT_READ, held)
        except (OSError, ValueError, KeyError):  # it ended at this very moment
            self._let_go(held)
        else:
            held.registered = True

    def _hear(self, held: _Held) -> None:
        """A connection became readable."""
        link = held.link
        if link is None or held.busy:
            return
        try:
            news = link.heard()
        except LiveTrouble:
            news = True  # the turn finds out what it is, and books it
        if news:
            self._submit(held)

    def _let_go(self, held: _Held) -> None:
        """Close the connection and free the account; where a thread is at it, as soon as it is back."""
        if held.busy:
            held.dropped = True
            return
        self._unregister(held)
        waited = held.link is not None
        if held.link is not None:
            held.link.close()
            held.link = None
        self._held.pop(held.account_id, None)
        try:
            with firm_scope(held.firm_id):
                release(held.account_id, by=self.name, look_at=self._clock() if waited else None)
        except DatabaseError:
            _log.exception("An account could not be released; its lease runs out by itself.")

    def _unregister(self, held: _Held) -> None:
        if held.registered and held.link is not None:
            self._selector.unregister(held.link)
        held.registered = False

    # -- waking up ------------------------------------------------------------------------------------------------

    def _ring(self) -> None:
        try:
            self._ringer.send(b"!")
        except (BlockingIOError, OSError):
            return  # it rings already, or all is over

    def _answer_the_bell(self) -> None:
        try:
            while self._bell.recv(4096):
                continue
        except BlockingIOError:
            return

    def _close(self) -> None:
        """Let everything go; turns under way are cut off, which is harmless."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._readers.close()
        for held in list(self._held.values()):
            if held.busy:
                self.busy = True
                held.busy, held.link = False, None  # a thread is at it
            self._let_go(held)
        self._selector.close()
        self._bell.close()
        self._ringer.close()
        connection.close()


def _here() -> str:
    """How the names of this machine's pollers begin."""
    return f"{socket.gethostname()[:30]}/"


def _alive(name: str) -> bool:
    """Whether the poller of this machine that is called so still runs; where that cannot be told, it does."""
    try:
        os.kill(int(name.split("/")[1]), 0)
    except (ValueError, IndexError, PermissionError):
        return True
    except OSError:
        return False
    return True


_COLUMNS = ("pk", "revision", "state", "next_at", "claimed_by", "claimed_until")
