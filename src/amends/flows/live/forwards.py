"""Amends' own address: what members forward to it counts as brought in by them, with its original sender."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from django.db import transaction

from amends.firm.models import Member
from amends.flows.live.fetching import Fetching
from amends.flows.receive import take_in
from amends.mail.actions import live
from amends.mail.actions.live import Seen
from amends.mail.actions.store import set_aside_reason
from amends.mail.digest import Digest
from amends.mail.live import Link
from amends.mail.live.forwarded import forwarder, unpacked
from amends.mail.models import Folder, Mailbox, Outcome, Visibility
from amends.mail.reading import ReaderPool
from amends.mail.sources import Item

LARGEST = 40 * 1024 * 1024  # bytes of a forward, with all that is attached

_STRANGER = "It came from nobody who works here, and was not taken in."
_NOTHING = (
    "Nothing forwarded was found in it: forward as an attachment, "
    "or so that the sender's address stands above the text."
)


def take_forwards(
    folder: Folder,
    link: Link,
    uids: Sequence[int],
    fetching: Fetching,
    *,
    readers: ReaderPool,
    clock: Callable[[], datetime],
    until: datetime,
) -> tuple[int, bool]:
    """Take in what these messages hold; returns how many messages were new, and whether time ran out before the end."""
    fresh = 0
    sizes = link.sizes(uids)
    for uid in uids:
        if clock() > until:
            return fresh, True
        size = sizes.get(uid)
        if size is None:
            continue
        if size > LARGEST:
            reason = f"It is larger than {LARGEST >> 20} MB and was left on the server."
            live.note(folder, [Seen(uid, Outcome.TOO_LARGE, size=size, reason=reason)], now=clock())
            continue
        data = fetching.bodies([uid]).get(uid)
        if data is not None:
            fresh += _take(folder, uid, data, readers=readers, now=clock())
    return fresh, False


def _take(folder: Folder, uid: int, data: bytes, *, readers: ReaderPool, now: datetime) -> int:
    """One forward: its messages are stored and it is noted, both or neither; returns how many were new."""
    member = Member.objects.filter(email=forwarder(data, now=now).lower(), is_active=True).first()
    if member is None:
        live.note(folder, [Seen(uid, Outcome.SKIPPED, size=len(data), reason=_STRANGER)], now=now)
        return 0
    source = f"forwarded by {member.email}, UID {uid}"
    items = [
        Item(Path(f"{uid}-{number}.eml"), 0, len(inner), f"{source}, message {number}", data=inner)
        for number, inner in enumerate(unpacked(data, now=now), start=1)
    ]
    if not items:
        live.note(folder, [Seen(uid, Outcome.SKIPPED, size=len(data), reason=_NOTHING)], now=now)
        return 0
    digests: list[Digest] = [digest for batch in readers.read(items, now=now) for digest in batch]
    with transaction.atomic():
        mailbox, _ = Mailbox.objects.get_or_create(
            address=member.email,
            defaults={"owner": member, "visibility": Visibility.METADATA, "created_at": now},
        )
        stored = take_in(digests, mailbox=mailbox, now=now)
        reason = next((why for digest in digests if (why := set_aside_reason(digest))), "")
        outcome = Outcome.ASIDE if reason else Outcome.STORED if stored.fresh else Outcome.DUPLICATE
        live.note(folder, [Seen(uid, outcome, size=len(data), reason=reason)], now=now)
    return len(stored.fresh)
