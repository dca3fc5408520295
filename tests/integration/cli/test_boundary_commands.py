"""`amends supplier`, `boundary` and `parting`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from tests.integration.cli.test_recovery_commands import ran, told
from tests.letters import judged, letter

from amends.boundaries.models import Parting
from amends.clients.models import Client
from amends.firm.models import Firm, Member
from amends.mail.models import Message

ASKED = "I know it is not in our agreement, but could you take the VAT registrations as well?"


@pytest.fixture
def asked(firm: Firm, member: Member) -> Message:
    """Petra asks for more."""
    now = datetime.now(UTC).replace(microsecond=0)
    at = now - timedelta(days=1)
    judged(letter(f"Dear Ada,\n\n{ASKED}\n\nPetra\n", at=at, message_id="more@hartwell.example"), now=now)
    Client.objects.update(name="Hartwell", standing="client", standing_fixed=True)
    return Message.objects.get()


def test_a_decline_that_helps_from_the_command_line(asked: Message) -> None:
    assert ran("supplier", "list") == "Nobody is in the directory yet.\n"
    made = told("supplier", "add", "Tax House", "--does", "VAT", "--email", "vera@taxhouse.example")
    assert "already" in ran("supplier", "add", "tax house", code=2)
    told("boundary", "add", "Tax", "not", "--sentence", "A craft of its own.", "--supplier", made["id"])
    assert told("boundary", "list")["items"][0]["suppliers"] == ["Tax House"]
    answer = told("boundary", "answer", "Hartwell", "referred", "VAT registrations", "--message", str(asked.public_id),
                  "--supplier", made["id"])  # fmt: skip
    assert answer["draft"]
    (sent,) = told("supplier", "sent", "Tax House")["items"]
    assert told("supplier", "outcome", sent["id"], "yes", "--words", "They met")["helped"] == "yes"
    assert told("supplier", "list")["items"][0]["helped"] == 1
    assert ran("boundary", "undo", answer["id"]) == "Taken back.\n"
    assert told("supplier", "list")["items"][0]["sent"] == 0


def test_absorbed_scope_is_added_up(asked: Message) -> None:
    told("boundary", "answer", "Hartwell", "absorbed", "A second language", "--hours", "2.5", "--cost", "100")
    found = told("boundary", "answers", "Hartwell")
    assert found["absorbed"] == {"times": 1, "minutes": 150, "costs": ["100.00"]}
    assert "write hours as" in ran("boundary", "answer", "Hartwell", "absorbed", "x", "--hours", "long", code=2)


def test_partings_are_noted_and_listed(asked: Message) -> None:
    assert ran("parting", "signs") == "No signs.\n"
    assert told("parting", "left", "Hartwell", "--why", "Cheaper elsewhere")["state"] == "decided"
    assert "open already" in ran("parting", "consider", "Hartwell", code=2)
    assert told("parting", "list")["items"][0]["why_they_left"] == "Cheaper elsewhere"
    assert Parting.objects.get().whose == "theirs"
