"""Packing one message for the raw store: its hash and its compressed chunks. Pure, so that workers do it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import zstandard

CHUNK = 4 * 1024 * 1024  # plain bytes in one compressed chunk, at most
_LEVEL = 3


class Packed(NamedTuple):
    """One message ready to store: its hash (hex), its plain size in bytes and its compressed chunks.

    No chunks: the writer streams them with `packed_blocks`.
    """

    sha256: str
    size: int
    chunks: tuple[bytes, ...]


def pack(data: bytes) -> Packed:
    """Hash and compress one message that fits in memory."""
    return Packed(hashlib.sha256(data).hexdigest(), len(data), tuple(packed_blocks([data])))


def packed_blocks(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """Compress a message block by block."""
    compressor = zstandard.ZstdCompressor(level=_LEVEL)
    for block in blocks:
        for at in range(0, max(len(block), 1), CHUNK):
            yield compressor.compress(block[at : at + CHUNK])


def unpacked(chunk: bytes) -> bytes:
    """The plain bytes of one chunk."""
    return zstandard.ZstdDecompressor().decompress(chunk, max_output_size=CHUNK)
