"""Fifty people at once: locust against `amends web` (granian) on PostgreSQL, signed in as fifty members.

    python -m bench load [--size 20000] [--people 50] [--seconds 60] [--workers 1] [--keep FOLDER]

Each person opens *Today*, a client, a conversation, looks something up or takes something on, then waits one to five
seconds, as people do. The server, PostgreSQL and locust share this machine's cores. An answer that is not a page is an
error; the bench fails where there is one. The firm comes from `bench/stored.py`; see `bench/pages.py` for one
connection alone.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.pages import ROOT, child, database, signed_in
from bench.table import machine, show, skipped


def main(arguments: Sequence[str] | None = None) -> int:
    """Make the firm where it is not there, serve it, and let people in. Returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="bench load", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--size", type=int, default=20_000)
    parser.add_argument("--people", type=int, default=50)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--keep", type=Path, default=None, help="a folder for the home, to use it again")
    parser.add_argument("--prepare", type=int, default=None, help=argparse.SUPPRESS)
    wanted = parser.parse_args(arguments)
    if wanted.prepare is not None:
        print(json.dumps(_prepared(wanted.prepare)))
        return 0
    with tempfile.TemporaryDirectory(prefix="bench-load-") as temporary:
        folder = (wanted.keep or Path(temporary)).resolve()
        with database("postgresql", folder, [wanted.size]) as urls:
            if urls is None:
                return 0
            return _loaded(wanted, folder / f"postgresql-{wanted.size}", urls[wanted.size])


def _loaded(wanted: argparse.Namespace, home: Path, url: str) -> int:
    child(wanted.size, 1, home, url)
    environment = {**os.environ, "AMENDS_HOME": str(home), "AMENDS_DATABASE_URL": url}
    ready = subprocess.run(
        [sys.executable, "-m", "bench.load", "--prepare", str(wanted.people)],
        cwd=ROOT, env=environment, stdout=subprocess.PIPE, check=True,
    )  # fmt: skip
    plan = home / "people.json"
    plan.write_bytes(ready.stdout)
    with _served(environment) as address:
        ended = subprocess.run(
            [sys.executable, "-m", "locust", "-f", str(Path(__file__).with_name("people.py")), "--headless",
             "--users", str(wanted.people), "--spawn-rate", "10", "--run-time", f"{wanted.seconds}s",
             "--host", address, "--json", "--loglevel", "ERROR", "--stop-timeout", "10"],
            cwd=ROOT, env={**environment, "BENCH_PEOPLE": str(plan)}, stdout=subprocess.PIPE, check=False,
        )  # fmt: skip
    return _print(json.loads(ended.stdout), wanted)


@contextmanager
def _served(environment: dict[str, str]) -> Iterator[str]:
    """`amends web` on a free port, until the block ends."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port = trial.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "amends.cli.main", "web", "--port", str(port)]
    server = subprocess.Popen(command, cwd=ROOT, env={**environment, "AMENDS_URL": address})
    try:
        for _ in range(240):
            try:
                with urllib.request.urlopen(f"{address}/healthz", timeout=5):
                    break
            except (urllib.error.URLError, ConnectionError):
                time.sleep(0.25)
        else:
            message = "amends web did not start"
            raise RuntimeError(message)
        yield address
    finally:
        server.terminate()
        server.wait(30)


def _prepared(people: int) -> dict[str, Any]:
    """In a child: fifty members with sessions, and the addresses that they may open."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "amends.config.settings"
    import django

    django.setup()
    from amends.clients.models import Client
    from amends.firm.models import Firm
    from amends.firm.scope import firm_scope
    from amends.mail.models import Thread

    with firm_scope(Firm.objects.get()):
        return {
            "cookies": [signed_in(f"person{number}@studio.example") for number in range(people)],
            "clients": [str(one.public_id) for one in Client.objects.order_by("-received")[:200]],
            "threads": [str(one.public_id) for one in Thread.objects.order_by("-last_at")[:400]],
        }


def _print(entries: list[dict[str, Any]], wanted: argparse.Namespace) -> int:
    print(f"\n{machine()}, postgresql, {wanted.people} people for {wanted.seconds} s on {wanted.size:,} messages")
    rows, errors = [], 0
    for entry in sorted(entries, key=lambda one: str(one["name"])):
        times = [(float(took), int(count)) for took, count in entry["response_times"].items()]
        errors += entry["num_failures"]
        rows.append(
            [entry["name"], f"{entry['num_requests']:,}", f"{entry['num_failures']}",
             f"{_at(times, 0.5):.0f}", f"{_at(times, 0.99):.0f}", f"{entry['max_response_time']:.0f}"]
        )  # fmt: skip
    if not rows:
        skipped("load", "nobody was answered")
        return 1
    show("Fifty people" if wanted.people == 50 else f"{wanted.people} people",
         ["page", "requests", "errors", "p50 ms", "p99 ms", "worst ms"], rows)  # fmt: skip
    return 1 if errors else 0


def _at(times: Sequence[tuple[float, int]], share: float) -> float:
    """The percentile of times that were counted in (rounded) groups."""
    left = share * sum(count for _, count in times)
    for took, count in sorted(times):
        left -= count
        if left <= 0:
            return took
    return 0.0


if __name__ == "__main__":
    sys.exit(main())
