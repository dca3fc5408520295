"""How the reasons of one row are told: a sentence is quoted once, however much was noticed in it. Pure."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field

from amends.insights.today import Reason


@dataclass(frozen=True, slots=True)
class Told:
    """One sentence of one message: its strongest reason, and one reason of each kind that it gives."""

    reason: Reason
    reasons: list[Reason] = field(default_factory=list)

    @property
    def kinds(self) -> list[str]:
        """All kinds of reasons that it gives, the strongest first."""
        return [reason.kind for reason in self.reasons]


def told(reasons: Sequence[Reason]) -> list[Told]:
    """The reasons of a row, strongest first, those of the same words together."""
    found: dict[tuple[uuid.UUID | None, str], Told] = {}
    for reason in reasons:
        one = found.setdefault((reason.message, reason.quote), Told(reason))
        if reason.kind not in one.kinds:
            one.reasons.append(reason)
    return list(found.values())
