"""What every finding in a text has in common: the exact words, where they stand, how sure we are, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable

Writer = Literal["firm", "client"]
"""Whose message it is: the firm's own, or a client's (or anyone else's outside)."""

SURE = 0.97
"""No rule, and no number of them, makes us surer than this."""
SHOWN = 0.5
"""A finding less sure than this is not made."""


@dataclass(frozen=True, slots=True)
class Span:
    """A finding: `quote` is exactly `text[start:end]` of the text that was read; `p` is its confidence, 0 to 1.

    `rule` is the id of the rule that made it, or `model.` and what the trained model said; `why` its reason in words,
    the strongest where several agree.
    """

    quote: str
    start: int
    end: int
    p: float
    rule: str
    why: str


def strongest(spans: Iterable[Span]) -> float:
    """The confidence of the surest of these findings; 0 where there are none."""
    return max((span.p for span in spans), default=0.0)
