"""The same by commands and by the API: what is done, what is refused, and how each says so."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner
from tests.conftest import NOW
from tests.integration.api.conftest import Program
from tests.integration.web.conftest import no_firm

from amends.api import door
from amends.boundaries.models import ClearanceCheck, Gate, GateQuestion, Publication
from amends.cli.main import main
from amends.clients.actions.glossary import add_term
from amends.clients.models import Engagement
from amends.core.ids import uuid7
from amends.firm.models import Member
from amends.firm.rules import scopes_for
from amends.firm.tokens import make_token
from amends.mail.models import Message

pytestmark = pytest.mark.once


@pytest.fixture
def run(people: dict[str, Member]) -> Callable[..., tuple[int, str]]:
    """A command as a shell runs it: its exit code and what it says."""

    def call(*words: object) -> tuple[int, str]:
        with no_firm():
            done = CliRunner().invoke(main, [str(word) for word in words], catch_exceptions=False)
        return done.exit_code, done.output

    return call


@pytest.fixture
def ask(people: dict[str, Member]) -> Callable[[str], Program]:
    """A program of somebody of this role."""
    door.asking.forget()

    def made(role: str) -> Program:
        return Program(make_token(people[role], name=role, scopes=scopes_for(role), now=NOW)[1])

    return made


def test_a_gate_by_commands(run: Callable[..., tuple[int, str]], gate: Gate, pace: Message, partner: Member) -> None:
    key, by = gate.public_id, ("--as", partner.email)
    code, said = run("gate", "list")
    assert (code, "missing: terms, glossary, answers, pace" in said) == (0, True)
    assert json.loads(run("gate", "list", "--json")[1])["items"][0]["engagement"] == str(gate.engagement.public_id)
    assert run("gate", "show", gate.engagement.public_id)[0] == 1
    assert run("gate", "show", uuid7())[0] == 2
    assert run("gate", "show", "x")[0] == 2
    assert run("gate", "agreed", key, "pace", "--message", pace.public_id, *by)[0] == 1
    assert run("gate", "agreed", key, "glossary", "--note", "By telephone", *by)[0] == 2  # on which day
    assert run("gate", "agreed", key, "glossary", "--note", "By telephone", "--on", "2026-03-10", *by)[0] == 1
    add_term(gate.engagement.client, "customers", right="guests", why="", by=partner, now=NOW)
    assert run("gate", "ask", key, "Who reads it first?")[0] == 1
    count = GateQuestion.objects.count()
    for number in range(1, count + 1):
        assert run("gate", "answer", key, number, "Yes", "--told-by", "Petra", *by)[0] == 1
    assert run("gate", "answer", key, count + 1, "Yes", *by)[0] == 2
    code, said = run("gate", "pass", key, "--json", *by)
    assert (code, json.loads(said)["state"]) == (0, "passed")
    assert run("gate", "reopen", key, *by)[0] == 1
    assert run("gate", "override", key, "--why", "They know.", "--as", "staff@studio.example")[0] == 2
    assert run("gate", "override", key, "--why", "They know.", *by)[0] == 0
    assert run("gate", "open", gate.engagement.public_id, *by)[0] == 2
    assert run("gate", "open", uuid7(), *by)[0] == 2


def test_a_clearance_by_commands(run: Callable[..., tuple[int, str]], work: Engagement, partner: Member) -> None:
    by = ("--as", partner.email)
    assert run("clearance", "list")[1] == "Nothing stands so.\n"
    code, said = run("clearance", "new", work.public_id, "Fly Like an Eagle", "--kind", "pr", "--json", *by)
    made = json.loads(said)
    assert (code, made["checks"], made["answers"]) == (1, 12, partner.email)
    key = made["id"]
    assert run("clearance", "new", work.public_id, "x", "--kind", "no-such", *by)[0] == 2
    assert run("clearance", "new", uuid7(), "x", *by)[0] == 2
    assert run("clearance", "check", key, 1, "clear", *by)[0] == 2
    assert run("clearance", "evidence", key, 1, "message", "x", *by)[0] == 2
    assert run("clearance", "evidence", key, 1, "link", "https://register.example/", *by)[0] == 1
    assert run("clearance", "check", key, 1, "clear", *by)[0] == 1
    assert run("clearance", "check", key, 2, "not-needed", "--reason", "None", "--as", "staff@studio.example")[0] == 2
    for number in range(2, 13):
        code, said = run("clearance", "check", key, number, "not-needed", "--reason", "None", *by)
    assert code == 0
    assert "cleared" in said.splitlines()[0]
    assert run("clearance", "check", key, 13, "clear", *by)[0] == 2
    assert run("clearance", "publish", key, *by)[0] == 0
    assert run("clearance", "publish", key, *by)[0] == 2
    assert run("clearance", "undo", key, *by)[0] == 0
    assert run("clearance", "drop", key, *by)[0] == 0
    assert json.loads(run("clearance", "list", "--state", "dropped", "--json")[1])["items"][0]["id"] == key
    assert run("clearance", "show", uuid7())[0] == 2


def test_a_gate_by_the_api(ask: Callable[[str], Program], gate: Gate, pace: Message) -> None:
    staff, boss, there = ask("staff"), ask("partner"), f"/gates/{gate.public_id}"
    (row,) = staff.get("/gates")["items"]
    assert row["missing"] == ["terms", "glossary", "answers", "pace"]
    assert staff.get("/gates", state="passed")["items"] == []

    def sent(program: Program, more: str, body: Any, status: int) -> Any:
        answer = program.ask("POST", f"{there}{more}", body)
        assert answer.status_code == status, answer.content
        return answer.json()

    shown = sent(staff, "/evidence", {"part": "pace", "message": str(pace.public_id)}, 201)
    proof = shown["evidence"][0]
    assert (proof["part"], proof["message"], proof["hidden"]) == ("pace", str(pace.public_id), False)
    assert sent(staff, f"/evidence/{proof['id']}", {"do": "remove"}, 200)["evidence"] == []
    sent(staff, f"/evidence/{proof['id']}", {"do": "remove"}, 409)
    assert len(sent(staff, f"/evidence/{proof['id']}", {"do": "restore"}, 200)["evidence"]) == 1
    question = sent(staff, "/questions", {"question": "Who reads it?"}, 201)["questions"][-1]["id"]
    answered = sent(staff, f"/questions/{question}", {"answer": "Petra", "told_by": "Jo"}, 200)["questions"][-1]
    assert (answered["answer"], answered["told_by"], answered["answered_by"]) == ("Petra", "Jo", "Staff")
    sent(staff, f"/questions/{question}", {"do": "remove"}, 200)
    sent(staff, f"/questions/{question}", {"do": "restore"}, 200)
    sent(staff, "", {"do": "pass"}, 422)
    sent(staff, "", {"do": "override", "why": "Haste"}, 403)
    assert sent(boss, "", {"do": "override", "why": "Haste"}, 200)["state"] == "overridden"
    assert sent(boss, "", {"do": "reopen"}, 200)["state"] == "open"
    opened = staff.ask("POST", f"/engagements/{gate.engagement.public_id}/gate", {})
    assert opened.status_code == 422
    assert staff.ask("GET", f"/gates/{uuid7()}").status_code == 404


def test_a_clearance_by_the_api(ask: Callable[[str], Program], work: Engagement) -> None:
    staff, manager = ask("staff"), ask("account_manager")
    body = {"engagement": str(work.public_id), "what": "Fly Like an Eagle", "goes_on": "2026-04-01", "kind": "pr"}
    made = staff.ask("POST", "/publications", body)
    assert made.status_code == 201, made.content
    there = f"/publications/{made.json()['id']}"
    check = made.json()["looked_at"][0]["id"]

    def sent(program: Program, more: str, body: Any, status: int) -> Any:
        answer = program.ask("POST", f"{there}{more}", body)
        assert answer.status_code == status, answer.content
        return answer.json()

    sent(staff, f"/checks/{check}", {"state": "clear"}, 422)
    rests = sent(staff, f"/checks/{check}/evidence", {"kind": "note", "words": "Searched"}, 201)
    assert rests["looked_at"][0]["evidence"][0]["words"] == "Searched"
    assert sent(staff, f"/checks/{check}", {"state": "clear"}, 200)["done"] == 1
    sent(staff, f"/checks/{check}", {"state": "not_needed", "reason": "None"}, 403)
    assert sent(manager, f"/checks/{check}", {"state": "not_needed", "reason": "None"}, 200)["done"] == 1
    assert sent(staff, "/checks", {"name": "The helicopter"}, 201)["checks"] == 13
    assert sent(staff, "", {"do": "publish"}, 200)["open_then"] == 12
    sent(staff, "", {"do": "publish"}, 409)
    assert sent(staff, "", {"do": "take_back"}, 200)["state"] == "open"
    assert [one["what"] for one in staff.get("/publications")["items"]] == ["Fly Like an Eagle"]
    assert staff.get("/publications", engagement=str(work.public_id), state="dropped")["items"] == []
    assert (Publication.objects.count(), ClearanceCheck.objects.count()) == (1, 13)
