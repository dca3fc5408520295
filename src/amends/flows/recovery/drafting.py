"""Drafts that Amends prepares and a person sends: an answer in a conversation, addressed, with words to start from."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from amends.clients.models import Client
from amends.core.errors import AmendsError
from amends.firm.models import Member
from amends.flows.send.reply import subject_of
from amends.insights.outgoing import reply_box
from amends.mail.models import Direction, Message, Thread
from amends.mail.queries import Reader, conversation, readable
from amends.outbox.actions.write import address_to
from amends.outbox.models import Draft, Purpose, State
from amends.outbox.recipients import Audience
from amends.recovery.models import Recovery, RecoveryThread

PREPARED = uuid.UUID("0198f3a0-7b1c-7000-8000-6d616b65676f")
"""The space in which the ids of prepared drafts are made: from what they are for, so that each is made once."""


class NobodyToWriteTo(AmendsError):
    """There is no conversation that this member may read, in which the client could be written to."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"There is no conversation with {name} that you may read: ask by phone, or from another mailbox."
        )


@dataclass(frozen=True, slots=True)
class Place:
    """Where something would be said: the message that is answered, and who gets it."""

    answered: Message
    audience: Audience

    @property
    def greeting(self) -> str:
        """How the first person there is greeted."""
        first = self.audience.to[0].name.split() if self.audience.to else []
        return f"Dear {first[0].strip(',')}," if first else "Hello,"


def key_of(what: str, *about: object) -> uuid.UUID:
    """The id of the draft that is for this."""
    return uuid.uuid5(PREPARED, " ".join([what, *map(str, about)]))


def place_of(reader: Reader, recovery: Recovery, *, by: Member) -> Place:
    """In the newest conversation that the recovery is about, else the newest with the client. Raises
    `NobodyToWriteTo`."""
    threads = list(RecoveryThread.objects.filter(recovery=recovery).values_list("thread", flat=True))
    return _place(reader, readable(reader).filter(thread__in=threads), by=by) or place_with(
        reader, recovery.client, by=by
    )


def place_in(reader: Reader, thread: Thread, *, by: Member) -> Place | None:
    """In one conversation, as far as the reader may read it; None where nobody there could be written to."""
    return _place(reader, readable(reader).filter(thread=thread), by=by)


def place_with(reader: Reader, client: Client, *, by: Member) -> Place:
    """In the newest conversation with a client that the reader may read. Raises `NobodyToWriteTo`."""
    found = _place(reader, readable(reader).filter(client=client), by=by)
    if found is None:
        raise NobodyToWriteTo(client.name)
    return found


def _place(reader: Reader, rows: QuerySet[Message], *, by: Member) -> Place | None:
    newest = rows.filter(direction__in=[Direction.IN, Direction.OUT]).order_by("-sent_at", "-pk").first()
    if newest is None:
        return None
    try:
        thread, messages = conversation(reader, newest.thread.public_id)
    except Thread.DoesNotExist:
        return None
    box = reply_box(by, thread, messages)
    return Place(box.answered, box.one) if box.one.to else None


def prepare(place: Place, text: str, *, key: uuid.UUID, by: Member, now: datetime) -> Draft:
    """Put a draft into the conversation, for `by` to read, change and send; what was prepared before stays as it is."""
    found = Draft.objects.filter(public_id=key).first()
    if found is not None:
        return found
    try:
        with transaction.atomic():
            answered = place.answered
            draft = Draft.objects.create(
                public_id=key, author=by, purpose=Purpose.REPLY, thread=answered.thread, answers=answered,
                client=answered.client or answered.thread.client, subject=subject_of(answered), text=text,
                created_at=now, changed_at=now,
            )  # fmt: skip
            address_to(draft, place.audience.people)
    except IntegrityError:  # prepared at the same moment
        return Draft.objects.get(public_id=key)
    return draft


def hand_over(key: uuid.UUID, *, by: Member) -> None:
    """What was prepared for somebody else, and nobody sent, is `by`'s now."""
    Draft.objects.filter(public_id=key, state=State.DRAFT).exclude(author=by).update(author=by)


LEFT = (State.QUEUED, State.SENDING, State.SENT, State.UNCLEAR, State.HELD)


def states(keys: Sequence[uuid.UUID]) -> dict[uuid.UUID, Draft]:
    """What became of these drafts."""
    return {draft.public_id: draft for draft in Draft.objects.filter(public_id__in=keys)}
