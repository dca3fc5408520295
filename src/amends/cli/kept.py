"""A child process that is started again when it dies."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Sequence

import click

_PAUSE = 1.0  # seconds before the first restart; each that follows waits twice as long
_LONGEST = 60.0
_SETTLED = 120.0  # seconds after which a process counts as one that runs


class Kept:
    """Runs a command until `stop`."""

    def __init__(self, command: Sequence[str], *, name: str) -> None:
        self._command, self._name = list(command), name
        self._ending = threading.Event()
        self._process = self._start()
        self._watch = threading.Thread(target=self._keep, daemon=True)
        self._watch.start()

    def stop(self) -> None:
        """End it; returns when it has ended."""
        self._ending.set()
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(10)

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(self._command, start_new_session=True)  # noqa: S603

    def _keep(self) -> None:
        pause = _PAUSE
        while True:
            try:
                code = self._process.wait(_SETTLED)
            except subprocess.TimeoutExpired:
                pause = _PAUSE
                continue
            if self._ending.is_set():
                return
            how = f"killed by signal {-code}" if code < 0 else f"exit code {code}"
            click.echo(f"The {self._name} ended ({how}); it starts again in {pause:.0f} s.", err=True)
            if self._ending.wait(pause):
                return
            pause = min(2 * pause, _LONGEST)
            self._process = self._start()
            if self._ending.is_set():  # asked to end at that very moment
                self._process.terminate()
                return
