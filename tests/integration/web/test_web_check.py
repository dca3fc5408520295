"""The check on its page, beside an answer, and what people make of findings. Nothing of the text is kept."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser
from tests.integration.web.test_web_reply import _address, _form
from tests.letters import letter

from amends.clients.models import Client, GlossaryTerm
from amends.core.ids import uuid7
from amends.firm.models import Firm, Member, Role
from amends.flows.guard import choose
from amends.judgement.guard import Finding
from amends.mail.models import Message, Thread
from amends.outbox.models import Draft, Reaction, SmtpAccount
from amends.web.check.panel import panel, runs
from amends.web.check.places import after_greeting, end_of_words, lf, typed_places

BLAME = "Dear Petra,\r\n\r\nYou should have told us about the date. I will send the brochure on Friday.\r\n"
PART = {"HX-Request": "true"}


def _part(browser: Browser, **fields: object) -> str:
    answer = browser.post("/check/", {"key": str(uuid7()), **fields}, headers=PART)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_page_teaches_and_takes_an_example(browser: Browser) -> None:
    page = browser.get("/check/").content.decode()
    assert "Nothing to read yet" in page
    assert "Try it with an example" in page
    assert "data-finding " not in page
    example = browser.get("/check/?example=1").content.decode()
    assert "This should not leave as it is" in example or "Look at this before it leaves" in example
    assert example.count("data-finding ") > 2


def test_without_a_script_it_is_read_by_a_form(browser: Browser) -> None:
    page = browser.post("/check/", {"text": BLAME, "to": "petra@hartwell.example"}).content.decode()
    assert "Look at this before it leaves" in page
    assert 'value="petra@hartwell.example"' in page
    assert "You should have told us about the date. I will send" in page, "what was written stays"
    assert "“You should have told us about the date.”" in page


def test_places_are_those_of_the_field(browser: Browser) -> None:
    text = "Dear Petra 🙂,\n\nYou should have told us.\n\n> We guarantee that it never happens again.\n"
    said = _part(browser, text=text.replace("\n", "\r\n"))
    start, end = (int(value) for value in re.findall(r'data-(?:start|end)="(\d+)"', said))
    assert text.encode("utf-16-le")[2 * start : 2 * end].decode("utf-16-le") == "You should have told us."
    assert said.count("data-finding ") == 1, "what is quoted is not judged"
    assert 'data-say="1 finding"' in said


def test_recipients_client_and_addresses_that_are_none(browser: Browser, thread: Thread) -> None:
    client = Client.objects.get()
    GlossaryTerm.objects.create(client=client, wrong="brochure", right="leaflet", at=datetime.now(UTC))
    assert 'data-rule="glossary"' in _part(browser, text="The brochure is ready.", client=str(client.public_id))
    assert 'data-instead="leaflet"' in _part(browser, text="The brochure is ready.", client=str(client.public_id))
    assert 'data-rule="glossary"' not in _part(browser, text="The brochure is ready.")
    assert "Fine to send" in _part(browser, text="The leaflet is ready.", to="no address, petra@hartwell.example")
    page = browser.post("/check/", {"text": "The leaflet is ready.", "to": "no address"}).content.decode()
    assert "is no mail address" in page
    assert "Fine to send" in _part(browser, text="The brochure is ready.", client=str(uuid.uuid4()), answering="x")


def test_a_message_is_checked_in_its_conversation(browser: Browser, thread: Thread, fresh: datetime) -> None:
    made = letter(
        "Dear Petra,\n\nplease find attached the plan. See you on Thursday.\n", at=fresh,
        sender="Ada <ada@studio.example>",
        to="Petra <petra@hartwell.example>, spy@rival.example", subject="Re: The brochure",
        references=["ask@hartwell.example"],
    )  # fmt: skip
    page = browser.post("/check/", {"eml": SimpleUploadedFile("m.eml", made), "text": ""}).content.decode()
    assert "please find attached the plan" in page
    assert 'data-rule="attachment"' in page
    assert 'data-rule="new-domain"' in page, "the stored conversation is known"
    assert f"/threads/{thread.public_id}/#m-" in page
    answered = re.search(r'name="answering" value="([^"]+)"', page)
    assert answered is not None
    again = _part(browser, text="Here it is, by Thursday.", answering=answered[1], to="spy@rival.example")
    assert 'data-rule="new-domain"' in again, "and stays known while it is written on"
    assert "no words to read" in browser.post("/check/", {"eml": SimpleUploadedFile("x", b"\x00\x01")}).content.decode()


def test_files_of_a_message_are_named_by_it(browser: Browser, fresh: datetime) -> None:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "ada@studio.example", "petra@hartwell.example", "Plan"
    made.set_content("Dear Petra,\n\nplease find attached the plan.\n")
    made.add_attachment(b"x", maintype="application", subtype="pdf", filename="plan.pdf")
    page = browser.post("/check/", {"eml": SimpleUploadedFile("m.eml", made.as_bytes())}).content.decode()
    assert 'name="file_name" value="plan.pdf"' in page
    assert "Fine to send" in page
    assert "data-rule" in _part(browser, text="Please find attached the plan.")
    assert "data-rule" not in _part(browser, text="Please find attached the plan.", file_name="plan.pdf")


TYPED = ["", "\0", "\ufffd", "> a", "שלום " * 2000, "[" * 20_000, "\r\r\n\n" * 50]


@pytest.mark.parametrize("text", TYPED, ids=range(len(TYPED)))
def test_nothing_that_is_typed_breaks_it(browser: Browser, text: str) -> None:
    assert "data-findings" in _part(browser, text=text)


def test_a_dismissal_has_a_reason_and_can_be_taken_back(browser: Browser, member: Member) -> None:
    key = str(uuid7())
    said = _part(browser, text=BLAME, key=key)
    mark = re.search(r'data-found="(\w+)"', said)
    assert mark is not None
    seen = {"key": key, "rule": "blame-should-have", "mark": mark[1]}
    refused = browser.post("/check/react/", {**seen, "do": "dismissed"})
    assert (refused.status_code, refused.content) == (
        400, b"Say why it is dismissed: what people say is how the check gets better.",
    )  # fmt: skip
    assert browser.post("/check/react/", {**seen, "do": "dance"}).status_code == 400
    done = browser.post("/check/react/", {**seen, "do": "dismissed", "reason": "fits", "why": "She said so."})
    assert done.status_code == 204
    row = Reaction.objects.get()
    assert (str(row.draft_key), row.made, row.reason, row.why, row.member) == (
        key, "dismissed", "fits", "She said so.", member
    )  # fmt: skip
    said = _part(browser, text=BLAME, key=key)
    assert "1 dismissed" in said
    assert "data-finding " not in said
    assert browser.post("/check/react/", {**seen, "do": "back"}).status_code == 204
    assert "data-finding " in _part(browser, text=BLAME, key=key)
    assert browser.post("/check/react/", {**seen, "do": "accepted"}).status_code == 204
    assert Reaction.objects.get().made == "accepted"
    assert "date" not in "".join(str(value) for value in Reaction.objects.values_list().get()[3:8])


def test_an_answer_is_looked_at_while_it_is_written(
    browser: Browser,
    thread: Thread,
    account: SmtpAccount,
) -> None:
    form = _form(text=BLAME)
    said = browser.post(_address(thread, "reply/check/"), form, headers=PART).content.decode()
    assert 'name="seen"' in said
    assert 'name="shown" value="blame-should-have ' in said
    assert not Draft.objects.exists()
    assert not Reaction.objects.exists()
    assert "no mail address" not in said
    assert browser.post(_address(thread, "reply/check/"), {**form, "to": "x"}, headers=PART).status_code == 200
    assert browser.post(_address(thread, "reply/check/"), {**form, "answering": ""}, headers=PART).status_code == 404
    assert browser.post(f"/threads/{uuid7()}/reply/check/", form, headers=PART).status_code == 404


def test_sent_without_a_look_it_comes_back_with_what_was_found(
    browser: Browser,
    thread: Thread,
    account: SmtpAccount,
) -> None:
    form = _form(text=BLAME)
    asked = browser.post(_address(thread), form)
    page = asked.content.decode()
    assert asked.status_code == 422
    assert "It was not sent yet" in page
    assert "Send anyway" in page
    seen = re.findall(r'name="seen" value="(\w+)"', page)
    shown = re.findall(r'name="shown" value="([^"]+)"', page)
    assert len(seen) == len(shown) == 1
    assert browser.post(_address(thread), {**form, "seen": seen, "shown": shown}).status_code == 302
    assert Draft.objects.get().text == BLAME.replace("\r\n", "\n")
    assert [(row.rule, row.made) for row in Reaction.objects.all()] == [("blame-should-have", "sent")]


def test_a_stop_that_staff_dismissed_stands(
    client: Browser,
    firm: Firm,
    member: Member,
    thread: Thread,
    account: SmtpAccount,
    fresh: datetime,
) -> None:
    SmtpAccount.objects.update(member=None)
    choose("blame-should-have", "stop", by=member, now=fresh)
    sam = Member.objects.create_member(email="sam@studio.example", name="Sam", role=Role.STAFF, now=fresh)
    client.force_login(sam, backend="amends.firm.sign_in.MemberBackend")
    form = _form(text=BLAME)
    page = client.post(_address(thread), form).content.decode()
    assert "Send to be released" in page
    assert "held back until Ada Moss lets it go" in page
    (seen,) = re.findall(r'name="seen" value="(\w+)"', page)
    told = {"key": form["key"], "rule": "blame-should-have", "mark": seen, "do": "dismissed", "reason": "wrong"}
    assert client.post("/check/react/", told).status_code == 204
    said = client.post(_address(thread, "reply/check/"), form, headers=PART).content.decode()
    assert "You dismissed it. It is held all the same" in said
    assert 'data-verdict="hold"' in said
    assert client.post(_address(thread), {**form, "seen": seen}).status_code == 302
    draft = Draft.objects.get()
    assert draft.state == "held"
    shown = client.get(_address(thread, "")).content.decode()
    assert "Held back: Ada Moss can let it go." in shown


def test_places_in_a_text_with_quotes_and_greeting() -> None:
    text = "\n\nDear Petra,\n\nfirst words.\n> quoted\nsecond words.\n"
    span = typed_places(text)
    start = "Dear Petra,\n\nfirst words.\n".index("first")
    assert text[slice(*span(start, start + 12))] == "first words."
    second = len("Dear Petra,\n\nfirst words.\n")
    assert text[slice(*span(second, second + 13))] == "second words."
    assert text[after_greeting(text) :].startswith("first words")
    assert after_greeting("no greeting at all, or is it") == 0
    assert end_of_words("First.\n\n> quoted") == len("First.")
    assert lf("a\r\nb\rc\0") == "a\nb\nc\ufffd"


def test_words_without_a_place_are_put_in_where_they_belong() -> None:
    whole = Finding("feeling-ignored", "feeling_ignored", "advice", "Why.", "I hear you.")
    last = Finding("open-issue-unanswered", "open_issue_unanswered", "warn", "Why.", "About it: Friday.")
    there = Finding("new-domain", "new_domain", "warn", "Why.", "Check the address.")
    text = "Dear Petra,\n\nhere it is.\n"
    first, end, nowhere = panel(text, [whole, last, there]).cards
    assert (first.start, first.instead) == (13, "I hear you.\n\n")
    assert (end.start, end.instead) == (len(text) - 1, "\n\nAbout it: Friday.")
    assert (nowhere.start, nowhere.instead) == (None, "")
    assert [run.text for run in runs(text, [first, end, nowhere])] == [text]


def test_nobody_answers_for_another_s_dismissals(browser: Browser, firm: Firm, fresh: datetime) -> None:
    """What one dismissed on a page is still shown to another under the same key."""
    key = str(uuid7())
    (mark,) = re.findall(
        r'data-finding data-rule="blame-should-have" data-found="(\w+)"', _part(browser, text=BLAME, key=key)
    )
    told = {"key": key, "rule": "blame-should-have", "mark": mark, "do": "dismissed", "reason": "wrong"}
    browser.post("/check/react/", told)
    other = Member.objects.create_member(email="b@studio.example", name="B", role=Role.STAFF, now=fresh)
    again = Browser()
    again.force_login(other, backend="amends.firm.sign_in.MemberBackend")
    assert "data-finding " in _part(again, text=BLAME, key=key)
    assert again.post("/check/react/", {**told, "do": "back"}).status_code == 204
    assert Reaction.objects.count() == 1


def test_messages_that_are_closed_are_not_a_conversation(
    client: Browser,
    firm: Firm,
    thread: Thread,
    fresh: datetime,
    member: Member,
) -> None:
    from amends.mail.models import Mailbox

    Mailbox.objects.update(owner=member, visibility="metadata")
    sam = Member.objects.create_member(email="sam@studio.example", name="Sam", role=Role.STAFF, now=fresh)
    client.force_login(sam, backend="amends.firm.sign_in.MemberBackend")
    message = Message.objects.get(message_id="ask@hartwell.example")
    made = letter("Here it is.\n", at=fresh + timedelta(hours=1), sender="sam@studio.example",
                  to="petra@hartwell.example",
                  references=["ask@hartwell.example"])  # fmt: skip
    page = client.post("/check/", {"eml": SimpleUploadedFile("m.eml", made)}).content.decode()
    assert str(message.public_id) not in page
    assert "Fine to send" in _part(client, text="Here it is.", answering=str(message.public_id))


def _plain(page: str) -> str:
    """The field by which the first finding is dismissed without scripts."""
    found = re.search(r'name="(dismiss [a-z-]+ [0-9a-f]{16})"', page)
    assert found is not None, page
    return found[1]


def test_without_a_script_a_finding_is_dismissed_and_brought_back(browser: Browser, member: Member) -> None:
    form = {"key": str(uuid7()), "text": BLAME}
    name = _plain(browser.post("/check/", form).content.decode())
    rule, mark = name.split()[1:]
    stands = browser.post("/check/", {**form, name: ""}).content.decode()
    assert name in stands
    assert not Reaction.objects.exists()
    page = browser.post("/check/", {**form, name: "fits", f"why {mark}": "She asked."}).content.decode()
    kept = Reaction.objects.get()
    assert (kept.rule, kept.made, kept.reason, kept.why, kept.member) == (
        rule,
        "dismissed",
        "fits",
        "She asked.",
        member,
    )
    assert name not in page
    assert "1 dismissed" in page
    assert "You should have told us" in page, "what was written stays"
    again = browser.post("/check/", {**form, "back": mark}).content.decode()
    assert name in again
    assert not Reaction.objects.exists()
    for odd in ({"dismiss": "fits"}, {"dismiss no-rule x": "fits"}, {f"dismiss {rule} {mark}": "mood"}, {"back": "x"}):
        assert browser.post("/check/", {**form, **odd}).status_code == 200
    assert not Reaction.objects.exists()


def test_without_a_script_an_answer_is_sent_with_its_findings_dismissed(
    browser: Browser, thread: Thread, account: SmtpAccount
) -> None:
    form = _form(text=BLAME)
    page = browser.post(_address(thread), form).content.decode()
    name = _plain(page)
    assert "It was not sent yet" in page
    assert not Draft.objects.exists()
    seen = re.findall(r'name="seen" value="([0-9a-f]+)"', page)
    sent = browser.post(_address(thread), {**form, name: "wrong", "seen": seen})
    assert sent.status_code == 302
    assert [(row.made, row.reason) for row in Reaction.objects.filter(mark=name.split()[2])] == [("dismissed", "wrong")]
    assert Draft.objects.get().state == "queued"
