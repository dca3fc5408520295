"""What programs do: answer signals, make and change engagements; once, however often it is sent."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from django.db import connection, connections
from django_tasks_db.models import DBTaskResult
from tests.integration.api.conftest import Program
from tests.processes import environment, free_port, wait_until

from amends.clients.models import Engagement
from amends.firm.models import AuditEntry, Firm, KeyedRequest
from amends.firm.rules import Scope
from amends.firm.scope import firm_scope
from amends.mail.models import Message
from amends.signals.models import Correction, Response, Signal


def _some(work: Engagement) -> list[str]:
    return [str(one.public_id) for one in Signal.objects.filter(client=work.client, kind="complaint")]


def test_an_answer_is_given_and_taken_back(program: Program, work: Engagement) -> None:
    signals = _some(work)
    given = program.ask("POST", "/answers", {"signals": signals, "answer": "own"})
    assert given.status_code == 201
    said = given.json()
    assert (said["answer"], said["signals"]) == ("own", signals)
    assert program.get(f"/signals/{signals[0]}")["owner"] == "Ada Moss"
    undone = program.ask("POST", f"/answers/{said['batch']}/undo")
    assert undone.json() == {"undone": len(signals)}
    assert program.ask("POST", f"/answers/{said['batch']}/undo").json() == {"undone": 0}
    assert program.get(f"/signals/{signals[0]}")["owner"] is None


def test_no_issue_teaches_and_later_comes_back(program: Program, work: Engagement, fresh: datetime) -> None:
    signals = _some(work)
    body = {"signals": signals, "answer": "not_an_issue", "misread": True, "why": "They were joking."}
    assert program.ask("POST", "/answers", body).status_code == 201
    correction = Correction.objects.earliest("pk")
    assert (correction.sure, correction.vector) == (True, None)
    assert DBTaskResult.objects.filter(task_path="amends.flows.tasks.judge_stored").exists()  # makes its vector
    assert program.get(f"/signals/{signals[0]}")["dismissed"] is True
    until = (fresh + timedelta(days=3)).isoformat()
    assert program.ask("POST", "/answers", {"signals": signals, "answer": "later", "until": until}).status_code == 201
    assert program.get(f"/signals/{signals[0]}")["put_off_until"] == until.replace("+00:00", "Z")


def test_all_are_answered_or_none(program: Program, work: Engagement) -> None:
    body = {"signals": [*_some(work), str(uuid4())], "answer": "own"}
    assert program.ask("POST", "/answers", body).status_code == 404
    assert not Response.objects.exists()


@pytest.mark.parametrize(
    "more",
    [
        {"answer": "own", "until": "2099-01-01T00:00:00Z"}, {"answer": "later", "until": "2020-01-01T00:00:00Z"},
        {"answer": "own", "misread": True},
    ],
)  # fmt: skip
def test_answers_that_do_not_fit_together_are_refused(more: dict[str, Any], program: Program, work: Engagement) -> None:
    assert program.ask("POST", "/answers", {"signals": _some(work), **more}).status_code == 422
    assert not Response.objects.exists()


def test_words_that_one_may_not_read_one_may_own_but_not_call_no_issue(
    program: Program, work: Engagement, monkeypatch: pytest.MonkeyPatch
) -> None:
    from amends.insights.lists import signals as listed

    monkeypatch.setattr(listed, "readable", lambda reader: Message.objects.none())
    refused = program.ask("POST", "/answers", {"signals": _some(work), "answer": "not_an_issue"})
    assert refused.status_code == 404
    assert program.ask("POST", "/answers", {"signals": _some(work), "answer": "own"}).status_code == 201


def test_an_engagement_is_made(program: Program, work: Engagement) -> None:
    body = {"client": str(work.client.public_id), "name": "  New   shop ", "starts_on": "2026-03-01",
            "yearly_value": "1200.5"}  # fmt: skip
    made = program.ask("POST", "/engagements", body)
    assert made.status_code == 201
    said = made.json()
    assert (said["name"], said["yearly_value"], said["ends_on"]) == ("New shop", "1200.50", None)
    assert said == program.get(f"/engagements/{said['id']}")
    assert made["ETag"] == program.ask("GET", f"/engagements/{said['id']}")["ETag"]
    assert AuditEntry.objects.get(did="engagement.begun").about == f"engagement {said['id']}"


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": " "}, {"name": "x\x00"}, {"name": "x" * 201}, {"yearly_value": "-1"}, {"yearly_value": 12},
        {"yearly_value": "1.234"}, {"starts_on": "2026-02-30"}, {"starts_on": "0001-01-01"},
        {"starts_on": "2026-03-02", "ends_on": "2026-03-01"}, {"name": "\ud800"},
    ],
)  # fmt: skip
def test_what_an_engagement_cannot_be(wrong: dict[str, Any], program: Program, work: Engagement) -> None:
    body = {"client": str(work.client.public_id), "name": "Shop", **wrong}
    assert program.ask("POST", "/engagements", body).status_code == 422
    assert Engagement.objects.count() == 1


def test_two_writers_see_each_other(program: Program, work: Engagement) -> None:
    address = f"/engagements/{work.public_id}"
    tag = program.ask("GET", address)["ETag"]
    first = program.ask("PATCH", address, {"yearly_value": None, "ends_on": "2026-12-31"}, If_Match=tag)
    assert first.status_code == 200, first.content
    assert (first.json()["yearly_value"], first.json()["ends_on"]) == (None, "2026-12-31")
    assert first.json()["name"] == "Site care"
    second = program.ask("PATCH", address, {"name": "Other"}, If_Match=tag)
    assert (second.status_code, second.json()["type"]) == (412, "urn:amends:problem:changed-meanwhile")
    assert program.ask("PATCH", address, {"name": "Other"}).status_code == 422  # without If-Match
    assert program.ask("PATCH", address, {"name": "Other"}, If_Match="*").status_code == 200
    assert program.ask("PATCH", address, {"name": None}, If_Match="*").status_code == 422
    work.refresh_from_db()
    assert (work.name, work.yearly_value) == ("Other", None)


def test_the_same_key_is_done_once(program: Program, work: Engagement) -> None:
    body = {"client": str(work.client.public_id), "name": "Shop"}
    first = program.ask("POST", "/engagements", body, Idempotency_Key="a-1")
    again = program.ask("POST", "/engagements", body, Idempotency_Key="a-1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    assert (again["ETag"], again["Idempotency-Replayed"]) == (first["ETag"], "true")
    assert "Idempotency-Replayed" not in first
    other = program.ask("POST", "/engagements", {**body, "name": "Else"}, Idempotency_Key="a-1")
    assert (other.status_code, other.json()["type"]) == (422, "urn:amends:problem:idempotency-key-reused")
    assert program.ask("POST", "/engagements", body, Idempotency_Key="a-2").json()["id"] != first.json()["id"]
    for wrong in ("", "x" * 256, "ümlaut"):
        assert program.ask("POST", "/engagements", body, Idempotency_Key=wrong).status_code == 422
    assert Engagement.objects.count() == 3


def test_a_failure_is_not_kept(program: Program, work: Engagement) -> None:
    body = {"client": str(uuid4()), "name": "Shop"}
    assert program.ask("POST", "/engagements", body, Idempotency_Key="k").status_code == 404
    right = {**body, "client": str(work.client.public_id)}
    assert program.ask("POST", "/engagements", right, Idempotency_Key="k").status_code == 201


def test_a_key_is_a_tokens_own_and_lasts_a_day(
    program: Program, work: Engagement, with_scopes: Callable[..., Program]
) -> None:
    body = {"client": str(work.client.public_id), "name": "Shop"}
    mine = program.ask("POST", "/engagements", body, Idempotency_Key="k").json()["id"]
    other = with_scopes(Scope.WRITE_ENGAGEMENTS).ask("POST", "/engagements", body, Idempotency_Key="k").json()["id"]
    KeyedRequest.objects.update(created_at=work.created_at - timedelta(hours=25))
    later = program.ask("POST", "/engagements", body, Idempotency_Key="k").json()["id"]
    assert len({mine, other, later}) == 3
    assert KeyedRequest.objects.count() == 1  # old ones are forgotten


def _send_twice(send: Callable[[], tuple[int, Any]]) -> list[tuple[int, Any]]:
    """What two at the same time are answered."""
    together, answers, lock = threading.Barrier(2), [], threading.Lock()

    def one() -> None:
        together.wait(20)
        answer = send()
        connections.close_all()
        with lock:
            answers.append(answer)

    threads = [threading.Thread(target=one) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return answers


def test_at_the_same_time_it_is_done_once(
    transactional_db: None, program: Program, work: Engagement, firm: Firm
) -> None:
    if connection.vendor == "sqlite":
        pytest.skip("SQLite in memory locks otherwise than in a file; the test with a real server is for it")
    body = {"client": str(work.client.public_id), "name": "Shop", "yearly_value": "10"}

    def send() -> tuple[int, Any]:
        answer = program.ask("POST", "/engagements", body, Idempotency_Key="same")
        return answer.status_code, answer.json().get("id")

    answers = _send_twice(send)
    with firm_scope(firm):
        made = Engagement.objects.get(name="Shop")
    assert answers == [(201, str(made.public_id))] * 2
    assert made.yearly_value == Decimal(10)


PREPARE = """
import django; django.setup()
from datetime import UTC, datetime
from amends.cli.migrate import migrate_if_needed
from amends.clients.models import Client
from amends.firm.models import Member
from amends.firm.rules import Scope
from amends.firm.scope import firm_scope
from amends.firm.tokens import make_token
from amends.flows.set_up import found_firm
now = datetime.now(UTC)
migrate_if_needed(say=None)
with firm_scope(found_firm(["studio.example"], now=now, name="Studio")):
    ada = Member.objects.create_member(email="a@studio.example", name="Ada", role="administrator", now=now)
    client = Client.objects.create(name="Hartwell", standing="client", created_at=now)
    print(make_token(ada, name="x", scopes=list(Scope), now=now)[1], client.public_id)
