"""Checking what somebody writes, or a whole message, beside what the firm knows. Nothing is kept and nothing logged."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from email import message_from_bytes
from email.policy import compat32

from amends.clients.models import Client
from amends.clients.queries import client_of_addresses
from amends.firm.models import Member
from amends.flows.guard.given import NOTHING, laid_over
from amends.insights.around import context_around
from amends.judgement.guard import Context, Draft, Mailbox, Result, check
from amends.mail.answered import conversation_answered
from amends.mail.drafted import draft_of, draft_of_text
from amends.mail.models import Message, Thread
from amends.mail.queries import Reader, conversation
from amends.outbox.compose import Person
from amends.outbox.recipients import Audience

NOBODY = Audience()


@dataclass(frozen=True, slots=True)
class Written:
    """What somebody is writing. `answering` is the message that it answers, `client` whom it is for where it answers
    none; `quoted` are words that will stand below."""

    text: str
    audience: Audience = NOBODY
    subject: str = ""
    files: Sequence[str] = ()
    answering: uuid.UUID | None = None
    client: uuid.UUID | None = None
    quoted: str = ""
    sender: str = ""


def check_written(
    reader: Reader, written: Written, *, by: Member | None, now: datetime, given: Context = NOTHING
) -> tuple[Draft, Result]:
    """Check what a member is writing. Raises `Message.DoesNotExist` and `Client.DoesNotExist` for what they may not
    read, or what is not there."""
    draft = draft_of_text(written.text)
    sender = written.sender or (by.email if by is not None else "")
    draft = replace(
        draft, sender=Mailbox(sender, by.name if by else "") if sender else None, subject=written.subject,
        to=_mailboxes(written.audience.to), cc=_mailboxes(written.audience.cc), bcc=_mailboxes(written.audience.bcc),
        attachments=tuple(written.files), below=(*draft.below, *([written.quoted] if written.quoted else ())), at=now,
    )  # fmt: skip
    messages = _up_to(reader, written.answering) if written.answering is not None else []
    return _checked(reader, draft, messages, client=written.client, sender=by, now=now, given=given)


def check_message(
    reader: Reader,
    raw: bytes,
    *,
    by: Member | None,
    now: datetime,
    answering: uuid.UUID | None = None,
    client: uuid.UUID | None = None,
    given: Context = NOTHING,
) -> tuple[Draft, Result]:
    """Check a whole message (EML) beside the conversation in the store that its headers say it answers, or that of
    `answering`. Raises what `check_written` raises."""
    messages = _up_to(reader, answering) if answering else conversation_answered(reader, answered_ids(raw))
    return check_among(reader, raw, messages, by=by, now=now, client=client, given=given)


def check_among(
    reader: Reader,
    raw: bytes,
    messages: Sequence[Message],
    *,
    by: Member | None,
    now: datetime,
    client: uuid.UUID | None = None,
    given: Context = NOTHING,
) -> tuple[Draft, Result]:
    """Check a whole message beside the messages before it. The authority is that of the member whose address it is
    from, else `by`'s."""
    draft = draft_of(raw)
    address = draft.sender.email if draft.sender else ""
    sender = Member.objects.filter(email=address, is_active=True).first() or by
    return _checked(reader, draft, messages, client=client, sender=sender, now=now, given=given)


def check_text(
    reader: Reader, text: str, *, by: Member | None, now: datetime, given: Context = NOTHING
) -> tuple[Draft, Result]:
    """Check plain text of which nothing else is known: without a conversation and without a client."""
    return _checked(reader, draft_of_text(text), [], client=None, sender=by, now=now, given=given)


def _checked(
    reader: Reader,
    draft: Draft,
    messages: Sequence[Message],
    *,
    client: uuid.UUID | None,
    sender: Member | None,
    now: datetime,
    given: Context,
) -> tuple[Draft, Result]:
    whose = Client.objects.get(public_id=client) if client is not None else None
    emails = [each.email for each in draft.recipients]
    if whose is None and not messages:
        whose = client_of_addresses(emails)
    context = context_around(reader, sender=sender, messages=messages, client=whose, addresses=emails, now=now)
    draft = replace(draft, at=draft.at or now)
    return draft, check(draft, laid_over(context, given))


def _mailboxes(people: Sequence[Person]) -> tuple[Mailbox, ...]:
    return tuple(Mailbox(each.email.lower(), each.name) for each in people)


def _up_to(reader: Reader, answering: uuid.UUID) -> list[Message]:
    """The messages of the conversation until the one that is answered."""
    answered = Message.objects.select_related("thread").get(public_id=answering)
    try:
        _thread, messages = conversation(reader, answered.thread.public_id)
    except Thread.DoesNotExist as error:
        raise Message.DoesNotExist from error
    place = next((at for at, each in enumerate(messages) if each.pk == answered.pk), None)
    if place is None:
        raise Message.DoesNotExist
    return messages[: place + 1]


def answered_ids(raw: bytes) -> list[str]:
    """The Message-IDs that a message names as answered, the nearest first."""
    headers = message_from_bytes(raw[:200_000], policy=compat32)
    named = f"{headers.get('References', '')} {headers.get('In-Reply-To', '')}"
    return [each.strip("<>") for each in reversed(named.split())][:50]
