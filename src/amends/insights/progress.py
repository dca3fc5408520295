"""How far the reading of stored mail is, told while it goes on in the background."""

from __future__ import annotations

from dataclasses import dataclass

from amends.mail.queries import Reader, Waiting, waiting_to_be_read


@dataclass(frozen=True, slots=True)
class Progress:
    """`read` of `total` messages are read; `threads` conversations are still to be brought up to date.

    Where somebody asks to whom some mailbox is closed (`share`), these are parts of a hundred: they tell no numbers.
    """

    read: int
    total: int
    threads: int
    share: bool = False

    @property
    def busy(self) -> bool:
        """Whether what is shown is not yet all that there is to show."""
        return self.read < self.total or self.threads > 0


def reading_progress(reader: Reader) -> Progress:
    """How far it is now; costs two small counts where nothing waits."""
    found: Waiting = waiting_to_be_read()
    if reader.restricted:
        read = 100 * (found.total - found.messages) // found.total if found.total else 100
        return Progress(min(read, 99) if found.messages else 100, 100, min(found.threads, 1), share=True)
    return Progress(found.total - found.messages, found.total, found.threads)
