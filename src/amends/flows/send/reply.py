"""Answering a conversation, or beginning one with a client: what somebody wrote is checked, becomes a queued or held
draft, and can be taken back."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction

from amends.clients.models import Client
from amends.core.errors import AmendsError
from amends.firm.models import Member
from amends.firm.queries import firm_in_scope
from amends.firm.rules import Right, may
from amends.flows.guard import Seen, Written, check_written, dismissed_marks, react_at_sending
from amends.judgement.guard import Finding, verdict_of
from amends.mail.models import Message
from amends.mail.queries import Reader, chain_of, new_text_of, one_message
from amends.mail.rules import base_subject, is_reply_subject
from amends.outbox.actions.settle import TooLate
from amends.outbox.actions.write import NO_CHAIN, Chain, NotReady, address_to, attach, queue
from amends.outbox.compose import File, one_line
from amends.outbox.models import Draft, DraftFile, Purpose, SmtpAccount, State
from amends.outbox.queries import NoSender, account_for
from amends.outbox.recipients import Audience
from amends.recovery.actions.work import replying

_QUOTED = 20_000  # characters of the message answered


@dataclass(frozen=True, slots=True)
class Answer:
    """What somebody wrote. `key` is given once to each reply box, so that a form sent twice makes one draft.

    `seen` are the findings of the check that stood beside the text when it was sent, `shown` those that ever did.
    """

    key: uuid.UUID
    answering: uuid.UUID | None  # None: it begins a conversation, with `subject`
    audience: Audience
    text: str
    quotes: bool = True
    files: Sequence[File] = field(default=())
    kept_files: Sequence[int] = ()  # of a draft that was taken back
    seen: frozenset[str] = frozenset()
    shown: Sequence[Seen] = ()
    subject: str = ""


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a message belongs: below the one that it answers, or, a first one, to a client."""

    subject: str
    client: Client | None = None
    answered: Message | None = None
    chain: Chain = NO_CHAIN

    @property
    def written(self) -> dict[str, uuid.UUID | None]:
        """The same for the check."""
        if self.answered is not None:
            return {"answering": self.answered.public_id}
        return {"client": self.client.public_id if self.client else None}


class LookAgain(AmendsError):
    """The check found what the writer has not seen yet: nothing was sent. Sent once more with it `seen`, it goes on."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("It was not sent yet: look at what stands beside your text.")


def reply(reader: Reader, thread_id: uuid.UUID, answer: Answer, *, by: Member, now: datetime) -> Draft:
    """Queue an answer to a message of this thread; it may leave once the time to take it back is over.

    What the check would stop is held instead, until somebody who may decide lets it go. Raises `LookAgain` where the
    check warns of what was not `seen`, `Message.DoesNotExist` where the reader may not read what is answered,
    `NoSender`, `NotReady`, `TooLate`.
    """
    return _send(reader, _conversation(reader, thread_id, answer), answer, by=by, now=now)


def write(reader: Reader, client_id: uuid.UUID, answer: Answer, *, by: Member, now: datetime) -> Draft:
    """Queue a first message to a client, as `reply` does an answer. Raises `Client.DoesNotExist` beside what that
    raises."""
    return _send(reader, _beginning(client_id, answer), answer, by=by, now=now)


def _send(reader: Reader, place: _Place, answer: Answer, *, by: Member, now: datetime) -> Draft:
    if not answer.text.strip():
        raise NotReady("There is nothing in it yet: write something first.")
    if not place.subject:
        raise NotReady("It has no subject yet: say in a few words what it is about.")
    sent = Draft.objects.filter(public_id=answer.key, author=by).exclude(state=State.DRAFT).first()
    if sent is not None:
        return sent
    account = account_for(by)
    findings = _findings(reader, place, answer, account=account, by=by, now=now)
    try:
        with transaction.atomic():
            react_at_sending(answer.key, left=findings, shown=answer.shown, by=by, now=now)
            return _queue(place, answer, findings=findings, account=account, by=by, now=now)
    except IntegrityError:  # the same form came in at the same moment; or its key is somebody else's
        found = Draft.objects.filter(public_id=answer.key, author=by).first()
        if found is None:
            raise TooLate from None
        return found


def _conversation(reader: Reader, thread_id: uuid.UUID, answer: Answer) -> _Place:
    if answer.answering is None:
        raise Message.DoesNotExist
    message = one_message(reader, answer.answering)
    if message.thread.public_id != thread_id:
        raise Message.DoesNotExist
    return _Place(
        subject_of(message), message.client or message.thread.client, message,
        chain_for(reader, message, quotes=answer.quotes),
    )  # fmt: skip


def _beginning(client_id: uuid.UUID, answer: Answer) -> _Place:
    return _Place(one_line(answer.subject)[:500], Client.objects.get(public_id=client_id))


@dataclass(frozen=True, slots=True)
class Looked:
    """What the check says of an answer: what stands, and what this member dismissed and asks no more."""

    left: list[Finding]
    dismissed: list[Finding]


def look(reader: Reader, thread_id: uuid.UUID, answer: Answer, *, by: Member, now: datetime) -> Looked:
    """What the check says of an answer while it is written; of its files only the names count. Nothing is kept.

    Raises as `reply`, but for what only sending asks for.
    """
    return _looked(reader, _conversation(reader, thread_id, answer), answer, by=by, now=now)


def look_new(reader: Reader, client_id: uuid.UUID, answer: Answer, *, by: Member, now: datetime) -> Looked:
    """The same of a first message to a client. Raises `Client.DoesNotExist`."""
    return _looked(reader, _beginning(client_id, answer), answer, by=by, now=now)


def _looked(reader: Reader, place: _Place, answer: Answer, *, by: Member, now: datetime) -> Looked:
    if not answer.text.strip():
        return Looked([], [])
    return _look(reader, place, answer, sender=sender_of(by), by=by, now=now)


def sender_of(by: Member) -> str:
    """The address that their words come from: of their account or the firm's, where there is none their own."""
    try:
        return account_for(by).from_address
    except NoSender:
        return by.email


