"""The pages of a gate: what is missing, one deed at a time with its undo, and where else it is told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client as Browser
from tests.letters import judged, letter
from tests.smtp import sink

from amends.boundaries.models import Gate, GateEvidence, GateQuestion, StartingList
from amends.clients.actions.glossary import add_term
from amends.clients.models import Client, Engagement, Standing, TimeEntry
from amends.firm.models import Member, Role
from amends.flows.engagements import begin
from amends.mail.models import Message, Thread
from amends.outbox.models import SmtpAccount

pytestmark = pytest.mark.once


@pytest.fixture
def fresh() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def gate(member: Member, fresh: datetime) -> Gate:
    """Hartwell, who are in health, and a project that begins with them today."""
    judged(
        letter("Dear Ada,\n\nwe agree to the timeline: nothing goes out before May.\n", at=fresh - timedelta(days=2),
               subject="The pace", message_id="pace@hartwell.example"),
        now=fresh,
    )  # fmt: skip
    Client.objects.update(standing=Standing.CLIENT, standing_fixed=True, industry="Health")
    begin(Client.objects.get(), {"name": "Launch", "starts_on": fresh.date()}, member=member, now=fresh)
    return Gate.objects.get()


@pytest.fixture
def browser(client: Browser, member: Member) -> Browser:
    client.force_login(member, backend="amends.firm.sign_in.MemberBackend")
    return client


def page(browser: Browser, address: str) -> str:
    response = browser.get(address)
    assert response.status_code == 200, address
    return response.content.decode()


def undo(browser: Browser, said: str) -> None:
    """Press Undo in the flash that the next page shows."""
    action = said.split('<form method="post" action="')[-1].split('"')[0].replace("&amp;", "&")
    assert browser.post(action).status_code == 302


def test_a_gate_is_gone_through(browser: Browser, gate: Gate, member: Member, fresh: datetime) -> None:
    here = f"/gates/{gate.public_id}/"
    first = page(browser, here)
    for words in (
        "Health is new to us: we have not served it before.", "a first word in the glossary",
        "a pace agreed in writing", "Which words are reserved", "nothing goes out before May", "Begin all the same",
    ):  # fmt: skip
        assert words in first, words
    assert "Let it pass" not in first
    message = Message.objects.get()
    quote = "we agree to the timeline: nothing goes out before May."
    given = {"do": "show", "part": "pace", "message": message.public_id, "quote": quote}
    picked = browser.post(here, given, follow=True)
    assert f"“{quote}”" in picked.content.decode()
    undo(browser, picked.content.decode())
    assert GateEvidence.objects.get().removed_at is not None
    browser.post(here, {"do": "show", "part": "pace", "message": message.public_id})
    browser.post(here, {"do": "show", "part": "glossary", "words": "On the telephone", "said_on": str(fresh.date())})
    add_term(gate.engagement.client, "cases", right="patients", why="", by=member, now=fresh)
    for one in GateQuestion.objects.all():
        given = {"do": "answer", "question": one.public_id, "version": "1", "answer": "None.", "told_by": "Petra"}
        assert browser.post(here, given).status_code == 302
    assert "Everything is there" in page(browser, here)
    passed = browser.post(here, {"do": "pass", "version": "1"}, follow=True).content.decode()
    assert "Passed. Work can begin." in passed
    undo(browser, passed)
    gate.refresh_from_db()
    assert (gate.state, gate.version) == ("open", 3)


def test_what_is_not_taken_is_said_in_its_place_and_typed_words_stay(browser: Browser, gate: Gate) -> None:
    here = f"/gates/{gate.public_id}/"
    refused = browser.post(here, {"do": "show", "part": "pace", "words": "They said May"})
    assert refused.status_code == 422
    assert "Say on which day it was agreed." in refused.content.decode()
    assert "They said May" in refused.content.decode()
    assert browser.post(here, {"do": "show", "part": "pace", "words": "x", "said_on": "soon"}).status_code == 422
    assert browser.post(here, {"do": "pass", "version": "1"}).status_code == 422
    assert browser.post(here, {"do": "override", "version": "1", "why": ""}).status_code == 422
    assert browser.post(here, {"do": "dance"}).status_code == 404
    assert browser.post(here, {"do": "answer", "question": "x"}).status_code == 404


def test_only_a_partner_overrides(browser: Browser, gate: Gate, member: Member) -> None:
    here = f"/gates/{gate.public_id}/"
    Member.objects.filter(pk=member.pk).update(role=Role.STAFF)
    assert "A partner may let it begin all the same" in page(browser, here)
    assert browser.post(here, {"do": "override", "version": "1", "why": "Haste"}).status_code == 422
    Member.objects.filter(pk=member.pk).update(role=Role.PARTNER)
    done = browser.post(here, {"do": "override", "version": "1", "why": "Haste"}, follow=True).content.decode()
    assert "“Haste”" in done
    assert "What was not there" in done
    assert "Haste" in page(browser, "/gates/?show=overridden")
    undo(browser, done)
    gate.refresh_from_db()
    assert gate.state == "open"


def test_it_is_told_where_work_begins_and_where_mail_is_written(
    browser: Browser, gate: Gate, member: Member, fresh: datetime
) -> None:
    work = gate.engagement
    address = f"/clients/{work.client.public_id}/engagements/{work.public_id}/"
    assert "We are not ready to begin yet." in page(browser, address)
    assert "before we were ready" not in page(browser, "/")
    TimeEntry.objects.create(
        engagement=work, person="Ada", day=fresh.date(), seconds=3600, source="toggl", fingerprint="1", created_at=fresh
    )
    assert "Work on Launch for Hartwell began on" in page(browser, "/")
    thread = Thread.objects.get()
    with sink() as server:
        SmtpAccount.objects.create(
            member=member, host="127.0.0.1", port=server.port, security="plain", from_address="ada@studio.example",
            from_name="Ada Moss", changed_at=fresh,
        )  # fmt: skip
        assert "Launch has not begun: the gate is open." in page(browser, f"/threads/{thread.public_id}/")
    checked = browser.post("/check/", {"text": "Dear Petra", "client": str(work.client.public_id)}).content.decode()
    assert "Launch has not begun: the gate is open." in checked


def test_a_gate_is_opened_by_hand(browser: Browser, gate: Gate, fresh: datetime) -> None:
    other = Engagement.objects.create(client=gate.engagement.client, name="Care", created_at=fresh)
    address = f"/clients/{other.client.public_id}/engagements/{other.public_id}/"
    assert "Open a gate" in page(browser, address)
    opened = browser.post("/gates/open/", {"engagement": str(other.public_id)}, follow=True).content.decode()
    assert "Opened by a person." in opened
    again = browser.post("/gates/open/", {"engagement": str(other.public_id)}, follow=True).content.decode()
    assert "has its gate already" in again
    assert browser.post("/gates/open/", {"engagement": "x"}).status_code == 404


def test_lists_are_read_by_all_and_written_by_some(browser: Browser, member: Member) -> None:
    assert "Cleared before something goes public" in page(browser, "/lists/")
    here = "/lists/checks/pr/"
    assert "Songs and music" in page(browser, here)
    form = {"name": "PR", "words": "pr, press", "lines": "Names | As written\nSongs || A lawyer’s letter", "seen": "0"}
    assert browser.post(here, form).status_code == 302
    row = StartingList.objects.get()
    assert row.content["lines"] == [
        {"name": "Names", "why": "As written", "source": ""},
        {"name": "Songs", "why": "", "source": "A lawyer’s letter"},
    ]  # fmt: skip
    assert browser.post(here, form).status_code == 422  # somebody wrote meanwhile
    assert browser.post("/lists/questions/new/", {"name": "Space", "lines": "How high?"}).status_code == 302
    assert "How high?" in page(browser, "/lists/questions/space/")
    for missing in ("/lists/luck/pr/", "/lists/checks/no-such/"):
        assert browser.get(missing).status_code == 404
    Member.objects.filter(pk=member.pk).update(role=Role.STAFF)
    assert "Write a new edition" not in page(browser, here)
    assert browser.post(here, form).status_code == 403
