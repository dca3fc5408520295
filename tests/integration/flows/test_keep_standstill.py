"""What was under way when a backup was made: nothing of it goes on by itself in the home that is restored from it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from tests.keeping import BEGIN, amends, killed, on_sqlite

pytestmark = on_sqlite

_UNDER_WAY = BEGIN + (
    "open_home(quiet=True)\n"
    "from amends.clients.models import Upload\nfrom amends.firm.models import Firm, Member\n"
    "from amends.firm.scope import firm_scope\nfrom amends.flows.members import send_reset\n"
    "from amends.flows.tasks import bring_upload, judge_stored\nfrom amends.flows.uploads import keep\n"
    "from amends.jobs.models import Job, Portion\nfrom amends.mail.models import Account, Mailbox\n"
    "from amends.webhooks.models import Delivery, Endpoint, Event\nfrom amends.core.ids import uuid7\n"
    "from django_tasks_db.models import DBTaskResult\n"
    "now = datetime(2026, 3, 16, 10, tzinfo=UTC)\nfirm = Firm.objects.get()\n"
    "with firm_scope(firm):\n"
    "    ada = Member.objects.create_member(email='ada@studio.example', name='Ada', role='partner', now=now)\n"
    "    for state in ('preview', 'waiting', 'importing', 'done'):\n"
    "        upload = keep([b'x'], kind='time', name=state, member=ada, now=now)\n"
    "        Upload.objects.filter(pk=upload.pk).update(state=state)\n"
    "    DBTaskResult.objects.all().delete()\n"
    "    bring_upload.enqueue(upload_id=upload.pk, firm_id=firm.pk)\n"
    "    send_reset.enqueue(firm_id=firm.pk, email='a@studio.example', address=None)\n"
    "    judge_stored.enqueue(firm_id=firm.pk)\n"
    "    DBTaskResult.objects.filter(task_path__endswith='judge_stored').update(status='RUNNING', started_at=now)\n"
    "    Job.objects.update(holder='gone', machine='gone', beat_at=now)\n"
    "    Portion.objects.create(stage='messages', keys=[1], holder='gone', until=now)\n"
    "    Account.objects.create(mailbox=Mailbox.objects.first(), host='h', username='u', since=now.date(),\n"
    "        state_since=now, created_at=now, claimed_by='gone', claimed_until=now)\n"
    "    hook = Endpoint.objects.create(url='https://h.example', secret='x', created_at=now, held_until=now)\n"
    "    event = Event.objects.create(kind='ping', about=uuid7(), data={}, at=now)\n"
    "    Delivery.objects.create(endpoint=hook, event=event, next_at=now)\n"
)


def _asked(database: Path, question: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(database)) as link:
        return link.execute(question).fetchall()


def test_nothing_goes_on_by_itself(place: Callable[[str], Path], tmp_path: Path) -> None:
    home, file = place("home"), tmp_path / "kept.zip"
    assert not killed(home, _UNDER_WAY)
    amends(home, "backup", str(file))
    database = home / "amends.sqlite3"
    assert _asked(database, "SELECT state FROM webhooks_delivery") == [("waiting",)]
    assert len(_asked(database, "SELECT 1 FROM jobs_job")) == 3
    amends(home, "restore", str(file))
    [(state, problem)] = _asked(database, "SELECT state, problem FROM webhooks_delivery")
    assert (state, "may have been delivered since" in problem) == ("failed", True)
    assert _asked(database, "SELECT held_until FROM webhooks_endpoint") == [(None,)]
    assert _asked(database, "SELECT claimed_by, claimed_until FROM mail_account") == [("", None)]
    uploads = _asked(database, "SELECT name, state, problem <> '' FROM clients_upload ORDER BY name")
    assert uploads == [("done", "done", 0), ("importing", "failed", 1), ("waiting", "failed", 1)]
    jobs = _asked(
        database,
        "SELECT task_path, status, holder, machine, beat_at FROM jobs_job JOIN django_tasks_database_dbtaskresult"
        " ON id = task_id",
    )
    assert jobs == [("amends.flows.tasks.judge_stored", "READY", "", "", None)]
    assert len(_asked(database, "SELECT 1 FROM django_tasks_database_dbtaskresult")) == 1
    assert _asked(database, "SELECT 1 FROM jobs_portion") == []
    amends(home, "verify")
