"""From words to bytes: whatever people type, headers hold what they should and nothing else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amends.mail.parsing import Role, parse
from amends.outbox.compose import File, Letter, NoAddress, Person, address, compose

AT = datetime(2026, 3, 16, 11, 30, tzinfo=timezone(timedelta(hours=1)))


def _letter(**more: Any) -> Letter:
    given: dict[str, Any] = {
        "sender": Person("Ada Moss", "ada@studio.example"), "to": [Person("Petra", "petra@hartwell.example")], "cc": [],
        "subject": "The plan", "text": "Hello.", "own_id": "own@studio.example", "at": AT,
    }  # fmt: skip
    return Letter(**(given | more))


def _read(data: bytes) -> EmailMessage:
    made = message_from_bytes(data, policy=policy.default)
    assert isinstance(made, EmailMessage)
    return made


def test_what_is_written_is_what_is_read() -> None:
    text = "Dear Petra,\n\nthe fault is ours: “the plan” – it was late. 道歉\n\n.\nFrom here on, weekly.\n"
    jo, chain = Person("Köhler, Jo", "jo@hartwell.example"), ("a@x", "b@x")
    parsed = parse(compose(_letter(text=text, cc=[jo], in_reply_to="b@x", references=chain)), now=AT)
    assert parsed.text.strip() == text.strip()
    assert (parsed.message_id, parsed.in_reply_to, parsed.references) == (
        "own@studio.example",
        ("b@x",),
        ("a@x", "b@x"),
    )
    assert (parsed.subject, parsed.sent_at) == ("The plan", AT)
    assert [(one.role, one.name, one.email) for one in parsed.addresses] == [
        (Role.FROM, "Ada Moss", "ada@studio.example"), (Role.TO, "Petra", "petra@hartwell.example"),
        (Role.CC, "Köhler, Jo", "jo@hartwell.example"),
    ]  # fmt: skip
    assert (parsed.kind, parsed.defects) == ("personal", ())


def test_the_bytes_are_fit_for_any_server() -> None:
    data = compose(_letter(text="ä" * 3000 + "\n" + "x" * 3000, subject="ü" * 200))
    assert data.isascii()
    assert b"\n" not in data.replace(b"\r\n", b"")
    assert max(map(len, data.split(b"\r\n"))) <= 998


def test_a_long_chain_is_cut_and_its_ids_stay_whole() -> None:
    ids = [f"{'x' * 90}{number}@very-long-domain-name-of-some-provider.example" for number in range(60)]
    made = compose(_letter(in_reply_to=ids[-1], references=ids))
    assert b"=?" not in made
    parsed = parse(made, now=AT)
    assert parsed.references == (ids[0], *ids[-19:])
    assert parsed.in_reply_to == (ids[-1],)


def test_what_is_no_id_is_left_out() -> None:
    parsed = parse(compose(_letter(in_reply_to="b@x", references=["a>\r\nBcc: z@z.example", "ä@x", ""])), now=AT)
    assert parsed.references == ("b@x",)
    assert len(parsed.addresses) == 2


def test_files_come_through_whole() -> None:
    files = [
        File("Angebot – März.pdf", "application/pdf", b"%PDF\x00\xff\r\n.\r\n"),
        File("../../etc/pass\r\nwd\x00", "no kind\r\nX: y", b"1"),
        File("forwarded.eml", "message/rfc822", b"Subject: x\r\n\r\nbody"),
    ]
    made = list(_read(compose(_letter(files=files))).iter_attachments())
    assert [(part.get_filename(), part.get_content_type()) for part in made] == [
        ("Angebot – März.pdf", "application/pdf"), ("../../etc/pass wd", "application/octet-stream"),
        ("forwarded.eml", "application/octet-stream"),
    ]  # fmt: skip
    assert [part.get_payload(decode=True) for part in made] == [file.data for file in files]


def test_only_hidden_recipients_show_nobody() -> None:
    made = _read(compose(_letter(to=[])))
    assert made["To"].addresses == ()
    assert made["Bcc"] is None


_ANY = st.text(st.characters(), max_size=60)


@settings(max_examples=150, deadline=None)
@given(subject=_ANY, name=_ANY, text=_ANY, file=_ANY, kind=_ANY)
def test_nothing_that_is_typed_makes_a_header(subject: str, name: str, text: str, file: str, kind: str) -> None:
    evil = "\r\nBcc: thief@evil.example\r\n\r\n"
    made = compose(
        _letter(
            subject=subject + evil,
            sender=Person(name + evil, "ada@studio.example"),
            to=[Person(evil + name, "petra@hartwell.example")],
            text=text,
            files=[File(file + evil, kind + evil, b"data")],
        )
    )
    read = message_from_bytes(made)  # as it lies there: the policy of the library would mend it
    assert set(read.keys()) == {"From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type"}
    parsed = parse(made, now=datetime.now(UTC))
    assert [one.email for one in parsed.addresses] == ["ada@studio.example", "petra@hartwell.example"]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" Petra@Hartwell.Example ", "petra@hartwell.example"), ("jo+x@münchen.example", "jo+x@xn--mnchen-3ya.example"),
        ("o'neil@x.example", "o'neil@x.example"),
    ],
)  # fmt: skip
def test_addresses(typed: str, kept: str) -> None:
    assert address(typed) == kept


@pytest.mark.parametrize(
    "typed",
    ["", "x", "x@", "@x.example", "a b@x.example", "a@b@x.example", "a@x..example", "a@-x.example", "a@x.example\r\nx",
     "<a@x.example>", "a@x.example>", "ä@x.example", f"{'a' * 65}@x.example", "a@" + "x" * 64 + ".example",
     ".a@x.example", "a@x_y.example"],
)  # fmt: skip
def test_what_is_no_address(typed: str) -> None:
    with pytest.raises(NoAddress, match="is no mail address"):
        address(typed)
