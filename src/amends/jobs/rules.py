"""How often a job is tried, how long it waits in between, and what is said of one that failed. Pure."""

from __future__ import annotations

import traceback
from datetime import timedelta
from pathlib import PurePath

from amends.core.errors import AmendsError

_WAITS = (timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30))
ATTEMPTS = len(_WAITS) + 1
KEPT = timedelta(days=30)  # that long the page remembers what was done


def wait_after(attempt: int, error: BaseException) -> timedelta | None:
    """How long to wait after this attempt (1 is the first) failed; None to give up."""
    hopeless = isinstance(error, AmendsError) and not error.retry
    return None if hopeless or attempt >= ATTEMPTS else _WAITS[attempt - 1]


def reason(error: BaseException) -> str:
    """Why it failed, for a person. Only our own sentences are quoted: another's may hold words of a message."""
    if isinstance(error, AmendsError):
        return str(error)
    frames = traceback.extract_tb(error.__traceback__)
    ours = next((frame for frame in reversed(frames) if "amends" in PurePath(frame.filename).parts), None)
    where = f", in {PurePath(ours.filename).name}, line {ours.lineno}" if ours else ""
    return f"It stopped unexpectedly ({type(error).__name__}{where})."


CUT_OFF = f"Whatever did it was stopped {ATTEMPTS} times before it was done: look at the memory of that machine."
