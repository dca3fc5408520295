"""Who holds a job: a process, named so that another one of the same machine can tell whether it still lives.

On Linux a name holds the kernel's boot, the process's number space, its number and the moment it began, so that no two
processes ever share one; elsewhere nobody can tell, and a lease must run out.
"""

from __future__ import annotations

import os
import socket
import uuid
from functools import cache
from pathlib import Path

_ALONE = uuid.uuid4().hex  # where there is no /proc


def me() -> str:
    """The name of this process."""
    return f"{_kernel()}/{os.getpid()}/{_began(os.getpid()) or _ALONE}"


def machine() -> str:
    """What people call this machine."""
    return socket.gethostname()[:120]


def is_gone(holder: str) -> bool:
    """Whether that process has certainly ended; False where nobody can tell."""
    kernel, _, rest = holder.partition("/")
    number, _, began = rest.partition("/")
    if not kernel or kernel != _kernel() or not number.isdigit():
        return False
    return _began(int(number)) != began


@cache
def _kernel() -> str:
    """This boot of this kernel and this space of process numbers; "" where that is not known."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return f"{boot}:{os.readlink('/proc/self/ns/pid')}"  # noqa: PTH115 (no file to resolve)
    except OSError:
        return ""


def _began(number: int) -> str:
    """When a process began, in ticks since the boot; "" where it has ended."""
    try:
        fields = Path(f"/proc/{number}/stat").read_text(encoding="utf-8", errors="replace").rpartition(") ")[2].split()
    except OSError:
        return ""
    return "" if fields[0] in {"Z", "X"} else fields[19]
