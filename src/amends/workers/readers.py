"""Readers that are lent out: processes that read mail, started when there is some, ended when there has been none."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from amends.mail.reading import ReaderPool

_KEPT = 60.0  # seconds for which idle readers wait for more


class Lending:
    """A shelf of reader pools, one for each thread that reads at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._free: list[tuple[float, ReaderPool]] = []
        self._closed = False

    @contextmanager
    def borrow(self) -> Iterator[ReaderPool]:
        """Readers of one's own for a while."""
        with self._lock:
            pool = self._free.pop()[1] if self._free else None
        pool = pool or ReaderPool(workers=1)
        try:
            yield pool
        except BaseException:
            pool.stop()  # it may hold work that nobody waits for any more
            raise
        with self._lock:
            closed = self._closed
            if not closed:
                self._free.append((time.monotonic(), pool))
        if closed:
            pool.stop()

    def tidy(self) -> None:
        """End the readers that nobody has used for a while."""
        with self._lock:
            now = time.monotonic()
            old = [pool for since, pool in self._free if now - since > _KEPT]
            self._free = [(since, pool) for since, pool in self._free if now - since <= _KEPT]
        for pool in old:
            pool.stop()

    def close(self) -> None:
        """End all of them."""
        with self._lock:
            self._closed = True
            every, self._free = self._free, []
        for _, pool in every:
            pool.stop()
