"""Outlook's .msg files are read as the messages that they were."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests import outlook as o

from amends.mail.parsing import Kind, Role, attachment, cid_map, html_body, outlook, parse
from amends.mail.parsing.types import ParsedMessage

NOW = datetime(2026, 3, 16, 10, tzinfo=UTC)
SENT = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
PETRA = {o.SENDER_NAME: "Petra Hartwell", o.SENDER_SMTP: "petra@hartwell.example", o.SENT_AT: SENT}
ADA = {o.NAME: "Moss, Ada", o.SMTP: "ada@studio.example", o.RECIPIENT_TYPE: 1}


def read(raw: bytes) -> ParsedMessage:
    return parse(raw, now=NOW)


def people(found: ParsedMessage) -> list[tuple[str, str, str]]:
    return [(str(one.role), one.name, one.email) for one in found.addresses]


def test_a_message_without_transport_headers_is_made_from_its_properties() -> None:
    boss = {o.NAME: "boss@studio.example", o.ADDRESS: "boss@studio.example", o.RECIPIENT_TYPE: 2}
    hidden = {o.NAME: "Hidden", o.SMTP: "hidden@studio.example", o.RECIPIENT_TYPE: 3}
    found = read(
        o.msg(
            {**PETRA, o.SUBJECT: "Die Rechnung — größer", o.BODY: "Dear Ada,\r\n\r\nthe invoice is wrong: 80 €.\r\n",
             o.MESSAGE_ID: "<1@hartwell.example>", o.IN_REPLY_TO: "<0@studio.example>"},
            recipients=[ADA, boss, hidden],
        )
    )  # fmt: skip
    assert found.whole
    assert found.subject == "Die Rechnung — größer"
    assert found.sent_at == SENT
    assert found.message_id == "1@hartwell.example"
    assert found.in_reply_to == ("0@studio.example",)
    assert found.new_text.strip() == "Dear Ada,\n\nthe invoice is wrong: 80 €."
    assert people(found) == [
        (Role.FROM, "Petra Hartwell", "petra@hartwell.example"),
        (Role.TO, "Moss, Ada", "ada@studio.example"),
        (Role.CC, "", "boss@studio.example"),
        (Role.BCC, "Hidden", "hidden@studio.example"),
    ]


def test_transport_headers_come_first_and_what_they_lack_is_added() -> None:
    headers = (
        "Received: from a.example by b.example; Mon, 2 Mar 2026 08:31:00 +0000\r\n"
        "From: =?utf-8?q?Petra_H=C3=A4rtl?= <petra@hartwell.example>\r\n"
        "Subject: As it was sent\r\n\tand folded\r\nContent-Type: multipart/mixed; boundary=gone\r\n"
        "List-Unsubscribe: <https://hartwell.example/u>\r\n"
    )
    found = read(o.msg({**PETRA, o.HEADERS: headers, o.SUBJECT: "Another", o.BODY: "Buy now."}, recipients=[ADA]))
    assert found.subject == "As it was sent and folded"
    assert found.kind is Kind.BULK
    assert people(found)[:2] == [
        (Role.FROM, "Petra Härtl", "petra@hartwell.example"), (Role.TO, "Moss, Ada", "ada@studio.example"),
    ]  # fmt: skip
    assert found.new_text.strip() == "Buy now."


def test_an_exchange_address_is_no_address_but_a_name() -> None:
    inside = {o.NAME: "Ben Ng", o.ADDRESS: "/O=STUDIO/OU=X/CN=RECIPIENTS/CN=BEN", o.RECIPIENT_TYPE: 1}
    found = read(o.msg({**PETRA, o.BODY: "x"}, recipients=[inside, ADA]))
    assert people(found)[1:] == [(Role.TO, "Ben Ng", ""), (Role.TO, "Moss, Ada", "ada@studio.example")]


def test_html_pictures_files_and_messages_within_are_all_there() -> None:
    inner = o.message_tree({**PETRA, o.SUBJECT: "What I wrote", o.BODY: "Earlier words"}, recipients=[ADA])
    raw = o.msg(
        {**PETRA, o.SUBJECT: "See inside", o.BODY: "See inside.", o.HTML: b"<p><b>inside</b> <img src='cid:p1'>"},
        recipients=[ADA],
        attachments=[
            {o.METHOD: 1, o.LONG_NAME: "logo.png", o.MIME: "image/png", o.CONTENT_ID: "p1", o.DATA: b"\x89PNG" * 2000},
            {o.METHOD: 1, o.LONG_NAME: "../../etc/passwd\0.pdf", o.MIME: "application/pdf", o.DATA: b"%PDF-1.4 \r\n\0"},
            {o.METHOD: 5, o.DATA: inner},
            {o.METHOD: 2, o.LONG_NAME: "only-a-link.docx"},
        ],
    )  # fmt: skip
    found = read(raw)
    assert "inside" in (html_body(raw) or "")
    names = {one.index: one.name for one in found.attachments}
    assert {"logo.png", "What I wrote.eml"} <= set(names.values())
    assert not any("only-a-link" in name for name in names.values())
    by_type = {one.content_type: one.index for one in found.attachments}
    assert attachment(raw, by_type["application/pdf"])[2] == b"%PDF-1.4 \r\n\0"
    assert attachment(raw, cid_map(raw)["p1"])[2] == b"\x89PNG" * 2000
    assert b"Subject: What I wrote" in attachment(raw, by_type["message/rfc822"])[2]


def test_headers_cannot_be_smuggled_in_through_properties() -> None:
    evil = {**PETRA, o.SENDER_NAME: "Petra\r\nBcc: all@studio.example", o.SUBJECT: "x\r\nX-Evil: 1", o.BODY: "x"}
    mime = outlook.as_mime(o.msg(evil, recipients=[ADA]))
    lines = mime.partition(b"\r\n\r\n")[0].split(b"\r\n")
    assert not [line for line in lines if line.lower().startswith((b"bcc", b"x-evil"))]


def test_the_same_file_is_read_the_same_each_time() -> None:
    raw = o.msg(
        {**PETRA, o.BODY: "x", o.HTML: b"<p>x</p>"}, recipients=[ADA], attachments=[{o.METHOD: 1, o.DATA: b"1"}]
    )
    assert outlook.as_mime(raw) == outlook.as_mime(raw)


@pytest.mark.parametrize(
    ("tree", "reason"),
    [
        (o.message_tree({o.CLASS: "IPM.Contact"}, head=32), "an Outlook item that is no message (IPM.Contact)"),
        (o.message_tree({o.FLAGS: 8, o.BODY: "not yet"}, head=32), "a draft, not sent"),
        ({"WordDocument": b"x" * 5000}, "an Office file, not a message"),
        (o.message_tree({o.FLAGS: 1, o.BODY: "sent"}, head=32), ""),
    ],
)
def test_what_is_no_message_is_said(tmp_path: Path, tree: o.Tree, reason: str) -> None:
    file = tmp_path / "x.msg"
    file.write_bytes(o.compound(tree))
    assert outlook.why_not_mail(file) == reason


def test_damaged_files_never_raise(tmp_path: Path) -> None:
    whole = o.msg({**PETRA, o.BODY: "x" * 9000}, recipients=[ADA], attachments=[{o.METHOD: 1, o.DATA: b"y" * 5000}])
    dice = random.Random(7)  # noqa: S311 (no secret)
    for round_ in range(60):
        broken = bytearray(whole[: dice.randrange(8, len(whole))] if round_ % 2 else whole)
        for _ in range(dice.randrange(1, 40)):
            broken[dice.randrange(8, len(broken))] = dice.randrange(256)
        (tmp_path / "x.msg").write_bytes(broken)
        assert isinstance(outlook.why_not_mail(tmp_path / "x.msg"), str)
        found = read(bytes(broken))
        assert found.whole or found.defects
