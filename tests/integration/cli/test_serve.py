"""`amends serve` for real, on loopback: it answers, it ends whole, and work that was cut off is picked up again."""

from __future__ import annotations

import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import NOW
from tests.letters import days, letter
from tests.processes import alive, descendants, environment, free_port, wait_until

pytestmark = pytest.mark.once


class Served:
    """A running `amends serve`."""

    def __init__(self, home: Path) -> None:
        self.port = free_port()
        self.log = home.parent / f"serve-{self.port}.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(  # noqa: S603
                [sys.executable, "-m", "amends.cli.main", "serve", "--port", str(self.port)], env=environment(home),
                stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
        self.tree: list[int] = []

    def get(self, path: str) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=20) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()
        except OSError:
            return 0, ""

    def wait(self) -> None:
        wait_until(lambda: self.get("/healthz")[0] == 200 or self.process.poll() is not None, seconds=90)
        assert self.process.poll() is None, self.log.read_text()
        wait_until(lambda: "Amends is at" in self.log.read_text(), seconds=30)  # said once it answers
        wait_until(lambda: len(descendants(self.process.pid)) >= 2, seconds=30)
        self.tree = [self.process.pid, *descendants(self.process.pid)]

    def gone(self) -> bool:
        self.process.poll()
        return not any(map(alive, self.tree))

    def worker(self) -> int:
        return self.workers()[0]

    def workers(self) -> list[int]:
        """Job runners; the poller of mailboxes is none."""
        found = {pid: _command(pid) for pid in descendants(self.process.pid)}
        return [pid for pid, command in found.items() if b"amends.workers" in command and b"\0poll" not in command]


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


@contextmanager
def served(home: Path) -> Iterator[Served]:
    """Serve `home`; whatever happens, nothing of it runs on afterwards."""
    found = Served(home)
    try:
        found.wait()
        yield found
    finally:
        for pid in [*found.tree, *descendants(found.process.pid), found.process.pid]:
            if alive(pid):
                os.kill(pid, signal.SIGKILL)
        found.process.wait(20)


