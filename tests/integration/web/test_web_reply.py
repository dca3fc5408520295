"""Answering from a conversation's page: who gets it, what is kept, what arrives."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from tests.letters import bring, judged, letter
from tests.smtp import Sink

from amends.core.ids import uuid7
from amends.firm.models import AuditEntry, Member, Role
from amends.flows.send.deliver import send_next
from amends.mail.models import Copy, Mailbox, Message, Thread
from amends.outbox.models import Composed, Draft, DraftFile, Recipient, SmtpAccount


def _answered() -> Message:
    return Message.objects.get(message_id="ask@hartwell.example")


def _form(**more: object) -> dict[str, object]:
    return {
        "key": str(uuid7()), "answering": str(_answered().public_id), "to": "Petra <petra@hartwell.example>", "cc": "",
        "bcc": "", "text": "Dear Petra,\n\nby Thursday noon. Sorry.\n", "quotes": "on", **more,
    }  # fmt: skip


def _address(thread: Thread, rest: str = "reply/") -> str:
    return f"/threads/{thread.public_id}/{rest}"


def _leave(account: SmtpAccount) -> bool:
    """What the job runner does, once the seconds to take it back are over."""
    return send_next(account.pk, sender=uuid.uuid4(), clock=lambda: datetime.now(UTC) + timedelta(seconds=11))


def test_the_box_proposes_who_gets_it(browser: Browser, thread: Thread, account: SmtpAccount) -> None:
    one = browser.get(_address(thread, "")).content.decode()
    assert 'value="Petra Hartwell &lt;petra@hartwell.example&gt;"' in one
    assert 'name="cc" maxlength' in one
    everybody = browser.get(_address(thread, "") + "?answer=all").content.decode()
    assert "Jo Hartwell &lt;jo@hartwell.example&gt;, Ben &lt;ben@studio.example&gt;" in everybody


def test_without_an_account_it_is_written_checked_and_taken_along(browser: Browser, thread: Thread) -> None:
    page = browser.get(_address(thread, "")).content.decode()
    assert "/settings/sending/" in page
    assert "data-reply-text" in page
    assert "data-check-send" not in page
    refused = browser.post(_address(thread), _form())
    assert refused.status_code == 422
    assert "Nothing can be sent yet" in refused.content.decode()
    assert "by Thursday noon. Sorry." in refused.content.decode()
    blames = browser.post(_address(thread, "reply/check/"), _form(text="Dear Petra,\n\nthis is your own fault.\n"))
    assert "your own fault" in blames.content.decode()
    taken = browser.post(_address(thread, "reply/letter/"), _form(cc="jo@hartwell.example", bcc="boss@studio.example"))
    assert (taken.status_code, taken["Content-Type"]) == (200, "message/rfc822")
    made = message_from_bytes(taken.content, policy=policy.default)
    assert isinstance(made, EmailMessage)
    assert (made["X-Unsent"], made["From"], made["To"]) == (
        "1", "Ada Moss <ada@studio.example>", "Petra <petra@hartwell.example>"
    )  # fmt: skip
    assert (made["Cc"], made["Bcc"], made["Subject"]) == (
        "jo@hartwell.example", "boss@studio.example", "Re: The brochure"
    )  # fmt: skip
    assert made["In-Reply-To"] == "<ask@hartwell.example>"
    assert "by Thursday noon. Sorry." in made.get_content()
    assert Draft.objects.count() == 0


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"text": "  "}, "There is nothing in it yet"),
        ({"to": "", "cc": "", "bcc": ""}, "Nobody would get it"),
        ({"to": "Petra at Hartwell"}, "is no mail address"),
        ({"to": "Petra\r\nX-Evil: 1 <petra@hartwell.example>"}, "is no mail address"),
    ],
)
def test_what_is_no_letter_is_not_taken_along(
    browser: Browser, thread: Thread, given: dict[str, str], said: str
) -> None:
    answer = browser.post(_address(thread, "reply/letter/"), _form(**given))
    assert answer.status_code == 422
    assert said in answer.content.decode()


def test_an_answer_leaves_and_stands_in_the_conversation(
    browser: Browser, thread: Thread, account: SmtpAccount, server: Sink, member: Member
) -> None:
    sent = browser.post(_address(thread), _form(cc="Jo <jo@hartwell.example>", bcc="boss@studio.example"))
    draft = Draft.objects.get()
    assert sent["Location"] == f"/threads/{thread.public_id}/?sent={draft.public_id}#outgoing"
    page = browser.get(_address(thread, "")).content.decode()
    assert "by Thursday noon" in page
    assert "Leaves in a few seconds" in page
    assert _leave(account)
    assert server.recipients == [["petra@hartwell.example", "jo@hartwell.example", "boss@studio.example"]]
    made = message_from_bytes(server.raw(), policy=policy.default)
    assert isinstance(made, EmailMessage)
    assert (made["From"], made["Subject"]) == ("Ada Moss <ada@studio.example>", "Re: The brochure")
    assert made["In-Reply-To"] == "<ask@hartwell.example>"
    assert made["References"] == "<first@hartwell.example> <ask@hartwell.example>"
    assert "boss" not in str(made)
    text = made.get_content().replace("\r\n", "\n")
    assert text.startswith("Dear Petra,\n\nby Thursday noon. Sorry.\n\n-- \nAda Moss\nStudio\n\nOn ")
    assert "Petra Hartwell wrote:\n> Dear Ada,\n>\n> and when will it be mended?" in text

    draft.refresh_from_db()
    assert (draft.state, draft.message.thread) == ("sent", thread)  # type: ignore[union-attr]
    assert Message.objects.filter(thread=thread).count() == 3
    stored = Message.objects.get(message_id=draft.own_id)
    assert (stored.direction, stored.client, stored.kind) == ("out", thread.client, "personal")
    assert Copy.objects.get(message=stored).mailbox.address == "ada@studio.example"
    assert not Composed.objects.exists()
    waiting = browser.get(_address(thread, f"reply/leaving/?draft={draft.public_id}")).content.decode()
    assert 'hx-swap-oob="beforeend:.letters-list"' in waiting
    assert f"m-{stored.public_id}" in waiting
    assert "hx-trigger" not in waiting, "it asks no more"


def test_what_is_sent_lies_in_a_mailbox_of_its_sender(
    browser: Browser, thread: Thread, account: SmtpAccount, member: Member
) -> None:
    SmtpAccount.objects.update(from_address="moss@studio.example")
    browser.post(_address(thread), _form())
    assert _leave(account)
    assert Mailbox.objects.get(address="moss@studio.example").owner == member


def test_it_comes_back_in_the_sent_folder_and_is_the_same(
    browser: Browser, thread: Thread, account: SmtpAccount, server: Sink, fresh: datetime
) -> None:
    browser.post(_address(thread), _form())
    assert _leave(account)
    count = Message.objects.count()
    copy = (
        b"Received: from amends by mx.studio.example; Mon, 1 Jan 2029 10:00:00 +0000\r\nX-Sent: yes\r\n" + server.raw()
    )
    stored = bring(copy.replace(b"\r\n", b"\n"), now=fresh, address="ada@studio.example")
    assert (stored.imported, stored.duplicates) == (0, 1)
    assert Message.objects.count() == count
    assert Copy.objects.filter(message__message_id=Draft.objects.get().own_id).count() == 2


def test_it_may_come_back_before_it_is_filed(
    browser: Browser, thread: Thread, account: SmtpAccount, server: Sink, fresh: datetime
) -> None:
    """The server was quicker than we: the Sent folder's copy was stored first."""
    browser.post(_address(thread), _form())
    data = bytes(Composed.objects.get().data)
    assert bring(b"Received: by mx.studio.example\r\n" + data, now=fresh).imported == 1
    assert _leave(account)
    draft = Draft.objects.get()
    assert draft.message is not None
    assert Message.objects.filter(message_id=draft.own_id).count() == 1


