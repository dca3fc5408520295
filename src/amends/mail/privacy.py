"""Who may read which message: the one door. Everything that shows mail comes through `readable(reader)`.

A message arrived through one or more mailboxes (`Copy`). It is read whole where one of them is open to all or is the
reader's own, or where the conversation or the client was shared with the reader out of one of them (`Share`).
Roles open nothing; `Right.READ_MAIL` is asked for on top. Nothing here is kept up when mail is stored: a firm whose
mailboxes are all open pays one small query a request, others one look into an index a message.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from amends.firm.models import Member
from amends.firm.rules import Right, may
from amends.mail.models import Copy, Direction, Mailbox, Message, Share, Visibility


@dataclass(frozen=True, slots=True)
class Doors:
    """What stands open to one reader. `nothing`: no mail at all, whatever the mailboxes say."""

    nothing: bool
    read: tuple[int, ...] = ()  # mailboxes that are read whole
    subjects: tuple[int, ...] = ()  # those, and mailboxes of which others see subjects
    kept: tuple[int, ...] = ()  # the reader's own that are closed to others
    closed: bool = False  # whether there is any that is not read whole
    shared: bool = False  # whether anything of those was shared with the reader


_EVERYTHING = Doors(nothing=False)
_NOTHING = Doors(nothing=True, closed=True)


@dataclass(frozen=True, slots=True)
class Reader:
    """Who asks. `member` None is the command line or a job, which acts as administrator of the firm in scope.

    What stands open is looked up once for each reader: make one for each request, and none to keep. `without_mail`:
    what they ask with opens no mail at all, whatever the member may read.
    """

    member: Member | None = None
    without_mail: bool = False
    _doors: Doors | None = field(default=None, init=False, compare=False, repr=False)

    @property
    def doors(self) -> Doors:
        """What stands open to this reader."""
        if self._doors is None:
            object.__setattr__(self, "_doors", _NOTHING if self.without_mail else _doors_of(self.member))
        assert self._doors is not None  # noqa: S101  # for the type checker: it was set a line above
        return self._doors

    @property
    def restricted(self) -> bool:
        """Whether there may be mail of the firm that this reader does not read."""
        return self.without_mail or (self.member is not None and self.doors.closed)


SYSTEM = Reader()
_OF_OTHERS = ("subject", "base_key", "first_at", "last_at", "message_count", "touched_at")  # columns of a thread


def _doors_of(member: Member | None) -> Doors:
    if member is None:
        return _EVERYTHING
    if not may(member.role, Right.READ_MAIL):
        return _NOTHING
    rows = list(Mailbox.objects.order_by("pk").values_list("pk", "owner_id", "visibility"))
    read = tuple(pk for pk, owner, visibility in rows if visibility == Visibility.ALL or owner == member.pk)
    subjects = tuple(pk for pk, _owner, visibility in rows if pk in read or visibility == Visibility.SUBJECT)
    closed = len(read) < len(rows)
    return Doors(
        nothing=False,
        read=read,
        subjects=subjects,
        kept=tuple(pk for pk, owner, visibility in rows if visibility != Visibility.ALL and owner == member.pk),
        closed=closed,
        shared=closed and shares_with(member).exists(),
    )


def shares_with(member: Member) -> QuerySet[Share]:
    """What is shared with a member, or with everybody, as it stands."""
    return Share.objects.filter(Q(everybody=True) | Q(member=member), withdrawn_at=None)


def _seen(reader: Reader) -> Exists:
    """A condition on `Message`, for a restricted reader: they may read it whole."""
    through = Q(mailbox__in=reader.doors.read)
    if reader.doors.shared and reader.member is not None:
        mine = shares_with(reader.member).filter(mailbox=OuterRef("mailbox"))
        through |= Q(Exists(mine.filter(thread=OuterRef(OuterRef("thread")))))  # apart: each has an index of its own
        through |= Q(Exists(mine.filter(client=OuterRef(OuterRef("client")))))
    return Exists(Copy.objects.filter(through, message=OuterRef("pk")))


def readable(reader: Reader) -> QuerySet[Message]:
    """The messages of the firm in scope that this reader may read whole. Privacy is enforced here."""
    if not reader.restricted:
        return Message.objects.all()
    if reader.doors.nothing:
        return Message.objects.none()
    return Message.objects.filter(_seen(reader))


def may_read_from(reader: Reader, email: str) -> bool:
    """Whether this reader will read what is sent from an address: it lies in the mailbox of that address, and where
    there is none yet, in one that is open to all."""
    if not reader.restricted:
        return True
    closed = Mailbox.objects.filter(address=email).exclude(pk__in=reader.doors.read)
    return not reader.doors.nothing and not closed.exists()


def with_subject(reader: Reader) -> QuerySet[Message]:
    """The messages of which this reader may know who, when and the subject, and of some of them all."""
    if not reader.restricted or reader.doors.nothing:
        return readable(reader)
    return Message.objects.filter(Q(_headed(reader)) | Q(_seen(reader)))


def _headed(reader: Reader) -> Exists:
    """A condition on `Message`: it came through a mailbox of which the reader may see subjects at least."""
    return Exists(Copy.objects.filter(message=OuterRef("pk"), mailbox__in=reader.doors.subjects))


def known_of(reader: Reader) -> QuerySet[Message]:
    """The messages of which this reader may know that they are there: never how many, nor what they say."""
    return Message.objects.none() if reader.restricted and reader.doors.nothing else Message.objects.all()


def with_thread(rows: QuerySet[Message]) -> QuerySet[Message]:
    """Messages with their conversation, of which only what tells of no other message is loaded."""
    return rows.select_related("thread").defer(*(f"thread__{name}" for name in _OF_OTHERS))


def is_readable(reader: Reader, message: str = "message") -> Exists:
    """A condition on whatever has a key to a message: the reader may read that message whole."""
    return Exists(readable(reader).filter(pk=OuterRef(message)))


def hides(reader: Reader, among: QuerySet[Message]) -> bool:
    """Whether there is mail `among` these messages of which the reader may know, but not read so much as a subject."""
    if not reader.restricted or reader.doors.nothing:
        return False
    rows = among.filter(~_headed(reader))
    return (rows.filter(~_seen(reader)) if reader.doors.shared else rows).exists()


def partly_hidden(reader: Reader, threads: Collection[int]) -> set[int]:
    """Those of these conversations (keys) of which the reader may not read every message; one query."""
    if not reader.restricted or not threads:
        return set()
    if reader.doors.nothing:
        return set(threads)
    rows = Message.objects.filter(~_seen(reader), thread__in=threads)
    return set(rows.values_list("thread_id", flat=True).distinct())


@dataclass(frozen=True, slots=True)
class Glimpse:
    """What is known of a message that is not read whole: who (the firm's people by name, others by the name of their
    organisation), when, and the subject. `pk` is its place in time."""

    pk: int
    direction: str
    sent_at: datetime
    who: str
    subject: str


def glimpses(reader: Reader, among: QuerySet[Message], *, limit: int) -> list[Glimpse]:
    """Of these messages, in their order, the first of those whose subject is all that the reader may see."""
    doors = reader.doors if reader.restricted else _EVERYTHING
    if len(doors.subjects) == len(doors.read):
        return []
    rows = list(
        among.filter(~_seen(reader), _headed(reader)).values_list(
            "pk", "direction", "sent_at", "sender_email", "client__name", "subject"
        )[:limit]
    )
    people = _members_called({email for _, way, _, email, _, _ in rows if way != Direction.IN})
    return [
        Glimpse(pk, way, at, (client or "") if way == Direction.IN else people.get(email.lower(), ""), subject)
        for pk, way, at, email, client, subject in rows
    ]


def _members_called(emails: Iterable[str]) -> dict[str, str]:
    wanted = [email.lower() for email in emails]
    return dict(Member.objects.filter(email__in=wanted).values_list("email", "name")) if wanted else {}


def owners_of(messages: Collection[int]) -> dict[int, list[str]]:
    """By message key, the names of those whose mailboxes it came through: they may share it."""
    found: dict[int, list[str]] = {key: [] for key in messages}
    if not messages:
        return found
    rows = Copy.objects.filter(message__in=messages, mailbox__owner__is_active=True).exclude(mailbox__owner__name="")
    for key, name in rows.order_by("mailbox__owner__name").values_list("message_id", "mailbox__owner__name").distinct():
        found[key].append(name)
    return found
