"""`amends serve`, and its parts `amends web`, `amends worker` and `amends poll` for more than one machine."""

from __future__ import annotations

import os
import socket
import sys
import time
from collections.abc import Sequence
from http.client import HTTPConnection, HTTPException
from threading import Thread
from urllib.parse import urlsplit

import click

from amends.cli.kept import Kept
from amends.cli.start import now, open_home, refuse_errors
from amends.core.errors import AmendsError

_PATIENCE = 60  # seconds for one answer, of a server that is only starting


class PortInUse(AmendsError):
    """Something else listens where we were told to."""


_host = click.option("--host", default="127.0.0.1", show_default=True, help="Where to listen.")
_port = click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))


@click.command("serve")
@_host
@_port
def serve_command(host: str, port: int) -> None:
    """Run everything in one process tree: pages, jobs, mailboxes. On loopback unless told otherwise."""
    serve(host, port)


@click.command("web")
@_host
@_port
def web_command(host: str, port: int) -> None:
    """Run the pages only."""
    point_at(host, port)
    open_home()
    refuse_errors()
    _say_once_it_answers(host, port, _first_link())
    _web(host, port)


@click.command("worker")
def worker_command() -> None:
    """Run background jobs only."""
    open_home()
    os.execv(sys.executable, _worker(None))  # noqa: S606


@click.command("poll")
def poll_command() -> None:
    """Keep live mailboxes up to date only. What it brings in is judged by a worker."""
    open_home()
    refuse_errors()
    os.execv(sys.executable, _poller(None))  # noqa: S606


def _worker(parent: int | None) -> list[str]:
    """The command of the job runner, which is a process of its own."""
    return [sys.executable, "-m", "amends.workers", *([str(parent)] if parent else [])]


def _poller(parent: int | None) -> list[str]:
    """The command of the poller, which is another."""
    return [sys.executable, "-m", "amends.workers", "poll", *([str(parent)] if parent else [])]


def serve(host: str, port: int, *, link: str = "") -> None:
    """Start the job runner and the poller as children and the web server here; all end together. Raises `PortInUse`.

    What leads in, `link` or the way in of whoever is first, is said once the server answers.
    """
    _be_alone(host, port)
    point_at(host, port)
    open_home()
    refuse_errors()
    lines = [*([link] if link else _first_link()), f"Amends is at {address(host, port)} (stop it with Ctrl+C)"]
    jobs = Kept(_worker(os.getpid()), name="job runner")
    poller = Kept(_poller(os.getpid()), name="poller of mailboxes")
    try:
        _say_once_it_answers(host, port, lines)
        _web(host, port)
    finally:
        jobs.stop()
        poller.stop()


def _first_link() -> list[str]:
    """A way in where there is nobody yet who could sign in."""
    from django.conf import settings

    from amends.flows.set_up import first_link

    link = first_link(now=now())
    return [f"Make yourself the administrator here, within a day: {settings.PUBLIC_URL}/enter/{link}"] if link else []


def _say_once_it_answers(host: str, port: int, lines: Sequence[str]) -> None:
    """Print these lines once the server answers: whoever opens an address before that finds nobody there."""
    Thread(target=_wait_and_say, args=(host, port, lines), daemon=True).start()


def _wait_and_say(host: str, port: int, lines: Sequence[str]) -> None:
    at = urlsplit(address(host, port))
    while True:
        link = HTTPConnection(at.hostname or host, port, timeout=_PATIENCE)
        try:
            link.request("HEAD", "/healthz")
            link.getresponse()
            break
        except (OSError, HTTPException):
            time.sleep(0.1)
        finally:
            link.close()
    for line in lines:
        click.echo(line)


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
