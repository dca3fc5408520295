"""A backup never sends: what waits in it will have left before it is restored."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from zipfile import ZipFile

from tests.keeping import BEGIN, amends, killed, on_sqlite

pytestmark = on_sqlite

_QUEUE = BEGIN + (
    "open_home(quiet=True)\n"
    "from amends.firm.models import Firm\nfrom amends.firm.scope import firm_scope\n"
    "from amends.flows.send import send_notice\nfrom amends.outbox.models import SmtpAccount\n"
    "now = datetime(2026, 3, 16, 10, tzinfo=UTC)\n"
    "with firm_scope(Firm.objects.get()):\n"
    "    SmtpAccount.objects.create(host='127.0.0.1', port=1, from_address='a@studio.example', changed_at=now)\n"
    "    send_notice('b@x.example', subject='s', text='t', purpose='notice', by=None, now=now)\n"
)


def _states(database: Path) -> list[tuple[str, str]]:
    with closing(sqlite3.connect(database)) as link:
        return link.execute("SELECT state, problem FROM outbox_draft").fetchall()


def test_what_waits_is_unclear_in_the_copy(place: Callable[[str], Path], tmp_path: Path) -> None:
    home, file = place("home"), tmp_path / "kept.zip"
    assert not killed(home, _QUEUE)
    amends(home, "backup", str(file))
    assert _states(home / "amends.sqlite3") == [("queued", "")]
    with ZipFile(file) as archive:
        archive.extract("amends.sqlite3", tmp_path / "out")
    [(state, problem)] = _states(tmp_path / "out" / "amends.sqlite3")
    assert state == "unclear"
    assert "may have been sent since" in problem
