"""How far the reading of stored mail is, told while it goes on in the background."""

from __future__ import annotations

from dataclasses import dataclass

from amends.mail.queries import Waiting, waiting_to_be_read


@dataclass(frozen=True, slots=True)
class Progress:
    """`read` of `total` messages are read; `threads` conversations are still to be brought up to date."""

    read: int
    total: int
    threads: int

    @property
    def busy(self) -> bool:
        """Whether what is shown is not yet all that there is to show."""
        return self.read < self.total or self.threads > 0


def reading_progress() -> Progress:
    """How far it is now; costs two small counts where nothing waits."""
    found: Waiting = waiting_to_be_read()
    return Progress(found.total - found.messages, found.total, found.threads)
