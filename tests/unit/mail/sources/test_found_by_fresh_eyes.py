"""Archives that real programs write and that once lost mail."""

from __future__ import annotations

from pathlib import Path

import pytest

from amends.clients.rules import organisation
from amends.mail.own import propose_own
from amends.mail.sources import Item, open_source


def _letter(number: int) -> bytes:
    return (
        f"From: a{number}@client.example\r\nTo: b@studio.example\r\nMessage-ID: <{number}@x>\r\n"
        f"Subject: {number}\r\n\r\nFrom here on, letter {number}.\r\n\r\n"
    ).encode()


def _items(path: Path, tmp_path: Path) -> list[Item]:
    return [found for found in open_source(path, scratch=tmp_path / "scratch") if isinstance(found, Item)]


@pytest.mark.parametrize("separator", [b"From \r\n", b"From someone@client.example\r\n"])
def test_separators_without_a_date_part_messages(tmp_path: Path, separator: bytes) -> None:
    """Thunderbird writes "From " and nothing else."""
    archive = tmp_path / "Inbox"
    archive.write_bytes(b"".join(separator + _letter(number) for number in range(10)))
    assert [item.read().count(b"Message-ID") for item in _items(archive, tmp_path)] == [1] * 10


def test_a_folder_called_new_is_no_maildir(tmp_path: Path) -> None:
    folder = tmp_path / "mail"
    (folder / "new" / "sub").mkdir(parents=True)
    (folder / "tmp").mkdir()
    (folder / "new" / "All.mbox").write_bytes(b"".join(b"From \r\n" + _letter(number) for number in range(5)))
    for number, place in enumerate(["a.eml", "new/sub/b.eml", "tmp/c.eml"], start=5):
        (folder / place).write_bytes(_letter(number))
    assert len(_items(folder, tmp_path)) == 8


def test_a_header_of_nothing_but_brackets_stops_no_proposal(tmp_path: Path) -> None:
    hostile = tmp_path / "hostile.eml"
    hostile.write_bytes(b"From: " + b"(" * 20_000 + b"\r\nTo: b@studio.example\r\n\r\nHi\r\n")
    assert propose_own(_items(hostile, tmp_path), organisation) == ["studio.example"]
