"""What was forwarded is found inside: attached byte for byte, quoted as far as its header block goes."""

from __future__ import annotations

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest
from tests.conftest import NOW
from tests.letters import OURS, days, letter

from amends.mail.live.forwarded import _when, forwarder, unpacked
from amends.mail.parsing import parse

AMENDS = "amends@studio.example"
ORIGINAL = letter("The third invoice is wrong again.\n", at=NOW - days(2), message_id="1@hartwell.example")


def attached(*originals: bytes) -> bytes:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = OURS, AMENDS, "Fwd: see these"
    made.set_content("For the record.\n")
    for original in originals:
        made.add_attachment(message_from_bytes(original, policy=default))
    return made.as_bytes()


def test_what_is_attached_is_taken_whole() -> None:
    other = letter("And another.\n", at=NOW - days(1), message_id="2@hartwell.example")
    found = unpacked(attached(ORIGINAL, other), now=NOW)
    assert [parse(each, envelope=b"", now=NOW).message_id for each in found] == [
        "1@hartwell.example", "2@hartwell.example",
    ]  # fmt: skip
    assert found[0].rstrip() == ORIGINAL.rstrip()


GMAIL = """
Please have a look.

---------- Forwarded message ---------
From: Petra Hartwell <petra@hartwell.example>
Date: Sat, Mar 14, 2026 at 9:05 AM
Subject: The brochure
To: Ada Moss <ada@studio.example>


The third invoice is wrong again.

Petra
"""
OUTLOOK = """
Bitte ansehen.

________________________________
Von: Petra Hartwell <petra@hartwell.example>
Gesendet: Samstag, 14. März 2026 09:05
An: Ada Moss <ada@studio.example>
Betreff: The brochure

The third invoice is wrong again.

Petra
"""
THUNDERBIRD = """
-------- Forwarded Message --------
Subject: 	The brochure
Date: 	Sat, 14 Mar 2026 09:05:00 +0000
From: 	Petra Hartwell <petra@hartwell.example>
To: 	Ada Moss <ada@studio.example>

The third invoice is wrong again.

Petra
"""
APPLE = """
Begin forwarded message:

From: Petra Hartwell <petra@hartwell.example>
Subject: The brochure
Date: 14 March 2026 at 09:05:00 GMT
To: Ada Moss <ada@studio.example>

The third invoice is wrong again.

Petra
"""


@pytest.mark.parametrize("text", [GMAIL, OUTLOOK, THUNDERBIRD, APPLE], ids=["gmail", "outlook", "thunderbird", "apple"])
def test_what_is_quoted_is_put_together_again(text: str) -> None:
    forward = letter(text, at=NOW, sender=OURS, to=AMENDS, subject="Fwd: The brochure")
    [found] = unpacked(forward, now=NOW)
    parsed = parse(found, envelope=b"", now=NOW)
    assert [(each.role, each.email) for each in parsed.addresses] == [
        ("from", "petra@hartwell.example"), ("to", "ada@studio.example"),
    ]  # fmt: skip
    assert parsed.subject == "The brochure"
    assert parsed.sent_at.date() == (NOW - days(2)).date()
    assert parsed.new_text.startswith("The third invoice is wrong again.")
    assert "Please have a look" not in parsed.text
    assert unpacked(forward, now=NOW) == [found]  # the same forward twice is the same message


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("Sat, Mar 14, 2026 at 9:05 AM", "2026-03-14 09:05"), ("Samstag, 14. März 2026 09:05", "2026-03-14 09:05"),
        ("14 March 2026 at 21:05:00 GMT", "2026-03-14 21:05"), ("samedi 14 mars 2026 à 09:05", "2026-03-14 09:05"),
        ("Saturday, March 14, 2026 9:05 PM", "2026-03-14 21:05"), ("14 de marzo de 2026 9:05", "2026-03-14 09:05"),
        ("vr 13 feb. 2026 om 12:05", "2026-02-13 12:05"), ("2026-03-14 09:05", "2026-03-14 09:05"),
        ("mardi 14 avril 2026 à 09:05", "2026-04-14 09:05"),
        ("yesterday", None), ("99 March 2026", None), ("", None),
    ],
)  # fmt: skip
def test_dates_as_mail_programs_write_them_for_people(text: str, moment: str | None) -> None:
    found = _when(text)
    assert (f"{found:%Y-%m-%d %H:%M}" if found else None) == moment


def test_nothing_is_made_up() -> None:
    for text in (
        "Just a note to Amends.\n",
        "---------- Forwarded message ---------\nFrom: Petra Hartwell\nSubject: The brochure\n\nNo address here.\n",
        "---------- Forwarded message ---------\n",
    ):
        assert unpacked(letter(text, at=NOW, sender=OURS, to=AMENDS), now=NOW) == []


def test_headers_cannot_be_smuggled_in() -> None:
    text = GMAIL.replace("Petra Hartwell", "Petra\u2028Bcc: x@y.example Hartwell")
    for found in unpacked(letter(text, at=NOW, sender=OURS, to=AMENDS), now=NOW):
        assert message_from_bytes(found)["Bcc"] is None


def test_who_forwarded_and_what_the_server_says_of_it() -> None:
    said = {"Authentication-Results": "mx.studio.example; dkim=none; dmarc=fail (p=none) header.from=studio.example"}
    assert forwarder(letter(at=NOW, sender=OURS), now=NOW) == "ada@studio.example"
    assert forwarder(letter(at=NOW, sender=OURS, headers=said), now=NOW) == ""
    good = {"Authentication-Results": "mx.studio.example; dkim=pass; dmarc=pass"}
    assert forwarder(letter(at=NOW, sender=OURS, headers=good), now=NOW) == "ada@studio.example"


@pytest.mark.parametrize("size", [0, 1, 10, 1000])
def test_any_bytes_are_survived(size: int) -> None:
    whole = attached(ORIGINAL)
    for data in (whole[:size], b"\0\xff" * size, whole[::-1][:size]):
        assert isinstance(unpacked(data, now=NOW), list)
        assert isinstance(forwarder(data, now=NOW), str)