def test_a_form_sent_twice_sends_once(browser: Browser, thread: Thread, account: SmtpAccount, server: Sink) -> None:
    form = _form()
    first, second = browser.post(_address(thread), form), browser.post(_address(thread), form)
    assert first["Location"] == second["Location"]
    assert _leave(account)
    assert browser.post(_address(thread), form)["Location"] == first["Location"]
    assert not _leave(account)
    assert len(server.taken) == 1


def test_taken_back_it_is_written_on(
    browser: Browser, thread: Thread, account: SmtpAccount, server: Sink, member: Member
) -> None:
    file = SimpleUploadedFile("plan.pdf", b"%PDF one", content_type="application/pdf")
    browser.post(_address(thread), _form(attached=file, cc="Jo <jo@hartwell.example>"))
    draft = Draft.objects.get()
    taken = browser.post(f"/outbox/{draft.public_id}/", {"do": "take_back"})
    assert taken["Location"] == f"/threads/{thread.public_id}/#reply"
    assert not _leave(account)
    page = browser.get(_address(thread, "")).content.decode()
    assert "by Thursday noon. Sorry.\n</textarea>" in page
    assert 'value="Jo &lt;jo@hartwell.example&gt;"' in page
    assert "plan.pdf" in page
    kept = str(DraftFile.objects.get().pk)
    again = browser.post(_address(thread), _form(key=str(draft.public_id), text="Dear Petra,\n\nby noon.\n", keep=kept))
    assert again.status_code == 302
    assert _leave(account)
    assert not _leave(account)
    assert len(server.taken) == 1
    assert b"by noon." in server.raw()
    assert b'filename="plan.pdf"' in server.raw()
    assert server.recipients == [["petra@hartwell.example"]]
    did = list(AuditEntry.objects.order_by("pk").values_list("did", flat=True))
    assert did == ["draft.queued", "draft.taken_back", "draft.queued"]


