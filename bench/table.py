"""Plain aligned tables, and the line that says on what machine the figures were taken."""

from __future__ import annotations

import math
import os
import platform
import sqlite3
from collections.abc import Sequence
from statistics import median


def machine() -> str:
    """Cores, load, interpreter and database, in one line."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    return (
        f"{platform.system()} {platform.machine()}, {cores} cores{load}, Python {platform.python_version()},"
        f" SQLite {sqlite3.sqlite_version}"
    )


def show(title: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """One table: the first column to the left, the others to the right."""
    widths = [max(len(row[at]) for row in (heads, *rows)) for at in range(len(heads))]
    print(f"\n{title}")
    for row in (heads, ["-" * width for width in widths], *rows):
        first, *others = [
            cell.ljust(width) if at == 0 else cell.rjust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        print("  ".join([first, *others]).rstrip(), flush=True)


def spread(values: Sequence[float], form: str = ",.0f") -> str:
    """The median, and the least and the most where there are several."""
    if not values:
        return "none"
    middle = format(median(values), form)
    return middle if len(values) == 1 else f"{middle} ({format(min(values), form)} to {format(max(values), form)})"


def skipped(what: str, why: str) -> None:
    """Say loudly that something is not measured."""
    print(f"\n!! SKIPPED: {what}: {why}", flush=True)


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` of all values do not exceed (nearest rank)."""
    ranked = sorted(values)
    return ranked[max(0, math.ceil(share * len(ranked)) - 1)]
