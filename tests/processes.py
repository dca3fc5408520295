"""Real processes for tests: their environment, their children, and waiting for what they do."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Callable
from pathlib import Path


def environment(home: Path, **more: str) -> dict[str, str]:
    """The environment of an `amends` of its own in `home`, on SQLite."""
    ours = ("AMENDS_", "DJANGO_")  # the browser tests set one of Django's for themselves
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return {**kept, "AMENDS_HOME": str(home), "PYTHONUNBUFFERED": "1", **more}


def descendants(pid: int) -> list[int]:
    """Children of a process and theirs, by Linux's /proc."""
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            children = task.read_text().split()
        except OSError:  # a thread that has ended meanwhile
            continue
        for child in map(int, children):
            found += [child, *descendants(child)]
    return found


def alive(pid: int) -> bool:
    """Whether a process runs; one that has ended and waits to be asked for does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][:1]
    except OSError:
        return False
    return state not in {"Z", "X"}


def wait_until(true: Callable[[], bool], *, seconds: float) -> None:
    """Wait for something; the time is no measurement, only the patience before the test fails."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, f"not within {seconds:.0f} seconds"
        time.sleep(0.05)


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
