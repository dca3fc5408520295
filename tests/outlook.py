"""Writes Outlook's .msg files for tests: an OLE compound file ([MS-CFB]) with a message's properties ([MS-OXMSG])."""

from __future__ import annotations

import struct
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

SECTOR, MINI, CUTOFF = 512, 64, 4096
FREE, END, FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
Tree = dict[str, Any]  # name to bytes (a stream) or to another tree (a storage)

CLASS, SUBJECT, HEADERS, BODY, HTML = 0x001A, 0x0037, 0x007D, 0x1000, 0x1013
SENDER_NAME, SENDER_TYPE, SENDER_ADDRESS, SENDER_SMTP = 0x0C1A, 0x0C1E, 0x0C1F, 0x5D01
SENT_AT, FLAGS, MESSAGE_ID, IN_REPLY_TO = 0x0039, 0x0E07, 0x1035, 0x1042
NAME, ADDRESS, SMTP, RECIPIENT_TYPE = 0x3001, 0x3003, 0x39FE, 0x0C15
DATA, METHOD, LONG_NAME, MIME, CONTENT_ID = 0x3701, 0x3705, 0x3707, 0x370E, 0x3712


def msg(
    properties: dict[int, Any], *, recipients: list[dict[int, Any]] | None = None,
    attachments: list[dict[int, Any]] | None = None,
) -> bytes:  # fmt: skip
    """A .msg file. An attachment whose `DATA` is a tree of `message_tree` is a message inside the message."""
    return compound(message_tree(properties, recipients=recipients, attachments=attachments, head=32))


def message_tree(
    properties: dict[int, Any], *, recipients: list[dict[int, Any]] | None = None,
    attachments: list[dict[int, Any]] | None = None, head: int = 24,
) -> Tree:  # fmt: skip
    """The storage of one message; `head` is 32 bytes long in the outermost one."""
    people, files = recipients or [], attachments or []
    counts = struct.pack("<8xIIII", len(people), len(files), len(people), len(files)).ljust(head, b"\0")
    tree = _storage({CLASS: "IPM.Note", **properties}, counts)
    for number, one in enumerate(people):
        tree[f"__recip_version1.0_#{number:08X}"] = _storage(one, bytes(8))
    for number, one in enumerate(files):
        tree[f"__attach_version1.0_#{number:08X}"] = _storage(one, bytes(8))
    return tree


def _storage(properties: dict[int, Any], head: bytes) -> Tree:
    tree: Tree = {}
    rows = [head]
    for pid, value in properties.items():
        kind, data = _typed(value)
        if kind in {0x0003, 0x0040}:
            rows.append(struct.pack("<HHI8s", kind, pid, 6, data))
            continue
        tree[f"__substg1.0_{pid:04X}{kind:04X}"] = data
        rows.append(struct.pack("<HHIII", kind, pid, 6, len(data) if isinstance(data, bytes) else FREE, 0))
    tree["__properties_version1.0"] = b"".join(rows)
    return tree


def _typed(value: Any) -> tuple[int, Any]:
    if isinstance(value, str):
        return 0x001F, value.encode("utf-16-le")
    if isinstance(value, bytes):
        return 0x0102, value
    if isinstance(value, dict):
        return 0x000D, value
    if isinstance(value, datetime):
        ticks = int((value - datetime(1601, 1, 1, tzinfo=UTC)).total_seconds() * 10_000_000)
        return 0x0040, struct.pack("<Q", ticks)
    return 0x0003, struct.pack("<II", value, 0)


def compound(tree: Tree) -> bytes:
    """A compound file of version 3 with this root."""
    entries: list[list[Any]] = []  # name, type, child, sibling, data
    _enter("Root Entry", tree, entries, kind=5)
    small, sectors = bytearray(), bytearray()
    mini_fat: list[int] = []
    fat: list[int] = []

    def place(data: bytes, store: bytearray, chain: list[int], size: int) -> int:
        first = len(chain)
        count = -(-len(data) // size)
        store += data.ljust(count * size, b"\0")
        chain += [*range(first + 1, first + count), END] if count else []
        return first if count else END

    starts: dict[int, int] = {}
    for number, (_, kind, _, _, data) in enumerate(entries):
        if kind == 2:
            is_small = len(data) < CUTOFF
            starts[number] = place(data, small if is_small else sectors, mini_fat if is_small else fat,
                                   MINI if is_small else SECTOR)  # fmt: skip
    starts[0] = place(bytes(small), sectors, fat, SECTOR)
    entries[0][4] = bytes(small)
    mini_start = place(struct.pack(f"<{len(mini_fat)}I", *mini_fat), sectors, fat, SECTOR)
    directory = b"".join(_entry(one, starts.get(number, 0)) for number, one in enumerate(entries))
    directory_start = place(directory, sectors, fat, SECTOR)
    count = 1
    while count * (SECTOR // 4) < len(fat) + count:
        count += 1
    first = len(fat)
    fat += [FAT] * count
    table = struct.pack(f"<{len(fat)}I", *fat).ljust(count * SECTOR, b"\xff")
    spread = [*range(first, first + count)] + [FREE] * (109 - count)
    head = struct.pack(
        "<8s16xHHHHH6xIIIIIIIII", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 0x3E, 3, 0xFFFE, 9, 6, 0, count,
        directory_start, 0, CUTOFF, mini_start, -(-len(mini_fat) * 4 // SECTOR), END, 0,
    )  # fmt: skip
    return head + struct.pack("<109I", *spread) + bytes(sectors) + table


def _enter(name: str, node: Any, entries: list[list[Any]], *, kind: int) -> int:
    number = len(entries)
    entries.append([name, kind, FREE, FREE, b""])
    if kind == 2:
        entries[number][4] = node
        return number
    children = [_enter(key, one, entries, kind=1 if isinstance(one, dict) else 2) for key, one in node.items()]
    for left, right in pairwise(children):
        entries[left][3] = right
    entries[number][2] = children[0] if children else FREE
    return number


def _entry(one: list[Any], start: int) -> bytes:
    name, kind, child, sibling, data = one
    text = name.encode("utf-16-le") + b"\0\0"
    return struct.pack(
        "<64sHBBIII16xI8x8xIQ", text, len(text), kind, 1, FREE, sibling, child, 0, start if kind != 1 else 0, len(data)
    )
