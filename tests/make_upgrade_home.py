"""Makes a small home with an older version of Amends, for the test that today's version opens it.

    python tests/make_upgrade_home.py COMMIT-OR-TAG

checks that version out beside this one, lets it import a part of its sample agency's mail and a time sheet, and adds
what people do in a browser. The home goes into tests/integration/upgrade/homes/NAME.tar.xz with the rows of each table,
and is committed. Make one for every release, before anything else changes.
"""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import tarfile
import tempfile
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[1]
HOMES = ROOT / "tests" / "integration" / "upgrade" / "homes"
_LETTERS = 60  # of the sample agency's, the last ones
_LARGEST = 200_000  # bytes of a home in the repository
_SHEET = (
    "User,Email,Client,Project,Task,Description,Billable,Start date,Start time,End date,End time,Duration,Tags\n"
    "Ada Moss,ada@osierplum.example,Hartwell,Brochure,,Draft,Yes,2026-03-09,09:00:00,2026-03-09,10:30:00,01:30:00,\n"
    "Ada Moss,ada@osierplum.example,Hartwell,Brochure,,Layout,Yes,2026-03-10,09:00:00,2026-03-10,11:00:00,02:00:00,\n"
)

WRITE = """
from datetime import UTC, datetime
from pathlib import Path
from amends.demo import agency
from amends.demo.mime import mbox_entry
letters = [mbox_entry(letter) for letter in agency.letters(datetime(2026, 3, 16, 10, tzinfo=UTC))]
small = [entry for entry in letters if len(entry) < 20_000]
Path({archive!r}).write_bytes(b"".join(small[-{count}:]))
"""
FILL = """
from datetime import UTC, datetime
from amends.cli.start import in_firm, open_home
open_home(quiet=True)
from amends.clients.actions.curate import add_engagement
from amends.clients.models import Client
from amends.firm.models import Member
from amends.firm.sign_in import make_link
from amends.flows.teach import answer, correct
from amends.mail.queries import SYSTEM
from amends.signals.models import SAID, Action, Signal
now = datetime(2026, 3, 16, 10, tzinfo=UTC)
with in_firm(None):
    ada = Member.objects.create_member(
        email="ada@osierplum.example", name="Ada Moss", role="administrator", now=now, password="twelve seams in a bowl"
    )
    make_link(ada, now=now)
    add_engagement(Client.objects.earliest("pk"), name="Retainer", now=now, yearly_value=4800)
    said = list(Signal.objects.filter(kind__in=SAID, end__isnull=False).order_by("pk")[:4])
    answer([said[0].public_id], action=Action.OWN, member=ada, now=now)
    answer([said[1].public_id], action=Action.NOT_AN_ISSUE, member=ada, now=now, why="a quotation")
    right = "praise" if said[2].kind != "praise" else "complaint"
    correct(SYSTEM, said[2].message.public_id, right=right, signal=said[2].public_id, member=ada, now=now)
"""


def main() -> None:
    """Make one home."""
    version = sys.argv[1]
    with tempfile.TemporaryDirectory() as folder, _checked_out(version, Path(folder) / "code") as code:
        home = Path(folder) / "home"
        archive, sheet = Path(folder) / "sample.mbox", Path(folder) / "time.csv"
        sheet.write_text(_SHEET, encoding="utf-8")
        _run(code, home, "-c", WRITE.format(archive=str(archive), count=_LETTERS))
        _run(code, home, "-m", "amends.cli.main", "import", str(archive), "--own-domain", "osierplum.example")
        _run(code, home, "-m", "amends.cli.main", "import-time", str(sheet))
        _run(code, home, "-c", FILL)
        counts = {name: _settled(home / name) for name in ("amends.sqlite3", "raw.sqlite3")}
        (home / "counts.json").write_text(json.dumps(counts, indent=1), encoding="utf-8")
        HOMES.mkdir(parents=True, exist_ok=True)
        target = HOMES / f"{version}.tar.xz"
        with tarfile.open(target, "w:xz", preset=9) as packed:
            for name in ("amends.sqlite3", "raw.sqlite3", "counts.json"):
                packed.add(home / name, arcname=name, filter=_nobodys)
    size = target.stat().st_size
    sys.stdout.write(f"{target.relative_to(ROOT)}: {size:,} bytes\n")
    if size > _LARGEST:
        sys.exit(f"That is more than {_LARGEST:,}: take fewer letters.")


@contextmanager
def _checked_out(version: str, folder: Path) -> Iterator[Path]:
    git = ["git", "-C", str(ROOT), "worktree"]
    subprocess.run([*git, "add", "--quiet", "--detach", str(folder), version], check=True)
    try:
        yield folder
    finally:
        subprocess.run([*git, "remove", "--force", str(folder)], check=True)


def _run(code: Path, home: Path, *words: str) -> None:
    """Run Python with the older version's code, and no model: what it judges matters little here."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AMENDS_")}
    settings = {"AMENDS_HOME": str(home), "AMENDS_MODEL": "off", "PYTHONPATH": str(code / "src")}
    subprocess.run([sys.executable, *words], env=kept | settings, check=True)


def _settled(file: Path) -> dict[str, int]:
    """One file without a log beside it; its rows by table."""
    with closing(sqlite3.connect(file, isolation_level=None)) as link:
        link.execute("PRAGMA journal_mode=DELETE")
        link.execute("VACUUM")
        names = [row[0] for row in link.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
        kept = [name for name in names if not name.startswith(("sqlite_", "mail_search"))]
        return {name: link.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in kept}


def _nobodys(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.uid = entry.gid = entry.mtime = 0
    entry.uname = entry.gname = ""
    return entry


if __name__ == "__main__":
    main()
