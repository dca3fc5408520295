"""The thread page, and what belongs to one message."""

from __future__ import annotations

from datetime import datetime, timedelta
from email.message import EmailMessage

import pytest
from django.test import Client as Browser
from tests.letters import judged, letter

from amends.firm.models import Firm
from amends.mail.models import Message, Thread
from amends.signals.models import Signal

HTML = (
    '<p>I am furious.</p><script>alert(1)</script><img src="https://track.example/a.png"><img src="cid:logo@x">'
    '<p onclick="x()">Third invoice with an error.</p>'
)


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
