"""Who else reads a conversation, or the mail with a client, that came through closed mailboxes. Reads only.

Whoever reads it whole may share it: out of their own closed mailboxes, or out of those from which the very same
conversation or client was shared with them.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet

from amends.clients.models import Client
from amends.firm.models import Member
from amends.firm.rules import Right, may
from amends.mail.models import Copy, Mailbox, Share, Thread, Visibility
from amends.mail.privacy import Reader, shares_with

EVERYBODY = "everybody"


@dataclass(frozen=True, slots=True)
class Shared:
    """With whom it is shared (`key`: a member's public id, or `EVERYBODY`), and whether the reader may take it back."""

    key: str
    name: str
    by: tuple[str, ...]
    mine: bool


@dataclass(frozen=True, slots=True)
class Sharing:
    """What a reader may share here: out of which mailboxes, who reads it already, and who else there is."""

    mailboxes: list[str]
    shared: list[Shared]
    others: list[tuple[uuid.UUID, str]]

    @property
    def everybody(self) -> bool:
        """Whether everybody reads it already."""
        return any(one.key == EVERYBODY for one in self.shared)


def sharing_of(reader: Reader, *, thread: Thread | None = None, client: Client | None = None) -> Sharing | None:
    """Who reads what here is closed to others; None where this reader has nothing to share here."""
    mailboxes = list(shareable(reader, thread=thread, client=client))
    if not mailboxes:
        return None
    rows = Share.objects.filter(thread=thread, client=client, mailbox__in=mailboxes, withdrawn_at=None)
    shares = list(rows.select_related("member", "by", "mailbox").order_by("at", "pk"))
    owners = {mailbox.owner_id for mailbox in mailboxes}
    known = (
        {share.member.pk for share in shares if share.member} | owners | {reader.member.pk if reader.member else None}
    )
    return Sharing(
        mailboxes=[mailbox.address for mailbox in mailboxes],
        shared=list(_by_reader(shares, reader)),
        others=[(one.public_id, one.name or one.email) for one in members_who_read() if one.pk not in known],
    )


def members_who_read() -> list[Member]:
    """Active members whose role reads mail at all, by name."""
    people = Member.objects.filter(is_active=True).order_by("name", "email")
    return [one for one in people if may(one.role, Right.READ_MAIL)]


def shareable(reader: Reader, *, thread: Thread | None = None, client: Client | None = None) -> QuerySet[Mailbox]:
    """The closed mailboxes through which mail of this conversation, or with this client, came that the reader reads."""
    if reader.member is None or not (reader.doors.kept or reader.doors.shared):
        return Mailbox.objects.none()
    there = Copy.objects.filter(mailbox=OuterRef("pk"))
    there = there.filter(message__thread=thread) if thread is not None else there.filter(message__client=client)
    passed = shares_with(reader.member).filter(thread=thread, client=client).values("mailbox")
    rows = Mailbox.objects.filter(Q(pk__in=reader.doors.kept) | Q(pk__in=passed)).exclude(visibility=Visibility.ALL)
    return rows.filter(Exists(there)).order_by("address")


def _by_reader(shares: Iterable[Share], reader: Reader) -> Iterable[Shared]:
    """One for each person, however many mailboxes they read it out of."""
    found: dict[str, list[Share]] = {}
    for share in shares:
        key = EVERYBODY if share.everybody or share.member is None else str(share.member.public_id)
        found.setdefault(key, []).append(share)
    me = reader.member.pk if reader.member else None
    for key, each in found.items():
        member = each[0].member
        yield Shared(
            key=key,
            name=member.name or member.email if member and key != EVERYBODY else "",
            by=tuple(dict.fromkeys(one.by.name for one in each if one.by is not None)),
            mine=any(me in {one.by and one.by.pk, one.mailbox.owner_id} for one in each),
        )


@dataclass(frozen=True, slots=True)
class Mine:
    """A mailbox whose visibility, or whose missing owner, is up to a reader."""

    mailbox: Mailbox
    own: bool
    shared: int  # conversations and clients that others read out of it all the same


def mailboxes_of(member: Member) -> list[Mine]:
    """A member's own mailboxes and, for whoever administers, those that nobody owns; by address."""
    wanted = Q(owner=member)
    if may(member.role, Right.ADMINISTER):
        wanted |= Q(owner=None) | Q(owner__is_active=False)
    rows = Mailbox.objects.filter(wanted).select_related("owner").order_by("address")
    counts: dict[int, set[tuple[int | None, int | None]]] = {}
    for mailbox, thread, client in Share.objects.filter(mailbox__in=rows, withdrawn_at=None).values_list(
        "mailbox", "thread", "client"
    ):
        counts.setdefault(mailbox, set()).add((thread, client))
    return [Mine(row, row.owner_id == member.pk, len(counts.get(row.pk, ()))) for row in rows]
