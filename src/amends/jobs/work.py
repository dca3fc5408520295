"""What a job asks of whoever does it: may it go on, and how far is it.

The runner enters `doing`; the job calls `pulse` and `tell` now and then. Outside of a runner both do nothing, so that
the same code serves the command line.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

_EVERY = 1.0  # seconds between two records of progress


class Stopped(BaseException):
    """The runner was told to end: the job is put back as it is, and another one goes on with it."""


class Lost(BaseException):
    """The lease ran out and somebody else has the job: what this one goes on to do would be done twice."""


@dataclass(slots=True)
class Doing:
    """One job in hand. `record` writes its progress and says whether it is still ours."""

    record: Callable[[int, int], bool]
    stop: threading.Event
    lost: threading.Event = field(default_factory=threading.Event)
    _told: float = 0.0

    def pulse(self) -> None:
        """Raises `Stopped` or `Lost` where the job must not go on."""
        if self.stop.is_set():
            raise Stopped
        if self.lost.is_set():
            raise Lost

    def tell(self, done: int, total: int) -> None:
        """Note how far it is, once a second at most; raises as `pulse` does."""
        self.pulse()
        if time.monotonic() - self._told >= _EVERY:
            self._told = time.monotonic()
            if not self.record(done, total):
                raise Lost


_doing: ContextVar[Doing | None] = ContextVar("doing", default=None)


@contextmanager
def doing(job: Doing) -> Iterator[None]:
    """Within this block `pulse` and `tell` are about this job."""
    token = _doing.set(job)
    try:
        yield
    finally:
        _doing.reset(token)


def pulse() -> None:
    """Called between two small steps; raises `Stopped` or `Lost` where the job must not go on."""
    if (job := _doing.get()) is not None:
        job.pulse()


def tell(done: int, total: int) -> None:
    """Called with how far the job is; raises as `pulse` does."""
    if (job := _doing.get()) is not None:
        job.tell(done, total)
