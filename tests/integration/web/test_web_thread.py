"""The thread page, and what belongs to one message."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from email.message import EmailMessage

import pytest
from django.test import Client as Browser
from tests.letters import judged, letter

from amends.firm.models import Firm
from amends.judgement.model import use
from amends.mail.models import Message, Thread
from amends.signals.models import Correction, Response, Signal

HTML = (
    '<p>I am furious.</p><script>alert(1)</script><img src="https://track.example/a.png"><img src="cid:logo@x">'
    '<p onclick="x()">Third invoice with an error.</p>'
)


@pytest.fixture(autouse=True)
def _rules_alone() -> Iterator[None]:
    """What is noticed here must not change with the model."""
    with use(None):
        yield


@pytest.fixture
def rich(firm: Firm, fresh: datetime) -> Message:
    """A message with HTML, a picture inside, and an attachment of a dangerous name."""
    made = EmailMessage()
    made["From"], made["To"] = "Petra <petra@hartwell.example>", "ada@studio.example"
    made["Subject"], made["Message-ID"] = "Invoice", "<rich@hartwell.example>"
    made["Date"] = (fresh - timedelta(days=2)).strftime("%a, %d %b %Y %H:%M:%S +0000")
    made.set_content("I am furious. Third invoice with an error.\n")
    made.add_alternative(HTML, subtype="html")
    made.get_payload()[1].add_related(b"\x89PNG", "image", "png", cid="<logo@x>")  # type: ignore[union-attr,index]
    made.add_attachment(b"<script>alert(1)</script>", "text", "html", filename="../../evil.html")
    judged(made.as_bytes(), now=fresh)
    return Message.objects.get()


def test_the_thread_folds_quotes_and_marks_what_was_noticed(browser: Browser, fresh: datetime) -> None:
    judged(
        letter(
            "Dear Ada,\n\nI am furious that the third invoice has an error again.\n\n> here it is.\n",
            at=fresh - timedelta(days=2), subject="Re: Invoice",
        ),
        now=fresh,
    )  # fmt: skip
    thread = Thread.objects.get()
    page = browser.get(f"/threads/{thread.public_id}/").content.decode()
    assert '<span class="noticed-words">I am furious that the third invoice has an error again.</span>' in page
    assert '<span class="said" data-start="0" data-end="9">Dear Ada,</span>' in page
    assert "Quoted text" in page
    signal = Signal.objects.filter(start__isnull=False)[0]
    assert f'id="why-{signal.public_id}"' in page
    answer = browser.post(
        "/answer/",
        {"answer": "not_an_issue", "signal": [str(signal.public_id)], "next": f"/threads/{thread.public_id}/"},
        follow=True,
    )
    assert "Noted: not an issue." in answer.content.decode()


def test_original_formatting_is_harmless_and_loads_nothing_unasked(browser: Browser, rich: Message) -> None:
    frame = browser.get(f"/messages/{rich.public_id}/html")
    policy, page = frame["Content-Security-Policy"], frame.content.decode()
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert "allow-scripts" not in policy
    assert "allow-same-origin" not in policy
    assert "https:" not in policy
    assert frame["X-Frame-Options"] == "SAMEORIGIN"
    assert "alert(1)" not in page
    assert "onclick" not in page
    assert 'src="https://track.example' not in page
    assert "data:image/png;base64," in page
    asked = browser.get(f"/messages/{rich.public_id}/html?images=1")
    assert "img-src data: https:" in asked["Content-Security-Policy"]
    assert "https://track.example/a.png" in asked.content.decode()


def test_attachments_are_only_ever_downloads(browser: Browser, rich: Message) -> None:
    part = next(part for part in rich.body.attachments if not part["inline"])
    answer = browser.get(f"/messages/{rich.public_id}/attachments/{part['index']}")
    assert answer["Content-Disposition"].startswith("attachment; filename")
    assert "/" not in answer["Content-Disposition"].split("filename", 1)[1]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert answer.content == b"<script>alert(1)</script>"
    assert browser.get(f"/messages/{rich.public_id}/attachments/99").status_code == 404


def test_the_original_is_byte_for_byte_what_came(browser: Browser, fresh: datetime) -> None:
    data = letter("As it came.", at=fresh - timedelta(days=1))
    judged(data, now=fresh)
    message = Message.objects.get()
    answer = browser.get(f"/messages/{message.public_id}/original")
    assert answer.content == data
    assert answer["Content-Type"] == "message/rfc822"
    assert browser.get(f"/messages/{message.public_id}/html").status_code == 404


def test_automatic_mail_is_said_not_to_be_judged(browser: Browser, fresh: datetime) -> None:
    judged(letter("I am away.", at=fresh - timedelta(days=1), headers={"Auto-Submitted": "auto-replied"}), now=fresh)
    thread = Thread.objects.get()
    page = browser.get(f"/threads/{thread.public_id}/").content.decode()
    assert "Automatic" in page
    assert "it is not judged" in page
    assert "Automatic" in browser.get("/set-apart/").content.decode()


HTMX = {"HX-Request": "true"}
PRICE = "The price in the brochure is wrong."


@pytest.fixture
def wrong(firm: Firm, fresh: datetime) -> Signal:
    """The one complaint of two messages of a thread; the other says the same."""
    judged(
        letter(f"Dear Ada,\n\n{PRICE} We sat there on Tuesday.\n", at=fresh - timedelta(days=3), message_id="1@x"),
        letter(f"Dear Ada,\n\n{PRICE}\n", at=fresh - timedelta(days=2), message_id="2@x", references=["1@x"]),
        now=fresh,
    )
    return Signal.objects.get(kind="complaint", message__message_id="1@x")


def test_a_correction_swaps_the_words_and_says_what_else_changed(browser: Browser, wrong: Signal) -> None:
    message = wrong.message.public_id
    other = Message.objects.get(message_id="2@x").public_id
    address = f"/messages/{message}/correct/"
    answer = browser.post(address, {"signal": str(wrong.public_id), "right": ""}, headers=HTMX)
    said = answer.content.decode()
    assert "Noted: not a complaint. The same for 1 sentence like it." in said
    assert f'id="t-{message}" data-words>' in said
    assert f'id="t-{other}" data-words hx-swap-oob="true">' in said
    assert f'id="l-{message}" hx-swap-oob="true">' in said
    assert "Not a complaint" not in said
    assert "Complaint" not in browser.get("/").content.decode()
    batch = Correction.objects.get().batch
    back = browser.post(f"{address}{batch}/undo/", headers=HTMX).content.decode()
    assert back.count(f'<span class="noticed-words">{PRICE}</span>') == 2
    assert "Taken back." in back
    assert "Complaint" in browser.get("/").content.decode()


def test_another_kind_is_chosen_from_the_card(browser: Browser, wrong: Signal) -> None:
    page = browser.get(f"/threads/{wrong.message.thread.public_id}/").content.decode()
    assert "Not a complaint" in page
    assert '<button class="kind tone-amber" name="right" value="frustration">' in page
    address = f"/messages/{wrong.message.public_id}/correct/"
    said = browser.post(
        address, {"signal": str(wrong.public_id), "right": "frustration"}, headers=HTMX
    ).content.decode()
    assert "Noted: frustration, not a complaint." in said
    assert "Ada Moss said so." in said


def test_a_sentence_is_marked_without_scripts_too(browser: Browser, wrong: Signal) -> None:
    start = wrong.end or 0
    answer = browser.post(
        f"/messages/{wrong.message.public_id}/correct/",
        {"start": start, "end": start + len(" We sat there on Tuesday."), "right": "disappointment"},
        follow=True,
    )
    page = answer.content.decode()
    assert "Noted: disappointment." in page
    assert '<span class="noticed-words">We sat there on Tuesday.</span>' in page
    assert "/undo/" in page


def test_a_correction_of_nothing_says_what_to_do(browser: Browser, wrong: Signal) -> None:
    address = f"/messages/{wrong.message.public_id}/correct/"
    for given in (
        {},
        {"right": "silence"},
        {"start": "x", "end": "9", "right": "anger"},
        {"start": 1, "right": "anger"},
    ):
        answer = browser.post(address, given, headers=HTMX)
        assert answer.status_code == 400
        assert answer["Content-Type"].startswith("text/plain")
        assert "hoose" in answer.content.decode() or "Say what it is" in answer.content.decode()
    assert not Correction.objects.exists()
    assert not Response.objects.exists()


def test_not_an_issue_on_today_is_struck_out_here_and_brought_back(browser: Browser, wrong: Signal) -> None:
    thread = f"/threads/{wrong.message.thread.public_id}/"
    browser.post("/answer/", {"answer": "not_an_issue", "signal": [str(wrong.public_id)], "why": "we spoke"})
    assert [(one.said, one.right, one.sure) for one in Correction.objects.all()] == [("complaint", "", False)]
    page = browser.get(thread).content.decode()
    assert "noticed-not" in page
    assert "Bring it back" in page
    browser.post(
        f"/messages/{wrong.message.public_id}/correct/", {"start": wrong.start, "end": wrong.end, "right": "complaint"}
    )
    assert "noticed-not" not in browser.get(thread).content.decode()
