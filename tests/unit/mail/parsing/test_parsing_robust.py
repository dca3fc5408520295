"""For any bytes: no exception, segments that cover the text, and the same for every kind of line end."""

from __future__ import annotations

import itertools
import mailbox
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from amends.mail.parsing import ParsedMessage, SegmentKind, attachment, html_body, parse, sanitise, segments

ROOT = Path(__file__).parents[4]
MIME = ROOT.parent / "shared" / "data" / "mime"
MAIL = ROOT.parent / "shared" / "data" / "mail" / "lists-and-ham.mbox"

PIECES = st.sampled_from(
    [b"From: a <a@b.example>\n", b"To: x:y@z,;<\n", b"Subject: =?utf-8?b?w6k=\n",
     b"Subject: =?x?q?=41?= =?utf-8?b?w6?=\n",
     b"Date: Tue, 99 Foo 20255 25:61 +9999\n", b"Content-Type: multipart/mixed; boundary=\"b\"\n", b"\n", b"--b\n",
     b"--b--\n",
     b"Content-Type: multipart/alternative; boundary=b\n", b"Content-Type: message/rfc822\n",
     b"Content-Type: text/html\n",
     b"Content-Type: text/plain; charset=utf-7; format=flowed\n", b"Content-Transfer-Encoding: base64\n", b"+AGE-\n",
     b"Content-Transfer-Encoding: x-uuencode\n", b"begin 644 x\n", b"#0V%T\n", b"end\n", b"<blockquote>a</p><b>\n",
     b"\r", b"\0",
     b"Content-Type: text/plain; charset=\"\xff\"; name*0*=x''%ff; name*1=\n", b"> quoted\n", b"-- \n",
     b"On 1 May 2024 a wrote:\n",
     b"Content-Type: text/calendar; method=REQUEST\n", b"Received: x; garbage\n", b" folded\n", b"\xe9\xff\xfe\n",
     b"\x1b$B\n"]
)  # fmt: skip
LINES = st.sampled_from(
    ["", "words of mine", "> quoted", ">> deeper", "--", "-- ", "Regards,", "Jo",
     "On Tue, 4 Mar 2025 at 9:14, Jo wrote:", "From: a@b",
     "Sent: Tuesday", "To: c@d", "Subject: x", "-----Original Message-----", "Sent from my iPhone",
     "____________________", "Von: x",
     "Begin forwarded message:", "http://lists.example",
     "This e-mail is confidential and intended recipient privileged"]
)  # fmt: skip


def covered(message: ParsedMessage) -> bool:
    at = 0
    for segment in message.segments:
        if segment.start != at or segment.end <= at:
            return False
        at = segment.end
    return at == len(message.text)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.one_of(st.binary(max_size=400), st.lists(st.one_of(PIECES, st.binary(max_size=20)), max_size=30).map(b"".join))
)
def test_any_bytes_are_read(data: bytes) -> None:
    message = parse(data)
    assert covered(message)
    assert "\0" not in message.text
    assert "\r" not in message.text
    message.text.encode("utf-8")
    message.subject.encode("utf-8")
    assert "raw text is shown" not in "".join(message.defects)
    for item in message.attachments:
        attachment(data, item.index)
    html = html_body(data)
    if html is not None:
        assert "<script" not in sanitise(html, remote_images=False).lower()


@settings(max_examples=300, deadline=None)
@given(st.lists(LINES, max_size=30))
def test_segments_cover_the_text_in_order(lines: list[str]) -> None:
    text = "\n".join(lines)
    parts = segments(text)
    assert "".join(text[p.start : p.end] for p in parts) == text
    assert all(a.kind is not b.kind for a, b in itertools.pairwise(parts))


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_split(text: str) -> None:
    assert "".join(text[p.start : p.end] for p in segments(text)) == text


@settings(max_examples=200, deadline=None)
@given(st.lists(LINES, min_size=1, max_size=25))
def test_new_text_holds_only_new_segments_whatever_the_line_ends(lines: list[str]) -> None:
    head = b"From: a@b.example\nSubject: s\nDate: Tue, 4 Mar 2025 09:14:58 +0100\n\n"
    data = head + "\n".join(lines).encode()
    message = parse(data)
    joined = "".join(message.text[s.start : s.end] for s in message.segments if s.kind is SegmentKind.NEW)
    assert message.new_text == joined.strip("\n")
    assert parse(data.replace(b"\n", b"\r\n")) == message