"""


def test_at_the_same_time_it_is_done_once_by_a_real_server(tmp_path: Path) -> None:
    """On SQLite in a file, through the web server that serves people."""
    port, env = free_port(), environment(tmp_path, DJANGO_SETTINGS_MODULE="amends.config.settings")
    made = subprocess.run([sys.executable, "-c", PREPARE], env=env, check=True, capture_output=True, text=True)  # noqa: S603
    secret, client = made.stdout.split()
    command = [sys.executable, "-m", "amends.cli.main", "web", "--port", str(port)]
    server = subprocess.Popen(command, env=env)  # noqa: S603
    try:
        with httpx.Client(
            base_url=f"http://127.0.0.1:{port}/api/v1", headers={"Authorization": f"Bearer {secret}"}, timeout=60
        ) as web:
            wait_until(lambda: _answers(web), seconds=60)
            body, key = {"client": client, "name": "Shop"}, {"Idempotency-Key": "same"}

            def send() -> tuple[int, Any]:
                answer = web.post("/engagements", json=body, headers=key)
                return answer.status_code, answer.json().get("id")

            answers = _send_twice(send)
            [only] = web.get("/engagements").json()["items"]
            assert answers == [(201, only["id"])] * 2
    finally:
        server.terminate()
        server.wait(20)


def _answers(web: httpx.Client) -> bool:
    try:
        return web.get("/me").status_code == 200
    except httpx.TransportError:
        return False
