"""A real IMAP server for tests: Debian's Dovecot, run in a folder of its own on loopback, with its own certificate.

Without Dovecot the tests are skipped and say so; AMENDS_REQUIRE_DOVECOT=1 makes that a failure.
"""

from __future__ import annotations

import getpass
import os
import pwd
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from itertools import count
from pathlib import Path
from typing import Self

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from imapclient import IMAPClient
from tests.processes import free_port, wait_until

PASSWORD = "open sesame 1"
USERS = 500

_WITHOUT_IDLE = "IMAP4rev1 SASL-IR LITERAL+ ID ENABLE UIDPLUS SPECIAL-USE LIST-EXTENDED NAMESPACE"
_CONFIG = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
ssl = yes
ssl_cert = <{folder}/cert.pem
ssl_key = <{folder}/key.pem
disable_plaintext_auth = yes
default_internal_user = {internal}
default_internal_group = {internal_group}
default_login_user = {login}
auth_mechanisms = plain{mechanisms}
auth_failure_delay = 0
passdb {{
  driver = passwd-file
  args = scheme=PLAIN {folder}/users
}}
{more}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/mail/%u allow_all_users=yes
}}
first_valid_uid = 1
first_valid_gid = 1
mail_location = maildir:~/Maildir
mail_max_userip_connections = 200
maildir_very_dirty_syncs = yes
{capability}
namespace inbox {{
  inbox = yes
  separator = /
  mailbox "Sent Items" {{
    auto = create
    special_use = \\Sent
  }}
  mailbox Drafts {{
    auto = create
    special_use = \\Drafts
  }}
  mailbox Junk {{
    auto = create
    special_use = \\Junk
  }}
  mailbox Trash {{
    auto = create
    special_use = \\Trash
  }}
  mailbox Projects {{
    auto = create
  }}
}}
service imap-login {{
  chroot =
  service_count = 0
  client_limit = 400
  process_limit = 4
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
service imap {{
  process_limit = 300
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
  client_limit = 1000
}}
"""


def need_dovecot() -> str:
    """The path of Dovecot; skips or fails the test where there is none."""
    path = shutil.which("dovecot") or shutil.which("dovecot", path="/usr/sbin:/usr/local/sbin")
    if path is None:
        message = "there is no Dovecot: install Debian's dovecot-imapd to run the tests of live mailboxes"
        if os.environ.get("AMENDS_REQUIRE_DOVECOT") == "1":
            pytest.fail(message)
        pytest.skip(message)
    return path


class Dovecot:
    """One running server. `port` speaks STARTTLS, `tls_port` TLS; `ca` is the file of its certificate."""

    def __init__(self, program: str, *, mechanisms: str = "", idle: bool = True) -> None:
        self._program = program
        self._mechanisms, self._idle = mechanisms, idle
        self.folder = Path(tempfile.mkdtemp(prefix="amends-dovecot-"))
        self.folder.chmod(0o755)
        self.port, self.tls_port = free_port(), free_port()
        self.ca = self.folder / "cert.pem"
        self._numbers = count(1)
        self._process: subprocess.Popen[bytes] | None = None
        make_certificate(self.folder)
        (self.folder / "mail").mkdir(mode=0o777)
        self.configure()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def start(self) -> None:
        """Listen; returns when it answers."""
        self._process = subprocess.Popen(  # noqa: S603
            [self._program, "-F", "-c", str(self.folder / "dovecot.conf")],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        wait_until(self._answers, seconds=20)

    def stop(self) -> None:
        """End it and whatever it started."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(10)
        if self._process.stderr is not None:
            self._process.stderr.close()
        self._process = None

    def user(self) -> str:
        """A user who has nothing yet; all of them have the same password."""
        return f"user{next(self._numbers)}@studio.example"

    def client(self, user: str) -> IMAPClient:
        """A connection that may write, for tests to play the user with."""
        context = ssl.create_default_context(cafile=str(self.ca))
        link = IMAPClient("127.0.0.1", self.tls_port, ssl_context=context, timeout=30)
        link.login(user, PASSWORD)
        return link

    def deliver(self, user: str, letters: Iterable[bytes], folder: str = "INBOX") -> None:
        """Put letters into a folder, as other programs would."""
        with self.client(user) as link:
            for data in letters:
                link.append(folder, data)

    def maildir(self, user: str, folder: str = "INBOX") -> Path:
        """Where a folder's messages lie as files."""
        base = self.folder / "mail" / user / "Maildir"
        return base if folder == "INBOX" else base / f".{folder.replace('/', '.')}"

    def contents(self, user: str, folders: Iterable[str]) -> dict[str, dict[int, tuple[bytes, tuple[bytes, ...]]]]:
        """Bytes and flags of every message by folder and UID, read without changing anything."""
        found: dict[str, dict[int, tuple[bytes, tuple[bytes, ...]]]] = {}
        with self.client(user) as link:
            for folder in folders:
                link.select_folder(folder, readonly=True)
                uids = link.search()
                read: dict[int, tuple[bytes, tuple[bytes, ...]]] = {}
                for at in range(0, len(uids), 500):
                    for uid, row in link.fetch(uids[at : at + 500], ["BODY.PEEK[]", "FLAGS"]).items():
                        read[uid] = (row[b"BODY[]"], tuple(sorted(row[b"FLAGS"])))
                found[folder] = read
        return found

    def log(self) -> str:
        """What it has written about itself."""
        path = self.folder / "log"
        return path.read_text() if path.exists() else ""

    def configure(self, more: str = "") -> None:
        """Write its configuration, with `more` in it; before it starts."""
        root = os.geteuid() == 0
        me = getpass.getuser()
        mail = pwd.getpwnam("mail" if root else me)
        os.chown(self.folder / "mail", mail.pw_uid, mail.pw_gid)
        lines = [f"user{number}@studio.example:{{PLAIN}}{PASSWORD}::::::\n" for number in range(1, USERS + 1)]
        (self.folder / "users").write_text("".join(lines))
        (self.folder / "dovecot.conf").write_text(
            _CONFIG.format(
                folder=self.folder,
                internal="dovecot" if root else me,
                internal_group="dovecot" if root else _group(me),
                login="dovenull" if root else me,
                uid=mail.pw_uid,
                gid=mail.pw_gid,
                port=self.port,
                tls_port=self.tls_port,
                mechanisms=self._mechanisms,
                more=more,
                capability="" if self._idle else f"imap_capability = {_WITHOUT_IDLE}",
            )
        )

    def _answers(self) -> bool:
        if self._process is not None and self._process.poll() is not None:
            said = self._process.stderr.read().decode() if self._process.stderr else ""
            pytest.fail(f"Dovecot ended at once: {said} {self.log()}")
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=2) as link:
                return link.recv(4) == b"* OK"
        except OSError:
            return False


def _group(user: str) -> str:
    import grp

    return grp.getgrgid(pwd.getpwnam(user).pw_gid).gr_name


def make_certificate(folder: Path, *, host: str = "localhost") -> None:
    """A certificate of its own for `host` and 127.0.0.1, and its key, as cert.pem and key.pem."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName(host), x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    private = folder / "key.pem"
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    private.chmod(0o600)
