"""Live mailboxes: a first sync over IMAP, straight and cut at random; an hour's changes; what quiet mailboxes cost.

The server is Debian's Dovecot on loopback with TLS; the poller is the real `amends poll`, in a process of its own.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

from bench.processes import Failed
from bench.table import machine, show, skipped

FOLDERS = {"INBOX": 0.5, "Sent Items": 0.25, "Projects": 0.2, "Archive": 0.05}
_NOTE = "Dear Ada, please see what we found about the plan and tell us by Friday whether it can go on. "

_PREPARE = (
    "import json, sys; from datetime import UTC, date, datetime\n"
    "from amends.cli.start import open_home; open_home(quiet=True)\n"
    "from amends.firm.scope import firm_scope\n"
    "from amends.firm.secrets import seal\n"
    "from amends.flows.live.opening import PURPOSE\n"
    "from amends.flows.set_up import found_firm\n"
    "from amends.mail.models import Account, Folder, Mailbox\n"
    "port, secret, users, folders = json.loads(sys.argv[1])\n"
    "now = datetime.now(UTC); firm = found_firm(['studio.example'], now=now)\n"
    "with firm_scope(firm):\n"
    "    for user in users:\n"
    "        box = Mailbox.objects.create(address=user, created_at=now)\n"
    "        live = Account.objects.create(mailbox=box, host='localhost', port=port, username=user,\n"
    "            secret=seal(secret, purpose=PURPOSE), since=date(2000, 1, 1), state_since=now,\n"
    "            created_at=now, next_at=now)\n"
    "        for name in folders: Folder.objects.create(account=live, name=name, chosen=True)\n"
)


def _letters(count: int, *, begin: int = 0) -> Iterator[bytes]:
    """Notes of 1 to 20 KB, one in a hundred of 200 KB, one in two thousand of 6 MB, one in a thousand broken."""
    chance = random.Random(begin)
    now = datetime.now(UTC).replace(microsecond=0)
    for number in range(begin, begin + count):
        client = number % 60
        size = chance.randint(1, 20) * 1024
        size = 6 << 20 if number % 2000 == 1999 else 200 << 10 if number % 100 == 99 else size
        at = format_datetime(now - timedelta(minutes=number * 7 + 60))
        head = (
            f"From: Petra <petra@client{client}.example>\r\nTo: ada@studio.example\r\nSubject: Note {number // 3}\r\n"
            f"Date: {at}\r\nMessage-ID: <{number}@client{client}.example>\r\n"
        )
        if number % 1000 == 500:
            head += "Content-Type: multipart/mixed; boundary=nowhere\r\n"
        text = f"Note {number}. " + _NOTE * (size // len(_NOTE) + 1)
        lines = [text[at : at + 76] for at in range(0, size, 76)]
        yield (head + "\r\n" + "\r\n".join(lines) + "\r\n").encode()


def _fill(folder: Path, letters: Iterator[bytes], owner: Path) -> int:
    """Put letters into a Maildir as files, which is as fast as the disk."""
    for part in ("cur", "new", "tmp"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    count = 0
    for number, data in enumerate(letters):
        (folder / "cur" / f"{1_700_000_000 + number}.M{number}.bench:2,S").write_bytes(data)
        count += 1
    who = owner.stat()
    for path in [folder, *folder.rglob("*")]:
        os.chown(path, who.st_uid, who.st_gid)
    return count


class _Home:
    """A home of Amends, and the poller in it."""

    def __init__(
        self, folder: Path, server: object, users: Sequence[str], *, port: int, folders: Sequence[str]
    ) -> None:
        import json

        from tests.dovecot import PASSWORD

        self.path = folder
        self.env = {
            **{name: value for name, value in os.environ.items() if not name.startswith("AMENDS_")},
            "AMENDS_HOME": str(folder), "AMENDS_MAIL_CA_FILE": str(server.ca),  # type: ignore[attr-defined]
        }  # fmt: skip
        given = json.dumps([port, PASSWORD, list(users), list(folders)])
        subprocess.run([sys.executable, "-c", _PREPARE, given], env=self.env, check=True)

    @contextmanager
    def poller(self) -> Iterator[subprocess.Popen[bytes]]:
        process = subprocess.Popen([sys.executable, "-m", "amends.cli.main", "poll"], env=self.env)
        try:
            yield process
        finally:
            process.terminate()
            process.wait(60)

    def ask(self, query: str) -> list[tuple[object, ...]]:
        with closing(sqlite3.connect(self.path / "amends.sqlite3", timeout=60)) as link:
            return link.execute(query).fetchall()

    def number(self, query: str) -> int:
        return int(str(self.ask(query)[0][0]))

    def until(self, true: Callable[[], bool], *, patience: float) -> float:
        began = time.perf_counter()
        while not true():
            if time.perf_counter() - began > patience:
                message = f"not within {patience:.0f} s: {self.ask('SELECT state, problem FROM mail_account LIMIT 3')}"
                raise Failed(message)
            time.sleep(0.2)
        return time.perf_counter() - began

    def ready(self) -> bool:
        return self.number("SELECT count(*) FROM mail_account WHERE state <> 'ready' OR failures > 0") == 0


def _equal(home: _Home, server: object, user: str) -> str:
    """Compare with the server, message by message; returns what to say."""
    contents = server.contents(user, FOLDERS)  # type: ignore[attr-defined]
    on_server = {
        (name, uid): hashlib.sha256(data).hexdigest()
        for name, rows in contents.items()
        for uid, (data, _) in rows.items()
    }
    rows = home.ask("SELECT f.name, r.uid, r.sha256 FROM mail_remote r JOIN mail_folder f ON f.id = r.folder_id")
    noted = {(str(name), int(str(uid))): str(sha256) for name, uid, sha256 in rows}
    missing = [key for key, sha256 in on_server.items() if noted.get(key) != sha256]
    copies = {str(row[0]) for row in home.ask("SELECT raw FROM mail_copy")}
    unstored = set(on_server.values()) - copies
    doubled = len(rows) - len(noted) + home.number("SELECT count(*) - count(DISTINCT raw) FROM mail_copy")
    raw = sqlite3.connect(home.path / "raw.sqlite3")
    with closing(raw):
        bytes_there = {row[0].hex() for row in raw.execute("SELECT DISTINCT sha256 FROM raw")}
    if missing or unstored or doubled or set(on_server.values()) - bytes_there:
        message = f"not equal: {len(missing)} missing, {len(unstored)} not stored, {doubled} doubled"
        raise Failed(message)
    return f"{len(on_server):,} on the server, all of them stored byte for byte, none twice"


def _cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _memory(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS"))


def _an_hour(server: object, user: str) -> None:
    """New mail, moved, deleted, marked, while the poller looks on."""
    letters = list(_letters(60, begin=1_000_000))
    with server.client(user) as link:  # type: ignore[attr-defined]
        for at in range(0, 60, 10):
            for data in letters[at : at + 8]:
                link.append("INBOX", data)
            for data in letters[at + 8 : at + 10]:
                link.append("Sent Items", data)
            link.select_folder("INBOX")
            uids = link.search()
            link.move(uids[at : at + 5], "Projects")
            link.add_flags(uids[100 : 100 + at], [b"\\Flagged"])
            link.delete_messages(uids[200 + at : 203 + at])
            link.expunge()


def _big(server: object, folder: Path, count: int, cuts: int) -> list[list[str]]:
    from tests.cutting import Cutter

    user = server.user()  # type: ignore[attr-defined]
    server.deliver(user, [])  # type: ignore[attr-defined]
    with server.client(user) as link:  # type: ignore[attr-defined]
        link.create_folder("Archive")
    begin = total = 0
    for name, share in FOLDERS.items():
        many = round(count * share)
        _fill(server.maildir(user, name), _letters(many, begin=begin), server.maildir(user))  # type: ignore[attr-defined]
        begin += many
    total = begin
    before = server.contents(user, FOLDERS)  # type: ignore[attr-defined]
    size = sum(len(data) for rows in before.values() for data, _ in rows.values())
    rows = []
    straight = _Home(folder / "straight", server, [user], port=server.tls_port, folders=list(FOLDERS))  # type: ignore[attr-defined]
    with straight.poller() as poller:
        seconds = straight.until(straight.ready, patience=1800)
        cpu, memory = _cpu(poller.pid), _memory(poller.pid)
    rows.append([f"first sync of {total:,} ({size / 1e6:.0f} MB)", f"{seconds:.0f}", f"{total / seconds:.0f}",
                 f"{cpu:.0f}", f"{memory:.0f}", _equal(straight, server, user)])  # fmt: skip
    most = size // cuts
    with Cutter(server.tls_port, cuts=cuts, most=most, seed=7) as way:  # type: ignore[attr-defined]
        home = _Home(folder / "cut", server, [user], port=way.port, folders=list(FOLDERS))
        with home.poller():
            seconds = home.until(lambda: not way.left and home.ready(), patience=2400)
            rows.append([f"the same, cut {cuts} times", f"{seconds:.0f}", f"{total / seconds:.0f}", "", "",
                         _equal(home, server, user)])  # fmt: skip
            untouched = server.contents(user, FOLDERS) == before  # type: ignore[attr-defined]
            _an_hour(server, user)
            arrived = home.until(lambda: _has_all(home, server, user), patience=900)
        rows.append(["an hour's changes", f"{arrived:.0f}", "", "", "", _equal(home, server, user)])
    rows.append(["flags and messages on the server", "", "", "", "", "unchanged" if untouched else "CHANGED"])
    return rows


def _has_all(home: _Home, server: object, user: str) -> bool:
    """Whether every UID of the server is noted (the bodies are compared afterwards)."""
    with server.client(user) as link:  # type: ignore[attr-defined]
        uids = set()
        for name in FOLDERS:
            link.select_folder(name, readonly=True)
            uids |= {(name, uid) for uid in link.search()}
    rows = home.ask("SELECT f.name, r.uid FROM mail_remote r JOIN mail_folder f ON f.id = r.folder_id")
    time.sleep(1)
    return uids <= {(str(name), int(str(uid))) for name, uid in rows}


def _idle(server: object, folder: Path, boxes: int, seconds: int) -> list[list[str]]:
    users = [server.user() for _ in range(boxes)]  # type: ignore[attr-defined]
    for user in users:
        server.deliver(user, list(_letters(2)))  # type: ignore[attr-defined]
    home = _Home(folder / "idle", server, users, port=server.tls_port, folders=[])  # type: ignore[attr-defined]
    with home.poller() as poller:
        home.until(home.ready, patience=300)
        time.sleep(75)  # readers that nobody needs have ended by then
        before = _cpu(poller.pid)
        time.sleep(seconds)
        used = (_cpu(poller.pid) - before) * 60 / seconds
        memory = _memory(poller.pid)
        server.deliver(users[-1], list(_letters(1, begin=77)))  # type: ignore[attr-defined]
        delay = home.until(lambda: home.number("SELECT count(*) FROM mail_remote") > 2 * boxes, patience=60)
    return [[f"{boxes} mailboxes in IDLE", f"{used:.2f}", f"{memory:.0f}", f"{delay:.1f}"]]


def main(arguments: Sequence[str] | None = None) -> None:
    """Run it once and print the tables."""
    parser = argparse.ArgumentParser(prog="bench imap", description=__doc__)
    parser.add_argument("--messages", type=int, default=20_000)
    parser.add_argument("--cuts", type=int, default=20)
    parser.add_argument("--boxes", type=int, default=50)
    parser.add_argument("--idle-seconds", type=int, default=120)
    wanted = parser.parse_args(arguments)
    program = shutil.which("dovecot") or shutil.which("dovecot", path="/usr/sbin")
    if program is None:
        skipped("imap", "there is no Dovecot here (Debian: apt-get install dovecot-imapd)")
        return
    from tests.dovecot import Dovecot

    print(f"\n{machine()}")
    with tempfile.TemporaryDirectory(prefix="bench-imap-") as name, Dovecot(program) as server:
        show("Quiet mailboxes", ["", "processor s a minute", "MB", "s from delivery to stored"],
             _idle(server, Path(name), wanted.boxes, wanted.idle_seconds))  # fmt: skip
        show("A large mailbox", ["", "seconds", "messages/s", "processor s", "MB", "compared with the server"],
             _big(server, Path(name), wanted.messages, wanted.cuts))  # fmt: skip


if __name__ == "__main__":
    main()
