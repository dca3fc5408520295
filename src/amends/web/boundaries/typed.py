"""Reading what forms of boundaries hold."""

from __future__ import annotations

import uuid
from collections.abc import Sequence


def number(value: str) -> int:
    """A small whole number, 0 where it is none."""
    return int(value) if value.isascii() and value.isdigit() and len(value) < 9 else 0


def one_id(value: str) -> uuid.UUID | None:
    """An id, None where there is none."""
    try:
        return uuid.UUID(value)
    except ValueError:
        return None


def ids(values: Sequence[str]) -> list[uuid.UUID] | None:
    """Ids, None where one of them is none; empty values do not count."""
    found = [one_id(value) for value in values[:50] if value]
    return None if None in found else [one for one in found if one is not None]
