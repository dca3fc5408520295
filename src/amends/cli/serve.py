"""`amends serve`, and its parts `amends web` and `amends worker` for more than one machine."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time

import click

from amends.cli.start import now, open_home, refuse_errors
from amends.core.errors import AmendsError

_PAUSES = (1.0, 60.0)  # seconds before a job runner that ended is started again: at first, and at most
_LIVED = 60.0  # seconds after which it was no false start
_PATIENCE = 15.0  # seconds for it to come to the end of a step


class PortInUse(AmendsError):
    """Something else listens where we were told to."""


_host = click.option("--host", default="127.0.0.1", show_default=True, help="Where to listen.")
_port = click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))


@click.command("serve")
@_host
@_port
def serve_command(host: str, port: int) -> None:
    """Run everything in one process tree: pages, jobs. On loopback unless told otherwise."""
    serve(host, port)


@click.command("web")
@_host
@_port
def web_command(host: str, port: int) -> None:
    """Run the pages only."""
    point_at(host, port)
    open_home()
    refuse_errors()
    _web(host, port)


@click.command("worker")
def worker_command() -> None:
    """Run background jobs only."""
    open_home()
    os.execv(sys.executable, _worker(None))  # noqa: S606


def _worker(parent: int | None) -> list[str]:
    """The command of the job runner, which is a process of its own."""
    return [sys.executable, "-m", "amends.workers", *([str(parent)] if parent else [])]


def serve(host: str, port: int, *, say_link: bool = True) -> None:
    """Start the job runner as a child and the web server here; both end together. Raises `PortInUse`."""
    _be_alone(host, port)
    point_at(host, port)
    open_home()
    refuse_errors()
    from amends.flows.set_up import first_link

    link = first_link(now=now()) if say_link else None
    if link:
        click.echo(f"Make yourself the administrator here, within a day: {address(host, port)}/enter/{link}")
    jobs = Kept(_worker(os.getpid()))
    try:
        click.echo(f"Amends is at {address(host, port)} (stop it with Ctrl+C)")
        _web(host, port)
    finally:
        jobs.end()


class Kept:
    """A child process that is started again when it ends by itself, after a pause that grows while it goes on so."""

    def __init__(self, command: list[str]) -> None:
        self._command = command
        self._ending = threading.Event()
        self._lock = threading.Lock()
        self._child = self._start()
        threading.Thread(target=self._keep, daemon=True).start()

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(self._command, start_new_session=True)  # noqa: S603

    def _keep(self) -> None:
        pause = _PAUSES[0]
        while not self._ending.is_set():
            began = time.monotonic()
            code = self._child.wait()
            if self._ending.is_set():
                return
            pause = _PAUSES[0] if time.monotonic() - began > _LIVED else min(2 * pause, _PAUSES[1])
            click.echo(f"The job runner ended ({_how(code)}); it starts again in {pause:.0f} s.", err=True)
            if self._ending.wait(pause):
                return
            with self._lock:
                if not self._ending.is_set():
                    self._child = self._start()

    def end(self) -> None:
        """Have it end: asked first, and killed where that takes too long."""
        self._ending.set()
        with self._lock:
            self._child.terminate()
        try:
            self._child.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()


def _how(code: int) -> str:
    return f"killed by signal {-code}" if code < 0 else f"exit code {code}"


def _be_alone(host: str, port: int) -> None:
    """Two servers may share a port on some systems, each with a home of its own: never let that happen unsaid."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((host, port))
        except OSError as error:
            message = f"{host}:{port} cannot be used ({error.strerror}): choose another with --port."
            raise PortInUse(message) from error


def _web(host: str, port: int) -> None:
    from granian.constants import Interfaces
    from granian.server import Server

    os.environ["AMENDS_SERVED_BY"] = str(os.getpid())  # the process that answers ends when this one is killed
    server = Server(
        "amends.config.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=min(4, os.cpu_count() or 1),
        websockets=False,
        log_level="warning",  # type: ignore[arg-type]
        respawn_failed_workers=True,
    )
    server.serve()


def point_at(host: str, port: int) -> None:
    """Where nothing else is said, the pages are at the address that they are served on."""
    os.environ.setdefault("AMENDS_URL", address(host, port))


def address(host: str, port: int) -> str:
    shown = "127.0.0.1" if host in {"0.0.0.0", "::"} else host  # noqa: S104
    return f"http://{f'[{shown}]' if ':' in shown else shown}:{port}"
