"""`amends recovery`, `remedy`, `brief` and `promise`: one recovery walked from the complaint to the client's yes."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from tests.integration.web.conftest import no_firm
from tests.recovering import SAID, conversation

from amends.cli.main import main
from amends.firm.models import AuditEntry, Firm, Member, Role
from amends.flows.recovery import drilling
from amends.judgement.model import use
from amends.mail.models import Message
from amends.recovery.drills import Drill, Ending, shipped
from amends.recovery.models import DrillResult, Recovery
from amends.signals.models import Promise


def ran(*words: str, code: int = 0, given: str | None = None) -> str:
    """The command within this process, without a firm in scope; its output, or what it says is wrong."""
    with no_firm(), use(None):
        done = CliRunner().invoke(main, list(words), input=given, catch_exceptions=False)
    assert done.exit_code == code, f"{done.exit_code}: {done.stderr}{done.stdout}"
    return done.stdout if code != 2 else done.stderr


def told(*words: str, code: int = 0, given: str | None = None) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(ran(*words, "--json", code=code, given=given))
    return found


@pytest.fixture
def thread(firm: Firm, member: Member) -> str:
    """Petra's complaint of two days ago; Ada administers the firm, Ben is staff, Eve a partner."""
    now = datetime.now(UTC).replace(microsecond=0)
    conversation(at=now)
    for name, role in (("ben", Role.STAFF), ("eve", Role.PARTNER)):
        Member.objects.create_member(email=f"{name}@studio.example", name=name.title(), role=role, now=now)
    return str(Message.objects.get(message_id="angry@hartwell.example").thread.public_id)


def test_how_we_failed_is_seen_and_chosen(thread: str) -> None:
    key = told("recovery", "open", "--thread", thread)["id"]
    found = told("recovery", "failing", key)
    assert (found["mode"], found["own"]) == ("", [])
    modes = {one["mode"] for one in found["offered"]}
    assert set(found["guesses"]) <= modes
    assert "not said yet" in ran("recovery", "failing", key)
    chosen = told("recovery", "failing", key, "--set", "accounting-wrong-figure")
    assert (chosen["mode"], chosen["version"]) == ("accounting-wrong-figure", found["version"] + 1)
    assert told("recovery", "show", key)["failure_mode"] == "accounting-wrong-figure"
    assert told("recovery", "failing", key, "--set", "we lost the list")["name"] == "we lost the list"
    assert "word or two" in ran("recovery", "failing", key, "--set", "x" * 81, code=2)
    assert told("recovery", "failing", key, "--set", "")["mode"] == ""


def test_who_answered_them_past_amends_says_so(thread: str) -> None:
    key = told("recovery", "open", "--thread", thread, "--owner", "ben@studio.example")["id"]
    assert told("recovery", "replied", key)["missing"] == []
    assert "noted already" in ran("recovery", "replied", key, code=2)


def test_a_drill_is_played_and_kept_for_whoever_played_it(thread: str) -> None:
    slugs = [one["drill"] for one in told("drill", "list")["items"]]
    assert "the-remark" in slugs
    begun = shipped()[slugs.index("the-remark")]
    good = "I am sorry. You are right to be angry: that remark is mine, and I will ring you by noon today."
    assert "waits for another answer" in ran("drill", "play", "the-remark", "--answer", good, code=2)
    assert DrillResult.objects.count() == 0
    assert "no answer 7" in ran("drill", "play", "the-remark", "--answer", "7", code=2)
    assert "Say something" in ran("drill", "play", "the-remark", "--answer", " ", code=2)
    assert "no such drill" in ran("drill", "play", "nothing", "--answer", "1", code=2)
    done = told("drill", "play", "the-remark", *["--answer", "1"] * _turns(begun), "--as", "ben@studio.example")
    kept = DrillResult.objects.get()
    assert (str(kept.public_id), kept.member.email, kept.shared) == (done["id"], "ben@studio.example", False)
    assert done["end"] in {"mended", "open", "lost"}
    asked = ran("drill", "play", "the-remark", given="1\n" * len(done["turns"]))
    assert "Your answer, or a number" in asked
    assert DrillResult.objects.count() == 2


def _turns(drill: Drill) -> int:
    """How many answers the way through takes on which the first that is offered is always given."""
    key = drilling.begin(drill.slug)
    ada = Member.objects.get(email="ada@studio.example")
    with use(None):
        while not isinstance(key.at, Ending):
            key = drilling.say(key, key.at.answers[0], by=ada, now=datetime.now(UTC))
    return len(key.turns)