def test_it_answers_prints_the_first_link_and_ends_whole(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with served(home) as site:
        said = site.log.read_text()
        link = re.search(rf"http://127\.0\.0\.1:{site.port}(/enter/\S+)", said)
        assert link, said
        status, page = site.get("/")
        assert status == 200  # sent on to the page for signing in
        assert "<form" in page
        assert site.get(link[1])[0] == 200
        assert site.get("/enter/wrong")[0] in {200, 404, 410}
        os.kill(site.process.pid, signal.SIGTERM)
        assert site.process.wait(30) in {0, -signal.SIGTERM}
        wait_until(site.gone, seconds=20)


def test_the_link_of_the_demo_is_printed_once_somebody_answers_there(tmp_path: Path) -> None:
    port = free_port()
    command = [sys.executable, "-m", "amends.cli.main", "demo", "--home", str(tmp_path / "demo"), "--port", str(port)]
    with subprocess.Popen(  # noqa: S603
        command, env=environment(tmp_path), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        start_new_session=True,
    ) as process:  # fmt: skip
        try:
            assert process.stdout is not None
            link = next(line.partition("Look in here: ")[2].strip() for line in process.stdout if "Look in" in line)
            with urllib.request.urlopen(link, timeout=20) as answer:  # noqa: S310  # at once, without a second try
                assert answer.status == 200
            assert "Amends is at" in next(process.stdout)
        finally:
            tree = [process.pid, *descendants(process.pid)]
            os.kill(process.pid, signal.SIGTERM)
            process.wait(40)
            wait_until(lambda: not any(map(alive, tree)), seconds=20)


def test_no_job_runner_outlives_a_killed_server(tmp_path: Path) -> None:
    with served(tmp_path / "home") as site:
        os.kill(site.process.pid, signal.SIGKILL)
        wait_until(site.gone, seconds=20)


def test_a_job_runner_that_died_is_started_again(tmp_path: Path) -> None:
    with served(tmp_path / "home") as site:
        first = site.worker()
        os.kill(first, signal.SIGKILL)
        wait_until(lambda: any(pid != first for pid in site.workers()), seconds=30)
        assert "The job runner ended (killed by signal 9); it starts again in" in site.log.read_text()
        site.tree += site.workers()
        os.kill(site.process.pid, signal.SIGTERM)
        site.process.wait(30)
        wait_until(site.gone, seconds=20)


def test_told_to_end_in_the_midst_of_an_import_it_ends_whole_and_silent(tmp_path: Path) -> None:
    """The job goes back as it was, this attempt not counted; no process and no semaphore stays behind."""
    home = tmp_path / "home"
    _queue(home, _mailbox(tmp_path, 3000))
    with served(home) as site:
        wait_until(lambda: _ask(home, "SELECT count(*) FROM mail_message") > 0, seconds=90)
        site.tree += descendants(site.process.pid)
        os.kill(site.process.pid, signal.SIGTERM)
        assert site.process.wait(40) in {0, -signal.SIGTERM}
        wait_until(site.gone, seconds=20)
        said = site.log.read_text()
    assert "semaphore" not in said, said
    assert "Traceback" not in said, said
    of_import = (
        "FROM jobs_job JOIN django_tasks_database_dbtaskresult t ON t.id = task_id WHERE task_path LIKE '%.bring_in'"
    )
    assert _ask(home, f"SELECT status {of_import}") == "READY"
    assert _ask(home, f"SELECT attempts {of_import}") == 0


def test_an_import_that_was_cut_off_is_finished_after_the_next_start(tmp_path: Path) -> None:
    """The runner is killed in the midst of an upload's import; the next start takes it up, nothing lost or doubled."""
    home, count = tmp_path / "home", 1500
    _queue(home, _mailbox(tmp_path, count))
    with served(home) as site:
        wait_until(lambda: _ask(home, "SELECT count(*) FROM mail_message") > 0, seconds=90)
        worker = site.worker()
        tree = [worker, *descendants(worker)]
        for pid in tree:
            if alive(pid):
                os.kill(pid, signal.SIGKILL)
        state = _ask(home, "SELECT state FROM mail_importrun")
    assert state in {"storing", "judging"}, "the import was over before it could be cut off"
    with served(home):
        wait_until(lambda: _ask(home, "SELECT state FROM mail_importrun") == "done", seconds=120)
        query = "SELECT status FROM django_tasks_database_dbtaskresult WHERE task_path LIKE '%.bring_in'"
        wait_until(lambda: _ask(home, query) == "SUCCESSFUL", seconds=60)
    assert _ask(home, "SELECT count(*) FROM mail_message") == count
    assert _ask(home, "SELECT count(*) FROM mail_message WHERE judged = 0") == 0
    assert _ask(home, "SELECT received FROM clients_client") == count


def _mailbox(folder: Path, count: int) -> Path:
    archive = folder / "box.mbox"
    archive.write_bytes(
        b"".join(
            b"From a@x Mon Mar 16 10:00:00 2026\n" + letter(f"Note {number}.\n", at=NOW - days(number / 10)) + b"\n"
            for number in range(count)
        )
    )
    return archive


def _queue(home: Path, archive: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from datetime import UTC, datetime\n"
        "from amends.cli.start import open_home; open_home(quiet=True)\n"
        "from amends.firm.scope import firm_scope\n"
        "from amends.flows.set_up import begin_run, found_firm\n"
        "from amends.flows.tasks import bring_in\n"
        "now = datetime.now(UTC); firm = found_firm(['studio.example'], now=now)\n"
        "with firm_scope(firm):\n"
        "    run = begin_run([Path(sys.argv[1])], now=now)\n"
        "    bring_in.enqueue(run_id=run.pk, firm_id=firm.pk)\n"
    )
    subprocess.run([sys.executable, "-c", code, str(archive)], env=environment(home), check=True, timeout=120)  # noqa: S603


def _ask(home: Path, query: str) -> Any:
    for _ in range(50):
        try:
            with closing(sqlite3.connect(home / "amends.sqlite3", timeout=10)) as link:
                row = link.execute(query).fetchone()
                return row[0] if row else None
        except sqlite3.OperationalError:  # being made
            time.sleep(0.1)
    return None
