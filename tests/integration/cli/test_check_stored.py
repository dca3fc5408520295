"""`amends check --stored` and `amends rules --report`: beside what the firm has stored, and nowhere else."""

from __future__ import annotations

import json
import uuid
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from tests.conftest import NOW
from tests.integration.cli.test_commands import amends as real
from tests.integration.web.conftest import no_firm
from tests.letters import OURS, THEIRS, days, judged, letter

from amends.cli.main import main
from amends.clients.models import Client, GlossaryTerm, Standing
from amends.firm.models import Firm, Member
from amends.flows.guard import Seen, choose, react
from amends.judgement.guard import rules
from amends.judgement.model import use
from amends.outbox.models import Made, Reaction

KEYS = {"verdict", "new_text", "findings"}
COOL = "Dear Petra,\n\nthe leaflet comes on Friday.\n\nAda\n"
GENEROUS = "Dear Petra,\n\nthe mistake is ours. We will refund 900 euros to you on Friday.\n\nAda\n"


def run(*words: str, code: int = 0, given: bytes | None = None) -> str:
    """The command within this process, as somebody would call it: without a firm in scope."""
    with no_firm(), use(None):
        done = CliRunner().invoke(main, list(words), input=given, catch_exceptions=False)
    assert done.exit_code == code, f"{done.exit_code}: {done.stderr}{done.stdout}"
    return done.stdout if code != 2 else done.stderr


def found(*words: str, given: bytes | None = None, code: int = 0) -> list[str]:
    said = json.loads(run("check", "-", "--stored", "--json", *words, given=given, code=code))
    assert set(said) == KEYS
    return [each["rule"] for each in said["findings"]]


def eml(text: str, **more: Any) -> bytes:
    return letter(text, at=NOW, **{"sender": OURS, "to": THEIRS, "subject": "Re: The brochure", **more})


@pytest.fixture
def client(firm: Firm, member: Member) -> Client:
    """Petra's house, which complained; Ada may give away 500."""
    judged(
        letter("Dear Ada,\n\nthe brochure is wrong again. I am very disappointed.\n\nPetra\n", at=NOW - days(1),
               message_id="wrong@hartwell.example"),
        now=NOW,
    )  # fmt: skip
    made = Client.objects.get()
    made.standing, made.standing_fixed = Standing.CLIENT, True
    made.save()
    GlossaryTerm.objects.create(client=made, wrong="leaflet", right="folder", at=NOW)
    member.authority = Decimal(500)
    member.save()
    return made


def test_the_conversation_the_glossary_and_the_authority_are_known(client: Client) -> None:
    assert found(given=eml(COOL)) == ["glossary"]  # by whom it goes to
    answer = eml(COOL, references=["wrong@hartwell.example"])
    assert set(found(given=answer)) == {"complaint-not-owned", "glossary"}
    assert found(given=eml(GENEROUS), code=1) == ["beyond-authority"]
    assert found(given=COOL.encode()) == []  # plain text: of whom nothing is known


def test_options_add_to_what_is_stored_or_win_over_it(client: Client, member: Member, tmp_path: Path) -> None:
    glossary, clients, thread = tmp_path / "g.json", tmp_path / "c.json", tmp_path / "t.eml"
    glossary.write_text(json.dumps({"never": ["Friday"], "say": {"Leaflet": "flyer"}}))
    clients.write_text(json.dumps([{"name": "Fern Foods", "domains": ["fern.example"]}]))
    thread.write_bytes(letter("Dear Ada,\n\nthe site is broken again. I am furious.\n", at=NOW - days(1)))
    both = json.loads(run("check", "-", "--stored", "--json", "--glossary", str(glossary), given=eml(COOL)))
    assert {each["quote"]: each["suggestion"] for each in both["findings"]}["leaflet"] == "flyer"
    assert len(both["findings"]) == 2
    assert found("--authority", "1000", given=eml(GENEROUS)) == []
    assert found("--off", "glossary", given=eml(COOL)) == []
    assert found("--only", "placeholder", given=eml(COOL)) == []
    fern = eml("Dear Petra,\n\nas we did for Fern Foods last week.\n\nAda\n")
    assert (found(given=fern), found("--clients", str(clients), given=fern, code=1)) == ([], ["other-client"])
    assert "complaint-not-owned" in found("--thread", str(thread), given=eml(COOL))
    choose("glossary", "off", by=member, now=NOW)
    assert found(given=eml(COOL)) == []
    assert found("--only", "glossary", given=eml(COOL)) == []


