"""Whole messages, from bytes to what a person reads."""

from __future__ import annotations

import mmap
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from amends.mail.parsing import Kind, Role, SegmentKind, attachment, parse, parse_file

MAILS = Path(__file__).parents[3] / "mails"


def mail(name: str) -> bytes:
    return (MAILS / name).read_bytes()


def test_a_plain_reply_is_read_whole() -> None:
    message = parse(mail("plain-reply.eml"))
    assert message.message_id == "a1@harbour.example"
    assert message.in_reply_to == ("z9@agency.example",)
    assert message.references == ("z8@agency.example", "z9@agency.example")
    assert message.sent_at == datetime(2025, 3, 4, 9, 14, 58, tzinfo=timezone(timedelta(hours=1)))
    assert [(a.role, a.name, a.email) for a in message.addresses] == [
        (Role.FROM, "Jo Harbour", "jo@harbour.example"),
        (Role.TO, "Team", "team@agency.example"),
        (Role.TO, "Ray, Max", "max@agency.example"),
    ]
    assert message.new_text == "Hi Max,\n\nwe still have no date. When will it be?"
    assert message.kind is Kind.PERSONAL
    assert message.defects == ()
    assert message.whole


def test_html_only_becomes_text_with_its_quote_and_signature_apart() -> None:
    message = parse(mail("html-only.eml"))
    assert message.subject == "Réponse"
    assert message.has_html
    assert message.new_text == "The map is wrong again.\n\nPlease call me."
    assert "preheader" not in message.text
    kinds = {s.kind for s in message.segments}
    assert kinds == {SegmentKind.NEW, SegmentKind.SIGNATURE, SegmentKind.QUOTE}


def test_a_cut_message_keeps_what_is_there() -> None:
    message = parse(mail("no-final-boundary.eml"))
    assert message.text.startswith("Der Text wäre hier, und nicht zu ku")
    assert [(a.name, a.content_type, a.size) for a in message.attachments] == [("plän.pdf", "application/pdf", 8)]
    assert any("cut off" in d for d in message.defects)
    assert not message.whole
    index = message.attachments[0].index
    assert attachment(mail("no-final-boundary.eml"), index) == ("plän.pdf", "application/pdf", b"%PDF-1.4")


def test_a_wrong_boundary_is_found() -> None:
    message = parse(mail("wrong-boundary.eml"))
    assert message.text.strip() == "Found all the same."
    assert any("boundary" in d for d in message.defects)


def test_a_nested_message_is_forwarded_history() -> None:
    message = parse(mail("nested-message.eml"))
    assert message.new_text == "See below, please."
    forwarded = [message.text[s.start : s.end] for s in message.segments if s.kind is SegmentKind.FORWARD]
    assert forwarded == [
        (
            "From: Client <client@shop.example>\nDate: Mon, 3 Mar 2025 08:00:00 +0100\n"
            "Subject: complaint\n\nThe shop is down."
        )
    ]
    assert message.attachments[0].name == "complaint.eml"


def test_an_invitation_is_calendar_mail_with_readable_text() -> None:
    message = parse(mail("invitation.eml"))
    assert message.kind is Kind.CALENDAR
    assert message.text == "Quarterly review\n20250310T090000Z\nRoom 3"


def test_an_absurd_date_is_mended_and_said_so() -> None:
    message = parse(mail("future-date.eml"))
    assert message.date_source == "received"
    assert message.sent_at == datetime(2025, 3, 4, 8, 15, 2, tzinfo=UTC)
    assert message.defects == ("The date 2038-01-01 was not believable; taken from the Received line.",)
    assert message.labels == ("Inbox", "Clients, big", "Küche")


def test_uuencoded_files_leave_the_text() -> None:
    message = parse(mail("uuencoded.eml"))
    assert "begin 644" not in message.text
    assert message.text.startswith("The file is below.")
    assert message.text.rstrip().endswith("And this stands below it.")
    assert [(a.name, a.size) for a in message.attachments] == [("note.txt", 3)]
    assert attachment(mail("uuencoded.eml"), message.attachments[0].index)[2] == b"Cat"


@pytest.mark.parametrize("name", sorted(p.name for p in MAILS.glob("*.eml")))
def test_line_ends_make_no_difference(name: str) -> None:
    one, two = parse(mail(name)), parse(mail(name).replace(b"\n", b"\r\n"))
    sizeless = [[a._replace(size=0) for a in message.attachments] for message in (one, two)]
    assert sizeless[0] == sizeless[1]
    assert replace(one, attachments=()) == replace(two, attachments=())


def test_a_file_is_read_from_a_map_and_by_range(tmp_path: Path) -> None:
    one, two = mail("plain-reply.eml"), mail("html-only.eml")
    path = tmp_path / "two.mbox"
    path.write_bytes(one + two)
    assert parse_file(path, start=0, end=len(one)) == parse(one)
    assert parse_file(path, start=len(one)) == parse(two)
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as view:
        assert parse(view, start=len(one)) == parse(two)
    (tmp_path / "empty").write_bytes(b"")
    assert parse_file(tmp_path / "empty").whole is False


def test_flowed_text_is_joined_and_stuffing_undone() -> None:
    head = b"From: a@b.example\nSubject: s\nDate: Tue, 4 Mar 2025 09:14:58 +0100\n"
    flowed = b"Content-Type: text/plain; format=flowed\n\nOne \ntwo\n From here\n> quoted \n> on\n-- \nme\n"
    assert parse(head + flowed).text == "One two\nFrom here\n> quoted on\n-- \nme\n"


def test_a_stub_alternative_gives_way_to_the_html() -> None:
    head = b'From: a@b.example\nSubject: s\nContent-Type: multipart/alternative; boundary="x"\n\n--x\n\n'
    stub = (
        b"Your mail program cannot display HTML.\n--x\nContent-Type: text/html\n\n<p>"
        + b"Real words. " * 30
        + b"</p>\n--x--\n"
    )
    assert parse(head + stub).text.startswith("Real words.")


def test_no_head_is_told_and_shown() -> None:
    message = parse(b"\x00\xff just bytes \n\n and more")
    assert "just bytes" in message.text
    assert not message.whole
    assert message.date_source == "none"
