"""What operations share: parameters, and which problems each may answer with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, TypeVar

from ninja import Query

from amends.api.cursors import LONGEST, cursor_of
from amends.api.v1.schemas.common import NO_NUL, Problem
from amends.insights.lists.paging import Page

T = TypeVar("T")

Limit = Annotated[int, Query(50, ge=1, le=100, description="How many at most")]
Cursor = Annotated[str | None, Query(None, max_length=LONGEST, pattern=NO_NUL, description="`next` of the page before")]
Words = Annotated[str, Query("", max_length=200, pattern=NO_NUL)]


def answers(good: Any, *also: int, status: int = 200) -> dict[int, Any]:
    """The responses of an operation: the good one, those of the door, and others by status."""
    return {status: good, **dict.fromkeys(sorted({401, 403, 422, 429, *also}), Problem)}


def paged(page: Page[Any], change: Callable[[Any], T]) -> dict[str, Any]:
    """A page as it goes out."""
    return {"items": [change(item) for item in page.items], "next": cursor_of(page.next)}