def test_a_batch_is_read_beside_it_too(client: Client, tmp_path: Path) -> None:
    file = tmp_path / "drafts.jsonl"
    drafts: list[dict[str, Any]] = [
        {"id": "a", "eml": eml(COOL).decode()}, {"id": "b", "text": COOL},
        {"id": "c", "eml": eml(GENEROUS).decode(), "authority": 1000},
    ]  # fmt: skip
    file.write_text("".join(json.dumps(each) + "\n" for each in drafts))
    said = [json.loads(line) for line in run("check", "--stored", "--batch", str(file)).splitlines()]
    assert all(set(each) == {"id", *KEYS} for each in said)
    assert [(each["id"], [one["rule"] for one in each["findings"]]) for each in said] == [
        ("a", ["glossary"]), ("b", []), ("c", []),
    ]  # fmt: skip


def test_what_does_not_go_together_is_one_clear_line(firm: Firm) -> None:
    assert "--firm goes with --stored." in run("check", "-", "--firm", "Studio", code=2, given=b"x")
    assert "There is no firm called 'Nobody'" in run("check", "-", "--stored", "--firm", "Nobody", code=2, given=b"x")
    assert "There is no rule or family 'x'" in run("check", "-", "--stored", "--off", "x", code=2, given=b"x")
    assert "go with --report" in run("rules", "--days", "3", code=2)
    assert found("--firm", "Studio", given=b"Hello.") == []


def test_without_it_no_database_is_touched(tmp_path: Path) -> None:
    """The real command, where no home can be: its folder would lie within a file."""
    (tmp_path / "file").write_bytes(b"")
    home, draft = tmp_path / "file" / "home", tmp_path / "draft.eml"
    draft.write_bytes(eml(COOL))
    assert json.loads(real(home, "check", str(draft), "--json", AMENDS_MODEL="off")[0])["findings"] == []
    assert "blame" in real(home, "rules", AMENDS_MODEL="off")[0]
    assert real(home, "check", str(draft), "--stored", code=2, AMENDS_MODEL="off")[0] == ""
    assert sorted(each.name for each in tmp_path.iterdir()) == ["draft.eml", "file"]


def test_the_rules_are_listed_as_promised() -> None:
    listed = json.loads(run("rules", "--json"))["rules"]
    assert {each["id"] for each in listed} == set(rules())
    assert all({"id", "family", "severity", "why", "bad", "good"} <= set(each) for each in listed)


# -- rules --report ---------------------------------------------------------------------------------------------------


def reacted(rule: str, count: int, made: Made, *, by: Member, reason: str = "", at: datetime = NOW) -> None:
    for number in range(count):
        seen = Seen(rule, f"{number:016x}")
        react(seen, draft_key=uuid.uuid4(), made=made, by=by, now=at, reason=reason)


def test_how_good_the_rules_are_in_use(member: Member) -> None:
    assert "Nobody has decided" in run("rules", "--report")
    reacted("blame-should-have", 7, Made.ACCEPTED, by=member)
    reacted("blame-should-have", 3, Made.SENT, by=member)
    reacted("glossary", 11, Made.DISMISSED, reason="wrong", by=member, at=NOW - timedelta(days=40))
    reacted("glossary", 1, Made.DISMISSED, reason="fits", by=member)
    said = json.loads(run("rules", "--report", "--json"))
    assert set(said) == {"since", "rules"}
    assert said["since"] is None
    assert {each["id"] for each in said["rules"]} == set(rules())
    first, second, *others = said["rules"]
    assert first == {
        "id": "glossary", "family": "glossary", "severity": "warn", "decided": 12, "taken": 0, "reworded": 0, "sent": 0,
        "dismissed": {"wrong": 11, "fits": 1, "other": 0}, "precision": 0.0833, "low": 0.0149, "high": 0.3539,
        "proposal": "off",
    }  # fmt: skip
    assert (second["id"], second["taken"], second["sent"], second["precision"], second["proposal"]) == (
        "blame-should-have", 7, 3, 1.0, None,
    )  # fmt: skip
    assert all((each["decided"], each["precision"], each["proposal"]) == (0, None, None) for each in others)
    told = run("rules", "--report", "--firm", "Studio")
    assert "glossary (warn) is dismissed as wrong so often that you may want to silence it." in told
    assert not any(each["decided"] for each in json.loads(run("rules", "--report", "--json", "--days", "1"))["rules"])
    assert Reaction.objects.count() == 22  # it changes nothing