def _look(reader: Reader, place: _Place, answer: Answer, *, sender: str, by: Member, now: datetime) -> Looked:
    files = [file.name for file in answer.files]
    files += DraftFile.objects.filter(
        draft__public_id=answer.key, draft__author=by, pk__in=answer.kept_files
    ).values_list("name", flat=True)
    written = Written(
        answer.text, answer.audience, subject=place.subject, files=files, quoted=place.chain.quoted, sender=sender,
        **place.written,
    )  # fmt: skip
    found = check_written(reader, written, by=by, now=now)[1].findings
    gone = dismissed_marks(answer.key, by=by)
    decides = may(by.role, Right.DECIDE)
    left = [each for each in found if each.mark not in gone or (each.severity == "stop" and not decides)]
    return Looked(left, [each for each in found if each.mark in gone])


def _findings(
    reader: Reader, place: _Place, answer: Answer, *, account: SmtpAccount, by: Member, now: datetime
) -> list[Finding]:
    """What the check says of it, without what was dismissed. Raises `LookAgain`."""
    left = _look(reader, place, answer, sender=account.from_address, by=by, now=now).left
    if any(each.severity != "advice" and each.mark not in answer.seen for each in left):
        raise LookAgain(left)
    return left


def _queue(
    place: _Place, answer: Answer, *, findings: Sequence[Finding], account: SmtpAccount, by: Member, now: datetime
) -> Draft:
    message = place.answered
    draft = Draft.objects.filter(public_id=answer.key, author=by).first() or Draft(
        public_id=answer.key,
        author=by,
        purpose=Purpose.REPLY if message else Purpose.LETTER,
        created_at=now,
        changed_at=now,
    )
    if draft.pk and draft.state != State.DRAFT:
        return draft
    draft.thread, draft.client, draft.answers = message.thread if message else None, place.client, message
    draft.subject, draft.text, draft.quotes = place.subject, answer.text, answer.quotes
    draft.findings = [asdict(each) for each in findings]
    draft.save()
    address_to(draft, answer.audience.people)
    attach(draft, answer.files, kept=answer.kept_files)
    queue(draft, account=account, now=now, delay=undo_time(), chain=place.chain, held=verdict_of(findings) == "hold")
    if message is not None:
        replying(message.thread, draft.public_id)
    return draft


def undo_time() -> timedelta:
    """How long what a person sends waits, to be taken back."""
    return timedelta(seconds=firm_in_scope().undo_seconds)


def subject_of(answered: Message) -> str:
    """The subject of an answer to this message."""
    subject = answered.subject
    return subject if is_reply_subject(subject) else f"Re: {base_subject(subject)}".strip()[:500]


def chain_for(reader: Reader, message: Message, *, quotes: bool) -> Chain:
    ids = chain_of(reader, message)
    quoted = ""
    if quotes:
        zone = ZoneInfo(firm_in_scope().timezone)
        who = message.sender_name or message.sender_email
        words = new_text_of(message.body)[:_QUOTED].strip()
        lines = "\n".join(f"> {line}".rstrip() for line in words.splitlines())
        quoted = f"On {message.sent_at.astimezone(zone):%-d %B %Y at %H:%M}, {who} wrote:\n{lines}" if words else ""
    return Chain(in_reply_to=message.message_id, references=ids, quoted=quoted)
