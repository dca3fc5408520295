"""The poller as a process: news arrive by themselves, a kill -9 loses nothing, and it ends with its server."""

from __future__ import annotations

import hashlib
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.dovecot import PASSWORD, Dovecot
from tests.letters import letter
from tests.processes import alive, descendants, environment, free_port, wait_until

_PREPARE = (
    "import sys; from datetime import UTC, date, datetime\n"
    "from amends.cli.start import open_home; open_home(quiet=True)\n"
    "from amends.firm.scope import firm_scope\n"
    "from amends.firm.secrets import seal\n"
    "from amends.flows.live.opening import PURPOSE\n"
    "from amends.flows.set_up import found_firm\n"
    "from amends.mail.models import Account, Mailbox\n"
    "now = datetime.now(UTC); firm = found_firm(['studio.example'], now=now)\n"
    "with firm_scope(firm):\n"
    "    for user in sys.argv[3:]:\n"
    "        box = Mailbox.objects.create(address=user, created_at=now)\n"
    "        Account.objects.create(mailbox=box, host='localhost', port=int(sys.argv[1]), username=user,\n"
    "            secret=seal(sys.argv[2], purpose=PURPOSE), since=date(2020, 1, 1), state_since=now,\n"
    "            created_at=now, next_at=now)\n"
)


def prepare(home: Path, server: Dovecot, *users: str) -> dict[str, str]:
    """A home with an account for each user; returns its environment."""
    env = environment(home, AMENDS_MAIL_CA_FILE=str(server.ca))
    command = [sys.executable, "-c", _PREPARE, str(server.tls_port), PASSWORD, *users]
    subprocess.run(command, env=env, check=True, timeout=120)  # noqa: S603
    return env


@contextmanager
def running(env: dict[str, str], *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """`amends …` for as long as the block; nothing of it runs on afterwards."""
    command = [sys.executable, "-m", "amends.cli.main", *arguments]
    process = subprocess.Popen(command, env=env, start_new_session=True)  # noqa: S603
    tree: list[int] = []
    try:
        yield process
    finally:
        tree = [process.pid, *descendants(process.pid)]
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(20)
        for pid in filter(alive, tree):
            os.kill(pid, signal.SIGKILL)


def ask(home: Path, query: str) -> Any:
    """The first value of a query, straight from the file."""
    with closing(sqlite3.connect(home / "amends.sqlite3", timeout=20)) as link:
        row = link.execute(query).fetchone()
        return row[0] if row else None


def letters(count: int) -> list[bytes]:
    now = datetime.now(UTC)
    return [
        letter(f"Note {number}.\n" + "word " * 600, at=now - timedelta(hours=number + 1),
               message_id=f"{number}@hartwell.example")
        for number in range(count)
    ]  # fmt: skip


def poller_of(process: subprocess.Popen[bytes]) -> int | None:
    """The process id of the poller among a server's children."""
    for pid in descendants(process.pid):
        try:
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:
            continue
        if b"amends.workers\0poll" in command:
            return pid
    return None


def test_new_mail_is_read_judged_and_a_killed_poller_is_started_again(server: Dovecot, tmp_path: Path) -> None:
    home, user = tmp_path / "home", server.user()
    env = prepare(home, server, user)
    server.deliver(user, letters(3))
    with running(env, "serve", "--port", str(free_port())) as site:
        wait_until(lambda: ask(home, "SELECT count(*) FROM mail_message") == 3, seconds=90)
        wait_until(lambda: ask(home, "SELECT state FROM mail_account") == "ready", seconds=30)
        urgent = letter(
            "Dear Ada,\n\nI am furious that the third invoice has an error again.\n", at=datetime.now(UTC),
            message_id="urgent@hartwell.example",
        )  # fmt: skip
        server.deliver(user, [urgent])  # told by IDLE: the next look by the clock is minutes away
        found = "SELECT count(*) FROM signals_signal WHERE kind = 'complaint'"
        wait_until(lambda: ask(home, found) == 1, seconds=90)
        first = poller_of(site)
        assert first is not None
        os.kill(first, signal.SIGKILL)
        server.deliver(user, [letter(at=datetime.now(UTC), message_id="late@hartwell.example")])
        wait_until(lambda: poller_of(site) not in {None, first}, seconds=60)
        last = poller_of(site)
        assert last is not None
        wait_until(lambda: ask(home, "SELECT count(*) FROM mail_message") == 5, seconds=60)
        site.kill()  # and with a killed server it ends by itself
        site.wait(20)
        wait_until(lambda: not alive(last), seconds=20)


def test_killed_at_any_moment_a_first_sync_ends_equal_to_the_server(server: Dovecot, tmp_path: Path) -> None:
    home, user, count = tmp_path / "home", server.user(), 400
    env = prepare(home, server, user)
    server.deliver(user, letters(count))
    for goal in (1, 120, 260):
        with running(env, "poll") as poller:
            wait_until(lambda goal=goal: ask(home, "SELECT count(*) FROM mail_remote") >= goal, seconds=90)  # type: ignore[misc]
            tree = [poller.pid, *descendants(poller.pid)]
            os.kill(poller.pid, signal.SIGKILL)
            poller.wait()
            wait_until(lambda tree=tree: not any(map(alive, tree)), seconds=20)  # type: ignore[misc]
    with running(env, "poll"):
        wait_until(lambda: ask(home, "SELECT state FROM mail_account") == "ready", seconds=120)
    hashes = {hashlib.sha256(data).hexdigest() for data, _ in server.contents(user, ["INBOX"])["INBOX"].values()}
    with closing(sqlite3.connect(home / "amends.sqlite3")) as link:
        assert {row[0] for row in link.execute("SELECT sha256 FROM mail_remote")} == hashes
        assert link.execute("SELECT count(*) FROM mail_remote").fetchone()[0] == count
        assert {row[0] for row in link.execute("SELECT raw FROM mail_copy")} == hashes
    assert ask(home, "SELECT count(*) FROM mail_message") == count
    assert ask(home, "SELECT done || ' ' || stored FROM mail_folder WHERE name = 'INBOX'") == f"{count} {count}"
    claimed = str(ask(home, "SELECT claimed_by FROM mail_account"))
    # A poller that is asked to end lets go; one that is amid a turn is cut off, and the next inherits from the dead.
    assert not claimed or not alive(int(claimed.split("/")[1]))
