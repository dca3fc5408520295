"""What is written as an mbox is read back byte for byte by our reader, and by Python's as far as that can."""

from __future__ import annotations

import io
import mailbox
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from amends.mail.sources import Item, open_source
from amends.mail.sources.mbox_out import append

AT = datetime(2026, 3, 6, 9, 5, 7, tzinfo=UTC)
HEAD = b"From: a@x.example\nSubject: one\n\n"
LINES = [b"From here on\n", b">From there\n", b">>From far\n", b"\n", b"\r\n", b"From \r\n", b"Hello.\n", b" From x\n",
         b"From a@x Mon Mar 16 10:00:00 2026\nSubject: no\n\nno message of its own\n", b">" * 70 + b"From \n",
         b"Fro", b"m the start\n", b"\xff\x00\xfe\n", b"x" * 3000 + b"\n"]  # fmt: skip


def back(path: Path) -> list[bytes]:
    found = list(open_source(path, scratch=path.parent / "scratch"))
    assert all(isinstance(one, Item) for one in found)
    return [one.read() for one in found if isinstance(one, Item)]


def cut(data: bytes, size: int) -> list[bytes]:
    return [data[at : at + size] for at in range(0, len(data), size)]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150, deadline=None)
@given(
    bodies=st.lists(st.lists(st.sampled_from(LINES), max_size=12), min_size=1, max_size=4),
    size=st.sampled_from([1, 3, 7, 64, 100_000]),
)
def test_there_and_back(bodies: list[list[bytes]], size: int, tmp_path: Path) -> None:
    messages = [HEAD + b"".join(lines) for lines in bodies]
    kept = []
    path = tmp_path / "box"
    with path.open("w+b") as box:
        for message in messages:
            before = box.seek(0, 2)
            if append(box, cut(message, size), sender="a@x.example", at=AT):
                kept.append(message)
            else:
                assert box.seek(0, 2) == before
                assert not message.endswith(b"\n")
    if kept:
        assert back(path) == kept


@pytest.mark.parametrize(
    "message",
    [
        pytest.param(HEAD + b"no line end", id="no line end"),
        pytest.param(b"", id="nothing"),
        pytest.param(b"\nHello.\n", id="no header"),
        pytest.param(b"words without a header\n" * 200, id="no header, long"),
        pytest.param(HEAD + b"x" * 600_000 + b"\n", id="a line too long for readers in blocks"),
        pytest.param(HEAD + b"x" * 600_000 + b"\n" + b"y\n" * 300_000, id="a line too long, in many bytes"),
    ],
)
@pytest.mark.parametrize("size", [1000, 10_000_000])
def test_what_an_mbox_cannot_hold_is_left_out_and_said(message: bytes, size: int) -> None:
    box = io.BytesIO()
    assert append(box, [HEAD], sender="", at=AT)
    before = box.getvalue()
    assert not append(box, cut(message, size), sender="", at=AT)
    assert box.getvalue() == before


def test_bytes_that_break_off_leave_nothing() -> None:
    def broken() -> object:
        yield HEAD
        raise OSError

    box = io.BytesIO()
    with pytest.raises(OSError):  # noqa: PT011 (ours)
        append(box, broken(), sender="", at=AT)  # type: ignore[arg-type]
    assert box.getvalue() == b""


@pytest.mark.parametrize(
    ("sender", "named"), [("a@x.example", "a@x.example"), ("", "MAILER-DAEMON"), ("a b\n@x", "MAILER-DAEMON")]
)
def test_the_separator_is_that_of_asctime(sender: str, named: str, tmp_path: Path) -> None:
    path = tmp_path / "box"
    with path.open("w+b") as box:
        append(box, [HEAD + b"Hello.\n"], sender=sender, at=AT)
    assert path.read_bytes().startswith(f"From {named} Fri Mar  6 09:05:07 2026\n".encode())
    with closing(mailbox.mbox(path)) as read:
        assert [message["Subject"] for message in read] == ["one"]


def test_a_message_of_many_megabytes_passes_in_pieces(tmp_path: Path) -> None:
    path = tmp_path / "box"
    line = b"From the start, and " + b"x" * 50 + b"\n"
    message = HEAD + line * 100_000
    with path.open("w+b") as box:
        assert append(box, (piece for piece in cut(message, 1 << 20)), sender="", at=AT)
    assert back(path) == [message]
