"""What a page showed of a client, told in a few words, so that a click on it answers that and nothing newer. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True)
class Shown:
    """How a client's row was drawn: when, the highest key of a signal that its reader might read, how many reasons,
    and the kinds of those which rest on mail that they might not read.

    It tells its reader nothing that the row did not: how many signals stand behind a hidden kind is not in it.
    """

    at: datetime
    newest: int
    reasons: int
    hidden: tuple[str, ...] = ()

    def __str__(self) -> str:
        return " ".join([self.at.astimezone(UTC).isoformat(), str(self.newest), str(self.reasons), *self.hidden])

    @classmethod
    def of(cls, text: str) -> Shown | None:
        """What `str` wrote; None where it is nothing of the kind."""
        try:
            at, newest, reasons, *hidden = text.split()
            found = cls(datetime.fromisoformat(at), int(newest), int(reasons), tuple(hidden))
        except ValueError:
            return None
        return found if found.at.tzinfo is not None and 0 <= found.newest < 1 << 63 else None
