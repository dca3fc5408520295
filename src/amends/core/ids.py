"""Identifiers: UUIDv7 for whatever a person or a script may hold, and hashes that fit a database integer."""

from __future__ import annotations

import hashlib
import secrets
import time
import uuid
from datetime import UTC, datetime
from functools import lru_cache

_RANDOM_BITS = 74


def uuid7() -> uuid.UUID:
    """A fresh UUIDv7 (RFC 9562, 5.7): sorts by the moment it was made, to the millisecond."""
    return _compose(time.time_ns() // 1_000_000, secrets.randbits(_RANDOM_BITS))


def uuid7_for(moment: datetime, content: bytes) -> uuid.UUID:
    """The UUIDv7 of something that has a time and a content: the same both, the same id.

    An import that was killed and run again thereby gives its messages the ids they would have had.
    """
    digest = int.from_bytes(hashlib.blake2b(content, digest_size=10).digest(), "big")
    milliseconds = max(0, int(moment.astimezone(UTC).timestamp() * 1000))
    return _compose(milliseconds, digest >> (80 - _RANDOM_BITS))


def uuid7_floor(moment: datetime) -> uuid.UUID:
    """The least UUIDv7 of a moment: whatever was made from then on has an id that is not below it."""
    return _compose(max(0, int(moment.astimezone(UTC).timestamp() * 1000)), 0)


@lru_cache(maxsize=8192)
def hash63(value: str) -> int:
    """A non-negative 63-bit hash of `value`, for an indexed BIGINT column (BLAKE2b, cut)."""
    digest = hashlib.blake2b(value.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 1


def _compose(milliseconds: int, entropy: int) -> uuid.UUID:
    high = entropy >> 62  # 12 bits beside the version
    low = entropy & ((1 << 62) - 1)  # 62 bits beside the variant
    value = (milliseconds & ((1 << 48) - 1)) << 80 | 0x7 << 76 | high << 64 | 0b10 << 62 | low
    return uuid.UUID(int=value)
