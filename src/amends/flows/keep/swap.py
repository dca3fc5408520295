"""Putting a restored home in the place of the present one by two renames, and what a kill between them leaves.

A rename is the only step a file system does whole or not at all. One call that swaps two folders exists on Linux
only, so there are two, and a moment between them in which nothing is at the home's place: every command looks for
that before it would make an empty home there.
"""

from __future__ import annotations

import os
import shlex
from contextlib import suppress
from pathlib import Path

from amends.core.errors import AmendsError


class RestoreCutOff(AmendsError):
    """A restore was killed between its two renames."""


def unpacking_at(home: Path) -> Path:
    """Where a backup is unpacked and looked at: beside the home, so that a rename can bring it there."""
    return home.with_name(f"{home.name}.restoring")


def ready_at(home: Path) -> Path:
    """Where it lies once it is known to be whole."""
    return home.with_name(f"{home.name}.restored")


def swap(home: Path, *, kept: Path) -> None:
    """Move the present home to `kept` and the one that is ready to its place; undone where the second step fails."""
    home.rename(kept)
    try:
        ready_at(home).rename(home)
    except OSError:
        with suppress(OSError):
            kept.rename(home)
        raise
    sync_folder(home.parent)


def refuse_cut_off(home: Path) -> None:
    """Raises `RestoreCutOff`, saying how to mend it, where a restore was killed between its renames."""
    if home.exists() or not ready_at(home).is_dir():
        return
    before = max(home.parent.glob(f"{home.name}.before-*"), key=_changed, default=None)
    undo = f", or undo it: mv {_shell(before)} {_shell(home)}" if before else ""
    message = f"A restore was cut off at its last step. Finish it: mv {_shell(ready_at(home))} {_shell(home)}{undo}"
    raise RestoreCutOff(message)


def sync_folder(folder: Path) -> None:
    """Make renames in `folder` durable, where the system can."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _changed(path: Path) -> int:
    return path.stat().st_ctime_ns  # a rename counts as a change: the newest is the one that was moved last


def _shell(path: Path) -> str:
    return shlex.quote(str(path))
