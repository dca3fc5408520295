"""Answering a conversation: what somebody wrote becomes a queued draft, and can be taken back while it waits."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction

from amends.firm.models import Member
from amends.firm.queries import firm_in_scope
from amends.mail.models import Message
from amends.mail.queries import Reader, chain_of, new_text_of, one_message
from amends.mail.rules import base_subject, is_reply_subject
from amends.outbox.actions.settle import TooLate
from amends.outbox.actions.write import Chain, NotReady, address_to, attach, queue
from amends.outbox.compose import File
from amends.outbox.models import Draft, Purpose, SmtpAccount, State
from amends.outbox.queries import account_for
from amends.outbox.recipients import Audience
from amends.outbox.rules import UNDO

_QUOTED = 20_000  # characters of the message answered


@dataclass(frozen=True, slots=True)
class Answer:
    """What somebody wrote. `key` is given once to each reply box, so that a form sent twice makes one draft."""

    key: uuid.UUID
    answering: uuid.UUID
    audience: Audience
    text: str
    quotes: bool = True
    files: Sequence[File] = field(default=())
    kept_files: Sequence[int] = ()  # of a draft that was taken back


def reply(reader: Reader, thread_id: uuid.UUID, answer: Answer, *, by: Member, now: datetime) -> Draft:
    """Queue an answer to a message of this thread; it may leave once the time to take it back is over.

    Raises `Message.DoesNotExist` where the reader may not read what is answered, `NoSender`, `NotReady`, `TooLate`.
    """
    message = one_message(reader, answer.answering)
    if message.thread.public_id != thread_id:
        raise Message.DoesNotExist
    if not answer.text.strip():
        raise NotReady("There is nothing in it yet: write something first.")
    account = account_for(by)
    chain = _chain(reader, message, quotes=answer.quotes)
    try:
        with transaction.atomic():
            return _queue(message, answer, account=account, chain=chain, by=by, now=now)
    except IntegrityError:  # the same form came in at the same moment; or its key is somebody else's
        found = Draft.objects.filter(public_id=answer.key, author=by).first()
        if found is None:
            raise TooLate from None
        return found


def _queue(message: Message, answer: Answer, *, account: SmtpAccount, chain: Chain, by: Member, now: datetime) -> Draft:
    draft = Draft.objects.filter(public_id=answer.key, author=by).first() or Draft(
        public_id=answer.key, author=by, purpose=Purpose.REPLY, created_at=now, changed_at=now
    )
    if draft.pk and draft.state != State.DRAFT:
        return draft
    draft.thread, draft.client, draft.answers = message.thread, message.client or message.thread.client, message
    draft.subject, draft.text, draft.quotes = _subject(message.subject), answer.text, answer.quotes
    draft.save()
    address_to(draft, answer.audience.people)
    attach(draft, answer.files, kept=answer.kept_files)
    queue(draft, account=account, now=now, delay=UNDO, chain=chain)
    return draft


def _subject(subject: str) -> str:
    return subject if is_reply_subject(subject) else f"Re: {base_subject(subject)}".strip()[:500]


def _chain(reader: Reader, message: Message, *, quotes: bool) -> Chain:
    ids = chain_of(reader, message)
    quoted = ""
    if quotes:
        zone = ZoneInfo(firm_in_scope().timezone)
        who = message.sender_name or message.sender_email
        words = new_text_of(message.body)[:_QUOTED].strip()
        lines = "\n".join(f"> {line}".rstrip() for line in words.splitlines())
        quoted = f"On {message.sent_at.astimezone(zone):%-d %B %Y at %H:%M}, {who} wrote:\n{lines}" if words else ""
    return Chain(in_reply_to=message.message_id, references=ids, quoted=quoted)
