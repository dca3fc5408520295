"""Who uses a home: every process that opens it holds a shared lock; a restore, which replaces it, wants it alone.

The lock is the system's (flock), so it ends with its process however that ends. Where a system or a file system has
none, `restore` still asks SQLite itself whether anybody has the files open.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from amends.core.errors import AmendsError

try:
    import fcntl
except ImportError:  # not a POSIX system
    fcntl = None  # type: ignore[assignment]

LOCK = "in-use.lock"
BYTES = "bytes.lock"
"""Held by whoever copies all the messages' bytes, and alone by whoever takes some away."""
_held: dict[Path, int] = {}  # open files by home; they stay open as long as the process lives


class HomeInUse(AmendsError):
    """Another Amends process has this home open."""

    retry = True


class BeingRestored(AmendsError):
    """A restore is replacing this home right now."""

    retry = True


def hold(home: Path) -> None:
    """Say that this process uses `home`, until it ends. Raises `BeingRestored`."""
    if fcntl is None or home in _held:
        return
    try:
        handle = _opened(home / LOCK)
    except OSError:
        return  # a home that cannot be written: the database says so better
    if not _locked(handle, fcntl.LOCK_SH):
        os.close(handle)
        message = f"{home} is being restored: wait until that is done."
        raise BeingRestored(message)
    _held[home] = handle


@contextmanager
def alone(file: Path, *, because: str) -> Iterator[None]:
    """Hold the lock `file` alone within this block. Raises `HomeInUse`, saying `because`, where another has it."""
    handle = _opened(file)
    try:
        if fcntl is not None and not _locked(handle, fcntl.LOCK_EX):
            raise HomeInUse(because)
        yield
    finally:
        os.close(handle)


@contextmanager
def together(file: Path, *, because: str) -> Iterator[None]:
    """Hold the lock `file` with others who may, within this block. Raises `HomeInUse` where one has it alone."""
    handle = _opened(file)
    try:
        if fcntl is not None and not _locked(handle, fcntl.LOCK_SH):
            raise HomeInUse(because)
        yield
    finally:
        os.close(handle)


def _opened(file: Path) -> int:
    return os.open(file, os.O_RDWR | os.O_CREAT, 0o600)


def _locked(handle: int, how: int) -> bool:
    try:
        fcntl.flock(handle, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return True  # this file system knows no locks
    return True
