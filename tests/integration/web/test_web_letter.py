"""A first message to a client: who gets it, the check beside it, how it leaves, and who reads it while it is held."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser
from tests.smtp import Sink

from amends.clients.models import Client
from amends.core.ids import uuid7
from amends.firm.models import Firm, Member, Role
from amends.flows import send
from amends.flows.guard import choose
from amends.flows.send.deliver import send_next
from amends.mail.models import Mailbox, Message, Thread
from amends.mail.queries import Reader
from amends.outbox.compose import Person
from amends.outbox.models import Draft, SmtpAccount
from amends.outbox.recipients import Audience

PETRA = "petra@hartwell.example"
BLAME = "Dear Petra,\n\nYou should have told us about the date. I will send the plan on Friday.\n"


@pytest.fixture
def hartwell(thread: Thread) -> Client:
    assert thread.client is not None
    return thread.client


def _form(**more: object) -> dict[str, object]:
    return {
        "key": str(uuid7()), "people": [PETRA], "to": "", "cc": "", "bcc": "", "subject": "The spring catalogue",
        "text": "Dear Petra,\n\nthe catalogue is with you on Thursday.\n", **more,
    }  # fmt: skip


def _address(client: Client, rest: str = "") -> str:
    return f"/clients/{client.public_id}/write/{rest}"


def test_the_client_page_and_a_person_lead_to_it(browser: Browser, hartwell: Client, account: SmtpAccount) -> None:
    page = browser.get(f"/clients/{hartwell.public_id}/").content.decode()
    assert f'href="{_address(hartwell)}"' in page
    assert f'href="{_address(hartwell)}?to=petra%40hartwell.example"' in page
    box = browser.get(_address(hartwell, f"?to={PETRA}")).content.decode()
    assert re.search(rf'<input[^>]*value="{PETRA}"[^>]*checked', box)
    assert "Quote their words" not in box


def test_it_leaves_and_begins_a_conversation(
    browser: Browser, hartwell: Client, account: SmtpAccount, server: Sink
) -> None:
    file = SimpleUploadedFile("plan.txt", b"the plan", content_type="text/plain")
    given = _form(to="Jo <jo@hartwell.example>", attached=file)
    sent = browser.post(_address(hartwell), given)
    draft = Draft.objects.get()
    assert sent["Location"] == f"{_address(hartwell)}?sent={draft.public_id}#outgoing"
    assert (draft.purpose, draft.state, draft.client, draft.thread) == ("letter", "queued", hartwell, None)
    assert browser.post(_address(hartwell), _form(key=given["key"]))["Location"] == sent["Location"]
    assert Draft.objects.count() == 1
    assert "Leaves in a few seconds" in browser.get(_address(hartwell)).content.decode()
    assert send_next(account.pk, sender=uuid.uuid4(), clock=lambda: datetime.now(UTC) + timedelta(seconds=11))
    assert server.recipients == [[PETRA, "jo@hartwell.example"]]
    assert b"In-Reply-To" not in server.raw()
    assert b"plan.txt" in server.raw()
    draft.refresh_from_db()
    stored = Message.objects.get(message_id=draft.own_id)
    assert (stored.direction, stored.client, stored.subject) == ("out", hartwell, "The spring catalogue")
    assert (draft.state, draft.message, draft.thread) == ("sent", stored, stored.thread)
    assert stored.thread.message_count == 1


def test_it_is_taken_back_and_written_on(browser: Browser, hartwell: Client, account: SmtpAccount) -> None:
    browser.post(_address(hartwell), _form())
    draft = Draft.objects.get()
    back = browser.post(f"/outbox/{draft.public_id}/", {"do": "take_back"})
    assert back["Location"] == _address(hartwell)
    page = browser.get(_address(hartwell)).content.decode()
    assert "The spring catalogue" in page
    assert "with you on Thursday" in page
    assert str(draft.public_id) in page


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"text": " "}, "There is nothing in it yet"),
        ({"subject": " "}, "It has no subject yet"),
        ({"people": []}, "Nobody would get it"),
        ({"to": "Petra at Hartwell"}, "is no mail address"),
        ({"people": ["else@where.example"]}, "not one of the available choices"),
        ({"subject": "x" * 301}, "at most 300"),
    ],
)
def test_what_cannot_leave_says_why(
    browser: Browser, hartwell: Client, account: SmtpAccount, given: dict[str, object], said: str
) -> None:
    answer = browser.post(_address(hartwell), _form(**given))
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert Draft.objects.count() == 0


def test_a_line_break_in_the_subject_begins_no_header(
    browser: Browser, hartwell: Client, account: SmtpAccount, server: Sink
) -> None:
    browser.post(_address(hartwell), _form(subject="Plan\r\nBcc: evil@else.example"))
    assert Draft.objects.get().subject == "Plan Bcc: evil@else.example"


def test_the_check_stands_beside_it(browser: Browser, hartwell: Client) -> None:
    found = browser.post(_address(hartwell, "check/"), _form(text="Dear Petra,\n\nthis is your own fault.\n"))
    assert found.status_code == 200
    assert "your own fault" in found.content.decode()
    assert browser.post(f"/clients/{uuid.uuid4()}/write/check/", _form()).status_code == 404


def test_held_it_is_read_by_those_who_will_read_it_sent(
    firm: Firm, member: Member, hartwell: Client, account: SmtpAccount, fresh: datetime
) -> None:
    def made(name: str, role: Role) -> Member:
        return Member.objects.create_member(email=f"{name}@studio.example", name=name, role=role, now=fresh)

    sam, pat = made("sam", Role.STAFF), made("pat", Role.PARTNER)
    SmtpAccount.objects.update(member=None)
    choose("blame-should-have", "stop", by=pat, now=fresh)
    audience = Audience((Person("Petra", PETRA),))
    given = send.Answer(uuid.uuid4(), None, audience, BLAME, subject="The date")
    with pytest.raises(send.LookAgain) as raised:
        send.write(Reader(sam), hartwell.public_id, given, by=sam, now=fresh)
    seen = frozenset(each.mark for each in raised.value.findings)
    again = send.Answer(given.key, None, audience, BLAME, subject="The date", seen=seen)
    held = send.write(Reader(sam), hartwell.public_id, again, by=sam, now=fresh)
    assert held.state == "held"
    assert send.may_read_words(Reader(pat), held, pat)
    assert not send.may_read_words(Reader(member, without_mail=True), held, member)
    Mailbox.objects.update_or_create(
        address=held.from_address, defaults={"visibility": "private", "owner": sam, "created_at": fresh}
    )
    assert not send.may_read_words(Reader(pat), held, pat)
    page = Browser()
    page.force_login(pat, backend="amends.firm.sign_in.MemberBackend")
    shown = page.get("/outbox/").content.decode()
    assert "You should have told us" not in shown
    assert "The date" not in shown
    Mailbox.objects.update(visibility="all")
    fine = "Dear Petra,\n\nthe mistake is ours, and I am sorry. The plan is with you on Friday.\n"
    free = send.rewrite(Reader(pat), held.public_id, fine, seen="", why="Ours.", by=pat, now=fresh)
    assert (free.state, free.author) == ("queued", sam)
