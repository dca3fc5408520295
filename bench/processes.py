"""Running a command: how long it took, the processor time it used, and the memory of it and its children at their peak.

The largest process is the greatest peak (VmHWM) among them, or what `wait4` reports where there is no /proc;
the tree is the largest sum of resident sets among samples taken every 20 ms, pages that are shared counted in each.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_EVERY = 0.02  # seconds between samples
# An installed program has its modules compiled. Here they are kept out of the tree, and the first run makes them.
_cache = tempfile.TemporaryDirectory(prefix="bench-compiled-")
_COMPILED = {"PYTHONPYCACHEPREFIX": _cache.name, "PYTHONDONTWRITEBYTECODE": ""}


class Failed(Exception):
    """The command ended as it should not."""


@dataclass(frozen=True, slots=True)
class Ran:
    """Wall clock and processor seconds, peaks in megabytes, and what it printed."""

    seconds: float
    cpu: float
    largest_mb: float
    tree_mb: float
    output: str


def run(command: Sequence[str], *, env: Mapping[str, str] | None = None, fine: Sequence[int] = (0,)) -> Ran:
    """Run a command to its end. Raises `Failed` where its exit code is not one of `fine`."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        began = time.perf_counter()
        process = subprocess.Popen(command, env={**os.environ, **_COMPILED, **(env or {})}, stdout=out, stderr=err)
        watch = _Watch(process.pid)
        watch.start()
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - began
        watch.ended = True
        watch.join()
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        if process.returncode not in fine:
            message = (
                f"{' '.join(command)} ended with {process.returncode}: {err.read().decode(errors='replace')[-500:]}"
            )
            raise Failed(message)
        return Ran(
            seconds=seconds,
            cpu=max(usage.ru_utime + usage.ru_stime, watch.cpu),
            largest_mb=watch.largest_mb or usage.ru_maxrss / 1024,
            tree_mb=watch.tree_mb,
            output=out.read().decode(errors="replace"),
        )


class _Watch(threading.Thread):
    """Samples a process and its descendants through /proc; where there is none, it sees nothing."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._pid = pid
        self._cpu: dict[int, float] = {}
        self.ended = False
        self.largest_mb = self.tree_mb = 0.0

    @property
    def cpu(self) -> float:
        """Processor seconds of all as last seen; children that are killed at the end are in nobody else's account."""
        return sum(self._cpu.values())

    def run(self) -> None:
        while not self.ended:
            total = 0.0
            for pid in _family(self._pid):
                now, peak = _memory(pid)
                total += now
                self.largest_mb = max(self.largest_mb, peak)
                self._cpu[pid] = _cpu(pid) or self._cpu.get(pid, 0.0)
            self.tree_mb = max(self.tree_mb, total)
            time.sleep(_EVERY)


def _family(pid: int) -> Iterator[int]:
    yield pid
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            text = children.read_text()
        except OSError:
            continue
        for child in text.split():
            yield from _family(int(child))


def _memory(pid: int) -> tuple[float, float]:
    """Resident set now and at its peak, in megabytes."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0, 0.0
    found = {line.partition(":")[0]: line.split()[1] for line in lines if line.startswith(("VmRSS", "VmHWM"))}
    return int(found.get("VmRSS", 0)) / 1024, int(found.get("VmHWM", 0)) / 1024


def _cpu(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
