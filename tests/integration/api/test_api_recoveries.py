"""A recovery walked through the API, from the complaint to the client's yes; and what a restricted reader is told."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from tests.integration.api.conftest import COMPLAINT, Program, put_right

from amends.clients.models import Engagement
from amends.firm.models import Member, Role
from amends.firm.rules import scopes_for
from amends.firm.tokens import make_token
from amends.mail.models import Mailbox, Message, Visibility
from amends.recovery.models import Note, Remedy


def person(name: str, role: Role, now: datetime) -> Program:
    """A program of somebody of that role."""
    made = Member.objects.create_member(email=f"{name}@studio.example", name=name.title(), role=role, now=now)
    return Program(make_token(made, name="x", scopes=scopes_for(role), now=now)[1])


def sent(program: Program, address: str, body: object = None, *, status: int = 200, method: str = "POST") -> Any:
    answer = program.ask(method, address, body or {})
    assert answer.status_code == status, answer.content
    return answer.json()


@pytest.fixture
def day(fresh: datetime) -> str:
    return (fresh + timedelta(days=9)).date().isoformat()


def test_from_the_complaint_to_yes(program: Program, work: Engagement, fresh: datetime, day: str) -> None:
    ben = person("ben", Role.STAFF, fresh)
    thread = str(Message.objects.get(message_id="invoice0@house000.example").thread.public_id)
    made = sent(program, "/recoveries", {"threads": [thread]}, status=201)
    there = f"/recoveries/{made['id']}"
    assert [one["quote"] for one in made["points"]] == [COMPLAINT]
    other = str(Message.objects.get(message_id="plan0@house000.example").thread.public_id)
    assert len(sent(program, f"{there}/listen", {"threads": [other]})["points"]) == 1

    _points(program, there)
    issue = f"{there}/points/{made['points'][0]['id']}"
    told = sent(program, f"{issue}/finding", {"happened": "Billed twice", "we_do": "Ben checks", "by_when": day})
    found = told["points"][0]["finding"]
    assert (found["happened"], found["responsibility"], found["version"]) == ("Billed twice", "unknown", 1)
    told = sent(program, f"{issue}/finding", {"responsibility": "ours", "sure": "sure", "version": 1})
    found = told["points"][0]["finding"]
    assert (found["happened"], found["responsibility"], found["version"]) == ("Billed twice", "ours", 2)
    assert sent(program, f"{issue}/finding", {"why": "x", "version": 1}, status=409)["status"] == 409
    hours = [one for one in program.get(f"{issue}/suggestions")["items"] if one["kind"] == "time"]
    rests = sent(program, f"{issue}/evidence", {"kind": "document", "label": "Invoice"}, status=201)
    one = rests["points"][0]["evidence"][0]
    assert sent(program, f"{there}/evidence/{one['id']}", {"do": "shown"})["points"][0]["evidence"][0]["shown"]
    assert sent(program, f"{there}/evidence/{one['id']}", {"do": "drop"})["points"][0]["evidence"] == []
    assert hours == []  # none near the day

    _brief(program, there)
    _call(program, ben, there, made["points"][0]["id"], day)
    _remedies(program, ben, there, day)

    changed = sent(program, there, {"wanted": "A right invoice", "root_cause": "No check", "kept_word": False,
                                    "failure_mode": "accounting-error"}, method="PATCH")  # fmt: skip
    assert (changed["wanted"], changed["kept_word"]) == ("A right invoice", False)
    stale = {"wanted": "Another", "version": made["version"]}
    assert sent(program, there, stale, method="PATCH", status=409)["type"].endswith("changed-meanwhile")
    assert "Is it all right for you now?" in sent(program, f"{there}/ask", status=201)["text"]
    assert "ask first" in sent(program, f"{there}/close", {"how": "unconfirmed"}, status=422)["detail"]
    closed = sent(program, f"{there}/close", {"how": "yes", "phone": "Petra, at ten"})
    assert (closed["closing"], closed["missing"]) == ("yes", [])
    assert sent(program, f"{there}/reopen", {"why": "One more"})["closed_at"] is None
    assert sent(program, f"{there}/reopen", {}, status=409)["detail"] == "It is open already: nothing was changed."


def test_how_we_failed_is_seen_and_chosen(program: Program, work: Engagement) -> None:
    made = sent(program, "/recoveries", {"client": str(work.client.public_id)}, status=201)
    there = f"/recoveries/{made['id']}/failing"
    found = program.get(there)
    assert (found["mode"], found["version"]) == ("", made["version"])
    mode = found["offered"][0]
    chosen = sent(program, there, {"mode": mode["mode"], "version": found["version"]})
    assert (chosen["mode"], chosen["name"]) == (mode["mode"], mode["name"])
    stale = {"mode": "another", "version": found["version"]}
    assert sent(program, there, stale, status=409)["type"].endswith("changed-meanwhile")
    assert sent(program, there, {"mode": "we lost the list"})["name"] == "we lost the list"
    assert program.get(f"/recoveries/{made['id']}")["failure_mode"] == "we lost the list"
    assert "first_reply" not in sent(program, f"/recoveries/{made['id']}/replied")["missing"]
    assert sent(program, f"/recoveries/{made['id']}/replied", status=409)["status"] == 409


def test_a_drill_is_played_and_told_to_nobody_else(program: Program, work: Engagement, fresh: datetime) -> None:
    ben = person("ben", Role.STAFF, fresh)
    drill = ben.get("/drills")["items"][0]["drill"]
    there = f"/drills/{drill}/play"
    stands = sent(ben, there)
    assert (stands["heard"], stands["result"]) == (None, None)
    assert "Say something" in sent(ben, there, {"run": stands["run"]}, status=422)["detail"]
    assert sent(program, there, {"run": stands["run"], "answer": "x"}, status=409)["status"] == 409  # another's
    assert sent(ben, "/drills/no-such/play", {}, status=404)["status"] == 404
    while stands["line"] is not None:
        stands = sent(ben, there, {"run": stands["run"], "answer": stands["line"]["answers"][0]})
        assert stands["heard"]["grade"] in {"well", "partly", "badly"}
    kept = stands["result"]
    assert kept["end"] in {"mended", "open", "lost"}
    assert ben.get("/me/drills")["items"] == [kept]
    assert ben.get(f"/me/drills/{kept['id']}") == kept
    assert program.get("/me/drills")["items"] == []
    assert program.ask("GET", f"/me/drills/{kept['id']}").status_code == 404
    assert sent(ben, there, {"run": stands["run"], "answer": "And more"}, status=409)["status"] == 409


def _points(program: Program, there: str) -> None:
    added = sent(program, f"{there}/points", {"quote": "Nobody rang. It was cold.", "feeling": "anger"}, status=201)
    last = added["points"][-1]["id"]
    assert len(sent(program, f"{there}/undo", {"undo": added["undo"]})["points"]) == 1
    back = sent(program, f"{there}/points/{last}", {"do": "back"})
    assert back["points"][-1]["id"] == last
    cut = sent(program, f"{there}/points/{last}", {"do": "split", "at": 12})["points"]
    assert [one["quote"] for one in cut[1:]] == ["Nobody rang.", "It was cold."]
    ids = [one["id"] for one in cut[1:]]
    merged = sent(program, f"{there}/points/merge", {"points": ids})["points"][-1]
    assert [one["quote"] for one in merged["merged"]] == ["It was cold."]
    worded = sent(program, f"{there}/points/{last}", {"do": "reword", "words": "Not called", "feeling": "worry"})
    assert (worded["points"][-1]["words"], worded["points"][-1]["feeling"]) == ("Not called", "worry")
    refused = sent(program, f"{there}/points/{last}", {"do": "part", "words": "x"}, status=422)
    assert refused["detail"] == "`words` does not go with `part`: leave it out."


def _brief(program: Program, there: str) -> None:
    brief = program.get(f"{there}/brief")
    assert "Billed twice" in brief["text"]
    for form, begins in (("md", b"# "), ("html", b"<!doctype html>"), ("pdf", b"%PDF")):
        answer = program.ask("GET", f"{there}/brief/file?format={form}&for=team")
        assert answer.content.lower().startswith(begins.lower()), form
    kept = sent(program, f"{there}/brief", {"text": "# Ours\n\nAll of it.\n", "version": 0})
    assert (kept["edited"], kept["version"], kept["whom"]) == (True, 1, "client")
    assert sent(program, f"{there}/brief", {"text": "# Mine\n", "version": 0}, status=409)["status"] == 409
    assert not sent(program, f"{there}/brief", {})["edited"]


def _call(program: Program, ben: Program, there: str, issue: str, day: str) -> None:
    held = f"{there}/calls/{sent(program, f'{there}/calls', status=201)['id']}"
    sent(ben, f"{there}/calls", status=201)
    assert len(program.get(f"{there}/calls")["items"]) == 1
    note = str(uuid4())
    sent(program, f"{held}/notes", {"id": note, "text": "They are c", "issue": issue}, status=201)
    told = sent(program, f"{held}/notes", {"id": note, "text": "They are calm.", "edition": 2}, status=201)
    assert [(one["text"], one["issue"]) for one in told["notes"]] == [("They are calm.", issue)]
    theirs = sent(ben, f"{held}/notes", {"id": note, "text": "Mine", "edition": 3}, status=422)
    assert "somebody else’s" in theirs["detail"]
    heard = sent(ben, f"{held}/notes", {"text": "We'll send it by Friday."}, status=201)["heard"]
    made = sent(ben, f"{held}/notes/{heard[0]['note']}", {"do": "promise", "text": "Send it", "due": day})
    assert "promised" in {one["kind"] for one in made["notes"]}
    assert program.get("/promises", state="pending")["items"][0]["text"] == "Send it"
    said = sent(program, f"{held}/notes", {"text": "The logo too", "kind": "point"}, status=201)["notes"][-1]
    sent(program, f"{held}/notes/{said['id']}", {"do": "point"})
    assert program.get(there)["points"][-1]["quote"] == "The logo too"
    sent(program, f"{held}/notes", {"text": "2", "kind": "before"}, status=201)
    ended = sent(program, f"{held}/end")
    assert (ended["mood_before"], ended["ended_at"] is None) == (2, False)


def _remedies(program: Program, ben: Program, there: str, day: str) -> None:
    body = {"kind": "credit", "what": "Not billed", "cost": "800", "due": day, "agree": True, "because": "Third"}
    key = str(uuid4())
    answers = [ben.ask("POST", f"{there}/remedies", body, Idempotency_Key=key) for _ in range(2)]
    assert [one.status_code for one in answers] == [201, 201]
    asked = answers[1].json()
    assert (asked["state"], asked["cost"], Remedy.objects.count()) == ("asked", "800.00", 1)
    request = f"/approvals/{asked['approval']['id']}"
    assert [one["what"] for one in ben.get("/approvals", waiting=True)["items"]] == ["Not billed"]
    refused = sent(ben, request, {"approve": True}, status=403)
    assert refused["detail"] == "Partners and administrators approve this: ask one of yours."
    assert "Say why not" in sent(program, request, {"approve": False}, status=422)["detail"]
    assert sent(program, request, {"approve": True})["decision"] == "approved"
    assert sent(program, request, {"approve": True}, status=409)["type"].endswith("changed-meanwhile")
    there_is = f"{there}/remedies/{asked['id']}"
    assert [sent(ben, there_is, {"do": do})["state"] for do in ("done", "undo", "done")] == ["done", "agreed", "done"]
    assert sent(ben, there_is, {"do": "agree"}, status=409)["status"] == 409
    assert [one["state"] for one in program.get(f"{there}/remedies")["items"]] == ["done"]


def test_words_that_one_may_not_read_are_not_told(
    program: Program, work: Engagement, member: Member, fresh: datetime, day: str
) -> None:
    ben = person("ben", Role.STAFF, fresh)
    made = put_right(program, ben, client=str(work.client.public_id), day=day)
    there = f"/recoveries/{made['recovery_id']}"
    thread = Message.objects.get(message_id="invoice0@house000.example").thread
    sent(program, f"{there}/listen", {"threads": [str(thread.public_id)]})
    Mailbox.objects.update(visibility=Visibility.METADATA, owner=member)
    whole = ben.get(there)
    assert (whole["stage"], whole["points"], whole["wanted"], whole["root_cause"]) == ("own", None, None, None)
    at_call, at_issue = f"{there}/calls/{made['call_id']}", f"{there}/points/{made['issue_id']}"
    for address in (f"{there}/brief", f"{there}/brief/file", f"{there}/calls", at_call, f"{there}/remedies",
                    f"{at_issue}/suggestions"):  # fmt: skip
        assert ben.ask("GET", address).status_code == 404, address
        assert program.ask("GET", address).status_code == 200, address
    before = (Note.objects.count(), Remedy.objects.count())
    closed: list[tuple[str, dict[str, Any]]] = [
        (f"{there}/points", {"quote": "x"}), (f"{at_issue}/finding", {"why": "x"}), (f"{at_call}/notes", {"text": "x"}),
        (f"{there}/remedies", {"kind": "fix", "what": "x"}), (f"{there}/brief", {"text": "x"}),
        (f"{there}/remedies/{made['remedy_id']}", {"do": "withdraw"}), (f"{there}/close", {"how": "yes", "phone": "x"}),
    ]  # fmt: skip
    for address, body in closed:
        assert ben.ask("POST", address, body).status_code in {404, 422}, address
    assert (Note.objects.count(), Remedy.objects.count()) == before