def test_once_it_left_it_cannot_be_taken_back(browser: Browser, thread: Thread, account: SmtpAccount) -> None:
    browser.post(_address(thread), _form())
    assert _leave(account)
    draft = Draft.objects.get()
    refused = browser.post(f"/outbox/{draft.public_id}/", {"do": "take_back"}, follow=True).content.decode()
    assert "moved on meanwhile" in refused
    draft.refresh_from_db()
    assert draft.state == "sent"


def test_nothing_typed_is_lost_where_it_cannot_be_sent(browser: Browser, thread: Thread, account: SmtpAccount) -> None:
    for wrong, says in (
        ({"to": "petra"}, "petra is no mail address"), ({"to": ""}, "Nobody would get it"),
        ({"text": "  "}, "There is nothing in it yet"),
    ):  # fmt: skip
        answer = browser.post(_address(thread), _form(bcc="jo@hartwell.example" if "text" in wrong else "", **wrong))
        assert answer.status_code == 422
        assert says in answer.content.decode()
        if "text" not in wrong:
            assert "by Thursday noon. Sorry.\n</textarea>" in answer.content.decode()
    assert not Draft.objects.exists()
    assert not Recipient.objects.exists()


def test_too_much_attached_is_refused(
    browser: Browser, thread: Thread, account: SmtpAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("amends.web.thread.reply_forms.MAX_FILES", 5)
    answer = browser.post(_address(thread), _form(attached=SimpleUploadedFile("a", b"123456")))
    assert "too large" in answer.content.decode()
    assert not Draft.objects.exists()


def test_who_is_new_and_who_drops_off_is_said(browser: Browser, thread: Thread, account: SmtpAccount) -> None:
    said = browser.post(
        _address(thread, "reply/audience/"),
        {"to": "petra@hartwell.example, Spy <spy@rival.example>", "answering": str(_answered().public_id)},
    ).content.decode()
    text = " ".join(re.sub(r"<[^>]+>", " ", said).split())
    assert "rival.example was never part of this conversation." in text
    assert "New here: Spy spy@rival.example" in text
    assert "Left out: Jo Hartwell, Ben" in text
    wrong = browser.post(_address(thread, "reply/audience/"), {"to": "petra"}).content.decode()
    assert "petra is no mail address" in wrong


def test_whoever_may_only_look_cannot_answer(
    browser: Browser, thread: Thread, account: SmtpAccount, member: Member
) -> None:
    member.role = Role.FINANCE_VIEWER
    member.save()
    assert browser.post(_address(thread), _form()).status_code == 403
    assert browser.post(_address(thread, "reply/audience/"), {}).status_code == 403
    for address in ("/outbox/", "/settings/sending/", _address(thread, "reply/leaving/")):
        assert browser.get(address).status_code == 403, address
    page = browser.get(_address(thread, ""))
    assert page.status_code == 404 or b"data-reply" not in page.content
    assert not Draft.objects.exists()


def test_a_colleague_sees_that_somebody_answers_but_not_what(
    browser: Browser, thread: Thread, account: SmtpAccount, client: Browser, fresh: datetime
) -> None:
    browser.post(_address(thread), _form())
    ben = Member.objects.create_member(email="ben@studio.example", name="Ben", role=Role.STAFF, now=fresh)
    client.force_login(ben, backend="amends.firm.sign_in.MemberBackend")
    page = client.get(_address(thread, "")).content.decode()
    assert "Leaves in a few seconds" in page
    assert "by Thursday noon" not in page
    draft = Draft.objects.get()
    assert client.post(f"/outbox/{draft.public_id}/", {"do": "take_back"}).status_code == 404
    assert "Re: The brochure" not in client.get("/outbox/").content.decode()


def test_an_answer_to_another_conversation_is_not_there(
    browser: Browser, thread: Thread, account: SmtpAccount, fresh: datetime
) -> None:
    judged(letter("Hello.\n", at=fresh - timedelta(days=2), message_id="x@kestrel.example", subject="Other",
                  sender="Jo <jo@kestrel.example>"), now=fresh)  # fmt: skip
    other = Thread.objects.exclude(pk=thread.pk).get()
    assert browser.post(_address(other), _form()).status_code == 404
    assert not Draft.objects.exists()


def test_the_box_costs_few_queries(browser: Browser, thread: Thread, account: SmtpAccount) -> None:
    browser.get(_address(thread, ""))
    with CaptureQueriesContext(connection) as few:
        browser.get(_address(thread, ""))
    for _ in range(5):
        browser.post(_address(thread), _form())
    with CaptureQueriesContext(connection) as many:
        assert browser.get(_address(thread, "")).status_code == 200
    assert len(many) - len(few) <= 2, "recipients and files of all drafts in one each"
    assert len(few) <= 16
