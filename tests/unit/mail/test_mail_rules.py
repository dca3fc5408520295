"""Subjects in many languages, the order of messages, labels, who wrote."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.mail.parsing import Address, Role, parse
from amends.mail.rules import (
    base_subject,
    first_order_at,
    is_reply_subject,
    message_order,
    sender,
    skip_reason,
    subject_key,
)  # fmt: skip

MOMENTS = st.datetimes(datetime(1970, 1, 1), datetime(2400, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@pytest.mark.parametrize(
    "subject",
    [
        "Spring plan", "Re: Spring plan", "RE: FW: Spring plan", "Aw: Re: Spring plan",
        "AW:Spring plan", "SV: Spring plan",
        "Antw: Spring plan", "Réf: Spring plan", "RES: Spring plan", "Rif: Spring plan",
        "Fwd: Spring plan",
        "WG: Spring plan", "TR: Spring plan", "Re[2]: Spring plan", "Re(3): Spring plan", "[studio] Re: Spring plan",
        "Re: [studio] Spring plan", "回复：Spring plan", "转发: Spring plan", "Odp: Spring plan", "VS: Spring plan",
        "Spring plan (fwd)", "  Re :  Spring plan ",
    ],
)  # fmt: skip
def test_prefixes_in_the_languages_people_use(subject: str) -> None:
    assert base_subject(subject) == "Spring plan"
    assert subject_key(subject) == subject_key("spring  PLAN")


@pytest.mark.parametrize(
    ("subject", "base"),
    [("", ""), ("Re:", ""), ("Re: Fwd:", ""), ("[studio]", "[studio]"), ("Research: plan", "Research: plan"),
     ("Recap: plan", "Recap: plan"), ("Transfer: plan", "Transfer: plan")],
)  # fmt: skip
def test_what_is_no_prefix_stays(subject: str, base: str) -> None:
    assert base_subject(subject) == base
    assert (subject_key(subject) == 0) == (base == "")


@pytest.mark.parametrize(
    ("subject", "reply"),
    [("Re: x", True), ("AW: x", True), ("[list] SV: x", True), ("Re[2]: x", True), ("回复：x", True), ("Fwd: x", False),
     ("WG: x", False), ("x", False), ("Reply: x", False), ("", False)],
)  # fmt: skip
def test_replies_are_told_from_forwards(subject: str, reply: bool) -> None:
    assert is_reply_subject(subject) is reply


@given(first=MOMENTS, second=MOMENTS)
def test_messages_are_ordered_by_the_second(first: datetime, second: datetime) -> None:
    one, two = message_order(first, "a"), message_order(second, "b")
    assert 0 <= one < 1 << 63
    if int(first.timestamp()) != int(second.timestamp()):
        assert (one < two) == (first < second)
    assert first_order_at(first) <= one


def test_labels_that_are_left_out() -> None:
    assert [skip_reason([label]) for label in ("Inbox", " SPAM ", "Trash", "Drafts", "Chats", "Spam reports")] == [
        "", "spam", "in the trash", "a draft, not sent", "a chat, not mail", "",
    ]  # fmt: skip
    assert skip_reason([]) == ""


@pytest.mark.parametrize(
    ("head", "who"),
    [
        (b"From: Petra <p@x.example>\n", ("Petra", "p@x.example")),
        (b"Sender: Bo <b@x.example>\n", ("Bo", "b@x.example")),
        (b"From:\nReply-To: r@x.example\n", ("", "r@x.example")),
        (b"To: a@x.example\n", ("", "")),
    ],
)
def test_who_wrote(head: bytes, who: tuple[str, str]) -> None:
    assert sender(parse(head + b"\nHello.\n")) == who


def test_addresses_keep_their_roles() -> None:
    parsed = parse(b"From: a@x.example\nCc: B <b@x.example>\n\nHello.\n")
    assert Address(Role.CC, "B", "b@x.example") in parsed.addresses
