"""`amends policy` from outside: the policy that holds, a preview that changes nothing, one adopted with a reason."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.integration.cli.test_recovery_commands import ran, told

from amends.capital.models import PolicyVersion, Posting
from amends.capital.policy import read, shipped
from amends.capital.rules import Event
from amends.clients.models import Client
from amends.core.ids import uuid7
from amends.firm.models import AuditEntry, Firm, Member
from amends.flows.capital.posting import settle

KEYS = {"number", "at", "by", "why", "half_life_days", "lowest", "highest", "lines", "text", "versions"}


@pytest.fixture
def hartwell(firm: Firm, member: Member) -> Client:
    """A client who complained ten days ago; Ada administers the firm."""
    now = datetime.now(UTC)
    client = Client.objects.create(name="Hartwell", created_at=now)
    settle([Event("a", "complaint", client.pk, now - timedelta(days=10), ("survey", uuid7()))], now=now)
    return client


def test_the_policy_that_holds(firm: Firm) -> None:
    assert ran("policy") == shipped()
    found = told("policy")
    assert set(found) == KEYS
    assert (found["number"], found["at"], found["lines"][0]["amount"]) == (1, None, -6.0)


def test_a_preview_and_then_a_new_version(hartwell: Client, tmp_path: Path) -> None:
    file = tmp_path / "dear.toml"
    file.write_text(shipped().replace("amount = -6\n", "amount = -60\n"), encoding="utf-8")
    assert told("policy", "--preview", str(file)) == {
        "postings": 1, "changed": 1, "missing": [],
        "clients": [{"id": str(hartwell.public_id), "client": "Hartwell", "is": -6, "would_be": -58}],
        "kinds": [{"kind": "complaint", "is": -5.77, "would_be": -57.73}],
    }  # fmt: skip
    assert ran("policy", "--preview", str(file)).splitlines() == [
        "Had it always held, 1 of 1 balances would be others (1 postings). Nothing was changed.",
        "     -6 →     -58  (-52)  Hartwell",
        "       -5.77 →       -57.73  Complaint",
    ]
    assert (PolicyVersion.objects.count(), Posting.objects.count()) == (1, 1)
    said = ran("policy", "--adopt", str(file), "--why", "They are few")
    assert said == "Version 2 holds for what is posted from now on. What was posted stays as it is.\n"
    held = read(ran("policy"))
    assert (held.version, held.lines["complaint"].amount) == (2, -6000)
    [newest, first] = told("policy")["versions"]
    assert (newest["number"], newest["by"], newest["why"]) == (2, "Ada Moss", "They are few")
    assert (first["number"], first["why"]) == (1, "As it comes")
    assert AuditEntry.objects.get(did="policy.adopted").detail["before"] == 1
    assert told("policy", "--adopt", str(file), "--why", "Again") == {"number": 3}


def test_what_is_wrong_is_one_line_and_changes_nothing(hartwell: Client, tmp_path: Path) -> None:
    bad, binary, good = tmp_path / "bad.toml", tmp_path / "binary", tmp_path / "good.toml"
    bad.write_text(shipped().replace("half_life_days = 180", "half_life_days = 1"), encoding="utf-8")
    binary.write_bytes(b"\xff\xfe\x00")
    good.write_text(shipped(), encoding="utf-8")
    for words, said in (
        (["--preview", str(bad)], "half_life_days is a whole number from 7 to 3,650."),
        (["--adopt", str(bad), "--why", "x"], "half_life_days is a whole number from 7 to 3,650."),
        (["--preview", str(binary)], "cannot be read as text: save it as UTF-8."),
        (["--adopt", str(good)], "Say why it changes, with --why"),
        (["--why", "x"], "--why goes with --adopt."),
        (["--preview", str(good), "--adopt", str(good)], "not both at once."),
        (["--adopt", str(good), "--why", "x", "--as", "nobody@studio.example"], "Nobody here has the address"),
        (["--preview", str(tmp_path / "none")], "does not exist"),
    ):
        assert said in ran("policy", *words, code=2), words
    assert PolicyVersion.objects.count() == 1
