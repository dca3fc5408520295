"""What a worker process makes of one message: its packed bytes and what was read from them. Pure: no Django.

A worker gets `Item`s and reads their bytes itself, so that only compressed bytes and parsed values cross the
process boundary. Reading is bounded in size and time: above `PARSE_LIMIT` only the head is read, after
`SECONDS` the message is set aside; either way its bytes are stored first.
"""

from __future__ import annotations

import hashlib
import signal
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from types import FrameType

from amends.mail.packing import Packed, pack
from amends.mail.parsing import ParsedMessage, parse, parse_file
from amends.mail.parsing.identity import fingerprint
from amends.mail.sources import Item

PARSE_LIMIT = 64 * 1024 * 1024  # bytes; a larger message is stored and set aside
STREAM_ABOVE = 4 * 1024 * 1024  # bytes; larger ones are stored by the writer, block by block
HEAD = 256 * 1024  # bytes read of a message that is set aside unparsed
SECONDS = 10.0  # a message that takes longer to read is set aside


class TooSlow(Exception):
    """Reading a message took longer than `SECONDS`."""


@dataclass(frozen=True, slots=True)
class Digest:
    """One message, read. `packed` has no chunks where the writer must stream the bytes itself."""

    item: Item
    packed: Packed
    parsed: ParsedMessage
    fingerprint: str


def digest_all(items: Sequence[Item], now: datetime) -> list[Digest]:
    """Read several messages; the unit of work that a worker process is given."""
    return [digest(item, now=now) for item in items]


def digest(item: Item, *, now: datetime) -> Digest:
    """Read one message. Never raises for its content."""
    if item.size > STREAM_ABOVE:
        return _digest_large(item, now=now)
    raw = item.read()
    bare = replace(item, data=None)
    packed = pack(raw)
    try:
        with _at_most(SECONDS):
            parsed = parse(raw, envelope=item.envelope, now=now)
    except TooSlow:
        parsed = _head_only(raw[:HEAD], f"reading it took longer than {SECONDS:.0f} seconds", item.envelope, now)
    return _digest(bare, packed, parsed)


def head_only(item: Item, reason: str, *, now: datetime) -> Digest:
    """For a message that made its worker die or hang: store it, show its head, set it aside."""
    sha256, size, head = _measure(item)
    parsed = _head_only(head, reason, item.envelope, now)
    return _digest(item, Packed(sha256, size, ()), parsed)


def _digest_large(item: Item, *, now: datetime) -> Digest:
    if item.size > PARSE_LIMIT:
        return head_only(item, f"larger than {PARSE_LIMIT >> 20} MB", now=now)
    sha256, size, head = _measure(item)
    try:
        with _at_most(SECONDS):
            parsed = parse_file(item.path, start=item.start, end=item.end, envelope=item.envelope, now=now)
    except TooSlow:
        parsed = _head_only(head, f"reading it took longer than {SECONDS:.0f} seconds", item.envelope, now)
    return _digest(item, Packed(sha256, size, ()), parsed)


def _digest(item: Item, packed: Packed, parsed: ParsedMessage) -> Digest:
    """All together; in UTC, since senders write zones (-1700) that no database takes."""
    if parsed.sent_at.tzinfo is not UTC:
        parsed = replace(parsed, sent_at=parsed.sent_at.astimezone(UTC))
    return Digest(item, packed, parsed, fingerprint(parsed))


def _measure(item: Item) -> tuple[str, int, bytes]:
    hasher, size, head = hashlib.sha256(), 0, b""
    for block in item.blocks():
        head = head or block[:HEAD]
        hasher.update(block)
        size += len(block)
    return hasher.hexdigest(), size, head


def _head_only(head: bytes, reason: str, envelope: bytes, now: datetime) -> ParsedMessage:
    """The headers, and the reason why nothing more was read."""
    end = head.find(b"\r\n\r\n"), head.find(b"\n\n")
    cut = min((at for at in end if at >= 0), default=len(head))
    parsed = parse(head[:cut] + b"\n\n", envelope=envelope, now=now)
    return replace(parsed, whole=False, defects=(f"It was kept but not read: {reason}.", *parsed.defects))


@contextmanager
def _at_most(seconds: float) -> Iterator[None]:
    """Raise `TooSlow` in the main thread of a worker after `seconds`; a no-op elsewhere, and without SIGALRM."""
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(number: int, frame: FrameType | None) -> None:
        raise TooSlow

    previous = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)
