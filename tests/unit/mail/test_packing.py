"""Packed bytes are the same bytes again, whatever they are."""

from __future__ import annotations

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from amends.mail.packing import CHUNK, pack, packed_blocks, unpacked


@given(st.binary(max_size=2000))
def test_what_is_packed_comes_back(data: bytes) -> None:
    packed = pack(data)
    assert (packed.sha256, packed.size) == (hashlib.sha256(data).hexdigest(), len(data))
    assert b"".join(map(unpacked, packed.chunks)) == data


@given(st.lists(st.binary(max_size=300), max_size=6))
def test_blocks_come_back_in_order(blocks: list[bytes]) -> None:
    assert b"".join(map(unpacked, packed_blocks(blocks))) == b"".join(blocks)


def test_no_chunk_is_larger_than_it_may_be() -> None:
    sizes = [len(unpacked(chunk)) for chunk in packed_blocks([bytes(2 * CHUNK + 1), b"", b"x"])]
    assert sizes == [CHUNK, CHUNK, 1, 0, 1]
