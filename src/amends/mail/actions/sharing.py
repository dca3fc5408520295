"""Opening and closing mail to others: sharing, taking back, the visibility and the owner of a mailbox. All audited."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from amends.clients.models import Client
from amends.core.errors import AmendsError
from amends.firm.audit import note
from amends.firm.models import Member
from amends.firm.rules import Right, may
from amends.mail.models import Mailbox, Share, Thread, Visibility
from amends.mail.privacy import Reader
from amends.mail.sharing import EVERYBODY, shareable


class NothingToShare(AmendsError):
    """Whoever wants to share reads nothing here that is closed to others."""


class NoSuchPerson(AmendsError):
    """It can be shared with active members who may read mail, and with everybody."""


class NotYours(AmendsError):
    """A mailbox is opened and closed by its owner alone; who owns it is settled where nobody does."""


class NoSuchVisibility(AmendsError):
    """A mailbox is open to all, or shows subjects, or only that there is mail."""


def share(
    reader: Reader, *, whom: str, now: datetime, thread: Thread | None = None, client: Client | None = None
) -> str:
    """Open what this reader reads of a conversation, or with a client, to `whom`: a member's public id, or `EVERYBODY`.

    Holds for what will come through the same mailboxes too. Returns a name for whom, "" for everybody. Raises
    `NothingToShare` and `NoSuchPerson`.
    """
    member = None if whom == EVERYBODY else _person(whom)
    with transaction.atomic():
        mailboxes = list(shareable(reader, thread=thread, client=client))
        if not mailboxes or reader.member is None:
            raise NothingToShare("You read nothing here that is closed to others, so there is nothing to share.")
        there = Share.objects.filter(thread=thread, client=client, member=member, everybody=member is None)
        known = set(there.filter(withdrawn_at=None).values_list("mailbox", flat=True))
        Share.objects.bulk_create(
            Share(
                mailbox=mailbox, thread=thread, client=client, member=member, everybody=member is None,
                by=reader.member, passed_on=mailbox.owner_id != reader.member.pk, at=now,
            )
            for mailbox in mailboxes
            if mailbox.pk not in known
        )  # fmt: skip
        _note("shared", reader.member, member, thread, client, now)
    return (member.name or member.email) if member else ""


def withdraw(
    reader: Reader, *, whom: str, now: datetime, thread: Thread | None = None, client: Client | None = None
) -> int:
    """Take back what this reader, or anybody out of this reader's mailboxes, shared with `whom`.

    Returns how many shares ended. What was passed on by somebody who does not read it any more ends with it.
    """
    member = None if whom == EVERYBODY else _person(whom, active=False)
    with transaction.atomic():
        scope = Share.objects.filter(thread=thread, client=client, withdrawn_at=None)
        mine = scope.filter(Q(by=reader.member) | Q(mailbox__owner=reader.member), member=member)
        ended = list(mine.filter(everybody=member is None).values_list("pk", "mailbox"))
        count = Share.objects.filter(pk__in=[pk for pk, _ in ended]).update(withdrawn_at=now)
        for mailbox in {mailbox for _, mailbox in ended}:
            count += scope.filter(pk__in=_unfounded(scope.filter(mailbox=mailbox))).update(withdrawn_at=now)
        if count:
            _note("unshared", reader.member, member, thread, client, now)
    return count


def _unfounded(shares: QuerySet[Share]) -> list[int]:
    """Those that were passed on by somebody who does not read it themselves any more."""
    rows = list(shares.select_related("member", "by"))
    founded = [row for row in rows if not row.passed_on]
    while True:
        readers = {row.member.pk for row in founded if row.member}
        everybody = any(row.everybody for row in founded)
        more = [
            row for row in rows if row not in founded and (everybody or (row.by is not None and row.by.pk in readers))
        ]
        if not more:
            return [row.pk for row in rows if row not in founded]
        founded += more


def set_visibility(mailbox_id: uuid.UUID, visibility: str, *, member: Member, now: datetime) -> Mailbox:
    """Say what others may see of one's own mailbox (a `Visibility`).

    Raises `NotYours`, `NoSuchVisibility` and `Mailbox.DoesNotExist`.
    """
    with transaction.atomic():
        mailbox = Mailbox.objects.select_for_update(no_key=True).get(public_id=mailbox_id)
        if mailbox.owner_id != member.pk:
            raise NotYours("Only its owner decides what others see of a mailbox: ask whose it is.")
        if visibility not in Visibility.values:
            raise NoSuchVisibility("Choose what others may see: everything, subjects, or only who and when.")
        if mailbox.visibility != visibility:
            detail = {"from": mailbox.visibility, "to": visibility}
            mailbox.visibility = visibility
            mailbox.save(update_fields=["visibility"])
            note("mailbox.visibility", member=member, now=now, about=f"mailbox {mailbox.public_id}", detail=detail)
    return mailbox


def give(mailbox_id: uuid.UUID, to: str, *, member: Member, now: datetime) -> Mailbox:
    """Give a mailbox that nobody owns (any more) to a member, by public id; its visibility stays as it is.

    Raises `NotYours`, `NoSuchPerson` and `Mailbox.DoesNotExist`.
    """
    with transaction.atomic():
        mailbox = Mailbox.objects.select_for_update(no_key=True).get(public_id=mailbox_id)
        if not may(member.role, Right.ADMINISTER):
            raise NotYours("Only an administrator gives a mailbox to somebody: ask one of yours.")
        if mailbox.owner is not None and mailbox.owner.is_active:
            raise NotYours("This mailbox has an owner, and only they decide what becomes of it: ask them.")
        owner = _person(to)
        before = mailbox.owner.email if mailbox.owner else ""
        mailbox.owner = owner
        mailbox.save(update_fields=["owner"])
        detail = {"from": before, "to": owner.email}
        note("mailbox.given", member=member, now=now, about=f"mailbox {mailbox.public_id}", detail=detail)
    return mailbox


def _person(whom: str, *, active: bool = True) -> Member:
    try:
        found = Member.objects.filter(public_id=uuid.UUID(whom)).first()
    except ValueError:
        found = None
    if found is None or (active and not (found.is_active and may(found.role, Right.READ_MAIL))):
        raise NoSuchPerson("Choose somebody of the list: an active member whose role reads mail.")
    return found


def _note(
    did: str, by: Member | None, member: Member | None, thread: Thread | None, client: Client | None, now: datetime
) -> None:
    what, row = ("thread", thread) if thread is not None else ("client", client)
    about = f"{what} {row.public_id}" if row is not None else what
    note(f"{what}.{did}", member=by, now=now, about=about, detail={"with": member.email if member else EVERYBODY})
