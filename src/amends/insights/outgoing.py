"""What is about to leave, and who an answer would go to."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from amends.clients.rules import organisation
from amends.firm.models import Member, OwnDomain
from amends.mail.models import Direction, Message, Thread
from amends.mail.queries import Reader, conversation
from amends.outbox.models import Draft, SmtpAccount, State
from amends.outbox.queries import NoSender, account_for, in_thread
from amends.outbox.recipients import Audience, Change, Party, answer_to, compare


@dataclass(frozen=True, slots=True)
class ReplyBox:
    """What the conversation's page needs to answer it. `account` None: nothing can be sent yet.

    `draft` is what this member took back and may write on; `leaving` what was sent and has not arrived yet.
    """

    answered: Message
    account: SmtpAccount | None
    one: Audience
    everybody: Audience
    draft: Draft | None
    leaving: list[Draft]


def reply_box(member: Member, thread: Thread, messages: Sequence[Message]) -> ReplyBox:
    """For a thread and its messages as `conversation` gives them: the newest is answered."""
    answered, account = messages[-1], _account(member)
    drafts = in_thread(thread, member=member)
    own = [draft for draft in drafts if draft.state == State.DRAFT and draft.author == member]
    parties, mine = _parties(answered), _mine(member, account)
    ours = answered.direction == Direction.OUT or answered.sender_email in mine
    return ReplyBox(
        answered=answered,
        account=account,
        one=answer_to(parties, ours=ours, mine=mine, everybody=False),
        everybody=answer_to(parties, ours=ours, mine=mine, everybody=True),
        draft=own[-1] if own else None,
        leaving=[draft for draft in drafts if draft.state != State.DRAFT],
    )


def leaving_in(reader: Reader, member: Member, thread_id: uuid.UUID, *, also: Sequence[uuid.UUID]) -> list[Draft]:
    """What was sent in a thread and has not arrived, and of those `also` asked for what did; raises
    `Thread.DoesNotExist`."""
    thread, _messages = conversation(reader, thread_id)
    return [draft for draft in in_thread(thread, member=member, also=also) if draft.state != State.DRAFT]


def changes(
    reader: Reader, member: Member, thread_id: uuid.UUID, *, answering: uuid.UUID | None, audience: Audience
) -> Change:
    """Who an audience adds to a conversation and leaves out of it. Raises `Thread.DoesNotExist`."""
    _thread, messages = conversation(reader, thread_id)
    answered = next((one for one in messages if one.public_id == answering), messages[-1])
    own = set(OwnDomain.objects.values_list("value", flat=True))
    return compare(
        audience,
        answered=_parties(answered),
        known={person.email for message in messages for person in message.participants.all() if person.email},
        mine=_mine(member, _account(member)),
        organisation=organisation,
        is_own=lambda email: organisation(email) in own,
    )


def _account(member: Member) -> SmtpAccount | None:
    try:
        return account_for(member)
    except NoSender:
        return None


def _parties(message: Message) -> list[Party]:
    return [Party(person.role, person.name, person.email) for person in message.participants.all()]


def _mine(member: Member, account: SmtpAccount | None) -> set[str]:
    return {member.email, *([account.from_address] if account else [])}
