"""What a client's whole correspondence says: unusual silence, and whether it is a client at all."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime


def settle_clients(*, now: datetime) -> Iterator[int]:
    yield from ()
