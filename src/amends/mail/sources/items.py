"""One message in an archive: where its bytes lie, and how to read them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from amends.core.errors import AmendsError

_BLOCK = 1024 * 1024
_QUOTED_FROM = re.compile(rb"^>(>*From )", re.MULTILINE)


class NotMail(AmendsError):
    """The path holds no mail in a form that Amends reads."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """Something in an archive that is left out on purpose."""

    source: str
    reason: str


@dataclass(frozen=True, slots=True)
class Item:
    """The bytes [start, end) of a file. `source` tells a person where it came from.

    `envelope` is the mbox separator line; in an mbox, lines that begin with ">From " lose one ">" (mboxrd, and
    mboxo as far as it can be undone), so that the bytes are those of the message and not of its archive.
    """

    path: Path
    start: int
    end: int
    source: str
    envelope: bytes = b""
    in_mbox: bool = False
    data: bytes | None = None  # the message itself, where it lies in no file of its own

    @property
    def size(self) -> int:
        """Bytes in the archive; the message has a few less where lines were unquoted."""
        return self.end - self.start

    def read(self) -> bytes:
        """The whole message."""
        return b"".join(self.blocks())

    def blocks(self) -> Iterator[bytes]:
        """The message in blocks of about a megabyte that end at line ends."""
        if self.data is not None:
            yield self.data
            return
        with self.path.open("rb") as file:
            file.seek(self.start)
            left, carry = self.size, b""
            while left > 0:
                block = file.read(min(_BLOCK, left))
                if not block:
                    break
                left -= len(block)
                block = carry + block
                if left > 0 and self.in_mbox:
                    cut = block.rfind(b"\n") + 1 or len(block)
                    block, carry = block[:cut], block[cut:]
                else:
                    carry = b""
                yield self._unquoted(block)

    def _unquoted(self, block: bytes) -> bytes:
        if self.in_mbox and b">From " in block:
            return _QUOTED_FROM.sub(rb"\1", block)
        return block
