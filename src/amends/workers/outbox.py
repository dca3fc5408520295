"""Sends what is queued, beside the jobs and never behind them: an import of an hour must not hold back an answer.

One thread looks for what is due; each account's drafts leave one after another, several accounts at a time, so that a
server that does not answer holds up its own mail alone.
"""

from __future__ import annotations

import logging
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from django.db import DatabaseError, close_old_connections

from amends.firm.models import Firm
from amends.firm.scope import firm_scope
from amends.flows.send.deliver import accounts_with_mail, alive, send_next, sweep

INTERVAL = 1.0  # seconds between two looks for what is due
_BEAT = 20.0  # seconds between two signs of life
_SWEEP = 30.0  # seconds between two looks for what got stuck
_AT_ONCE = 6  # accounts
_GOODBYE = 8.0  # seconds that a dialogue may take to end when the runner stops

_log = logging.getLogger(__name__)


class Outbox:
    """The sender of one process. `start` it, and `stop` it before the process ends."""

    def __init__(self, *, alone: bool) -> None:
        self._alone = alone  # no other process sends for this home: what counts as leaving at the start is left over
        self._stopping = threading.Event()
        self._busy: dict[tuple[int, int | None], uuid.UUID] = {}  # firm and account, and the key of who sends for it
        self._lock = threading.Lock()
        self._pool = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="outbox")
        self._watcher = threading.Thread(target=self._watch, name="outbox", daemon=True)

    def start(self) -> None:
        """Begin to look for what is due."""
        self._watcher.start()

    def stop(self) -> None:
        """Begin nothing new, and let what is being said to a mail server be said to its end, if that is soon."""
        self._stopping.set()
        end = time.monotonic() + _GOODBYE
        while self._busy and time.monotonic() < end:
            time.sleep(0.05)
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _watch(self) -> None:
        swept = beaten = float("-inf")
        alone = self._alone
        while not self._stopping.is_set():
            moment = time.monotonic()
            sweeps, beats = moment - swept > _SWEEP, moment - beaten > _BEAT
            swept, beaten = moment if sweeps else swept, moment if beats else beaten
            try:
                self._look(sweeps=sweeps, beats=beats, alone=alone)
                alone = False
            except DatabaseError:
                _log.warning("The outbox could not be looked through; it is tried again.", exc_info=True)
                close_old_connections()
            self._stopping.wait(INTERVAL)

    def _look(self, *, sweeps: bool, beats: bool, alone: bool) -> None:
        for firm_id in Firm.objects.order_by("pk").values_list("pk", flat=True):
            with firm_scope(firm_id):
                if sweeps:
                    sweep(now=_now(), alone=alone)
                if beats and self._busy:
                    alive(senders=list(self._busy.values()), now=_now())
                for account_id in accounts_with_mail(now=_now()):
                    self._send((firm_id, account_id))

    def _send(self, place: tuple[int, int | None]) -> None:
        with self._lock:
            if place in self._busy or self._stopping.is_set():
                return
            key = self._busy[place] = uuid.uuid4()
        self._pool.submit(self._send_all, place, key)

    def _send_all(self, place: tuple[int, int | None], key: uuid.UUID) -> None:
        """All that is due for one account, one after another."""
        firm_id, account_id = place
        try:
            with firm_scope(firm_id):
                while not self._stopping.is_set() and send_next(account_id, sender=key, clock=_now):
                    pass
        except Exception:
            # What was in hand is "unclear" now, or becomes so without a sign of life from this key.
            _log.exception("Sending stopped in an unexpected way; what was leaving waits for a person.")
        finally:
            close_old_connections()
            with self._lock:
                del self._busy[place]


def _now() -> datetime:
    return datetime.now(UTC)
