"""The sending process killed at random moments, against a server that counts: nothing sent twice, nothing lost."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from tests.processes import environment, wait_until
from tests.smtp import Sink, sink

DRAFTS = 36
ACCOUNTS = 3
KILLS = 8

_BEGIN = """
import json, sys, uuid
from datetime import UTC, datetime, timedelta
from amends.cli.start import open_home
open_home(quiet=True)
from amends.firm.models import Firm, Member
from amends.firm.scope import firm_scope
from amends.outbox.models import Draft, Recipient, SmtpAccount
now = datetime.now(UTC)
"""
_FILL = (
    _BEGIN
    + """
from amends.flows.set_up import found_firm
from amends.outbox.actions.write import address_to, queue
from amends.outbox.compose import Person
port, accounts, drafts = map(int, sys.argv[1:])
with firm_scope(found_firm(["studio.example"], now=now, name="Studio")):
    made = []
    for n in range(accounts):
        who = Member.objects.create_member(email=f"m{n}@studio.example", name=f"M {n}", role="staff", now=now)
        made.append(SmtpAccount.objects.create(member=who, host="127.0.0.1", port=port, security="plain",
                                               from_address=who.email, changed_at=now))
    for n in range(drafts):
        account = made[n % accounts]
        draft = Draft.objects.create(author=account.member, purpose="reply", subject=f"No {n}", text=f"Words {n}.",
                                     created_at=now, changed_at=now)
        address_to(draft, [("to", Person("", f"petra{n}@hartwell.example")), ("cc", Person("", "jo@hartwell.example"))])
        queue(draft, account=account, now=now)
"""
)
_SEND = (
    _BEGIN
    + """
import threading
from amends.workers.outbox import Outbox
outbox = Outbox(alone=sys.argv[1] == "alone")
outbox.start()
print("sending", flush=True)
sys.stdin.read()  # until it is told to stop, or killed
outbox.stop()
"""
)
_TELL = (
    _BEGIN
    + """
from amends.mail.models import Message
with firm_scope(Firm.objects.get()):
    rows = [[d.state, f"<{d.own_id}>", d.handed_at is not None, d.message_id is not None] for d in Draft.objects.all()]
    print(json.dumps({"drafts": rows, "messages": Message.objects.count(),
                      "people": list(Recipient.objects.values_list("taken", flat=True))}))
"""
)


@pytest.fixture
def place(tmp_path: Path, transactional_db: None) -> dict[str, str]:
    """The environment of processes that share a home: a SQLite file there, or the database of these tests."""
    if connection.vendor == "sqlite":
        return environment(tmp_path)
    there = connection.settings_dict
    parts = {name: str(there[name]) for name in ("USER", "PASSWORD", "HOST", "PORT", "NAME")}
    options = there.get("OPTIONS") or {}
    assert isinstance(options, dict)
    query = f"?host={options.get('host', parts['HOST'])}"
    url = f"postgresql://{parts['USER']}:{parts['PASSWORD']}@/{parts['NAME']}{query}"
    return environment(tmp_path, AMENDS_DATABASE_URL=url, AMENDS_SECRET_KEY=settings.SECRET_KEY)


@pytest.fixture
def server() -> Iterator[Sink]:
    with sink() as made:
        made.slow = 0.06
        yield made


def _run(code: str, place: dict[str, str], *arguments: object) -> str:
    command = [sys.executable, "-c", code, *map(str, arguments)]
    done = subprocess.run(command, env=place, capture_output=True, text=True, timeout=120, check=False)  # noqa: S603
    assert done.returncode == 0, done.stderr
    return done.stdout


def _begin(place: dict[str, str], how: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", _SEND, how]
    process = subprocess.Popen(  # noqa: S603
        command, env=place, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "sending\n", process.communicate()[1]
    return process


def _end(process: subprocess.Popen[str]) -> None:
    _, err = process.communicate("", timeout=30)
    assert (process.returncode, err) == (0, ""), err


def _settled(place: dict[str, str]) -> bool:
    time.sleep(1)  # each look is a process of its own, and costs more than it tells
    rows = json.loads(_run(_TELL, place))["drafts"]
    return all(state not in {"queued", "sending"} and (state != "sent" or filed) for state, _, _, filed in rows)


def test_killed_at_random_moments_nothing_is_sent_twice_or_lost(place: dict[str, str], server: Sink) -> None:
    _run(_FILL, place, server.port, ACCOUNTS, DRAFTS)
    chance = random.Random(20261127)  # noqa: S311
    for _ in range(KILLS):
        begun = server.begun
        process = _begin(place, "alone")
        wait_until(lambda before=begun: server.begun > before, seconds=30)  # type: ignore[misc]
        time.sleep(chance.random() * 0.4)
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()
    process = _begin(place, "alone")
    wait_until(lambda: _settled(place), seconds=120)
    _end(process)

    told = json.loads(_run(_TELL, place))
    arrivals, states = server.arrivals(), Counter(state for state, *_ in told["drafts"])
    assert len(told["drafts"]) == DRAFTS
    assert set(states) <= {"sent", "unclear", "failed"}
    assert max(arrivals.values()) == 1, "nothing is sent twice"
    came = {name for name, _ in arrivals}
    for state, name, handed, _filed in told["drafts"]:
        if state == "sent":
            assert name in came, "what counts as sent has arrived"
        elif state == "failed":
            assert not handed
            assert name not in came, "what counts as not sent has not arrived"
    assert came <= {name for _, name, *_ in told["drafts"]}
    assert told["messages"] == states["sent"], "each that was sent stands with the mail, once"
    assert states["unclear"] + states["failed"] <= KILLS * ACCOUNTS
    assert states["sent"] >= DRAFTS - KILLS * ACCOUNTS
    print(f"{KILLS} kills: {dict(states)}, {len(came)} arrived, none twice")  # noqa: T201


def test_told_to_stop_it_finishes_what_it_is_saying(place: dict[str, str], server: Sink) -> None:
    _run(_FILL, place, server.port, 1, 3)
    server.slow = 0.8
    process = _begin(place, "alone")
    wait_until(lambda: server.begun > 0, seconds=30)
    _end(process)
    states = Counter(state for state, *_ in json.loads(_run(_TELL, place))["drafts"])
    assert set(states) == {"sent", "queued"}, "nothing is left half said, and nothing new was begun"
    assert states["sent"] == len(server.taken)


def test_two_senders_at_once_send_once(place: dict[str, str], server: Sink) -> None:
    server.slow = 0.02
    _run(_FILL, place, server.port, ACCOUNTS, DRAFTS)
    processes = [_begin(place, "beside others") for _ in range(2)]
    wait_until(lambda: _settled(place), seconds=120)
    for process in processes:
        _end(process)
    told = json.loads(_run(_TELL, place))
    assert {state for state, *_ in told["drafts"]} == {"sent"}
    assert set(told["people"]) == {"accepted"}
    assert len(server.taken) == DRAFTS
    assert set(server.arrivals().values()) == {1}
    assert told["messages"] == DRAFTS
