"""Reading many messages at once in worker processes, in order, whatever one of them does to its worker.

Pure: no Django. Workers are spawned, not forked, so that they hold neither a database connection nor its memory.
"""

from __future__ import annotations

import multiprocessing
import multiprocessing.connection
import os
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from datetime import datetime
from itertools import islice
from types import TracebackType
from typing import Self

from amends.core.errors import AmendsError
from amends.mail.digest import SECONDS, Digest, digest_all, head_only
from amends.mail.sources import Item

_WORKERS = 2  # as many as keep the one writer busy; more would only wait for it
AHEAD = 8  # batches that may be read before anybody asks for them
BATCH_ITEMS = 200
BATCH_BYTES = 4 * 1024 * 1024
_PATIENCE = 60.0  # seconds for a whole batch; its messages are then read one by one


class ReadersDoNotStart(AmendsError):
    """Worker processes end before they have read anything: a fault of the installation, not of any message."""


class ReaderPool:
    """Worker processes that read messages. Start it early: workers load while the database is being opened."""

    def __init__(self, *, workers: int | None = None) -> None:
        self._workers = workers if workers is not None else min(_WORKERS, os.cpu_count() or 1)
        self._pool = self._start()
        self._early: deque[tuple[list[Item], Future[list[Digest]]]] = deque()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def stop(self) -> None:
        """End the workers, whatever they are at; for those who keep readers for longer than a block."""
        self._stop()

    def ahead(self, items: Iterable[Item], *, now: datetime) -> None:
        """Begin with the first few batches; `read` takes them over where it is given the same items."""
        for batch in islice(batches(items), AHEAD):
            self._early.append((batch, self._submit(batch, now)))

    def read(self, items: Iterable[Item], *, now: datetime) -> Iterator[list[Digest]]:
        """The digests of `items`, batch by batch, in their order; only a few batches are held at a time."""
        pending: deque[tuple[list[Item], Future[list[Digest]]]] = deque()
        for batch in batches(items):
            pending.append((batch, self._begun(batch) or self._submit(batch, now)))
            if len(pending) > self._workers + 1:
                yield self._result(*pending.popleft(), pending, now)
        while pending:
            yield self._result(*pending.popleft(), pending, now)

    def _begun(self, batch: list[Item]) -> Future[list[Digest]] | None:
        """The work that `ahead` began on this batch; where the archive goes another way, all of it is dropped."""
        if self._early and self._early[0][0] == batch:
            return self._early.popleft()[1]
        while self._early:
            self._early.popleft()[1].cancel()
        return None

    def _result(
        self,
        batch: list[Item],
        future: Future[list[Digest]],
        pending: deque[tuple[list[Item], Future[list[Digest]]]],
        now: datetime,
    ) -> list[Digest]:
        try:
            return future.result(timeout=_PATIENCE + SECONDS * sum(item.size > 1 << 20 for item in batch))
        except (TimeoutError, BrokenProcessPool):
            self._restart()
            found = [self._alone(item, now) for item in batch]
            waiting = [waiting for waiting, _ in pending]  # their futures died with the pool
            pending.clear()
            pending.extend((waiting_batch, self._submit(waiting_batch, now)) for waiting_batch in waiting)
            return found

    def _alone(self, item: Item, now: datetime) -> Digest:
        """Read one message of a batch that killed or stalled its worker; new workers only where it was this one."""
        try:
            return self._submit([item], now).result(timeout=2 * SECONDS)[0]
        except TimeoutError:
            reason = f"reading it took longer than {SECONDS:.0f} seconds"
        except BrokenProcessPool:
            reason = "reading it made the reader stop"
        self._restart()
        self._must_work()
        return head_only(item, reason, now=now)

    def _must_work(self) -> None:
        """Before a message is blamed: would readers start at all?"""
        try:
            self._pool.submit(os.getpid).result(timeout=_PATIENCE)
        except (TimeoutError, BrokenProcessPool) as error:
            message = "The processes that read mail do not start here: see the log for why, then import again."
            raise ReadersDoNotStart(message) from error

    def _submit(self, batch: list[Item], now: datetime) -> Future[list[Digest]]:
        try:
            return self._pool.submit(digest_all, batch, now)
        except BrokenProcessPool:
            self._restart()
            return self._pool.submit(digest_all, batch, now)

    def _start(self) -> ProcessPoolExecutor:
        pool = ProcessPoolExecutor(
            self._workers, mp_context=multiprocessing.get_context("spawn"), initializer=_leave_with_parent
        )
        for _ in range(self._workers):
            pool.submit(os.getpid)  # a first task makes each worker start now
        return pool

    def _restart(self) -> None:
        self._early.clear()
        self._stop()
        self._pool = self._start()

    def _stop(self) -> None:
        processes = list((self._pool._processes or {}).values())  # noqa: SLF001 (no public way to end a hung worker)
        self._pool.shutdown(wait=False, cancel_futures=True)
        for process in processes:
            process.kill()


def _leave_with_parent() -> None:
    """In a worker: end when the process that reads with it was killed, which tells nobody; else it waits for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:

        def watch() -> None:
            multiprocessing.connection.wait([parent.sentinel])
            os._exit(0)

        threading.Thread(target=watch, daemon=True).start()


def batches(items: Iterable[Item]) -> Iterator[list[Item]]:
    """Items in lists of at most `BATCH_ITEMS` and about `BATCH_BYTES`."""
    batch: list[Item] = []
    size = 0
    for item in items:
        if batch and (len(batch) >= BATCH_ITEMS or size + item.size > BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(item)
        size += item.size
    if batch:
        yield batch
