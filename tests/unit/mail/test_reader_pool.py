"""The pool of readers: in order, and whatever one message does to its worker, all the others are read."""

from __future__ import annotations

import os
import signal
from base64 import encodebytes
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.conftest import NOW
from tests.letters import letter
from tests.processes import alive, wait_until

from amends.mail.digest import PARSE_LIMIT, Digest, digest
from amends.mail.packing import pack
from amends.mail.parsing import ParsedMessage
from amends.mail.reading import BATCH_BYTES, BATCH_ITEMS, ReaderPool, batches
from amends.mail.sources import Item


def items(count: int, *, size: int = 0) -> list[Item]:
    return [
        Item(Path("box"), 0, max(size, 1), f"box, message {number}", data=letter(f"Note {number}.\n", at=NOW))
        for number in range(count)
    ]


def texts(found: Iterator[list[Digest]]) -> list[str]:
    return [one.parsed.text.strip() for batch in found for one in batch]


class Deadly(Item):
    """A message whose reading kills or stalls the worker that tries."""

    def __reduce__(self) -> tuple[object, ...]:
        return _reborn, (self.source,)


def _reborn(source: str) -> Item:
    """In the worker: the message arrives, and with it the end. In the parent nothing happens."""
    if source == "deadly":
        os.kill(os.getpid(), signal.SIGKILL)
    return Item(Path("box"), 0, 1, source, data=letter("Survived.\n", at=NOW))


def test_batches_are_limited_in_number_and_size() -> None:
    assert [len(batch) for batch in batches(items(BATCH_ITEMS + 1))] == [BATCH_ITEMS, 1]
    assert [len(batch) for batch in batches(items(5, size=BATCH_BYTES // 2 + 1))] == [1, 1, 1, 1, 1]
    assert list(batches([])) == []


def test_everything_comes_in_order() -> None:
    with ReaderPool(workers=2) as pool:
        assert texts(pool.read(items(450), now=NOW)) == [f"Note {number}." for number in range(450)]
        assert list(pool.read([], now=NOW)) == []


def test_a_message_that_kills_its_reader_is_set_aside_and_the_rest_goes_on() -> None:
    mail: list[Item] = items(420)
    mail[210] = Deadly(Path("box"), 0, 1, "deadly", data=letter("Deadly.\n", at=NOW, subject="Boom"))
    with ReaderPool(workers=1) as pool:
        found = [one for batch in pool.read(mail, now=NOW) for one in batch]
    assert [one.parsed.text.strip() for one in found if one.parsed.whole] == [
        f"Note {number}." for number in range(420) if number != 210
    ]
    [aside] = [one for one in found if not one.parsed.whole]
    assert found[210] is aside
    assert (aside.parsed.subject, aside.parsed.defects[0]) == (
        "Boom", "It was kept but not read: reading it made the reader stop.",
    )  # fmt: skip
    assert aside.packed.sha256 == pack(mail[210].read()).sha256


def test_readers_that_are_killed_meanwhile_lose_nothing() -> None:
    mail = items(800)
    with ReaderPool(workers=1) as pool:
        found = []
        for number, batch in enumerate(pool.read(iter(mail), now=NOW)):
            found += batch
            if number == 1:
                for pid in list(pool._pool._processes):
                    os.kill(pid, signal.SIGKILL)
    assert [one.parsed.text.strip() for one in found] == [f"Note {number}." for number in range(800)]
    assert all(one.parsed.whole for one in found)


def test_no_reader_stays_when_the_pool_is_closed() -> None:
    with ReaderPool(workers=2) as pool:
        list(pool.read(items(3), now=NOW))
        pids = list(pool._pool._processes)
    assert pids
    wait_until(lambda: not any(map(alive, pids)), seconds=10)


# -- one message --------------------------------------------------------------------------------------------------


def test_a_message_that_takes_too_long_is_set_aside(monkeypatch: pytest.MonkeyPatch) -> None:
    from amends.mail import digest as module

    def endless(raw: bytes, **known: object) -> ParsedMessage:
        if b"Endless" not in raw.partition(b"\n\n")[2]:
            return real(raw, **known)  # type: ignore[arg-type]
        while True:
            pass

    real = module.parse  # type: ignore[attr-defined]
    monkeypatch.setattr(module, "parse", endless)
    monkeypatch.setattr(module, "SECONDS", 0.2)
    data = letter("Endless.\n", at=NOW, subject="Round")
    found = digest(Item(Path("x"), 0, len(data), "x", data=data), now=NOW)
    assert (found.parsed.whole, found.parsed.subject) == (False, "Round")
    assert found.parsed.defects[0].startswith("It was kept but not read: reading it took longer than")
    assert found.packed == pack(data)


def _with_attachment(path: Path, plain_bytes: int) -> Item:
    boundary = b"--cut"
    head = (
        b"From: a@x.example\r\nTo: b@x.example\r\nSubject: Large\r\nMIME-Version: 1.0\r\n"
        b"Content-Type: multipart/mixed; boundary=cut\r\n\r\n" + boundary + b"\r\nContent-Type: text/plain\r\n\r\n"
        b"The file is attached.\r\n" + boundary + b"\r\nContent-Type: application/pdf; name=plan.pdf\r\n"
        b"Content-Disposition: attachment; filename=plan.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    )
    with path.open("wb") as file:
        file.write(head)
        block = encodebytes(bytes(range(256)) * 2223)  # 569 088 bytes, without rest in base64
        for _ in range(plain_bytes // (256 * 2223)):
            file.write(block)
        file.write(boundary + b"--\r\n")
    return Item(path, 0, path.stat().st_size, path.name)


def test_a_large_attachment_is_read_and_its_bytes_are_left_to_the_writer(tmp_path: Path) -> None:
    item = _with_attachment(tmp_path / "large.eml", 10_000_000)
    found = digest(item, now=NOW)
    assert (found.parsed.whole, found.parsed.new_text) == (True, "The file is attached.")
    [part] = found.parsed.attachments
    assert (part.name, part.size) == ("plan.pdf", 10_000_000 // 569_088 * 569_088)
    assert (found.packed.chunks, found.packed.size) == ((), item.size)
    assert found.packed.sha256 == pack((tmp_path / "large.eml").read_bytes()).sha256


def test_a_message_over_the_limit_shows_its_head(tmp_path: Path) -> None:
    item = _with_attachment(tmp_path / "huge.eml", 3 * PARSE_LIMIT // 4 + 2_000_000)
    assert item.size > PARSE_LIMIT
    found = digest(item, now=NOW)
    assert (found.parsed.whole, found.parsed.subject) == (False, "Large")
    assert found.parsed.defects[0] == "It was kept but not read: larger than 64 MB."
    assert (found.packed.chunks, found.packed.size) == ((), item.size)