def _later(days: int) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).date().isoformat()


def test_from_the_complaint_to_yes(thread: str, tmp_path: Path) -> None:
    made = told("recovery", "open", "--thread", thread, "--owner", "ben@studio.example")
    key, points = made["id"], made["points"]
    assert (made["stage"], made["owner"], made["missing"]) == ("own", "ben@studio.example", ["first_reply"])
    assert points[0]["quote"] == SAID[0].rstrip(".") or points[0]["quote"] == SAID[0]
    assert f"open already: {key}" in ran("recovery", "open", "--thread", thread, code=2)
    assert "Dear Petra" in ran("recovery", "first-words", key, "--as", "ben@studio.example")

    _listens(key, len(points))
    answered = told(
        "recovery", "answer", "Hartwell", "1", "--happened", "It was billed twice.", "--responsibility", "ours",
        "--sure", "sure", "--we-do", "Ben checks every invoice.", "--by-when", _later(3),
    )  # fmt: skip
    found = answered["points"][0]["finding"]
    assert (found["happened"], found["by_when"], found["version"]) == ("It was billed twice.", _later(3), 1)
    found = told("recovery", "answer", key, "1", "--why", "Nobody compared it.")["points"][0]["finding"]
    assert (found["happened"], found["why"], found["version"]) == ("It was billed twice.", "Nobody compared it.", 2)
    _rests(key)
    _brief(key, tmp_path)
    _calls(key)
    _gives(key)

    learned = told("recovery", "learn", key, "--cause", "No second pair of eyes", "--mode", "accounting-error",
                   "--kept-word", "no")  # fmt: skip
    assert (learned["failure_mode"], learned["kept_word"]) == ("accounting-error", False)
    assert told("remedy", "suggest", key)["items"][0]["kind"] == "fix"
    assert "0 of 2 times" in ran("recovery", "close", key, "--with", "unconfirmed", code=2)
    assert told("recovery", "ask", key)["state"] == "draft"
    assert told("recovery", "asks")["items"] == []
    step = told("recovery", "step", key, "learn")
    assert (step["stage"], "ask" in step["missing"]) == ("learn", True)
    closed = told("recovery", "close", key, "--with", "yes", "--phone", "Petra, today at ten")
    assert (closed["closing"], told("recovery", "list", "--closed")["items"][0]["id"]) == ("yes", key)
    assert told("recovery", "reopen", key, "--why", "There is one more.")["closed_at"] is None
    assert told("recovery", "close", key, "--with", "mistaken", "--why", "A test")["closing"] == "mistaken"
    assert told("recovery", "reopen", key)["closed_at"] is None


def _listens(key: str, count: int) -> None:
    """Points are added, cut, merged, ordered, taken off, and all of it is undone."""
    issue = ("recovery", "issue")
    added = told(*issue, "add", key, "--quote", "Nobody rang. The tone was cold.", "--feeling", "anger")
    assert len(added["points"]) == count + 1
    last = str(count + 1)
    cut = told(*issue, "split", key, last, "--at", "12")["points"]
    assert [one["quote"] for one in cut[-2:]] == ["Nobody rang.", "The tone was cold."]
    merged = told(*issue, "merge", key, last, str(count + 2))
    assert [one["quote"] for one in merged["points"][-1]["merged"]] == ["The tone was cold."]
    apart = told(*issue, "part", key, merged["points"][-1]["merged"][0]["id"])
    gone = told(*issue, "remove", key, str(count + 2))
    assert (len(apart["points"]), len(gone["points"])) == (count + 2, count + 1)
    assert len(told("recovery", "undo", key, gone["undo"])["points"]) == count + 2
    gone = told(*issue, "remove", key, str(count + 2))
    assert len(told(*issue, "back", key, gone["removed"][0]["id"])["points"]) == count + 2
    told(*issue, "remove", key, str(count + 2))
    moved = told(*issue, "place", key, last, "1")
    assert moved["points"][0]["quote"] == "Nobody rang."
    told(*issue, "place", key, "1", last)
    worded = told(*issue, "reword", key, last, "--words", "Nobody called back", "--feeling", "worry")["points"][-1]
    assert (worded["words"], worded["feeling"]) == ("Nobody called back", "worry")
    assert told("recovery", "want", key, "A right invoice")["wanted"] == "A right invoice"
    assert "no point 99" in ran(*issue, "remove", key, "99", code=2)


