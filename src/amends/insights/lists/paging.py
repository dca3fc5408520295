"""Pages that are continued from a key."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db.models import Model, Q, QuerySet

from amends.core.errors import AmendsError

T = TypeVar("T")
M = TypeVar("M", bound=Model)
Key = tuple[Any, ...]


class KeyNotValid(AmendsError):
    """A page was asked for with a key that no page gave."""


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Rows, and the key to continue with; None at the end."""

    items: list[T]
    next: Key | None = None

    def mapped(self, change: Callable[[T], Any]) -> Page[Any]:
        """The same page of something else."""
        return Page([change(item) for item in self.items], self.next)


def page_of(rows: QuerySet[M], *, order: Sequence[str], after: Key | None, limit: int) -> Page[M]:
    """`limit` rows after the key, by fields that together are unique and never null; "-" turns one round."""
    if after is not None:
        rows = rows.filter(_beyond(order, after))
    found = list(rows.order_by(*order)[: limit + 1])
    last = found[limit - 1] if len(found) > limit else None
    key = tuple(getattr(last, name.lstrip("-")) for name in order) if last is not None else None
    return Page(found[:limit], key)


def _beyond(order: Sequence[str], after: Key) -> Q:
    if len(order) != len(after):
        raise KeyNotValid("This cursor belongs to another list: begin again without one.")
    beyond, same = Q(), Q()
    for name, value in zip(order, after, strict=True):
        field, step = name.lstrip("-"), "lt" if name.startswith("-") else "gt"
        beyond |= same & Q(**{f"{field}__{step}": value})
        same &= Q(**{field: value})
    return beyond
