"""The dialects of mbox: every message found once, byte for byte as it was before it was put there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from amends.mail.sources import Item, NotMail, open_source

FROM = b"From petra@hartwell.example Mon Mar 16 10:00:00 2026"
ONE = b"From: a@x.example\nSubject: one\n\nHello.\n"
TWO = b"From: b@x.example\nSubject: two\n\nGoodbye.\n"


def read(path: Path) -> list[bytes]:
    found = list(open_source(path, scratch=path.parent / "scratch"))
    assert all(isinstance(one, Item) for one in found)
    return [one.read() for one in found if isinstance(one, Item)]


def written(folder: Path, data: bytes) -> Path:
    path = folder / "box"
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    ("data", "messages"),
    [
        pytest.param(FROM + b"\n" + ONE + b"\n" + FROM + b"\n" + TWO + b"\n", [ONE, TWO], id="plain"),
        pytest.param(FROM + b"\n" + ONE + FROM + b"\n" + TWO, [ONE, TWO], id="no blank line"),
        pytest.param(FROM + b"\n" + ONE + b"\n" + FROM + b"\n" + TWO[:-1], [ONE, TWO[:-1]], id="no last line end"),
        pytest.param(
            (FROM + b"\n" + ONE + b"\n" + FROM + b"\n" + TWO + b"\n").replace(b"\n", b"\r\n"),
            [ONE.replace(b"\n", b"\r\n"), TWO.replace(b"\n", b"\r\n")],
            id="CRLF",
        ),
        pytest.param(
            b"From 1835467385912345678@xxx Mon Mar 16 10:00:00 +0000 2026\n" + ONE + b"\n"
            b"From 1835467385912345679@xxx Mon Mar 16 10:01:00 +0000 2026\n" + TWO + b"\n",
            [ONE, TWO],
            id="Takeout",
        ),
        pytest.param(
            b"From - Mon Mar 16 10:00:00 2026\n" + ONE + b"\nFrom - Mon Mar 16 10:01:00 2026\n" + TWO,
            [ONE, TWO], id="Thunderbird",
        ),
        pytest.param(b"From MAILER-DAEMON Thu Jan  1 00:00:00 1970\n" + ONE, [ONE], id="daemon"),
        pytest.param(
            b"From a@x Mon Mar 16 10:00 2026\n" + ONE + b"\nFrom a b c Mon, 16 Mar 2026 10:00:00 +0100\n" + TWO,
            [ONE, TWO], id="odd separators",
        ),
        pytest.param(
            FROM + b"\n" + ONE + b">From the start, all went well.\n>>From here too.\n\n" + FROM + b"\n" + TWO,
            [ONE + b"From the start, all went well.\n>From here too.\n", TWO],
            id="quoted From",
        ),
        pytest.param(
            FROM + b"\n" + ONE + b"\nFrom Monday on we are closed.\n\n" + FROM + b"\n" + TWO,
            [ONE + b"\nFrom Monday on we are closed.\n", TWO],
            id="From in a body",
        ),
        pytest.param(
            FROM + b"\n" + ONE + b"\nFrom what I heard at 10:30 it works.\n\n" + FROM + b"\n" + TWO,
            [ONE + b"\nFrom what I heard at 10:30 it works.\n", TWO],
            id="From with a time in a body",
        ),
        pytest.param(FROM + b"\n" + ONE, [ONE], id="only one"),
        pytest.param(FROM + b"\n>From petra Mon Mar 16 09:00:00 2026\n" + ONE,
                     [b"From petra Mon Mar 16 09:00:00 2026\n" + ONE], id="a second separator quoted"),
    ],
)  # fmt: skip
def test_dialects(tmp_path: Path, data: bytes, messages: list[bytes]) -> None:
    assert read(written(tmp_path, data)) == messages


def test_where_a_message_lies_and_what_its_separator_said(tmp_path: Path) -> None:
    [first, second] = open_source(written(tmp_path, FROM + b"\n" + ONE + b"\n" + FROM + b"\n" + TWO), scratch=tmp_path)
    assert isinstance(first, Item)
    assert isinstance(second, Item)
    assert (first.envelope, first.source, second.source) == (FROM, "box, message 1", "box, message 2")
    assert (first.start, first.size) == (len(FROM) + 1, len(ONE))


def test_an_empty_file_is_no_mail(tmp_path: Path) -> None:
    with pytest.raises(NotMail, match="is empty"):
        read(written(tmp_path, b""))


def test_a_message_over_several_blocks_is_unquoted_everywhere(tmp_path: Path) -> None:
    line = b">From here on, " + b"x" * 60 + b"\n"
    body = line * 50_000  # almost four megabytes, so that blocks end inside
    [found] = read(written(tmp_path, FROM + b"\n" + ONE + body))
    assert found == ONE + body.replace(b">From", b"From")


def test_a_long_line_without_end_is_read(tmp_path: Path) -> None:
    body = b"y" * 3_000_000 + b"\n>From me\n"
    [found] = read(written(tmp_path, FROM + b"\n" + ONE + body))
    assert found == ONE + body.replace(b">From", b"From")


LINES = st.sampled_from(
    [b"From: x@y", b"From me to you", b">From a", b">>From b", b"", b"text", b"> quoted", b"From ",
     b"From a Mon Mar 16 10:00:00 2026",
     b"Subject: again", b"\xff\x00\xfe", b"\r", b"From x 10:00", b">"]
)  # fmt: skip
MESSAGES = st.lists(
    st.lists(LINES, max_size=8).map(lambda lines: b"From: a@x.example\n\n" + b"".join(one + b"\n" for one in lines)),
    min_size=1, max_size=6,
)  # fmt: skip


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(messages=MESSAGES)
def test_mboxrd_comes_back_byte_for_byte(tmp_path: Path, messages: list[bytes]) -> None:
    """mboxrd quotes every line that begins with any number of > and From, and parts messages by a blank line."""
    quoted = [re.sub(rb"^(>*From )", rb">\1", message, flags=re.MULTILINE) for message in messages]
    assert read(written(tmp_path, b"".join(FROM + b"\n" + one + b"\n" for one in quoted))) == messages


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=300))
def test_whatever_follows_a_separator_is_some_messages(tmp_path: Path, data: bytes) -> None:
    """Nothing in a file is lost: what lies between separators is in one message or the other."""
    path = written(tmp_path, FROM + b"\nA: b\n" + data)
    found = list(open_source(path, scratch=tmp_path / "scratch"))
    assert len(found) >= 1