@pytest.mark.parametrize(
    "data",
    [
        b"Subject: " + b"=?utf-8?q?" * 40_000 + b"\n\nx",
        b"To: " + b"(" * 100_000 + b"\n\nx",
        b'To: "' + b"\\" * 100_000 + b"\n\nx",
        b"To: " + b"<" * 100_000 + b"\n\nx",
        b"To: " + b"a@b.example, " * 20_000 + b"\n\nx",
        b"Content-Type: text/plain; " + b"a*0*=x; " * 30_000 + b"\n\nx",
        b"X: 1\n" * 60_000 + b"\nx",
        b"X: 1\n" + b" y\n" * 100_000 + b"\nx",
        b"From: a\n\n" + b"> " * 200_000,
        b"From: a\n\n" + b"> a\nmine\n" * 40_000,
        b"From: a\n\n" + b"On 1 May 2024 at 10:00 a@b wrote:\n" * 20_000,
        b"From: a\n\n" + b"From: x\n" * 40_000,
        b"From: a\nContent-Type: text/html\n\n" + b"<blockquote>" * 20_000,
        b"From: a\nContent-Type: text/html\n\n" + b"<div>" * 50_000 + b"x",
        b"From: a\nContent-Type: text/html\n\n" + b"<" * 200_000,
        b"From: a\nContent-Type: multipart/mixed; boundary=b\n\n" + b"--b\n" * 50_000,
        b"From: a\nContent-Type: multipart/mixed; boundary=b\n\n"
        + b"--b\nContent-Type: multipart/mixed; boundary=b\n\n" * 5_000,
        b"From: a\nContent-Transfer-Encoding: base64\n\n" + b"=" * 300_000,
        b"From: a\n\n" + b"begin 644 x\n" * 30_000,
        b"From: a\n\n" + b"\xff" * 300_000,
        b"From: a\n\n" + b"_" * 300_000,
        b"From: a\n\nx\n" + b"-" * 300_000 + b"x",
        b"To: a" + b" " * 100_000 + b"b\n\nx",
        b"To: " + b"@" * 100_000 + b"\n\nx",
        b"Content-Type: text/plain; " + b"a" * 100_000 + b"\n\nx",
        b"Content-Type: text/plain; " + b" " * 100_000 + b"x\n\nx",
        b"References: " + b"a" * 100_000 + b"\n\nx",
        b"References: " + b"< " * 60_000 + b"\n\nx",
        b"X-Gmail-Labels: " + b"a," * 60_000 + b'"\n\nx',
        b"From: a\n\nmine\n" + b"From: a@b.example\nDate: x\nSubject: y\n\n" * 8_000,
        b"From: a\nContent-Type: text/plain; format=flowed\n\n" + b"a \n" * 200_000,
        b"From: a\nContent-Type: text/html\n\n" + b"<div style='border-top:solid 1pt'>a:b:c:d@e" * 5_000,
        b"From: a\nContent-Type: text/html\n\n" + b"<div class=gmail_signature>" * 5_000,
        b"From: a\nContent-Type: text/html\n\n" + b"<div hidden>a" * 5_000 + b"</div>" * 5_000,
    ],
    ids=range(34),
)
def test_hostile_messages_come_to_an_end(data: bytes) -> None:
    """Each of these would take hours where anything is quadratic; the bench times them, a test does not."""
    assert covered(parse(data))


def messages() -> list[Path]:
    suffixes = (".eml", ".msg", ".txt")
    return [p for p in MIME.rglob("*") if p.suffix in suffixes and "html" not in p.parts and "encoders" not in p.parts]


def test_every_hard_message_is_read() -> None:
    if not MIME.is_dir():
        pytest.skip("shared/data/mime is not beside the repository: the hard MIME cases were NOT tried")
    for path in messages():
        message = parse(path.read_bytes())
        assert covered(message), path
        assert "raw text is shown" not in "".join(message.defects), path
        assert "\ufffd" not in message.subject, path


def test_real_mail_is_read() -> None:
    if not MAIL.is_file():
        pytest.skip("shared/data/mail is not beside the repository: real mail was NOT tried")
    empty = 0
    with closing(mailbox.mbox(str(MAIL), create=False)) as box:
        for key in box.keys()[::7]:
            data = box.get_bytes(key)
            message = parse(data)
            assert covered(message)
            empty += not message.text.strip() and not message.attachments
    assert empty <= 5


@pytest.mark.parametrize(
    ("markup", "shown"),
    [
        ("<html><!--#rotate><b>The invoice</b> is &gt; paid<br></html>", "The invoice is > paid"),
        ("<html><title>The invoice<p>is paid</title></html>", "The invoiceis paid"),
        ("<html><style>p {}</style><script>go()</script><img src=a></html>", ""),
    ],
)
def test_markup_of_which_nothing_is_seen_still_shows_its_words(markup: str, shown: str) -> None:
    """An unclosed comment or a title round everything must not cost the message; scripts and styles are no words."""
    assert parse(b"Content-Type: text/html\n\n" + markup.encode()).text == shown
