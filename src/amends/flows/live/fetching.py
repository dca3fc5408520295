"""Fetching the messages of one folder: in commands bounded in number and bytes, large ones piece by piece to a file."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import chain
from pathlib import Path

from amends.mail.actions import live
from amends.mail.actions.live import Seen
from amends.mail.digest import STREAM_ABOVE, Digest
from amends.mail.live import CommandRefused, Dropped, Link
from amends.mail.live.link import chunks
from amends.mail.models import Account, Folder, Outcome
from amends.mail.queries import known_reasons
from amends.mail.sources import Item

LARGEST = 150 * 1024 * 1024  # bytes; what is larger stays on the server, and is listed with the reason
AT_ONCE = 64  # messages in one command
AT_ONCE_BYTES = 1024 * 1024
_SIZES = 500
_PATIENCE = 3  # times that a connection may break at one message before that message is left out


class Fetching:
    """Gives the messages of a folder as items; notes those that need no reading. `cut` is how the connection ended."""

    def __init__(
        self,
        account: Account,
        folder: Folder,
        link: Link,
        *,
        scratch: Path,
        clock: Callable[[], datetime],
        until: datetime,
    ) -> None:
        self._account, self._folder, self._link = account, folder, link
        self._scratch, self._clock, self._until = scratch, clock, until
        self._uids: dict[str, int] = {}
        self._at_once = max(1, AT_ONCE >> 2 * min(account.failures, 3))  # fewer at a time where it broke before
        self.noted = 0
        self.stopped = False
        self.cut: Dropped | None = None

    def items(self, todo: Sequence[int]) -> Iterator[Item]:
        """The messages with these UIDs, until the end, the time or the connection runs out."""
        try:
            for at in range(0, len(todo), _SIZES):
                yield from self._some(todo[at : at + _SIZES])
                if self.stopped:
                    return
        except Dropped as error:
            self.cut = error

    def again(self, first: Item, rest: Iterable[Item]) -> Iterator[Item]:
        """An item that was asked for already, and those after it."""
        return chain([first], rest)

    def uid_of(self, item: Item) -> int:
        """The UID of an item that came from here."""
        return self._uids[item.source]

    def forget(self, batch: Sequence[Digest]) -> None:
        """These are stored: their files may go."""
        for digest in batch:
            self._uids.pop(digest.item.source, None)
            if digest.item.path.parent == self._scratch:
                digest.item.path.unlink(missing_ok=True)

    def _some(self, uids: Sequence[int]) -> Iterator[Item]:
        sizes = self._link.sizes(uids)  # what is gone meanwhile is not there, and is nobody's loss
        small = [(uid, sizes[uid]) for uid in uids if sizes.get(uid, STREAM_ABOVE + 1) <= STREAM_ABOVE]
        for part in chunks(small, count=self._at_once, size=AT_ONCE_BYTES):
            if self._clock() > self._until:
                self.stopped = True
                return
            yield from self._new(self.bodies(part))
        for uid in uids:
            if sizes.get(uid, 0) > STREAM_ABOVE:
                yield from self._large(uid, sizes[uid])

    def bodies(self, uids: list[int]) -> dict[int, bytes]:
        """The bytes of small messages; where a command is refused or breaks, one at a time finds the culprit."""
        try:
            found = self._link.bodies(uids)
        except CommandRefused as error:
            if len(uids) == 1:
                if uids[0] in self._link.sizes(uids):  # it is not gone meanwhile
                    self._note(Seen(uids[0], Outcome.UNREADABLE, reason=str(error)))
                return {}
            return {uid: data for each in uids for uid, data in self.bodies([each]).items()}
        except Dropped:
            if len(uids) == 1:
                self._stumbled(uids[0])
            raise
        missing = [uid for uid in uids if uid not in found]
        still_there = self._link.sizes(missing) if missing else {}
        for uid, size in still_there.items():
            reason = "The server lists it, but gives no content for it."
            self._note(Seen(uid, Outcome.UNREADABLE, size=size, reason=reason))
        return {uid: found[uid] for uid in uids if uid in found}

    def _large(self, uid: int, size: int) -> Iterator[Item]:
        """One message that is fetched piece by piece to a file, or left where it is."""
        reason = f"It is larger than {LARGEST >> 20} MB and was left on the server."
        if size > LARGEST:
            self._note(Seen(uid, Outcome.TOO_LARGE, size=size, reason=reason))
            return
        self._scratch.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = self._scratch / f"{self._folder.pk}-{uid}"
        try:
            length = self._link.body_to(uid, file, most=LARGEST)
        except CommandRefused as error:
            self._note(Seen(uid, Outcome.UNREADABLE, size=size, reason=str(error)))
            return
        except Dropped:
            self._stumbled(uid)
            raise
        if length is None:
            return
        if length > LARGEST:
            self._note(Seen(uid, Outcome.TOO_LARGE, size=length, reason=reason))
            return
        yield self._item(uid, file, length)

    def _new(self, bodies: dict[int, bytes]) -> Iterator[Item]:
        """Those whose content did not come through this mailbox before; the others are noted without being read."""
        hashes = {uid: hashlib.sha256(data).hexdigest() for uid, data in bodies.items()}
        known = known_reasons(self._account.mailbox, list(hashes.values()))
        self._note(*(
            Seen(uid, Outcome.ASIDE if known[sha256] else Outcome.DUPLICATE, sha256, len(bodies[uid]), known[sha256])
            for uid, sha256 in hashes.items() if sha256 in known
        ))  # fmt: skip
        for uid, data in bodies.items():
            if hashes[uid] not in known:
                yield self._item(uid, Path(f"{uid}.eml"), len(data), data)

    def _item(self, uid: int, path: Path, size: int, data: bytes | None = None) -> Item:
        source = f"{self._folder.name}, UID {uid}"
        self._uids[source] = uid
        return Item(path, 0, size, source, data=data)

    def _note(self, *seen: Seen) -> None:
        live.note(self._folder, seen, now=self._clock())
        self.noted += len(seen)

    def _stumbled(self, uid: int) -> None:
        """After a few times the message is to blame, and is left out: it must not keep the others from coming in."""
        if live.stumble(self._folder, uid) >= _PATIENCE:
            reason = f"The server ended the connection {_PATIENCE} times when it was asked for."
            self._note(Seen(uid, Outcome.UNREADABLE, reason=reason))
