"""Leaving when the process that one works for is gone: a killed server must not leave the port or a job behind."""

from __future__ import annotations

import os
import signal
import threading
import time

_GRACE = 10.0  # seconds for whatever is in hand


def leave_with(parent: int, *, gently: bool = False) -> None:
    """From now on this process ends by itself when `parent` is no longer its parent.

    At once; or `gently`, as if told by SIGTERM, and at once only where that takes too long.
    """

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        if gently:
            os.kill(os.getpid(), signal.SIGTERM)
            time.sleep(_GRACE)
        os._exit(0)

    threading.Thread(target=watch, daemon=True).start()