def _rests(key: str) -> None:
    assert "items" in told("recovery", "evidence", "suggest", key, "1")
    picked = told("recovery", "evidence", "add", key, "1", "--kind", "document", "--label", "Invoice 2231")
    one = picked["points"][0]["evidence"][0]
    assert (one["label"], one["shown"]) == ("Invoice 2231", False)
    shown = told("recovery", "evidence", "shown", key, one["id"])["points"][0]["evidence"][0]
    assert shown["shown"]
    assert told("recovery", "evidence", "drop", key, one["id"])["points"][0]["evidence"] == []
    assert "names none" in ran("recovery", "hours", key, code=2)


def _brief(key: str, tmp_path: Path) -> None:
    assert "Ben checks every invoice." in ran("brief", "Hartwell")
    ran("brief", key, "--for", "team", "--format", "pdf", "-o", str(tmp_path / "brief.pdf"))
    assert (tmp_path / "brief.pdf").read_bytes().startswith(b"%PDF")
    kept = told("brief", key, "--keep", "-", given="# Ours\n\nAll of it.\n")
    assert (kept["text"], kept["edited"], kept["moved_on"]) == ("# Ours\n\nAll of it.\n", True, False)
    assert not told("brief", key, "--anew")["edited"]
    assert "at least one person" in ran("brief", key, "--send-to", "nobody@hartwell.example", code=2)


def _calls(key: str) -> None:
    begun = told("recovery", "call", "begin", key, "--as", "ben@studio.example")
    told("recovery", "call", "note", key, "1", "--kind", "before")
    told("recovery", "call", "note", key, "A right invoice, and peace", "--kind", "wanted")
    noted = told("recovery", "call", "note", key, "We'll send it by Friday.", "--issue", "1")
    assert [one["quote"] for one in noted["heard"]] == ["We'll send it by Friday."]
    promised = told(
        "recovery", "call", "promise", key, noted["heard"][0]["note"], "--due", _later(2), "--text", "Send it"
    )
    assert "promised" in {one["kind"] for one in promised["notes"]}
    ended = told("recovery", "call", "end", key)
    assert (ended["id"], ended["mood_before"], ended["wanted"]) == (begun["id"], 1, "A right invoice, and peace")
    assert "Send it" in told("recovery", "call", "summary", key)["text"]
    told("recovery", "call", "wanted", key)
    assert told("recovery", "show", key)["wanted"] == "A right invoice, and peace"

    promise = str(Promise.objects.get(origin="call_note").public_id)
    week = told("promise", "week")
    assert promise in json.dumps(week)
    corrected = told("promise", "correct", promise, "--text", "Send the invoice", "--owner", "eve@studio.example")
    assert (corrected["text"], corrected["owner"]) == ("Send the invoice", "Eve")
    later = told("promise", "renegotiate", promise, "--due", _later(9))
    assert told("promise", "answered", later["id"], "--agreed", "yes")["agreed"] == "yes"
    assert told("promise", "keep", later["id"])["state"] == "kept"
    assert told("promise", "undo", later["id"])["state"] == "pending"


def _gives(key: str) -> None:
    give = ("remedy", "give", key, "credit", "The invoice is not billed", "--due", _later(3))
    asked = told(*give, "--cost", "800", "--as", "ben@studio.example", "--because", "The third time", code=1)
    assert (asked["state"], asked["cost"], asked["approval"]["decision"]) == ("asked", "800.00", "open")
    request = asked["approval"]["id"]
    assert told("remedy", "approvals")["items"][0]["id"] == request
    assert "Partners and administrators" in ran("remedy", "approve", request, "--as", "ben@studio.example", code=2)
    done = told("remedy", "approve", request, "--as", "eve@studio.example")
    assert (done["decision"], done["decided_by"]) == ("approved", "eve@studio.example")
    assert told("remedy", "do", asked["id"])["state"] == "done"
    small = told("remedy", "offer", key, "gesture", "Flowers", "--cost", "40", "--as", "ben@studio.example")
    assert told("remedy", "agree", small["id"], "--due", _later(1), "--as", "ben@studio.example")["state"] == "agreed"
    assert told("remedy", "budget", "--as", "ben@studio.example")["left"] == "210.00"
    assert told("remedy", "undo", small["id"])["state"] == "offered"
    assert told("remedy", "withdraw", small["id"])["state"] == "withdrawn"
    assert told("remedy", "list", key)["cost"] == ["800.00"]
    assert AuditEntry.objects.filter(did="approval.approved").count() == 1
    assert Recovery.objects.get().made_good_at is not None
